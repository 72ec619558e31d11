"""Fragments: datagrams of IP put together again.

Knows: which pieces belong together, overlaps, how much may wait.
Does not know: how a fragment was found, what it carries.
Called by: `drivers.capture.frames`.

Octets seen first stand, as for segments (`halves.py`).  What waits is bounded:
the datagram that has waited longest is given up.
"""

from dataclasses import dataclass
from typing import Final, final

from mailward.drivers.capture.census import Census

#: So many octets of fragments may wait.
MOST_OCTETS: Final = 16 << 20
#: So many datagrams may be incomplete.
MOST: Final = 4096
#: No datagram is longer.
_LONGEST: Final = 65535


@final
@dataclass(frozen=True)
class Datagram:
    """A fragment, or what became of all: `row` is its packet, `payload` what was
    captured of `length` octets at `offset` in the whole."""

    row: int
    source: bytes
    target: bytes
    ident: int
    offset: int
    more: bool
    payload: bytes
    length: int


@final
class _Pieces:
    """The fragments of one datagram so far, each octet where it belongs.

    `count` is what it weighs: the octets of the room, as far as it reaches.
    """

    __slots__ = ("count", "lacks", "octets", "seen", "size")

    def __init__(self) -> None:
        self.octets = bytearray()
        self.seen = bytearray()  # by place, in eights of octets: is it there?
        self.lacks = 0  # eights within the room that are not there
        self.size = -1  # of the whole, once the last has come
        self.count = 0

    def put(self, at: int, payload: bytes) -> None:
        """Octets from a multiple of eight on; those that came before stand."""
        upto = at + len(payload)
        first, last = at >> 3, (upto + 7) >> 3
        if last > len(self.seen):
            more = last - len(self.seen)
            self.lacks += more
            self.seen += bytes(more)
            self.octets += bytes(last * 8 - len(self.octets))
            self.count = len(self.octets)
        there = self.seen.count(1, first, last)
        if not there:
            self.octets[at:upto] = payload
        else:
            for eight in range(first, last):
                if not self.seen[eight]:
                    begin = eight * 8
                    end = min(begin + 8, upto)
                    self.octets[begin:end] = payload[begin - at : end - at]
        self.seen[first:last] = b"\1" * (last - first)
        self.lacks -= last - first - there

    def whole(self) -> bytes | None:
        """The datagram, if there is no gap."""
        if self.lacks or not 0 <= self.size <= len(self.octets):
            return None
        return bytes(self.octets[: self.size])


@final
class Fragments:
    """All datagrams that are not yet whole."""

    def __init__(self, census: Census) -> None:
        self._census = census
        self._waiting: dict[tuple[bytes, bytes, int], _Pieces] = {}
        self.octets = 0

    def take(self, fragment: Datagram) -> Datagram | None:
        """One fragment; the datagram if that made it whole."""
        end = fragment.offset + fragment.length
        cut = fragment.length > len(fragment.payload)
        if cut or end > _LONGEST or (fragment.more and fragment.length & 7):
            self._census.pieces += 1  # cut short, or a lie
            return None
        key = fragment.source, fragment.target, fragment.ident
        pieces = self._waiting.pop(key, None) or _Pieces()
        before = pieces.count
        pieces.put(fragment.offset, fragment.payload)
        self.octets += pieces.count - before
        if not fragment.more and pieces.size < 0:
            pieces.size = end
        whole = pieces.whole()
        if whole is None:
            self._waiting[key] = pieces
            self._bound()
            return None
        self.octets -= pieces.count
        return Datagram(
            fragment.row, fragment.source, fragment.target, 0, 0, False, whole,
            len(whole),
        )  # fmt: skip

    def finish(self) -> None:
        """No more will come: what waits never became whole."""
        self._census.pieces += len(self._waiting)
        self._waiting.clear()
        self.octets = 0

    def _bound(self) -> None:
        """Give up those that have waited longest."""
        while self.octets > MOST_OCTETS or len(self._waiting) > MOST:
            oldest = next(iter(self._waiting))
            self.octets -= self._waiting.pop(oldest).count
            self._census.pieces += 1
