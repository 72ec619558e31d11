"""Fire: everything that can befall a running gateway, again and again.

Knows: how workers are killed, a policy is reloaded, a program is replaced, a log
server dies and comes back, a log pipe is not read any more.
Does not know: mail.
Called by: the tests beside it.
"""

import os
import random
import signal
import socket
import subprocess
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final, final

from tests.acceptance.lines import Lines
from tests.acceptance.postfix import free_port
from tests.live.commands import COMMAND, mailward
from tests.processes import ended, workers

POLICY: Final = """\
logging enable
logging permit-hostdown
logging trap informational
logging host inside 127.0.0.1 tcp/{port}
policy-map type inspect esmtp {name}
 parameters
  mask-banner
 match sender-address length gt 200
  drop-connection log
 match body line length gt 900
  log
class-map CLASS
 match any
policy-map POLICY
 class CLASS
  inspect esmtp {name}
service-policy POLICY global
"""
PATIENCE: Final = 60.0


@final
class LogServer:
    """A syslog server over TCP that can die and come back."""

    def __init__(self) -> None:
        # None that a client of the burning gateway could call from meanwhile.
        self.port = free_port()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.octets = 0
        self._over = threading.Event()
        self._dead = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def die(self) -> None:
        """Reset who is connected; refuse who comes."""
        self._dead.set()

    def rise(self) -> None:
        """Be there again."""
        self._dead.clear()

    def close(self) -> None:
        """Leave nothing behind."""
        self._over.set()
        self._thread.join()

    def _serve(self) -> None:
        held: list[socket.socket] = []
        listener: socket.socket | None = self._listener
        while not self._over.is_set():
            if self._dead.is_set():
                for sock in held:
                    sock.close()
                held.clear()
                if listener is not None:
                    listener.close()
                    listener = None
                sleep(0.05)
                continue
            if listener is None:
                listener = socket.create_server(
                    ("127.0.0.1", self.port), reuse_port=False
                )
            listener.settimeout(0.05)
            with suppress(TimeoutError):
                sock, _ = listener.accept()
                sock.setblocking(False)
                held.append(sock)
            for sock in held:
                with suppress(OSError):
                    self.octets += len(sock.recv(1 << 20))
        for sock in held:
            sock.close()
        if listener is not None:
            listener.close()


@final
class Burning:
    """`mailward run` in front of a server, and what befalls it.  `befell` counts."""

    def __init__(self, folder: Path, upstream: int, workers: int) -> None:
        self.befell: Counter[str] = Counter()
        self.log_server = LogServer()
        self.config = folder / "gateway.cfg"
        self._policy("FIRST")
        self.control = str(folder / "c.sock")
        # Standard output is a pipe that nobody will ever read.
        self._unread, log = os.pipe()
        words = ["run", str(self.config), "--listen", "127.0.0.1:0"]
        words += ["--upstream", f"127.0.0.1:{upstream}", "--control", self.control]
        words += ["--workers", str(workers), "--drain", "60"]
        child = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.PIPE,
        )
        os.close(log)
        self.child = child
        self.pid = child.pid
        self._all = [child.pid]
        assert child.stderr is not None
        self.said = Lines(child.stderr)
        line = self.said.wait("listening on", timeout=PATIENCE)
        self.port = int(line.split(",")[0].rsplit(":", 1)[1])
        self._random = random.Random(7)
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._again, args=(call, pause))
            for call, pause in (
                (self._kill, 0.7),
                (self._reload, 1.0),
                (self._upgrade, 4.0),
                (self._log_server, 3.0),
            )
        ]

    def light(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def put_out(self) -> None:
        """Let it be."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def close(self) -> None:
        """End everything that was started."""
        self._over.set()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        for pid in self._all:
            self._gone(pid)
        self.child.wait(PATIENCE)
        self.said.close()
        os.close(self._unread)
        self.log_server.close()

    def _gone(self, pid: int) -> None:
        end = monotonic() + PATIENCE
        while monotonic() < end:
            if ended(pid):
                return
            sleep(0.05)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _again(self, call: object, pause: float) -> None:
        assert callable(call)
        while not self._over.wait(pause):
            call()

    def workers(self) -> list[int]:
        """The processes that inspect, of the program that accepts."""
        return workers(self.pid)

    def _kill(self) -> None:
        there = self.workers()
        if there:
            with suppress(ProcessLookupError):
                os.kill(self._random.choice(there), signal.SIGKILL)
                self.befell["workers killed"] += 1

    def _reload(self) -> None:
        name = f"MAP-{self.befell['reloads']}"
        self._policy(name)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGHUP)
            self.befell["reloads"] += 1

    def _upgrade(self) -> None:
        done = mailward("upgrade", "--control", self.control)
        if done.returncode == 0:
            self.pid = int(done.stdout.split()[2])
            self._all.append(self.pid)
            self.befell["upgrades"] += 1
        else:
            self.befell["upgrades that failed"] += 1
            self.befell[done.stdout + done.stderr] += 1

    def _log_server(self) -> None:
        if self.befell["deaths of the log server"] > self.befell["its returns"]:
            self.log_server.rise()
            self.befell["its returns"] += 1
        else:
            self.log_server.die()
            self.befell["deaths of the log server"] += 1

    def _policy(self, name: str) -> None:
        fresh = self.config.with_suffix(".new")
        fresh.write_text(POLICY.format(name=name, port=self.log_server.port))
        fresh.rename(self.config)
