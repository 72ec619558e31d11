"""Graph: rows laid out so that a line can be walked along them.

Knows: which position of a row may follow which, plain and after `no`.
Does not know: any line, which rows make a mode.
Called by: the grammar, which keeps one graph for each mode; the walk.

Theory of operation: each leaf token of a row becomes a Place; what may follow
it is worked out once (the positions of Glushkov's automaton), so that nested
Maybe and OneOf cost nothing when a line is read, and no line can make the walk
do more than (pieces x places) work.
"""

from typing import Final, final

from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Choice, Leaf, Maybe, OneOf, Rest, Token, Word
from mailward.lang.words import EXACT, Hit, Piece, accept, lower

#: So many different words are remembered with what they abbreviate.
_REMEMBERED_MOST: Final = 512


@final
class Place:
    """One leaf of one row: what may follow it, and whether the line may end.
    `loops`: it may follow itself."""

    __slots__ = ("_fan", "ends", "follow", "leaf", "loops", "row")

    def __init__(self, leaf: Leaf, row: LineRow) -> None:
        self.leaf = leaf
        self.row = row
        self.follow: list[Place] = []
        self.ends = False
        self.loops = isinstance(leaf, Rest) or (isinstance(leaf, Choice) and leaf.many)
        self._fan: Fan | None = None

    def fan(self) -> "Fan":
        """What may follow it, itself aside; the graph must be whole."""
        if self._fan is None:
            self._fan = Fan([place for place in self.follow if place is not self])
        return self._fan


@final
class Fan:
    """Places side by side, sorted so that a word finds those that take it: a
    whole keyword at once, and no others then, since it silences them; an
    abbreviation once and from memory after that; an argument by trying."""

    __slots__ = ("_free", "_keywords", "_known", "_whole")

    def __init__(self, places: list[Place]) -> None:
        self._keywords: list[Place] = []
        self._free: list[Place] = []
        spellings: dict[str, None] = {}
        for place in places:
            if isinstance(place.leaf, Word | Choice):
                self._keywords.append(place)
                spellings.update(dict.fromkeys(_spellings(place.leaf)))
            else:
                self._free.append(place)
        self._known: dict[str, list[tuple[Place, Hit]]] = {}
        self._whole: dict[str, list[tuple[Place, Hit]]] = {}
        for spelling in spellings:
            piece = Piece(spelling, 0, len(spelling))
            self._whole[lower(spelling)] = [
                (place, hit)
                for place in self._keywords
                if (hit := accept(place.leaf, piece)) is not None and hit.rank == EXACT
            ]

    def hits(self, piece: Piece) -> list[tuple[Place, Hit]]:
        """The places that take the piece, and how."""
        word = lower(piece.text)
        whole = self._whole.get(word)
        if whole is not None:
            return whole
        known = self._known.get(word)
        if known is None:
            known = _taken(self._keywords, piece)
            if len(self._known) < _REMEMBERED_MOST:
                self._known[word] = known
        return known + _taken(self._free, piece) if self._free else known


def _taken(places: list[Place], piece: Piece) -> list[tuple[Place, Hit]]:
    found = ((place, accept(place.leaf, piece)) for place in places)
    return [(place, hit) for place, hit in found if hit is not None]


def _spellings(leaf: Word | Choice) -> list[str]:
    """What may be typed for a keyword, in full."""
    if isinstance(leaf, Word):
        return [leaf.text]
    return [text for text, _ in (*leaf.words, *leaf.aliases)]


def starts(rows: tuple[LineRow, ...], negated: bool) -> list[Place]:
    """Where a line of these rows may begin, or what may follow its `no`."""
    out: list[Place] = []
    for row in rows:
        if negated and row.key == NEVER:
            continue
        first, last, _ = _lay(row.form(negated), row)
        for place in last:
            place.ends = True
        out += first
    return out


def _lay(
    tokens: tuple[Token, ...], row: LineRow
) -> tuple[list[Place], list[Place], bool]:
    """The places that may come first and last, and: may all be left out?"""
    first: list[Place] = []
    last: list[Place] = []
    empty = True
    for token in tokens:
        begin, end, may_lack = _lay_one(token, row)
        for place in last:
            place.follow += begin
        if empty:
            first += begin
        last = last + end if may_lack else end
        empty = empty and may_lack
    return first, last, empty


def _lay_one(token: Token, row: LineRow) -> tuple[list[Place], list[Place], bool]:
    if isinstance(token, Maybe):
        first, last, _ = _lay(token.tokens, row)
        return first, last, True
    if isinstance(token, OneOf):
        laid = [_lay(branch, row) for branch in token.branches]
        return (
            [place for branch in laid for place in branch[0]],
            [place for branch in laid for place in branch[1]],
            any(branch[2] for branch in laid),
        )
    assert isinstance(token, Leaf)
    place = Place(token, row)
    if place.loops:
        place.follow.append(place)
    return [place], [place], False
