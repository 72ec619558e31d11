"""The end of data, and what only looks like it."""

import pytest

from mailward.criteria.lengths import BodyLength
from mailward.engine.judge import Judge
from mailward.engine.message import Message
from mailward.policy.tally import Tally
from mailward.verdicts import DROP, DROPS, LOGS, PASS
from tests.unit.engine.kit import inspection


def _judge(limit: int = 0) -> Judge:
    obeyed = inspection((BodyLength(limit), DROPS)) if limit else inspection()
    return Judge(obeyed, Tally(obeyed))


def _pass(judge: Judge, pieces: list[bytes]) -> tuple[bytes, bool, bytes]:
    """What left, whether it ended, and what came behind the end."""
    message = Message(judge)
    left = b""
    for at, piece in enumerate(pieces):
        left += message.pass_on(piece)
        if message.ended or judge.verdict != PASS:
            return left, message.ended, message.rest + b"".join(pieces[at + 1 :])
    return left, message.ended, message.rest


def _every_way(data: bytes) -> list[list[bytes]]:
    ways = [[data[:cut], data[cut:]] for cut in range(1, len(data))]
    return [[data], *ways, [data[at : at + 1] for at in range(len(data))]]


# Octets behind `before`, and what they become.  The names are those of the
# reference (peers, section 4.1); the end itself is E01.
_LOOK_ALIKES = [
    ("E02", b"\n.\n", b"\n \n"),
    ("E03", b"\n.\r\n", b"\n \r\n"),
    ("E04", b"\r\n.\n", b"\r\n \n"),
    ("E05", b"\r.\r", b"\r \r"),
    ("E06", b"\r.\n", b"\r \n"),
    ("E07", b"\n.\r", b"\n \r"),
    ("E08", b"\r.\r\n", b"\r \r\n"),
    ("E09", b"\r\n.\rx", b"\r\n \rx"),
    ("E10", b"\r\n.\r\r\n", b"\r\n \r\r\n"),
    ("E12", b"\r\r\n.\r\r\n", b"\r\r\n \r\r\n"),
    ("E13", b"\n\r.\r\n", b"\n\r \r\n"),
    ("E14", b"\n\r.\n", b"\n\r \n"),
    ("E16", b"\r\n.\0\r\n", b"\r\n \0\r\n"),
    ("E17", b"\r\n.\0x\r\n", b"\r\n \0x\r\n"),
    ("E18", b"\r\0\n.\r\0\n", b"\r\0\n \r\0\n"),
]
_HARMLESS = [
    ("E19", b"\r\n .\r\n"),
    ("E20", b"\r\n. \r\n\r\n.\t\r\n"),
    ("E21", b"\x0b.\x0b\x0c.\x0c\x85.\x85"),
    ("E22", b"\r\n..\r\n"),
    ("E23", b"\r\n.x\r\n"),
]


@pytest.mark.parametrize(
    ("octets", "become"),
    [case[1:] for case in _LOOK_ALIKES],
    ids=[case[0] for case in _LOOK_ALIKES],
)
def test_look_alikes_are_disarmed(octets: bytes, become: bytes) -> None:
    """The dot becomes a blank, at every cut; the true end is still found."""
    data = b"a: b\r\n\r\nbefore" + octets + b"after\r\n.\r\nQUIT\r\n"
    left = b"a: b\r\n\r\nbefore" + become + b"after\r\n.\r\n"
    for pieces in _every_way(data):
        judge = _judge()

        assert _pass(judge, pieces) == (left, True, b"QUIT\r\n")
        assert judge.findings[0].key()[0] == "look-alike"
        dot = octets.index(b".")
        before = b"\r\n" if octets[:dot].endswith(b"\r\n") else octets[dot - 1 : dot]
        assert judge.findings[0].evidence == before + octets[dot : dot + 2]


@pytest.mark.parametrize(
    "octets", [case[1] for case in _HARMLESS], ids=[case[0] for case in _HARMLESS]
)
def test_harmless_shapes_pass(octets: bytes) -> None:
    """What no server takes for an end is not touched."""
    data = b"before" + octets + b"after\r\n.\r\n"
    for pieces in _every_way(data):
        judge = _judge()

        assert _pass(judge, pieces) == (data, True, b"")
        assert [f.key()[0] for f in judge.findings] == []


@pytest.mark.parametrize(
    ("octets", "bare"),
    [(b"a\rb", 1), (b"a\nb\r\r\nc", 2), (b"\r", 1), (b"\n\r\n\r", 2), (b"\n.x", 1)],
)
def test_bare_ends_are_counted(octets: bytes, bare: int) -> None:
    """A CR or LF alone passes and is counted, once a message, at every cut."""
    data = octets + b"x\r\n..\r\n.\r\n"
    for pieces in _every_way(data):
        judge = _judge()

        assert _pass(judge, pieces) == (data, True, b"")
        assert [(f.key()[0], f.count) for f in judge.findings] == [
            ("bare-in-message", bare)
        ]


def test_a_crossing_that_only_logs() -> None:
    """The message goes on, whole."""
    obeyed = inspection((BodyLength(2), LOGS), (BodyLength(4), LOGS))
    data = b"a: b\r\n\r\n12345\r\n.\r\n"
    for pieces in _every_way(data):
        judge = Judge(obeyed, Tally(obeyed))

        assert _pass(judge, pieces) == (data, True, b"")
        assert judge.tally.rules == [1, 1]


def test_an_empty_message() -> None:
    """A dot right behind DATA ends it."""
    for pieces in _every_way(b".\r\nRSET\r\n"):
        assert _pass(_judge(), pieces) == (b".\r\n", True, b"RSET\r\n")


def test_an_open_dot_is_held() -> None:
    """A dot leaves only when its meaning is known; two octets at the most."""
    message = Message(_judge())

    assert message.pass_on(b"a\r\n.") == b"a\r\n"
    assert message.held == 1
    assert message.pass_on(b"\r") == b""
    assert message.held == 2
    assert message.pass_on(b"x") == b" \rx"
    assert message.held == 0


@pytest.mark.parametrize(
    ("body", "left"),
    [
        # A stuffed dot is not counted, one that was disarmed is.
        (b"12345\r\n.", b"12345"),
        (b"123\r\n..", b"123\r\n."),
        (b"1234\n.\n", b"1234\n"),
        (b"123\n.\n", b"123\n "),
        (b"123456", b"12345"),
    ],
)
def test_what_leaves_before_the_offence(body: bytes, left: bytes) -> None:
    """Exactly five octets of the body leave, wherever the message is cut."""
    head = b"a: b\r\n\r\n"
    for pieces in _every_way(head + body + b"\r\n.\r\n"):
        judge = _judge(5)
        message, ended, _ = _pass(judge, pieces)

        assert (message, ended, judge.verdict) == (head + left, False, DROP)


def test_exactly_the_limit_passes() -> None:
    """The CRLF before the end is of the body, the dot is not."""
    data = b"a: b\r\n\r\n123\r\n.\r\n"
    for pieces in _every_way(data):
        judge = _judge(5)

        assert _pass(judge, pieces) == (data, True, b"")
        assert judge.verdict == PASS
