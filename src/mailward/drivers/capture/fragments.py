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
MOST_OCTETS: Final = 4 << 20
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
    """The fragments of one datagram so far."""

    __slots__ = ("count", "fragments", "size")

    def __init__(self) -> None:
        self.fragments: list[Datagram] = []
        self.size = -1  # of the whole, once the last has come
        self.count = 0


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
        if fragment.length > len(fragment.payload) or end > _LONGEST:
            self._census.pieces += 1  # cut short, or a lie
            return None
        key = fragment.source, fragment.target, fragment.ident
        pieces = self._waiting.pop(key, None) or _Pieces()
        pieces.fragments.append(fragment)
        pieces.count += len(fragment.payload)
        self.octets += len(fragment.payload)
        if not fragment.more and pieces.size < 0:
            pieces.size = end
        whole = _whole(pieces) if 0 <= pieces.size <= pieces.count else None
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


def _whole(pieces: _Pieces) -> bytes | None:
    """The datagram, if there is no gap."""
    size = pieces.size
    out = bytearray(size)
    seen = bytearray(size)
    for piece in pieces.fragments:
        at = piece.offset
        upto = min(at + len(piece.payload), size)
        if not any(seen[at:upto]):
            out[at:upto] = piece.payload[: max(upto - at, 0)]
        else:
            for place in range(at, upto):
                if not seen[place]:
                    out[place] = piece.payload[place - at]
        seen[at:upto] = b"\1" * max(upto - at, 0)
    return bytes(out) if all(seen) else None
