"""Groups: which connection each segment of a batch is of.

Knows: addresses and ports as columns; two ends make a connection, whoever
speaks.
Does not know: connections that stand, sequence numbers.
Called by: `drivers.capture.rounds`, `drivers.capture.rewrite`.

Ends are mixed into one number and grouped by that, then compared: two pairs of
ends that mix alike (somebody meant them to) are told apart the slow way.
"""

from typing import Final, final

import numpy as np

from mailward.drivers.capture.datagrams import Flags, Longs
from mailward.drivers.capture.files import Ints
from mailward.drivers.capture.frames import Segments

#: The two ends of a connection, address and port, the lower first by some order.
Key = tuple[bytes, int, bytes, int]

#: Odd numbers that mix the octets of an address into one number.
_MIX: Final = tuple(
    np.uint64(n)
    for n in (
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
    )
)
#: Bits behind a port, and those of a pair that choose no place in a table.
_PORT: Final = np.uint64(16)
_PLACES: Final = np.uint64(48)


@final
class Groups:
    """Which connection each segment is of, and which end speaks.

    They are numbered in the order of their first segments (`first`), unless there
    are very many.
    """

    __slots__ = ("count", "end", "first", "of")

    def __init__(self, segments: Segments) -> None:
        source, target = mixed(segments)
        swapped = source > target
        tied = source == target
        if tied.any():
            swapped |= tied & _later(segments)
        pair = np.where(swapped, target, source) * _MIX[3] + np.where(
            swapped, source, target
        )
        self.first: Ints
        self.of: Ints
        self.first, self.of = _numbered(pair)
        self.end: Ints = swapped.astype(np.int64)  # who speaks
        if not self._exact(segments, swapped):
            self._slowly(segments)
        self.count = len(self.first)

    def _exact(self, segments: Segments, swapped: Flags) -> bool:
        """Are all segments of a group of the same two ends?"""
        rep = self.first[self.of]
        columns = [
            (segments.src_low << _PORT | segments.src_port.astype(np.uint64),
             segments.dst_low << _PORT | segments.dst_port.astype(np.uint64)),
        ]  # fmt: skip
        if segments.six.any():
            if (segments.six != segments.six[rep]).any():
                return False
            # Then the shift has lost the highest octets.
            columns += [
                (segments.src_low, segments.dst_low),
                (segments.src_high, segments.dst_high),
            ]
        for one, two in columns:
            left = np.where(swapped, two, one)
            right = np.where(swapped, one, two)
            if (left != left[rep]).any() or (right != right[rep]).any():
                return False
        return True

    def _slowly(self, segments: Segments) -> None:
        """Two pairs of ends have the same number: somebody meant them to."""
        known: dict[tuple[object, ...], int] = {}
        first: list[int] = []
        of: list[int] = []
        for at in range(len(segments)):
            one = segments.address(at, source=True), int(segments.src_port[at])
            two = segments.address(at, source=False), int(segments.dst_port[at])
            if self.end[at]:
                one, two = two, one
            group = known.setdefault((one, two), len(first))
            if group == len(first):
                first.append(at)
            of.append(group)
        self.first = np.array(first, np.int64)
        self.of = np.array(of, np.int64)

    def keys(self, segments: Segments) -> list[Key]:
        """The two ends of each group, in the order of their numbers."""
        s, first = segments, self.first
        ends = self.end[first].tolist()
        six = s.six[first].tolist()
        columns = [
            column[first].tolist()
            for column in (
                s.src_high,
                s.src_low,
                s.src_port,
                s.dst_high,
                s.dst_low,
                s.dst_port,
            )
        ]
        out: list[Key] = []
        for end, long, sh, sl, sp, dh, dl, dp in zip(ends, six, *columns, strict=True):
            if long:
                one = (sh << 64 | sl).to_bytes(16, "big")
                two = (dh << 64 | dl).to_bytes(16, "big")
            else:
                one, two = sl.to_bytes(4, "big"), dl.to_bytes(4, "big")
            out.append((two, dp, one, sp) if end else (one, sp, two, dp))
        return out


def mixed(segments: Segments) -> tuple[Longs, Longs]:
    """A number for each end, the speaking one first; different ends have different
    ones, as a rule."""
    s = segments
    if s.six.any():
        six = s.six.astype(np.uint64)
        return (
            _mixed(s.src_high * _MIX[0] + s.src_low * _MIX[1], s.src_port, six),
            _mixed(s.dst_high * _MIX[0] + s.dst_low * _MIX[1], s.dst_port, six),
        )
    return (
        _mixed(s.src_low * _MIX[1], s.src_port),
        _mixed(s.dst_low * _MIX[1], s.dst_port),
    )


def _mixed(address: Longs, port: Ints, six: Longs | None = None) -> Longs:
    out: Longs = address + port.astype(np.uint64) * _MIX[2]
    out ^= out >> np.uint64(29)
    out *= _MIX[3]
    if six is not None:
        out += six
    out ^= out >> np.uint64(32)
    return out


def _later(segments: Segments) -> Flags:
    """Where both ends have the same number: is the speaking one the later?"""
    s = segments
    later: Flags = s.src_low > s.dst_low
    for one, two in ((s.src_high, s.dst_high), (s.src_port, s.dst_port)):
        later = (one > two) | ((one == two) & later)
    return later


def _numbered(pair: Longs) -> tuple[Ints, Ints]:
    """The first row of each number, and which number each row has."""
    # A table with a place for some bits of a number; where two numbers share a
    # place, which is rare among as few as a batch has, they are sorted.
    place = (pair >> _PLACES).astype(np.int64)
    rows = np.arange(len(pair))
    table = np.empty(1 << 16, np.int64)
    table[place[::-1]] = rows[::-1]  # the last one written stays
    rep = table[place]
    if (pair[rep] != pair).any():
        _, first, of = np.unique(pair, return_index=True, return_inverse=True)
        return first, of.astype(np.int64)
    first = np.flatnonzero(rep == rows)
    table[place[first]] = np.arange(len(first))
    return first, table[place]
