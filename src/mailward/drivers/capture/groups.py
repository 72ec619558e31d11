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


@final
class Groups:
    """Which connection each segment is of, and which end speaks."""

    __slots__ = ("count", "end", "first", "of")

    def __init__(self, segments: Segments) -> None:
        source = _mixed(
            segments.src_high, segments.src_low, segments.src_port, segments.six
        )
        target = _mixed(
            segments.dst_high, segments.dst_low, segments.dst_port, segments.six
        )
        swapped = (source > target) | (
            (source == target) & (segments.src_port > segments.dst_port)
        )
        pair = np.where(swapped, target, source) * _MIX[3] + np.where(
            swapped, source, target
        )
        _, first, of = np.unique(pair, return_index=True, return_inverse=True)
        self.first: Ints = first
        self.of: Ints = of.astype(np.int64)
        self.end: Ints = swapped.astype(np.int64)  # who speaks
        if not self._exact(segments):
            self._slowly(segments)
        self.count = len(self.first)

    def _exact(self, segments: Segments) -> bool:
        """Are all segments of a group of the same two ends?"""
        swapped = self.end == 1
        rep = self.first[self.of]
        for one, two in (
            (segments.src_low, segments.dst_low),
            (segments.src_high, segments.dst_high),
            (segments.src_port, segments.dst_port),
        ):
            left = np.where(swapped, two, one)
            right = np.where(swapped, one, two)
            if (left != left[rep]).any() or (right != right[rep]).any():
                return False
        return bool((segments.six == segments.six[rep]).all())

    def _slowly(self, segments: Segments) -> None:
        """Two pairs of ends have the same number: somebody meant them to."""
        known: dict[tuple[object, ...], int] = {}
        first: list[int] = []
        of: list[int] = []
        end: list[int] = []
        for at in range(len(segments)):
            one = segments.address(at, source=True), int(segments.src_port[at])
            two = segments.address(at, source=False), int(segments.dst_port[at])
            key = (one, two) if one <= two else (two, one)
            group = known.setdefault(key, len(first))
            if group == len(first):
                first.append(at)
            of.append(group)
            end.append(int(one > two))
        self.first = np.array(first, np.int64)
        self.of = np.array(of, np.int64)
        self.end = np.array(end, np.int64)

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


def _mixed(high: Longs, low: Longs, port: Ints, six: Flags) -> Longs:
    """A number for each end; different ends have different ones, as a rule."""
    out: Longs = high * _MIX[0] + low * _MIX[1] + port.astype(np.uint64) * _MIX[2]
    out ^= out >> np.uint64(29)
    out *= _MIX[3]
    out += six.astype(np.uint64)
    out ^= out >> np.uint64(32)
    return out
