"""`mailward replay` and `mailward trace` on captures, as they are typed."""

import json
from pathlib import Path
from typing import Final

import pytest

from mailward.config.factory import FACTORY
from mailward.story.manual import CHANGED, SIDE, SUMMARY
from mailward.testing.wire import Connection, pcap
from tests.live.commands import mailward

STRICT: Final = """\
policy-map type inspect esmtp STRICT
 match sender-address length gt 8
  reset log
class-map C
 match any
policy-map P
 class C
  inspect esmtp STRICT
service-policy P global
"""
SECRET: Final = "c2VjcmV0"


def conversation(port: int, sender: str) -> Connection:
    """A short session with this sender."""
    out = Connection(("203.0.113.9", port), ("10.1.1.5", 25))
    out.open()
    for speaker, octets in (
        (1, b"220 mail\r\n"),
        (0, b"EHLO a\r\n"),
        (1, b"250 AUTH PLAIN\r\n"),
        (0, f"AUTH PLAIN {SECRET}\r\n".encode()),
        (1, b"235 ok\r\n"),
        (0, f"MAIL FROM:<{sender}>\r\n".encode()),
        (1, b"250 ok\r\n"),
        (0, b"QUIT\r\n"),
        (1, b"221 bye\r\n"),
    ):
        out.say(speaker, octets)
    out.close(0)
    out.close(1)
    return out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A capture of two sessions, a policy that ends one of them, a dialogue."""
    one, two = conversation(51111, "a@b"), conversation(51112, "long@sender.example")
    (tmp_path / "day.pcap").write_bytes(pcap([*one.packets(), *two.packets()]))
    (tmp_path / "open.cfg").write_text(STRICT.replace("gt 8", "gt 300"))
    (tmp_path / "strict.cfg").write_text(STRICT)
    (tmp_path / "factory.cfg").write_text(FACTORY)
    (tmp_path / "d.txt").write_text(
        "S: 220 mail\nC: MAIL FROM:<long@sender.example>\n@ 0.5\nS: 250 ok\nC closes\n"
    )
    return tmp_path


def names(table: tuple[tuple[str, str], ...]) -> set[str]:
    """The fields of a table."""
    return {name for name, _ in table}


def test_one_session_would_change(folder: Path) -> None:
    """It is in the table, with the rule; exit 1."""
    done = mailward(
        "replay",
        str(folder / "day.pcap"),
        *("--before", str(folder / "open.cfg"), "--after", str(folder / "strict.cfg")),
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert "203.0.113.9:51112 -> 10.1.1.5:25" in done.stdout
    assert "client: MAIL FROM:<long@sender.example>" in done.stdout
    assert "reset: class 1 of the map: sender-address length gt 8" in done.stdout
    assert "51111" not in done.stdout
    assert done.stdout.splitlines()[-1] == (
        "1 of 2 sessions would change; 1 from pass to reset."
    )


def test_in_json(folder: Path) -> None:
    """An object for each change, and one that counts; fields as documented."""
    done = mailward(
        "replay",
        *(str(folder / "day.pcap"), str(folder / "d.txt"), "--json"),
        *("--before", str(folder / "open.cfg"), "--after", str(folder / "strict.cfg")),
    )

    *changes, summary = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert [set(change) for change in changes] == [names(CHANGED)] * 2
    assert [set(change["after"]) for change in changes] == [names(SIDE)] * 2
    assert set(summary) == names(SUMMARY)
    assert [Path(change["file"]).name for change in changes] == ["d.txt", "day.pcap"]
    assert (summary["sessions"], summary["unchanged"]) == (3, {"pass": 1})
    assert summary["turns"] == {"pass -> reset": 2}
    assert SECRET not in done.stdout


def test_nothing_would_change(folder: Path) -> None:
    """Exit 0, and no table; `--before` left out is the factory default."""
    words = ("replay", str(folder), "--after", str(folder / "factory.cfg"))
    done = mailward(*words)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "none of 2 sessions would change.\n"


def test_what_arrives_would_change(folder: Path) -> None:
    """The verdict stays; and a session that nobody inspects is counted."""
    (folder / "none.cfg").write_text("hostname a\n")
    words = ("replay", str(folder / "day.pcap"))
    done = mailward(*words, "--after", str(folder / "none.cfg"))
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        "2 of 2 sessions would change; 2 only in what arrives."
    )
    none = ("--before", str(folder / "none.cfg"), "--after", str(folder / "none.cfg"))
    done = mailward(*words, *none)
    assert (done.returncode, done.stdout) == (
        0,
        "none of 2 sessions would change; 2 inspected by neither policy.\n",
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.pcap", "--after", "strict.cfg"), "none.pcap: no such file"),
        (("strict.cfg", "--after", "strict.cfg"), "strict.cfg:1: nobody says anything"),
        (("day.pcap", "--after", "none.cfg"), "No such file"),
        (("day.pcap",), "give --before, --after or both"),
        (("cut.pcap", "--after", "strict.cfg"), "cut.pcap"),
    ],
)
def test_trouble(folder: Path, words: tuple[str, ...], says: str) -> None:
    """What cannot be read: exit 2, and why."""
    whole = (folder / "day.pcap").read_bytes()
    (folder / "cut.pcap").write_bytes(whole[:-7])
    typed = [str(folder / w) if not w.startswith("--") else w for w in words]
    done = mailward("replay", *typed, COLUMNS="200")

    assert done.returncode == 2
    assert says in done.stderr


def test_a_session_of_a_capture(folder: Path) -> None:
    """It is told like a dialogue; which one is asked for if there are several."""
    capture, strict = str(folder / "day.pcap"), str(folder / "strict.cfg")
    done = mailward("trace", strict, capture)
    assert done.returncode == 2
    assert "which session? --session takes one of 1, " in done.stderr
    number = done.stderr.split()[-1]

    done = mailward("trace", strict, capture, "--session", number)
    assert (done.returncode, done.stderr) == (1, "")
    assert "outside:203.0.113.9/51112 -> inside:10.1.1.5/25" in done.stdout
    assert f"TCP connection {number} " in done.stdout
    assert "Class 1: sender-address length gt 8" in done.stdout
    assert SECRET not in done.stdout
    done = mailward("trace", str(folder), "--session", "1", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[1])["sent"].startswith("220 mail")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("day.pcap", "--session", "77"), "no session has the number 77"),
        (("empty.pcap",), "no mail in it"),
        (("d.txt", "d.txt", "d.txt"), "one dialogue at a time"),
    ],
)
def test_which_session(folder: Path, words: tuple[str, ...], says: str) -> None:
    """A number that is not there, a capture without mail: exit 2."""
    (folder / "empty.pcap").write_bytes(pcap([]))
    typed = [w if w[:2] == "--" or w.isdigit() else str(folder / w) for w in words]
    done = mailward("trace", *typed)

    assert done.returncode == 2
    assert says in done.stderr


def test_the_port_that_policies_see(folder: Path) -> None:
    """A capture of another port, under a policy on port 25."""
    one = Connection(("203.0.113.9", 51111), ("10.1.1.5", 2525))
    one.open()
    one.say(1, b"220 mail ESMTP\r\n")
    one.say(0, b"EHLO a\r\n")
    (folder / "odd.pcap").write_bytes(pcap(one.packets()))
    (folder / "port.cfg").write_text(
        STRICT.replace("match any", "match port tcp eq 25")
    )
    words = ("trace", str(folder / "port.cfg"), str(folder / "odd.pcap"))

    assert "--- uninspected ---" in mailward(*words).stdout
    told = mailward(*words, "--service", "192.0.2.1:25").stdout
    assert "map STRICT" in told
    assert "inside:10.1.1.5/25" in told
