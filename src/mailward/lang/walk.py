"""Walk: the pieces of a line against the graph of one mode.

Knows: which arms of the graph are still alive, which fits best, and when two
fit equally well.
Does not know: modes above, `no`, what an error says.
Called by: the reader, and the advisor which stops the same walk early.

An arm is alive as long as its token takes the piece.  Arms are ordered by how
well their pieces fit, the first piece counting most; an exact keyword silences
the other arms of its order.  At most one arm stands at each place, so the work
for a piece is bounded by the places of the mode.
"""

from dataclasses import dataclass
from typing import final

from mailward.lang.graph import Fan, Place
from mailward.lang.tokens import Args, Choice, Rest
from mailward.lang.words import EXACT, TAIL, Hit, Piece, accept


@final
@dataclass(frozen=True)
class Fork:
    """An abbreviation that may mean each of `words`; `start` is its offset."""

    start: int
    words: tuple[str, ...]


@final
class Arm:
    """One reading of the pieces so far.  Its cells hang on `back`."""

    __slots__ = ("back", "fork", "order", "piece", "place", "rank", "text", "value")

    def __init__(
        self,
        back: "Arm | None",
        place: Place,
        piece: Piece,
        hit: Hit,
        fork: Fork | None,
    ) -> None:
        self.back = back
        self.place = place
        self.piece = piece
        self.rank = hit.rank
        self.value = hit.value
        self.text = hit.text
        self.fork = fork
        self.order = 0

    def trail(self) -> "list[Arm]":
        """The cells of this reading, the first piece first."""
        out: list[Arm] = []
        arm: Arm | None = self
        while arm is not None:
            out.append(arm)
            arm = arm.back
        out.reverse()
        return out

    def told(self) -> tuple[Args, dict[str, int]]:
        """The values of the named tokens, and the column, from 1, at which each
        was typed."""
        values: dict[str, object] = {}
        columns: dict[str, int] = {}
        for arm in self.trail():
            name = arm.place.leaf.name
            if name:
                values[name] = arm.value
                columns[name] = arm.piece.start + 1
        return Args(values), columns


@final
class Walk:
    """A walk along one graph.  `arms` are alive, the best first; none before
    the first piece."""

    __slots__ = ("_fan", "_starts", "arms", "begun")

    def __init__(self, starts: list[Place], fan: Fan | None = None) -> None:
        self._starts = starts
        self._fan = fan
        self.arms: list[Arm] = []
        self.begun = False

    def step(self, piece: Piece) -> bool:
        """Take one piece; False, and nothing changes, if no arm takes it."""
        found = self._found(piece)
        if len(found) == 1:
            self.begun = True
            arm = found[0][1]
            arm.order = 0
            self.arms = [arm]
            return True
        if not found:
            return False
        self.begun = True
        exact = {order for order, arm in found if arm.rank == EXACT}
        kept = [f for f in found if f[1].rank == EXACT or f[0] not in exact]
        kept.sort(key=lambda f: (f[0], f[1].rank))
        best: dict[Place, Arm] = {}
        before, order = (kept[0][0], kept[0][1].rank), 0
        for was, arm in kept:
            if (was, arm.rank) != before:
                before, order = (was, arm.rank), order + 1
            arm.order = order
            other = best.setdefault(arm.place, arm)
            if other is not arm and other.order == order and other.fork is None:
                other.fork = arm.fork or fork_of([other, arm])
        self.arms = list(best.values())
        return True

    def follow(self) -> list[tuple[Arm | None, Place]]:
        """What may come next: each place with the arm it would follow."""
        if not self.begun:
            return [(None, place) for place in self._starts]
        return [(arm, place) for arm in self.arms for place in arm.place.follow]

    def settle(self) -> Arm | Fork | None:
        """The reading of the line if it ends here; the Fork if it has several
        that fit equally well; None if something is missing."""
        ready = [arm for arm in self.arms if arm.place.ends]
        if not self.arms:
            return None
        best = (ready or self.arms)[0]
        if len(self.arms) == 1:
            return best.fork or (best if ready else None)
        fork = fork_of([arm for arm in self.arms if arm.order == best.order])
        return fork or (best if ready else None)

    def _found(self, piece: Piece) -> list[tuple[int, Arm]]:
        if not self.begun:
            fan = self._fan or Fan(self._starts)
            return [
                (0, _next(None, place, piece, hit)) for place, hit in fan.hits(piece)
            ]
        out: list[tuple[int, Arm]] = []
        for arm in self.arms:
            here = arm.place
            if here.loops:
                again = _again(arm, piece)
                if again is not None:
                    out.append((arm.order, again))
            fan = here.fan()
            for place, hit in fan.hits(piece):
                out.append((arm.order, _next(arm, place, piece, hit)))
        return out


def _next(arm: Arm | None, place: Place, piece: Piece, hit: Hit) -> Arm:
    """The arm with one more piece."""
    fork = arm.fork if arm is not None else None
    if fork is None and hit.rivals:
        fork = Fork(piece.start, hit.rivals)
    return Arm(arm, place, piece, hit, fork)


def _again(arm: Arm, piece: Piece) -> Arm | None:
    """The same place once more: a further word of a list, or of a text.  The
    new arm replaces the old one, so a long line makes no long trail."""
    leaf = arm.place.leaf
    if isinstance(leaf, Rest):
        return Arm(
            arm.back, arm.place, arm.piece, Hit(TAIL, arm.value, arm.text), arm.fork
        )
    hit = accept(leaf, piece)
    if hit is None:
        return None
    assert isinstance(leaf, Choice)
    assert isinstance(arm.value, tuple)
    words = tuple(w for w, _ in leaf.words if w in arm.value or w == hit.text)
    fork = arm.fork or (Fork(piece.start, hit.rivals) if hit.rivals else None)
    return Arm(
        arm.back, arm.place, arm.piece, Hit(hit.rank, words, " ".join(words)), fork
    )


def fork_of(arms: list[Arm]) -> Fork | None:
    """Where these readings part first, if they read a piece differently."""
    for arm in arms:
        if arm.fork is not None:
            return arm.fork
    for cells in zip(*(arm.trail() for arm in arms), strict=False):
        words = tuple(dict.fromkeys(cell.text for cell in cells))
        if len(words) > 1:
            return Fork(cells[0].piece.start, words)
    return None
