"""The end of data, and what only looks like it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.criteria.base import Criterion
from mailward.criteria.lengths import (
    BodyLength,
    BodyLineLength,
    HeaderLength,
    HeaderLineLength,
)
from mailward.criteria.message import (
    AddressCount,
    EncodingIn,
    FileNameLength,
    FileType,
)
from mailward.engine.judge import Judge
from mailward.engine.message import Message
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.rex.matcher import Matcher
from mailward.smtp.mime import BASE64, SEVENBIT
from mailward.verdicts import DROP, DROPS, LOGS, PASS, RESETS
from tests.unit.engine.kit import inspection, unless


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


@pytest.mark.parametrize("rules", [(), ((BodyLineLength(998), DROPS),)])
@pytest.mark.parametrize(
    ("octets", "bare"),
    [(b"", 0), (b"a\rb\r\n", 1), (b"..x\r\n\n.\r\r\n", 2), (b"\r\n.", 0)],
)
@pytest.mark.parametrize("cut", [0, 1, 9999])
def test_bare_ends_in_large_segments(
    rules: tuple[tuple[Criterion, int], ...], octets: bytes, bare: int, cut: int
) -> None:
    """Counted as in small ones, whatever is surveyed once for all."""
    filled = (b"x" * 76 + b"\r\n") * 200
    data = b"a: b\r\n\r\n" + filled + octets + filled + b".\r\n"
    obeyed = inspection(*rules)
    judge = Judge(obeyed, Tally(obeyed))
    pieces = [data[: len(filled) + cut], data[len(filled) + cut :]]

    _pass(judge, pieces)
    counts = [f.count for f in judge.findings if f.key()[0] == "bare-in-message"]
    assert counts == ([bare] if bare else [])
    assert judge.verdict == PASS


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


_MIME = b"""\
To: a@b, c@d\r
Content-Type: multipart/mixed; boundary=x\r
\r
--x\r
Content-Type: application/pdf; name=a.pdf\r
Content-Transfer-Encoding: base64\r
\r
AAAA\r
--x--\r
.\r
"""


@pytest.mark.parametrize(
    "rule",
    [
        (AddressCount(1), DROPS),
        (EncodingIn(1 << BASE64), DROPS),
        (FileNameLength(4), DROPS),
        (FileType(Matcher(("\\.pdf",))), DROPS),
        (FileType(Matcher(("application/pdf",))), DROPS),
        unless(AddressCount(2), DROPS),
        unless(EncodingIn(1 << SEVENBIT), DROPS),
        unless(FileNameLength(5), DROPS),
        unless(FileType(Matcher(("multipart/",))), DROPS),
        (HeaderLength(50), DROPS),
        unless(BodyLength(500), DROPS),
        unless(BodyLineLength(3), DROPS),
    ],
    ids=lambda rule: re.sub(r" object at \w+", "", str(rule)),
)
def test_rules_on_the_content(rule: tuple[Criterion, int] | Rule) -> None:
    """Each ends the connection before the end of data, at every cut alike."""
    obeyed = inspection(rule)
    outcomes = set()
    for pieces in _every_way(_MIME):
        judge = Judge(obeyed, Tally(obeyed))
        left, ended, _ = _pass(judge, pieces)
        outcomes.add((left, ended, judge.verdict, len(judge.findings)))

    assert len(outcomes) == 1
    left, ended, verdict, findings = outcomes.pop()
    assert (ended, verdict, findings) == (False, DROP, 1)
    assert _MIME.startswith(left)
    assert not left.endswith(b"\r\n.\r\n")


def test_rules_on_the_content_that_log() -> None:
    """What is told does not touch the message."""
    obeyed = inspection(
        (AddressCount(1), LOGS),
        (EncodingIn((1 << BASE64) | (1 << SEVENBIT)), LOGS),
        (FileNameLength(4), LOGS),
        (FileType(Matcher(("pdf",))), LOGS),
        (BodyLength(1), LOGS),
    )
    for pieces in _every_way(_MIME):
        judge = Judge(obeyed, Tally(obeyed))

        assert _pass(judge, pieces) == (_MIME, True, b"")
        assert judge.tally.rules == [1, 2, 1, 2, 1]


@pytest.mark.parametrize("action", [LOGS, DROPS])
def test_what_the_reader_cannot_read(action: int) -> None:
    """Beyond its bounds a rule cannot be kept: told, and stopped if it must be."""
    obeyed = inspection((EncodingIn(1 << BASE64), action))
    judge = Judge(obeyed, Tally(obeyed))
    data = b"Content-Type: " + b"x" * 100_000 + b"\r\n\r\n.\r\n"
    left, ended, _ = _pass(judge, [data])

    verdict = PASS if action == LOGS else DROP
    assert (judge.verdict, ended) == (verdict, action == LOGS)
    assert data.startswith(left)
    assert [f.key()[:5] for f in judge.findings] == [
        ("unreadable", 0, verdict, b"", b"field too long")
    ]


def test_a_header_that_the_end_cuts_short() -> None:
    """What its last field says is judged before the end of data leaves."""
    obeyed = inspection((AddressCount(1), DROPS))
    data = b"To: a@b, c@d\r\n.\r\n"
    for pieces in _every_way(data):
        judge = Judge(obeyed, Tally(obeyed))

        assert _pass(judge, pieces)[:2] == (data[:-3], False)
        assert judge.verdict == DROP


@pytest.mark.parametrize(("declared", "told"), [(10, True), (11, False), (-1, False)])
def test_a_message_larger_than_declared(declared: int, told: bool) -> None:
    """108006: octets with their CRLFs, dots unstuffed, the end not counted."""
    judge = _judge()
    message = Message(judge, declared)
    message.pass_on(b"a: b\r\n..\r\n\r\n.\r\n")

    assert [f.key()[0] for f in judge.findings] == ["size-exceeded"] * told
    if told:
        assert (judge.findings[0].detail, judge.findings[0].count) == (b"10", 11)


@pytest.mark.parametrize("limit", [0, 15])
def test_a_hole(limit: int) -> None:
    """An open dot goes as it is; what follows is no beginning of a line."""
    judge = _judge(limit)
    message = Message(judge)
    left = message.pass_on(b"a: b\r\n\r\ntext\r\n.")
    assert left == b"a: b\r\n\r\ntext\r\n"
    assert message.hole(5) == b"."
    assert message.held == 0
    assert message.pass_on(b".\r\n") == b".\r\n"
    assert not message.ended
    assert message.pass_on(b"xy\r\n.\r\n") == (b"xy\r\n.\r\n" if not limit else b"")
    assert (message.ended, judge.verdict) == (not limit, DROP if limit else PASS)


_PIECES = (
    *(b"\r\n", b"\r\n", b"\r\n\r\n", b"\r", b"\n", b".", b"\r\n.\r\n", b"..", b"\0"),
    *(b" ", b":", b"--x", b"x" * 9, b"From x", b"to: a@b, c@d", b"content-"),
    b"Content-Type: multipart/mixed; boundary=x; name=abcd",
    b"cOnTENT-DISPOSITION: x; filename=abcd",
)
_FACTORY = (
    (HeaderLineLength(12), DROPS),
    (BodyLineLength(11), LOGS),
    (FileNameLength(3), RESETS),
)


@pytest.mark.parametrize(
    "rules",
    [
        _FACTORY,
        ((HeaderLength(30), LOGS), (BodyLength(20), DROPS)),
        (*_FACTORY, (AddressCount(1), LOGS)),
        (*_FACTORY, (EncodingIn(1 << SEVENBIT), LOGS)),
        (*_FACTORY, unless(BodyLineLength(5), LOGS)),
    ],
)
@given(
    octets=st.lists(st.sampled_from(_PIECES), max_size=12).map(b"".join),
    rest=st.sampled_from((b"", b"QUIT\r\n", b"\n", b".\r\n")),
    declared=st.integers(min_value=-1, max_value=40),
)
def test_who_finds_nothing_need_not_look(
    rules: tuple[tuple[Criterion, int] | Rule, ...],
    octets: bytes,
    rest: bytes,
    declared: int,
) -> None:
    """A message that came whole means what it means in pieces, which are all read."""
    data = octets + b"\r\n.\r\n" + rest
    obeyed = inspection(*rules)
    seen = []
    for pieces in ([data], [data[:1], data[1:]]):
        judge = Judge(obeyed, Tally(obeyed))
        message = Message(judge, declared)
        left = b""
        over = b""
        for at, piece in enumerate(pieces):
            left += message.pass_on(piece)
            if message.ended or judge.verdict != PASS:
                over = message.rest + b"".join(pieces[at + 1 :])
                break
        found = [finding.key() for finding in judge.findings]
        ended = message.ended, judge.verdict
        seen.append((left, over, ended, found, judge.tally.rules))

    assert seen[0] == seen[1]


def test_a_hole_before_all() -> None:
    """What follows it is measured as the header that is believed to go on."""
    obeyed = inspection((HeaderLength(30), DROPS))
    judge = Judge(obeyed, Tally(obeyed))
    message = Message(judge)

    assert message.hole(25) == b""
    assert message.pass_on(b"a: b\r\nc: d\r\n\r\n") == b"a: b\r\n"
    assert judge.verdict == DROP
