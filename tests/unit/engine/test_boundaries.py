"""Boundaries: which lines begin a part, and what is forgotten when."""

import pytest

from mailward.engine.boundaries import (
    BEGINS,
    DIGEST,
    LONGEST,
    MOST,
    NOWHERE,
    SURELY,
    Boundaries,
)

SURE = BEGINS | SURELY


def _of(*names: bytes, digest: bytes = b"?") -> Boundaries:
    boundaries = Boundaries()
    for name in names:
        assert boundaries.remember(name, name == digest)
    return boundaries


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        (b"--a", SURE),
        (b"--a \t", SURE),
        (b"--ab", SURE),
        # Longer than a boundary: the letter of RFC 2046.
        (b"--ax", SURE),
        (b"--a b", SURE),
        # Closing: nothing should follow, but some read on.
        (b"--a--", BEGINS),
        (b"--a-- ", BEGINS),
        (b"--a--x", BEGINS),
        (b"--ab--", BEGINS),
        # A boundary that ends like a closing delimiter.
        (b"--c--", SURE),
        (b"--c----", BEGINS),
        (b"--b", 0),
        (b"-a", 0),
        (b"a", 0),
        (b"", 0),
        (b"--", 0),
    ],
)
def test_meanings(line: bytes, meaning: int) -> None:
    """Whole, longer, closing, or none, whichever boundary it is of."""
    assert _of(b"a", b"ab", b"c", b"c--").meaning(line) == meaning


def test_none() -> None:
    """Without a boundary no line means anything."""
    boundaries = Boundaries()

    assert boundaries.meaning(b"--") == 0
    assert (len(boundaries), boundaries.prefix) == (0, b"")


def test_empty() -> None:
    """The empty boundary makes a delimiter of each line with two hyphens."""
    boundaries = _of(b"")

    assert [boundaries.meaning(x) for x in (b"--", b"--x", b"----", b"-")] == [
        SURE,
        SURE,
        BEGINS,
        0,
    ]


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        ((b"abc",), b"--abc"),
        ((b"abc", b"abd"), b"--ab"),
        ((b"abc", b"ab"), b"--ab"),
        ((b"abc", b"xyz"), b"--"),
        ((b"abc", b""), b"--"),
    ],
)
def test_prefix(names: tuple[bytes, ...], prefix: bytes) -> None:
    """What all delimiters begin with."""
    assert _of(*names).prefix == prefix


def test_digest() -> None:
    """Parts of a digest are told; a doubtful line may be of any digest."""
    boundaries = _of(b"a", b"b", digest=b"b")

    assert boundaries.meaning(b"--a") == SURE
    assert boundaries.meaning(b"--b") == SURE | DIGEST
    assert boundaries.meaning(b"--ax") == SURE | DIGEST
    assert boundaries.meaning(b"--a--") == BEGINS | DIGEST


def test_digest_is_not_forgotten() -> None:
    """A boundary named again stays one of a digest, for some program."""
    boundaries = _of(b"a", digest=b"a")

    assert boundaries.remember(b"a", False)
    assert boundaries.meaning(b"--a") == SURE | DIGEST
    assert len(boundaries) == 1


def test_bounded() -> None:
    """Open boundaries are never forgotten, and no more than MOST are kept."""
    boundaries = _of(*[b"%03d" % n for n in range(MOST)])

    assert not boundaries.remember(b"more", False)
    assert boundaries.remember(b"000", False)
    assert boundaries.meaning(b"--more") == 0
    assert len(boundaries) == MOST


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        (b"--050--", b"--050"),  # closed
        (b"--050", b"--051"),  # whatever was named within
        (b"--050x", b""),  # nothing is sure
        (b"--050--x", b""),
    ],
)
def test_forgetting(line: bytes, gone: bytes) -> None:
    """What is surely closed makes room."""
    boundaries = _of(*[b"%03d" % n for n in range(MOST)])
    boundaries.meaning(line)

    assert boundaries.remember(b"more", False) is bool(gone)
    assert not gone or boundaries.meaning(gone) == 0
    assert len(boundaries) == MOST


def test_longest() -> None:
    """The octets asked for hold the longest delimiter and its closing."""
    name = b"a" * 1024
    boundaries = _of(name)

    assert boundaries.meaning((b"--" + name + b"--" + b" " * 100)[:LONGEST]) == BEGINS


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"text\r\n--b\r\n", 5),
        (b"text\n--b", 4),
        (b"text\r--b\n--b", 4),
        (b"text\n--b\r--b", 4),
        (b"text\n-b\n--c", NOWHERE),
        # Perhaps one: its beginning is at the end of what is there.
        (b"text\r\n", 5),
        (b"text\r", 4),
        (b"text\n--", 4),
        (b"text\n-x", NOWHERE),
        (b"", NOWHERE),
    ],
)
def test_seek(data: bytes, found: int) -> None:
    """The end of line behind which a delimiter begins, or may begin."""
    boundaries = Boundaries()
    boundaries.remember(b"b", False)

    assert boundaries.seek(data, 0, len(data)) == found
    behind = boundaries.seek(b"--b" + data + b"\n--b", 3, 3 + len(data))
    assert behind == (NOWHERE if found == NOWHERE else found + 3)
