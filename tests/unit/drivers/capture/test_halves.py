"""One direction: every order of segments, overlaps, wraps, against an oracle."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.drivers.capture.halves import MOST_PIECES, MOST_WAITING, Half

TEXT = bytes(range(65, 91)) * 4


def _half(isn: int) -> Half:
    half = Half()
    half.start(isn)
    return half


def _drained(half: Half) -> bytes:
    out = b""
    while half.ready() is not None:
        out += half.take()
    return out


@pytest.mark.parametrize("isn", [0, 1000, 0xFFFFFFF0, 0x7FFFFFFC])
def test_every_permutation(isn: int) -> None:
    """Six segments in all 720 orders, across a wrap too."""
    cuts = [0, 3, 10, 11, 20, 30, 40]
    pieces = list(itertools.pairwise(cuts))
    for order in itertools.permutations(pieces):
        half = _half(isn)
        out = b""
        for low, high in order:
            half.put(half.place((isn + low) & 0xFFFFFFFF), TEXT[low:high], -1, 1.0)
            out += _drained(half)
        assert out == TEXT[:40]
        assert half.seq == (isn + 40) & 0xFFFFFFFF
        assert (half.differing, half.waits) == (0, 0)


def test_first_octets_stand() -> None:
    """Whatever overlaps: what came first is passed on, what differs is counted."""
    segments = [(0, b"aaaa"), (2, b"bbbb"), (4, b"cccc"), (1, b"dddddddd")]
    for order in itertools.permutations(segments):
        half = _half(7)
        out = b""
        expected: dict[int, int] = {}
        differing = 0
        for at, octets in order:
            for place, octet in enumerate(octets, at):
                differing += expected.setdefault(place, octet) != octet
            half.put(at, octets, -1, 1.0)
            out += _drained(half)
        assert out == bytes(expected[place] for place in range(len(expected)))
        assert half.differing == differing


_SEGMENTS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 25), st.integers(0, 255)),
    max_size=14,
)


@given(_SEGMENTS, st.integers(0, 0xFFFFFFFF))
def test_against_an_oracle(segments: list[tuple[int, int, int]], isn: int) -> None:
    """Any segments, of any contents: as a table of octets would have it."""
    half = _half(isn)
    table: dict[int, int] = {}
    out = b""
    differing = 0
    for at, length, octet in segments:
        octets = bytes((octet,)) * length
        keep_alive = length == 1 and at == half.next - 1
        for place in range(at, at + length):
            known = table.setdefault(place, octet)
            differing += known != octet and not keep_alive
        half.put(half.place((isn + at) & 0xFFFFFFFF), octets, -1, 1.0)
        out += _drained(half)
    until = next(place for place in itertools.count() if place not in table)

    assert out == bytes(table[place] for place in range(until))
    assert half.next == until
    assert half.differing == differing
    assert half.waits == sum(place > until for place in table)
    for piece in half.waiting:
        assert piece.octets == bytes(table[p] for p in range(piece.at, piece.end))


def test_what_waits_is_bounded() -> None:
    """In octets and in pieces; the farthest goes."""
    half = _half(0)
    for at in range(1, 4000, 2):
        half.put(at, b"x", -1, 1.0)
    assert len(half.waiting) == MOST_PIECES
    assert half.astray == 2000 - MOST_PIECES
    half = _half(0)
    for at in range(1, 100):
        half.put(at * 100_000, bytes(99_999), -1, 1.0)
    assert half.waits <= MOST_WAITING


def test_cut_off_by_the_capture() -> None:
    """It is lost at once, as far as nothing else fills it."""
    half = _half(0)
    half.put(0, b"abc", -1, 1.0)
    half.cut(3, 7)
    half.put(8, b"xyz", -1, 1.0)

    assert half.lost() == 0
    assert _drained(half) == b"abc"
    assert half.lost() == 5
    half.skip(5)
    assert _drained(half) == b"xyz"


def test_memory_of_what_passed() -> None:
    """It reaches back so far, and no farther."""
    half = _half(0)
    half.put(0, b"a" * 100_000, -1, 1.0)
    _drained(half)
    half.put(99_990, b"b" * 10, -1, 1.0)
    assert half.differing == 10
    half.put(0, b"b" * 10, -1, 1.0)
    assert half.differing == 10
    half.forget()
    half.put(99_990, b"b" * 10, -1, 1.0)
    assert half.differing == 10
