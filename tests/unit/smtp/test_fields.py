"""Header fields: names, folds, comments."""

import pytest

from mailward.smtp.fields import (
    CONTENT_DISPOSITION,
    CONTENT_ENCODING,
    CONTENT_TYPE,
    LONGEST_NAME,
    OTHER,
    TO,
    closefolded,
    field_code,
    is_field,
    is_mbox,
    layers,
    past_lines,
    past_unread,
    read_field,
    refolded,
    unfolded,
    without_comments,
)

_VALUE = b" a/b;\r\n\tc=d\n e\r\n"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"To", TO),
        (b"tO \t", TO),
        (b"Content-Type", CONTENT_TYPE),
        (b"CONTENT-TRANSFER-ENCODING", CONTENT_ENCODING),
        (b"\0Content-Disposition", CONTENT_DISPOSITION),
        (b"Subject", OTHER),
        (b"X-To", OTHER),
        (b"x To", OTHER),
        (b"", OTHER),
    ],
)
def test_codes(name: bytes, code: int) -> None:
    """Letter case, blanks before the colon and a NUL do not hide a field."""
    assert field_code(name) == code


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        (b"Subject", True),
        (b"Subject \t", True),
        (b"", False),
        (b" \t", False),
        (b" Subject", False),
        (b"a b", False),
        (b"a\xff", False),
        (b"a" * LONGEST_NAME, True),
        (b"a" * (LONGEST_NAME + 1), False),
    ],
)
def test_names(name: bytes, answer: bool) -> None:
    """Only printable ASCII names a field."""
    assert is_field(name) is answer


@pytest.mark.parametrize(
    ("value", "plain", "single", "close"),
    [
        (b"a b", b"a b", b"a b", b"a b"),
        (b"a\r\n \tb\n c", b"a \tb c", b"a b c", b"abc"),
        (b"a\rb\r\r\n c", b"ab c", b"a b c", b"abc"),
    ],
)
def test_folds(value: bytes, plain: bytes, single: bytes, close: bytes) -> None:
    """Three ways to put a value on one line."""
    assert unfolded(value) == plain
    assert refolded(value) == single
    assert closefolded(value) == close


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (b"a", b"a"),
        (b"a (b) c", b"a   c"),
        (b"a (b (c) d) e", b"a   e"),
        (b"a (b \\) c) d", b"a   d"),
        (b'"(a)" (b)', b'"(a)"  '),
        # Within a comment a quote is nothing special.
        (b'(a "b) c "d)"', b'  c "d)"'),
        (b"a (b", b"a "),
        (b"a) (b) c", b"a)   c"),
        (b"(" * 5000, b""),
    ],
)
def test_comments(value: bytes, left: bytes) -> None:
    """Comments nest, quoted text holds none, an open one goes to the end."""
    assert without_comments(value) == left


def test_layers() -> None:
    """Each way to peel a value is offered once, the plain one first."""
    assert layers(b"a") == (b"a",)
    assert layers(b"a (b) =?utf-8?q?c?=\r\n \td") == (
        b"a (b) =?utf-8?q?c?= \td",
        b"a (b) =?utf-8?q?c?= d",
        b"a (b) =?utf-8?q?c?=d",
        b"a (b) c \td",
        b"a (b) c d",
        b"a (b) cd",
        b"a   =?utf-8?q?c?= \td",
        b"a   =?utf-8?q?c?= d",
        b"a   =?utf-8?q?c?=d",
        b"a   c \td",
        b"a   c d",
        b"a   cd",
    )


@pytest.mark.parametrize(
    ("data", "past"),
    [
        (b"A: b\r\nB: c\r\n", 12),
        (b"A: b\nB: c\n", 10),
        (b"A: b\r\n fold\r\n\tmore\r\nB: c\r\n", 26),
        (b"A: b\r\nTo: c\r\n", 6),
        (b"A: b\r\ncontent-TYPE: c\r\n", 6),
        (b"A: b\r\n\r\nbody: x\r\n", 6),
        (b"A: b\r\nno colon\r\n", 6),
        (b"A: b\r\nno name: c\r\n", 6),
        (b"A: b\r\n: c\r\n", 6),
        (b"A: b\r\n--x: c\r\n", 6),
        (b"A: b\r\nB: c\rd\r\n", 6),
        (b"A: b\r\nB: c\r\r\n", 6),
        (b"A: b\r\nB: c", 6),
        (b"A: b\r\n" + b"n" * 999 + b": c\r\n", 6),
        (b"", 0),
    ],
)
def test_past_unread(data: bytes, past: int) -> None:
    """Whole plain lines are passed; whatever wants a closer look is not."""
    assert past_unread(data, 0, len(data)) == past


def test_past_unread_to() -> None:
    """A To field is passed where nobody reads it."""
    assert past_unread(b"A: b\r\nTO: c\r\nTop: d\r\n", 0, 21, to=False) == 21
    assert past_unread(b"A: b\r\nTO: c\r\nTop: d\r\n", 0, 21) == 6


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"TO: a\r\nX", (TO, b" a\r\n", 7)),
        (b"to:\n\n", (TO, b"\n", 4)),
        (
            b"Content-type: a/b;\r\n\tc=d\n e\r\n\r\n",
            (CONTENT_TYPE, _VALUE, 13 + len(_VALUE)),
        ),
        (b"Content-Disposition:x\r\n-", (CONTENT_DISPOSITION, b"x\r\n", 23)),
        # Folds may follow; it is not whole; an end of line alone; its name is odd.
        (b"To: a\r\n", None),
        (b"To: a\r\n b", None),
        (b"To: a", None),
        (b"To: a\rb\r\nX", None),
        (b"To : a\r\nX", None),
        (b"Subject: a\r\nX", None),
        (b"To:\r\n" + b" a\r\n" * 501 + b"X", None),
    ],
)
def test_read_field(data: bytes, field: tuple[int, bytes, int] | None) -> None:
    """A field that is read, whole and plainly written, with its folds."""
    assert read_field(data, 0, len(data)) == field


@pytest.mark.parametrize(
    ("data", "past"),
    [
        (b"A: b\r\nTo: c\n", 12),
        (b"A: b\r\n fold\r\n\tmore\r\nB: c\rd\r\n", 28),
        (b" fold\r\nA: b\r\n", 0),
        (b"A: b\r\n\r\nbody: x\r\n", 6),
        (b"A: b\r\nno colon\r\n", 6),
        (b"A: b\r\nname : c\r\n", 6),
        (b"A: b\r\nB: c", 6),
        (b"A: b\r\n" + b"n" * 999 + b": c\r\n", 6),
        (b"", 0),
    ],
)
def test_past_lines(data: bytes, past: int) -> None:
    """Whole lines that begin as fields, and their folds."""
    assert past_lines(data, 0, len(data)) == past


def test_past_many_lines() -> None:
    """More lines than are matched at once."""
    many = b"a: b\n" * 2345
    assert past_lines(many, 0, len(many)) == len(many)
    assert past_unread(many, 0, len(many)) == len(many)


def test_is_mbox() -> None:
    """`From ` and `>From ` with their blank, nothing else."""
    assert is_mbox(b"From x@y")
    assert is_mbox(b">From x")
    assert not is_mbox(b"From: x")
    assert not is_mbox(b"from x")
