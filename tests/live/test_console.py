"""The console at a terminal, typed at as a person would."""

import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from typing import Final, final

import pytest

from tests.live.commands import COMMAND
from tests.live.test_cli import PATIENCE, Process, running

#: What moves a cursor or a colour.
MOVES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07")
PROMPT: Final = "ciscoasa#"


@final
class Terminal:
    """`mailward console` on a pseudo-terminal."""

    def __init__(self, gateway: Process, folder: Path, rows: int = 40) -> None:
        self.master, slave = pty.openpty()
        self.size(rows)
        environment = {
            **os.environ,
            "TERM": "xterm",
            "LINES": "200",  # as some shells leave it behind
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "STATE_DIRECTORY": str(folder / "state"),
        }
        self.child = subprocess.Popen(
            [*COMMAND, "console", "--control", gateway.control],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = ""

    def size(self, rows: int) -> None:
        """The terminal is this high from now on."""
        ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 100, 0, 0))

    def type(self, keys: str) -> None:
        """Press keys; forget what was seen."""
        self.seen = ""
        os.write(self.master, keys.encode())

    def until(self, text: str) -> str:
        """What is seen up to and with the text, cursor moves left out."""
        end = time.monotonic() + PATIENCE
        while text not in self.plain():
            left = end - time.monotonic()
            ready, _, _ = select.select([self.master], [], [], max(left, 0))
            assert ready, f"waited for {text!r}, saw {self.plain()!r}"
            try:
                got = os.read(self.master, 65536)
            except OSError:
                got = b""
            assert got, f"ended before {text!r}, saw {self.plain()!r}"
            self.seen += got.decode("utf-8", "replace")
        return self.plain()

    def plain(self) -> str:
        """What was seen, as text."""
        return MOVES.sub("", self.seen).replace("\r\n", "\n")

    def close(self) -> None:
        """Leave nothing behind."""
        self.child.kill()
        self.child.wait(PATIENCE)
        os.close(self.master)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Process]:
    """A running gateway."""
    with running(tmp_path) as process:
        yield process


@pytest.fixture
def terminal(gateway: Process, tmp_path: Path) -> Iterator[Terminal]:
    """A console at its first prompt."""
    made = Terminal(gateway, tmp_path)
    try:
        made.until(PROMPT)
        yield made
    finally:
        made.close()


def test_typing_as_a_person_would(terminal: Terminal) -> None:
    """Abbreviations, a wrong word and its caret, `?` in the middle of a line,
    tab, Ctrl-C, Ctrl-Z, the end."""
    terminal.type("sh ver\r")
    assert "mailward Software Version" in terminal.until("Serial Number")
    terminal.until(PROMPT)
    terminal.type("show frob\r")
    lines = terminal.until("marker.").splitlines()
    assert f"{' ' * len(PROMPT)}      ^" in lines
    terminal.type("show cl?")
    assert "exec mode commands/options:\n  clock" in terminal.until("What time it is")
    terminal.until(f"is\n{PROMPT} show cl")
    terminal.type("\t")
    terminal.until("ock")
    terminal.type("\x03")
    terminal.until(PROMPT)
    terminal.type("show curp\t")
    terminal.until("riv")
    terminal.type("\r")
    terminal.until("Current privilege level : 15")
    terminal.type("conf t\r")
    terminal.until("ciscoasa(config)#")
    terminal.type("class-map CLASS\r")
    terminal.until("ciscoasa(config-cmap)#")
    terminal.type("nonsense\x1a")
    terminal.until(PROMPT)
    terminal.type("exit\r")
    terminal.until("Logoff")
    assert terminal.child.wait(PATIENCE) == 0


def test_pages_fit_the_terminal(terminal: Terminal) -> None:
    """Also after it was made smaller; Return shows a line, q is enough."""
    terminal.size(6)
    terminal.type("show running-config\r")
    shown = terminal.until("<--- More --->")
    assert ": Saved\n:\n" in shown
    assert ": end" not in shown
    terminal.type("\r")
    terminal.until("<--- More --->")
    terminal.type("q")
    terminal.until(PROMPT)
    terminal.type("terminal pager 0\r")
    terminal.until(PROMPT)
    terminal.type("show running-config\r")
    assert "More" not in terminal.until(": end")


def test_more_keys(terminal: Terminal) -> None:
    """History, filters, a question mark within quotes, a secret that is not
    shown, Ctrl-C in it, an abbreviation that means too much."""
    terminal.type("show clock\r")
    terminal.until("UTC")
    terminal.until(PROMPT)
    terminal.type("\x1b[A")
    terminal.until("show clock")
    terminal.type(" | count\r")
    terminal.until("Number of lines: 1")
    terminal.until(PROMPT)
    terminal.type("show c\r")
    terminal.until('Ambiguous command:  "show c"')
    terminal.until(PROMPT)
    terminal.type('test regex "a?b" "a?b"\r')
    terminal.until("INFO: Regular expression match succeeded.")
    terminal.until(PROMPT)
    terminal.type("login\r")
    terminal.until("Username:")
    terminal.type("john\r")
    terminal.until("Password:")
    terminal.type("topsecret")
    terminal.type("\x03")
    terminal.until(PROMPT)
    assert "topsecret" not in terminal.plain()
    terminal.type("show vers?")
    terminal.until("Name, version, time of start")


def test_a_changed_policy_is_saved(terminal: Terminal, gateway: Process) -> None:
    """What was typed stands in the file afterwards."""
    terminal.type("conf t\r")
    terminal.until("(config)#")
    terminal.type("hostname gw\r")
    terminal.until("gw(config)#")
    terminal.type("write memory\r")
    terminal.until("[OK]")
    assert "hostname gw\n" in gateway.config.read_text()


def test_lines_from_a_pipe(gateway: Process) -> None:
    """Answers only, and no terminal."""
    done = subprocess.run(
        [*COMMAND, "console", "--control", gateway.control],
        input="conf t\nhostname gw\nend\nshow run hostname\nexit\nshow version\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "hostname gw\n\nLogoff\n\n"


def test_without_a_gateway(tmp_path: Path) -> None:
    """It says so, and the exit code is 1."""
    done = subprocess.run(
        [*COMMAND, "console", "--control", str(tmp_path / "none.sock")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "is mailward running?" in done.stderr
