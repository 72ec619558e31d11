"""Covers of the same length, and what a survey tells of ends of line."""

from collections.abc import Callable
from random import Random

import pytest

from mailward.octets import (
    crossed,
    is_line,
    plain_is_line,
    plain_survey,
    starred,
    survey,
)

Survey = Callable[[bytes, int, int], tuple[int, int]]
ALL = {f"{kind.__module__}.{kind.__name__}": kind for kind in (plain_survey, survey)}
each = pytest.mark.parametrize("survey", ALL.values(), ids=ALL)


def test_covers() -> None:
    """A cover has the length asked for; nothing for nought."""
    assert crossed(3) == b"XXX"
    assert starred(2) == b"**"
    assert crossed(0) == starred(0) == b""


def _alone(octets: bytes) -> int:
    """CRs without an LF behind them and LFs without a CR before, one by one."""
    found = sum(octets[at : at + 2] != b"\r\n" for at in _places(octets, b"\r"))
    before = (octets[at - 1 : at] if at else b"" for at in _places(octets, b"\n"))
    return found + sum(octet != b"\r" for octet in before)


def _places(octets: bytes, octet: bytes) -> list[int]:
    return [at for at in range(len(octets)) if octets[at : at + 1] == octet]


@each
@pytest.mark.parametrize("size", [0, 1, 2, 100, 8191, 8192, 20_000])
@pytest.mark.parametrize("letters", [b"\r\n", b"\r\nx", b"x" * 30 + b"\r\n"])
def test_alone(size: int, letters: bytes, survey: Survey) -> None:
    """Few octets and many are counted alike, whatever stands at the edges."""
    octets = bytes(Random(size).choices(letters, k=size))

    assert survey(octets, size, 0) == (_alone(octets), 0)
    for stop in (size // 2, max(0, size - 1)):
        assert survey(octets, stop, 7)[0] == _alone(octets[:stop])


@each
@pytest.mark.parametrize("octets", [b"a\rb\nc", b"\r\r\n\n", b"\n\r", b"a\r\nb\rc\nd"])
def test_ends_that_would_be_one_without_what_is_between(
    octets: bytes, survey: Survey
) -> None:
    """A CR and an LF alone are two, however they stand to each other."""
    assert survey(octets, len(octets), 0) == (2, 0)
    assert survey(octets * 2000, len(octets) * 2000, 0)[0] == _alone(octets * 2000)


@each
def test_level(survey: Survey) -> None:
    """As far as whole stretches go, if each holds an end of line."""
    line = b"x" * 76 + b"\r\n"
    even = line * 200
    assert survey(even, len(even), 100) == (0, len(even) // 100 * 100)
    assert survey(even, len(even), 0) == (0, 0)
    # A line that is longer than a stretch, a CR or an LF alone.
    long = line * 100 + b"x" * 200 + b"\r\n" + line * 100
    assert survey(long, len(long), 100) == (0, 0)
    bare = line * 100 + b"\n" + line * 100
    assert survey(bare, len(bare), 100) == (1, 0)


@each
def test_level_of_few(survey: Survey) -> None:
    """It may not be known; if it is, it is right."""
    line = b"x" * 76 + b"\r\n"

    assert survey(line * 3, 234, 100) in ((0, 0), (0, 200))
    assert survey(line * 3, 99, 100) == (0, 0)
    assert survey(line * 2 + b"x" * 200, 300, 100) == (0, 0)


@each
def test_level_at_the_edges(survey: Survey) -> None:
    """A CRLF that is cut at either edge is no offence against evenness."""
    line = b"x" * 76 + b"\r\n"
    cut = b"\n" + line * 200 + b"x\r"
    assert survey(cut, len(cut), 100) == (2, len(cut) // 100 * 100)


@pytest.mark.parametrize("size", [8192, 8193, 8431, 8432, 8433, 20_000, 262_144])
@pytest.mark.parametrize("odd", [None, b"\r", b"\n"])
def test_all_tell_the_same(size: int, odd: bytes | None) -> None:
    """Where one knows, the other does, whatever lengths the lines have."""
    chance = Random(size)
    made = bytearray()
    while len(made) < size + 200:
        made += b"x" * chance.randrange(100) + b"\r\n"
    if odd is not None:
        at = chance.randrange(size)
        made[at : at + 1] = odd
    octets = bytes(made)
    for gap in (0, 1, 50, 80, 99, 150, 499):
        assert survey(octets, size, gap) == plain_survey(octets, size, gap)


@pytest.mark.parametrize("arguments", [(b"x", 2, 0), (b"x", -1, 0), (b"x", 1, -1)])
def test_beyond_the_octets(arguments: tuple[bytes, int, int]) -> None:
    """What is in C reads no memory that is not of the octets."""
    if survey is plain_survey:
        pytest.skip("needs the compiled build")
    with pytest.raises(ValueError, match="beyond"):
        survey(*arguments)


@pytest.mark.parametrize(
    ("octets", "whole"),
    [
        (b"a\r\n", True),
        (b"\r\n", True),
        (b"", False),
        (b"\n", False),
        (b"\r", False),
        (b"a\n", False),
        (b"a\r\nb", False),
        (b"a\r\nb\r\n", False),
        (b"a\rb\r\n", False),
        (b"a\nb\r\n", False),
        (b"a\r\r\n", False),
    ],
)
def test_is_line(octets: bytes, whole: bool) -> None:
    """One line, all of it, nothing beside it; all tell the same."""
    assert is_line(octets) == plain_is_line(octets) == whole
