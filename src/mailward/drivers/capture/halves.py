"""Halves: what one side of a TCP connection sends, put in order.

Knows: sequence numbers and their wrap, octets that came early, twice, or not.
Does not know: the other side, what the octets mean.
Called by: `drivers.capture.links`.

Positions count octets from the first one (nought) and never wrap.  **Octets
seen first stand**: what comes again is compared with what came before, as far
as that is still remembered, and what differs is told, never used.
"""

from collections import deque
from typing import Final, final

#: So many octets of what was passed on are remembered, to be compared with.
KEPT: Final = 16384
#: So many octets, and so many pieces, may wait for what comes before them.
MOST_WAITING: Final = 1 << 20
MOST_PIECES: Final = 1024

_HALF: Final = 1 << 31
_MASK: Final = (1 << 32) - 1


@final
class Piece:
    """Octets that wait; `ack` is how far the other side had been heard when they
    were said, -1 if unknown, `number` which of its side's pieces it is."""

    __slots__ = ("ack", "at", "number", "octets", "time")

    def __init__(
        self, at: int, octets: bytes, ack: int, time: float, number: int
    ) -> None:
        self.at = at
        self.number = number
        self.octets = octets
        self.ack = ack
        self.time = time

    @property
    def end(self) -> int:
        """The position behind it."""
        return self.at + len(self.octets)


@final
class Half:
    """One direction.

    `next` is the position of the octet to come, `acked` the highest position that
    the other side has acknowledged, `fin` where it ends (-1: not known),
    `told` that the end was told.  `differing` counts octets that came again
    with other contents, `astray` pieces that were thrown away, `puts` all pieces.
    """

    __slots__ = (
        "_base",
        "_gone",
        "_history",
        "acked",
        "astray",
        "differing",
        "fin",
        "known",
        "next",
        "puts",
        "remembered",
        "told",
        "waiting",
        "waits",
    )

    def __init__(self) -> None:
        self.known = False
        self._base = 0
        self.next = 0
        self.acked = 0
        self.fin = -1
        self.told = False
        self.waiting: list[Piece] = []  # disjoint, in order
        self.waits = 0  # octets in them
        self._gone: dict[int, int] = {}  # cut off by the capture: position, end
        self._history: deque[bytes] = deque()
        self.remembered = 0
        self.differing = 0
        self.astray = 0
        self.puts = 0

    def start(self, seq: int) -> None:
        """The first octet has this sequence number."""
        self.known = True
        self._base = seq & _MASK

    @property
    def first(self) -> int:
        """The sequence number of the first octet."""
        return self._base

    @property
    def seq(self) -> int:
        """The sequence number of the octet to come."""
        return (self._base + self.next) & _MASK

    def place(self, seq: int) -> int:
        """The position of a sequence number: the one nearest to `next`."""
        return self.next + ((seq - self.seq + _HALF) & _MASK) - _HALF

    def passed(self, octets: bytes) -> None:
        """Octets that followed cleanly were passed on."""
        self.next += len(octets)
        if len(octets) >= KEPT:
            self._history.clear()
            self._history.append(octets[-KEPT:])
            self.remembered = KEPT
            return
        self._history.append(octets)
        self.remembered += len(octets)
        while self.remembered - len(self._history[0]) >= KEPT:
            self.remembered -= len(self._history.popleft())

    def forget(self) -> None:
        """Memory is short: nothing to compare with any more."""
        self._history.clear()
        self.remembered = 0

    def put(self, at: int, octets: bytes, ack: int, time: float) -> None:
        """Octets at a position, early or not, new or not."""
        self.puts += 1
        if at < self.next:
            behind = self.next - at
            if not (len(octets) == 1 and behind == 1):  # a keep-alive's is junk
                self._again(at, octets[:behind])
            octets = octets[behind:]
            at = self.next
        if not octets:
            return
        if not self.waiting or at >= self.waiting[-1].end:
            self._wait(len(self.waiting), Piece(at, octets, ack, time, self.puts))
            return
        number = 0
        while octets and number < len(self.waiting):
            piece = self.waiting[number]
            if piece.end <= at:
                number += 1
                continue
            before = min(piece.at - at, len(octets))
            if before > 0:
                self._wait(number, Piece(at, octets[:before], ack, time, self.puts))
                octets = octets[before:]
                at += before
                number += 1
                continue
            upto = min(piece.end - at, len(octets))
            from_ = at - piece.at
            self._compare(piece.octets[from_ : from_ + upto], octets[:upto])
            octets = octets[upto:]
            at += upto
            number += 1
        if octets:
            self._wait(len(self.waiting), Piece(at, octets, ack, time, self.puts))

    def cut(self, at: int, length: int) -> None:
        """So many octets at a position were sent, and cut off by the capture."""
        if at + length > self.next:
            at = max(at, self.next)
            self._gone[at] = max(self._gone.get(at, 0), at + length)

    @property
    def lacks(self) -> bool:
        """Does anything, or its end, wait for what has not come?"""
        return bool(self.waiting) or self.fin > self.next

    @property
    def age(self) -> int:
        """So many pieces have come since the first of those that wait for others."""
        if not self.waiting or self.waiting[0].at == self.next:
            return 0
        return self.puts - self.waiting[0].number

    def ready(self) -> Piece | None:
        """The piece that is next, if it is there."""
        if self.waiting and self.waiting[0].at == self.next:
            return self.waiting[0]
        return None

    def take(self) -> bytes:
        """The piece that is ready, passed on."""
        piece = self.waiting.pop(0)
        self.waits -= len(piece.octets)
        self.passed(piece.octets)
        return piece.octets

    def lost(self) -> int:
        """So many octets right here were cut off by the capture."""
        end = self._gone.pop(self.next, 0)
        if self.waiting:
            end = min(end, self.waiting[0].at)
        return max(end - self.next, 0)

    def skip(self, length: int) -> None:
        """So many octets will not come."""
        self.next += length
        self.forget()
        for at in [at for at, end in self._gone.items() if end <= self.next]:
            del self._gone[at]
        for at in [at for at in self._gone if at < self.next]:
            self._gone[self.next] = self._gone.pop(at)

    def _wait(self, number: int, piece: Piece) -> None:
        self.waiting.insert(number, piece)
        self.waits += len(piece.octets)
        while self.waits > MOST_WAITING or len(self.waiting) > MOST_PIECES:
            # The farthest is the least likely to be wanted.
            self.waits -= len(self.waiting.pop().octets)
            self.astray += 1

    def _again(self, at: int, octets: bytes) -> None:
        """Octets that came before: as far as is remembered, are they the same?"""
        end = self.next
        for known in reversed(self._history):
            start = end - len(known)
            low, high = max(at, start), min(at + len(octets), end)
            if low < high:
                self._compare(
                    known[low - start : high - start], octets[low - at : high - at]
                )
            end = start
            if end <= at:
                break

    def _compare(self, known: bytes, octets: bytes) -> None:
        if known != octets:
            self.differing += sum(a != b for a, b in zip(known, octets, strict=True))
