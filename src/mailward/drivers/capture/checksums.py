"""Checksums of TCP: how many do not fit, and what one would have to be.

Knows: the Internet checksum (RFC 1071), taken over many segments at once.
Does not know: what follows from a wrong one.
Called by: `drivers.capture.streams`, `drivers.capture.rewrite`.

Where a card computes the checksum, what is captured on the way out has a wrong
one; so all is inspected, whatever its checksum (docs/internals/captures.md).
"""

from typing import Final

import numpy as np

from mailward.drivers.capture.datagrams import Longs
from mailward.drivers.capture.files import Ints
from mailward.drivers.capture.frames import Segments

_TCP: Final = 6
_LOW: Final = np.uint64(0xFFFFFFFF)
_WORD: Final = np.uint64(32)
#: By place in its word: the octets before the first, and behind the last.
_BEFORE: Final = np.array((0, 0xFF, 0xFFFF, 0xFFFFFF), "<u4")
_BEHIND: Final = np.array((0, 0xFFFFFF00, 0xFFFF0000, 0xFF000000), "<u4")


def wrong(segments: Segments, rows: Ints) -> int:
    """How many of these segments, of those captured whole, have a wrong one."""
    rows = rows[(segments.at[rows] >= 0) & (segments.missing[rows] == 0)]
    if not len(rows):
        return 0
    return int((_sums(segments, rows) != 0xFFFF).sum())


def _sums(segments: Segments, rows: Ints) -> Longs:
    """The sum over pseudo-head, head and payload of each row, folded; 0xFFFF
    where the checksum fits."""
    start = segments.at[rows]
    stop = segments.start[rows] + segments.length[rows]
    octets = segments.octets
    # Whole words of four octets, at the places where the window has them, less
    # the few octets of the first and the last that lie outside.  Sums are of
    # little-endian numbers.
    words = octets[: len(octets) & ~3].view("<u4")
    low, high = start >> 2, (stop + 3) >> 2
    bounds = np.empty(2 * len(rows), np.int64)
    bounds[0::2], bounds[1::2] = low, high
    total: Longs = np.add.reduceat(words, bounds, dtype=np.uint64)[::2]
    total -= words[low] & _BEFORE[start & 3]
    total -= words[high - 1] & _BEHIND[stop & 3]
    total = _folded(total)
    total = np.where(start & 1, _turned(total), total)
    head = segments.src_low[rows]  # of a copy
    columns = [segments.dst_low]
    if segments.six.any():
        head = (head >> _WORD) + (head & _LOW)
        columns += [segments.src_high, segments.dst_high]
    for column in columns:
        some = column[rows]
        head += (some >> _WORD) + (some & _LOW)
    head += (stop - start + _TCP).astype(np.uint64)
    return _folded(total + _turned(_folded(head)))


def _folded(total: Longs) -> Longs:
    """Sixteen bits, carries added at the other end."""
    for _ in range(4):
        total = (total & np.uint64(0xFFFF)) + (total >> np.uint64(16))
    return total


def _turned(total: Longs) -> Longs:
    """The two octets of a number of sixteen bits, swapped."""
    eight = np.uint64(8)
    return ((total & np.uint64(0xFF)) << eight) | (total >> eight)


def of(octets: bytes | bytearray) -> int:
    """The checksum of some octets."""
    if len(octets) & 1:
        octets = bytes(octets) + b"\0"
    total = sum(memoryview(bytes(octets)).cast("H")) if octets else 0
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~((total & 0xFF) << 8 | total >> 8)) & 0xFFFF
