"""A story in lines for a reader."""

from mailward.story.tell import CHANGED, HOLDS, lines, plain
from tests.unit.story.kit import Talk, policy


def printed(talk: Talk) -> list[str]:
    """The lines between head and end."""
    return [plain(line) for line in lines(talk.walk.finish())][4:-3]


def test_head_and_end() -> None:
    """Whose story it is, what was in force, how it ended."""
    talk = Talk(policy("match cmd verb NOOP", " reset")).greeted().client(b"NOOP")
    told = [plain(line) for line in lines(talk.walk.finish())]

    assert told[:2] == [
        "outside:203.0.113.9/51111 -> inside:10.1.1.5/25",
        "map M, class inspection_default, policy global_policy, global",
    ]
    assert told[-1] == (
        "reset: the connection is reset; class 1 of the map: cmd verb NOOP, reset"
    )
    assert "     !  reset: class 1 of the map: cmd verb NOOP, reset" in told


def test_what_changed_is_marked() -> None:
    """Octet below octet, escapes included."""
    talk = Talk(policy("parameters", " mask-banner"))
    talk.server(b"220 \xffab")

    assert printed(talk) == [
        "   1 S: 220 \\xffab",
        "     c: 220 ***",
        "            ^^^",
        "        mask-banner — saw 220 \\xffab: yes",
    ]
    kinds = [kind for line in lines(talk.walk.so_far) for _, kind in line]
    assert CHANGED in kinds
    assert HOLDS in kinds


def test_looks_and_notes() -> None:
    """A rule that held, one that did not, and what is done without a rule."""
    talk = Talk(policy("match cmd verb VRFY", " log", "match cmd verb NOOP", " mask"))
    talk.server(b"220 mail").client(b"EHLO a").client(b"VRFY a", b"XYZ")

    assert printed(talk)[2:] == [
        "        Class 1: cmd verb VRFY — saw EHLO: no",
        "        Class 2: cmd verb NOOP — saw EHLO: no",
        "   3 C: VRFY a",
        "     s: nothing yet",
        "        held until the server has answered",
        "   4 C: XYZ",
        "     s: nothing yet",
        "        held until the server has answered",
    ]


def test_secrets_and_messages() -> None:
    """By their number of octets; lines of which nothing is told as one."""
    talk = Talk(policy("parameters")).greeted().client(b"AUTH PLAIN c2VjcmV0")
    talk.server(b"235 ok").client(b"DATA").server(b"354 go")
    talk.client(b"Subject: x", b"", b"y" * 200, b".")

    assert printed(talk)[4:] == [
        "   5 C: AUTH PLAIN (11 octets not shown)",
        "   6 S: 235 ok",
        "   7 C: DATA",
        "   8 S: 354 go",
        "--- body ---",
        "   9 C: Subject: x ... 3 lines, 216 octets",
        "  10 C: .",
    ]


def test_a_message_that_is_cut() -> None:
    """What had gone before the offence, and that nothing follows."""
    talk = Talk(policy("match body length gt 3", " drop-connection")).in_message()
    talk.client(b"", b"x" * 200).client(b"more")
    told = printed(talk)

    assert "     s: xxx" in told
    assert "  12 C: " + "x" * 120 + "... (202 octets)" in "\n".join(told)
    assert told[-3:] == ["  13 C: more", "     s: nothing", ""]


def test_time_and_ends() -> None:
    """What nobody says."""
    talk = Talk().client(b"AUTH PLAIN eA==")
    talk.walk.wait(0.5)
    talk.walk.close(0)
    talk.server(b"220 a")

    told = printed(talk)
    assert "   2 @  the clock moves on" in told
    assert "   3 C closes" in told
    assert "     s: (17 octets not shown)" in told


def test_uninspected() -> None:
    """Nothing is in force."""
    told = [plain(line) for line in lines(Talk("hostname a\n").greeted().walk.finish())]

    assert told[2] == "--- uninspected ---"
    assert told[-1].endswith("no inspection is in force for this connection")
