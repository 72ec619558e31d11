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
_EIGHT: Final = np.uint64(8)
#: Folding sixteen bits, carries added at the other end, is counting modulo this; and
#: two octets are swapped by a shift of eight bits.
_ALL: Final = np.uint64(0xFFFF)
#: By place in its word: the octets before the first, and behind the last.
_BEFORE: Final = np.array((0, 0xFF, 0xFFFF, 0xFFFFFF), "<u4")
_BEHIND: Final = np.array((0, 0xFFFFFF00, 0xFFFF0000, 0xFF000000), "<u4")


def wrong(segments: Segments, rows: Ints) -> int:
    """How many of these segments, of those captured whole, have a wrong one."""
    rows = rows[(segments.at[rows] >= 0) & (segments.missing[rows] == 0)]
    if not len(rows):
        return 0
    return int(np.count_nonzero(_sums(segments, rows) % _ALL))


def _sums(segments: Segments, rows: Ints) -> Longs:
    """The sum over pseudo-head, head and payload of each row: where the checksum
    fits, a multiple of 0xFFFF (and never nought, with the protocol in it)."""
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
    total <<= ((start & 1) << 3).astype(np.uint64)
    if segments.six.any():
        head = (stop - start + _TCP).astype(np.uint64)
        columns = (segments.src_low, segments.dst_low,
                   segments.src_high, segments.dst_high)  # fmt: skip
        for column in columns:
            some = column[rows]
            head += (some >> _WORD) + (some & _LOW)
    else:
        head = (segments.src_low + segments.dst_low)[rows]
        head += (stop - start + _TCP).astype(np.uint64)
    total += head << _EIGHT
    return total


def of(octets: bytes | bytearray) -> int:
    """The checksum of some octets."""
    if len(octets) & 1:
        octets = bytes(octets) + b"\0"
    total = sum(memoryview(bytes(octets)).cast("H")) if octets else 0
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~((total & 0xFF) << 8 | total >> 8)) & 0xFFFF
