"""The tools that manage the appliance manage mailward, unmodified.

Each opens, enables, reads, configures the example policy twice (the second time
changes nothing), saves, and is told of a wrong command.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, final

import pytest

from mailward.config.load import load
from tests.acceptance.lines import Lines
from tests.automation.environments import job, python_with
from tests.live.commands import COMMAND

START: Final = """\
hostname gw1
enable password sesame
username admin password cisco privilege 15
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

pytestmark = pytest.mark.timeout(400)


@final
class Process:
    """`mailward run --ssh`, with a file to save to."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "gateway.cfg"
        self.file.write_text(START)
        words = ["run", str(self.file), "--listen", "127.0.0.1:0"]
        words += ["--upstream", "127.0.0.1:9", "--ssh", "127.0.0.1:0"]
        words += ["--control", str(folder / "c.sock"), "--log", str(folder / "log")]
        self.child = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "STATE_DIRECTORY": str(folder / "state")},
        )
        assert self.child.stderr is not None
        self.said = Lines(self.child.stderr)
        self.port = int(self.said.wait("ssh on").rsplit(":", 1)[1])
        self.said.wait("listening on")

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
        self.child.wait(20)
        self.said.close()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Process]:
    """A running gateway."""
    process = Process(tmp_path)
    try:
        yield process
    finally:
        process.close()


POLICY: Final = [
    "outside: body length gt 35000",
    "outside: sender-address regex class BAD_SENDERS",
]


def plain(text: str) -> str:
    """Without blanks at the ends of lines, however those end."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def test_netmiko(gateway: Process) -> None:
    """`cisco_asa`, found by auto-detection."""
    python = python_with("netmiko", "netmiko==4.8.0")
    said = job(python, "netmiko_asa", gateway.port, EXAMPLE)
    assert said["detected"] == "cisco_asa"
    assert said["prompt"] == "gw1#"
    assert said["version"].startswith("mailward Software Version")
    assert "[OK]" in said["saved"]
    assert plain(said["running"]) == plain(gateway.file.read_text())
    assert said["again"] == said["running"]
    assert said["wrong"].endswith("ERROR: % Invalid input detected at '^' marker.")
    assert "match body length gt 35000" in said["long"]
    assert gateway.policy() == POLICY


@pytest.mark.parametrize(
    ("job_name", "packages"),
    [
        (
            "scrapli_old",
            ("scrapli==2025.1.30", "scrapli-community==2025.1.30", "asyncssh>=2.18"),
        ),
        ("scrapli_new", ("scrapli==2026.10.14",)),
    ],
)
def test_scrapli(gateway: Process, job_name: str, packages: tuple[str, ...]) -> None:
    """Both generations."""
    python = python_with(job_name.replace("_", "-"), *packages)
    said = job(python, job_name, gateway.port, EXAMPLE)
    assert said["prompt"].strip() in ("gw1#", "gw1(config)#")
    assert (said["first"], said["second"], said["wrong"]) == ("False", "False", "True")
    assert said["second running"] == said["first running"]
    assert "[OK]" in said["saved"]
    assert plain(said["first running"]) == plain(gateway.file.read_text())
    assert gateway.policy() == POLICY
