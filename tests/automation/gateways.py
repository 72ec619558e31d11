"""A gateway for the tools, and the policy that they put in force.

Knows: `mailward run --ssh` as a process, with a mail server behind it.
Does not know: the tools.
Called by: the tests beside it.
"""

import os
import smtplib
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final, final

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from mailward.config.load import load
from mailward.console.link import LINE, Link
from tests.acceptance.lines import Lines
from tests.acceptance.postfix import free_port
from tests.live.commands import COMMAND

START: Final = """\
hostname gw1
enable password sesame
username admin password cisco privilege 15
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.1 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.1.1.1 255.255.255.0
"""
EXAMPLE: Final = r"""regex BAD_SENDER1 "@abc\.com"
access-list email extended permit tcp any any eq smtp
class-map type regex match-any BAD_SENDERS
match regex BAD_SENDER1
class-map L3_email_class_map
match access-list email
policy-map type inspect esmtp L7_EMAIL_MAP
match body length gt 35000
drop-connection log
match sender-address regex class BAD_SENDERS
drop-connection
policy-map L3_outside_policy
class L3_email_class_map
inspect esmtp L7_EMAIL_MAP
service-policy L3_outside_policy interface outside"""

POLICY: Final = [
    "outside: body length gt 35000",
    "outside: sender-address regex class BAD_SENDERS",
]


@final
class Process:
    """`mailward run --ssh`, with a file to save to and a mail server behind."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "gateway.cfg"
        self.file.write_text(START)
        upstream = free_port()
        self._server = Controller(Sink(), hostname="127.0.0.1", port=upstream)
        self._server.start()
        words = ["run", str(self.file), "--listen", "127.0.0.1:0"]
        words += ["--upstream", f"127.0.0.1:{upstream}", "--ssh", "127.0.0.1:0"]
        self.control = str(folder / "c.sock")
        words += ["--control", self.control, "--log", str(folder / "log")]
        self.child = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "STATE_DIRECTORY": str(folder / "state")},
        )
        assert self.child.stderr is not None
        self.said = Lines(self.child.stderr)
        self.port = int(self.said.wait("ssh on").rsplit(":", 1)[1])
        listening = self.said.wait("listening on").partition(",")[0]
        self._mail = int(listening.rsplit(":", 1)[1])

    def configure(self, lines: str) -> None:
        """Type them at the local console."""
        link = Link(self.control)
        try:
            for line in ("configure terminal", *lines.splitlines(), "end"):
                state = link.ask(LINE, line)
                assert "ERROR" not in state.text, f"{line}: {state.text}"
        finally:
            link.close()

    def mails(self) -> None:
        """Two good mails, and one of a bad sender."""
        for sender in ("a@example.com", "b@example.com", "c@abc.com"):
            with (
                suppress(smtplib.SMTPException, OSError),
                smtplib.SMTP("127.0.0.1", self._mail, timeout=60) as client,
            ):
                client.sendmail(sender, ["to@example.com"], "Subject: x\r\n\r\nx")

    def policy(self) -> list[str]:
        """What `check` would say of the saved file: place and matches."""
        gate = load(self.file.read_text()).gate
        return [
            f"{a.place}: {rule.label}"
            for a in gate.attachments
            for rule in a.inspection.rules
        ]

    def close(self) -> None:
        """Leave nothing behind."""
        self.child.kill()
        self.child.wait(60)
        self.said.close()
        self._server.stop()


def plain(text: str) -> str:
    """Without blanks at the ends of lines, however those end."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
