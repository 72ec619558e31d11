"""A real Postfix for a while: own configuration, own queue, own mailboxes.

Knows: how Debian's Postfix is started without touching the machine's own.
Does not know: mailward.
Called by: the fixture in conftest.
"""

import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, final

from tests.acceptance.layers import VISITOR, knock, until
from tests.acceptance.lines import Lines

SBIN: Final = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

MAIN: Final = """\
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
maillog_file = /dev/stdout
inet_protocols = ipv4
myhostname = mail.example.com
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
local_header_rewrite_clients =
virtual_mailbox_domains = example.com
virtual_mailbox_base = {base}/mail
virtual_mailbox_maps = static:box/
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
message_size_limit = 300000000
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
smtpd_recipient_limit = 1000
smtpd_client_connection_count_limit = 0
debug_peer_list = 127.0.0.1
debug_peer_level = 1
"""

MASTER: Final = """\
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


def why_not() -> str:
    """Why no Postfix can be started here; empty when one can."""
    if os.getuid() != 0:
        return "Postfix needs root to start"
    if shutil.which("postfix", path=SBIN) is None:
        return "Postfix is not installed (Debian: postfix)"
    return ""


def free_port() -> int:
    """A loopback port that nobody listens on, and that the kernel gives to no
    client: it would be taken before the server can have it."""
    while True:
        port = random.randrange(10_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@final
class Postfix:
    """One Postfix on a loopback port, with every mail for example.com in one
    Maildir, and its log held in memory; `settings` are further lines of main.cf.

    With `places` it listens there (`ADDRESS:PORT`) instead, and `within` are the
    words of a command that starts it somewhere else.
    """

    def __init__(
        self,
        settings: str = "",
        places: Sequence[str] = (),
        within: Sequence[str] = (),
    ) -> None:
        self.port = free_port()
        self.base = Path(tempfile.mkdtemp(prefix="mailward-postfix-"))
        self.base.chmod(0o755)
        owner = pwd.getpwnam("postfix")
        values = {
            "base": self.base,
            "port": self.port,
            "uid": owner.pw_uid,
            "gid": owner.pw_gid,
        }
        for name in ("etc", "queue", "data", "mail"):
            (self.base / name).mkdir()
        for name in ("data", "mail"):
            os.chown(self.base / name, owner.pw_uid, owner.pw_gid)
        listeners = "".join(
            f"{place} inet n - n - - smtpd\n"
            for place in places or (f"127.0.0.1:{self.port}",)
        )
        main = MAIN.format(**values)
        for line in settings.splitlines():
            # Postfix warns of a line that another one overrides.
            name = line.partition("=")[0].strip()
            main = re.sub(rf"(?m)^{re.escape(name)} =.*\n", "", main)
        (self.base / "etc" / "main.cf").write_text(main + settings)
        (self.base / "etc" / "master.cf").write_text(
            listeners + MASTER.format(**values)
        )
        self.process = subprocess.Popen(
            [*within, "postfix", "-c", str(self.base / "etc"), "start-fg"],
            env={**os.environ, "PATH": SBIN},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.log = Lines(self.process.stdout)
        try:
            self.log.wait(r"daemon started", timeout=60)
        except BaseException:
            self.stop()
            raise

    def mails(self) -> list[Path]:
        """The files of the mails that were delivered."""
        return sorted((self.base / "mail" / "box" / "new").glob("*"))

    def quiet(self) -> None:
        """Wait until no session is open and no mail is on its way."""
        knock(self.port, self.log, rf"smtpd\[\d+\]: connect from \S+\[{VISITOR}\]")
        until(self._rests, 60, "Postfix comes to rest")

    def _rests(self) -> bool:
        found = self.log.found
        taken = found(r"smtpd\[\d+\]: > [^:]+: 250 2\.0\.0 Ok: queued as (\w+)")
        return len(found(r"smtpd\[\d+\]: connect from")) == len(
            found(r"smtpd\[\d+\]: disconnect from")
        ) and set(taken) <= set(found(r"qmgr\[\d+\]: (\w+): removed"))

    def delivered(self, queue_id: str) -> bytes:
        """The mail of this queue id as Postfix wrote it into the mailbox."""
        self.log.wait(rf"qmgr\[\d+\]: {queue_id}: removed", timeout=60)
        for file in self.mails():
            content = file.read_bytes()
            if re.search(rb"\sid " + queue_id.encode() + rb"[;\n]", content):
                return content
        raise AssertionError(f"no mail of {queue_id} in the mailbox")

    def heard(self, name: str) -> list[str]:
        """The command lines it received, by its own debug log, in the session
        that said `EHLO name`, once that session is over."""
        hello = self.log.wait(rf"smtpd\[\d+\]: < [^:]+: (?i:EHLO) {name}$")
        since = self.log.text().index(hello)
        process = hello.split("smtpd[")[1].split("]")[0]
        end = self.log.wait(rf"smtpd\[{process}\]: disconnect from", since=since)
        until = self.log.text().index(end, since)
        pattern = re.compile(rf"smtpd\[{process}\]: < [^:]+: (.*)$")
        lines = self.log.text()[since:until]
        return [m[1] for line in lines if (m := pattern.search(line))]

    def stop(self) -> None:
        """End it and everything it started; remove its files."""
        # Postfix's master leaves the group of the script that started it.
        pid_file = self.base / "queue" / "pid" / "master.pid"
        groups = [self.process.pid]
        if pid_file.is_file() and (pid := pid_file.read_text().strip()):
            groups.append(int(pid))
        for number in (signal.SIGTERM, signal.SIGKILL):
            for group in groups:
                with suppress(ProcessLookupError):
                    os.killpg(group, number)
            if self.log.ended(5):
                break
        self.process.wait(60)
        self.log.close()
        shutil.rmtree(self.base, ignore_errors=True)


def stripped(mail: bytes) -> bytes:
    """A delivered mail without the header fields that Postfix put above it."""
    own = (b"Return-Path:", b"X-Original-To:", b"Delivered-To:", b"Received:")
    lines = mail.split(b"\n")
    at = 0
    while lines[at].startswith((*own, b"\t")):
        at += 1
    return b"\n".join(lines[at:])
