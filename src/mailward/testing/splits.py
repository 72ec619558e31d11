"""Splits: the ways in which a network may cut one segment.

Knows: where a cut can matter.
Does not know: what is done with the pieces.
Called by: the harnesses of this house, property tests.
"""

from collections.abc import Iterator
from typing import Final

#: Segments up to this many octets are cut at every position.
SMALL: Final = 1024
#: In longer ones at every position so close to an end of line or to an edge …
NEAR: Final = 6
#: … and every so many octets.
STRIDE: Final = 997
#: So many of its first ends of line, and as many of its last.
ENDS: Final = 24
#: Octet by octet up to this length, in pieces of STRIDE beyond.
SINGLE: Final = 16384


def every_split(segment: bytes) -> Iterator[tuple[bytes, ...]]:
    """All splits worth trying: once at each position, then octet by octet."""
    for at in cuts(segment):
        yield segment[:at], segment[at:]
    if 1 < len(segment) <= SINGLE:
        yield singles(segment)


def singles(segment: bytes) -> tuple[bytes, ...]:
    """The segment octet by octet; in larger pieces when it is long."""
    step = 1 if len(segment) <= SINGLE else STRIDE
    return tuple(segment[i : i + step] for i in range(0, len(segment), step))


def cuts(segment: bytes) -> tuple[int, ...]:
    """The positions at which a cut can matter, rising."""
    length = len(segment)
    if length <= SMALL:
        return tuple(range(1, length))
    found = set(range(STRIDE, length, STRIDE))
    ends = [at for at, octet in enumerate(segment) if octet in b"\r\n"]
    marks = {0, length, *ends[:ENDS], *ends[-ENDS:]}
    for mark in marks:
        found.update(range(max(mark - NEAR, 1), min(mark + NEAR, length)))
    return tuple(sorted(found))
