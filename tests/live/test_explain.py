"""`mailward trace` as it is typed."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.live.commands import COMMAND, mailward

DIALOGUE = """\
S: 220 mail
C: EHLO a
S: 250 ok
C: AUTH PLAIN c2VjcmV0
S: 235 ok
C: NOOP
"""
WRONG = "policy-map type inspect esmtp M\n match maks\n"
POLICY = """\
policy-map type inspect esmtp M
 match cmd verb NOOP
  reset log
class-map C
 match any
policy-map P
 class C
  inspect esmtp M
service-policy P interface {place}
"""


def written(folder: Path, name: str, text: str) -> str:
    """The path of a file with this text."""
    (folder / name).write_text(text)
    return str(folder / name)


def test_under_the_factory_default(tmp_path: Path) -> None:
    """It passes: exit 0, plain text, no secret."""
    done = mailward("trace", written(tmp_path, "d", DIALOGUE))

    assert (done.returncode, done.stderr) == (0, "")
    assert "   5 C: AUTH" not in done.stdout
    assert "C: AUTH PLAIN (11 octets not shown)" in done.stdout
    assert "c2VjcmV0" not in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stdout.splitlines()[-1].startswith("pass: ")


def test_under_a_policy_in_json(tmp_path: Path) -> None:
    """It is ended: exit 1; one object a line, the last says why."""
    policy = written(tmp_path, "p", POLICY.format(place="outside"))
    done = mailward("trace", policy, written(tmp_path, "d", DIALOGUE), "--json")

    head, *steps, end = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, done.stderr) == (1, "")
    assert head["map"] == "M"
    assert [step["line"] for step in steps] == [1, 2, 3, 4, 5, 6]
    assert end["rule"] == {
        "map": "M",
        "class": 1,
        "match": "cmd verb NOOP",
        "action": "reset log",
    }
    assert "c2VjcmV0" not in done.stdout


def test_between_other_interfaces(tmp_path: Path) -> None:
    """`--from`, `--to` and `--service` say where the dialogue takes place."""
    policy = written(tmp_path, "p", POLICY.format(place="dmz"))
    dialogue = written(tmp_path, "d", DIALOGUE)

    assert mailward("trace", policy, dialogue).returncode == 0
    words = ("--from", "dmz", "--to", "inside", "--service", "192.0.2.7:587")
    done = mailward("trace", policy, dialogue, *words)
    assert done.returncode == 1
    assert "dmz:203.0.113.9/51111 -> inside:192.0.2.7/587" in done.stdout


def test_a_dialogue_on_standard_input_with_its_own_policy() -> None:
    """What stands in front of the dialogue is in force."""
    done = subprocess.run(
        [*COMMAND, "trace", "-"],
        input=f"# claim\n{POLICY.format(place='outside')}--\n{DIALOGUE}",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert "class 1 of the map: cmd verb NOOP, reset log" in done.stdout


def test_lines_that_nobody_says(tmp_path: Path) -> None:
    """They are counted on standard error."""
    dialogue = written(tmp_path, "d", "=== Trying mail\n<-  220 a\n -> QUIT\n")
    done = mailward("trace", dialogue)

    assert done.returncode == 0
    assert done.stderr == f"mailward: {dialogue}: 1 lines that nobody says\n"


@pytest.mark.parametrize(
    ("config", "dialogue", "says"),
    [
        (None, "nothing at all\n", "d:1: nobody says anything"),
        (None, None, "no such file"),
        (WRONG, DIALOGUE, "p:2:8: error:"),
        (None, f"{WRONG}--\n{DIALOGUE}", "d:2:8: error:"),
    ],
)
def test_trouble(
    tmp_path: Path, config: str | None, dialogue: str | None, says: str
) -> None:
    """What cannot be read: exit 2, and why."""
    words = [] if config is None else [written(tmp_path, "p", config)]
    words.append(
        written(tmp_path, "d", dialogue) if dialogue else str(tmp_path / "none")
    )
    done = mailward("trace", *words)

    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a", "--service", "b"), "is not HOST:PORT"),
    ],
)
def test_wrong_usage(words: tuple[str, ...], says: str) -> None:
    """Exit 2, and a word on what would be right."""
    done = mailward("trace", *words, COLUMNS="200")

    assert done.returncode == 2
    assert says in done.stderr


@pytest.mark.parametrize("colour", [True, False])
def test_colours_on_a_terminal(tmp_path: Path, *, colour: bool) -> None:
    """And none where NO_COLOR asks for none."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200"}
    environment.pop("NO_COLOR", None)
    if not colour:
        environment["NO_COLOR"] = "1"
    child = subprocess.Popen(
        [*COMMAND, "trace", written(tmp_path, "d", DIALOGUE)],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # Linux: the other side has closed
        pass
    os.close(ours)

    assert child.wait(60) == 0
    assert b"AUTH PLAIN (11 octets not shown)" in shown.replace(b"\x1b[0m", b"")
    assert (b"\x1b[" in shown) == colour
