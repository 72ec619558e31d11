"""A real rsyslog on the loopback, with a configuration of its own.

Knows: how to start one, which inputs it has, what it made of each message.
Does not know: mailward.
Called by: the tests beside it.
"""

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from tests.acceptance.postfix import free_port
from tests.unit.drivers.logservers import certified

PROGRAM: Final = shutil.which("rsyslogd", path="/usr/sbin:/sbin:/usr/bin:/bin")
PATIENCE: Final = 60.0

_BEGIN: Final = """\
global(workDirectory="{folder}" net.enableDNS="off")
module(load="imudp")
module(load="imptcp")
template(name="parsed" type="list") {{
  property(name="pri") constant(value="\t")
  property(name="timereported" dateFormat="rfc3339") constant(value="\t")
  property(name="hostname") constant(value="\t")
  property(name="syslogtag") constant(value="\t")
  property(name="msg") constant(value="\\n")
}}
"""
_TLS: Final = """\
global(defaultNetstreamDriverCAFile="{folder}/log.pem"
       defaultNetstreamDriverCertFile="{folder}/log.pem"
       defaultNetstreamDriverKeyFile="{folder}/log.key")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1"
       streamDriver.authMode="anon")
"""
_INPUT: Final = """\
ruleset(name="{name}") {{
  action(type="omfile" file="{folder}/{name}" template="parsed")
}}
input(type="{module}" address="127.0.0.1" port="{port}" ruleset="{name}")
"""
_MODULES: Final = {"udp": "imudp", "tcp": "imptcp", "tls": "imtcp"}


def why_not() -> str:
    """Why there can be none here; empty if there can."""
    return "" if PROGRAM else "rsyslog is not installed"


def has_tls() -> bool:
    """Is its driver for TLS there?"""
    return any(Path("/usr/lib").glob("*/rsyslog/lmnsd_gtls.so"))


@final
@dataclass(frozen=True)
class Parsed:
    """What rsyslog made of a message."""

    pri: int
    time: str
    host: str
    tag: str
    text: str


@final
class Rsyslog:
    """One that runs.  `ports` by the name of the input: udp, tcp, tls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate, _ = certified(folder, "127.0.0.1")
        names = ["udp", "tcp", *(["tls"] if has_tls() else [])]
        self.ports = {name: free_port() for name in names}
        text = _BEGIN + (_TLS if has_tls() else "")
        text = text.format(folder=folder)
        for name in names:
            text += _INPUT.format(
                name=name, folder=folder, module=_MODULES[name], port=self.ports[name]
            )
        self._config = folder / "rsyslog.conf"
        self._config.write_text(text)
        self._child: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Run it, and wait until it listens."""
        assert PROGRAM is not None
        self._child = subprocess.Popen(
            [PROGRAM, "-n", "-f", self._config, "-i", self.folder / "pid"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name in self.ports:
            if name != "udp":
                self._await_port(self.ports[name])

    def _await_port(self, port: int) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), PATIENCE).close()
            except ConnectionRefusedError:
                assert time.monotonic() < end, "rsyslog does not listen"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it; what it has received is written then."""
        if self._child is not None:
            self._child.terminate()
            self._child.wait(PATIENCE)
            self._child = None

    def received(self, name: str, least: int) -> list[Parsed]:
        """What an input has received, once there are so many."""
        end = time.monotonic() + PATIENCE
        file = self.folder / name
        while True:
            text = file.read_text() if file.exists() else ""
            lines = text[: text.rfind("\n") + 1].splitlines()  # the whole ones
            if len(lines) >= least or time.monotonic() > end:
                break
            time.sleep(0.05)
        parsed = []
        for line in lines:
            pri, when, host, tag, text = line.split("\t", 4)
            parsed.append(Parsed(int(pri), when, host, tag, text))
        return parsed
