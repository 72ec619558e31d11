"""Graph: rows laid out so that a line can be walked along them.

Knows: which position of a row may follow which, plain and after `no`.
Does not know: any line, which rows make a mode.
Called by: the grammar, which keeps one graph for each mode; the walk.

Theory of operation: each leaf token of a row becomes a Place; what may follow
it is worked out once (the positions of Glushkov's automaton), so that nested
Maybe and OneOf cost nothing when a line is read, and no line can make the walk
do more than (pieces x places) work.  Rows that begin alike have equal places
side by side; they are joined to one when a line first comes there, so that
twenty rows of one word are walked as one until they part.
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

    __slots__ = ("_fan", "_joints", "ends", "follow", "leaf", "loops", "row")

    def __init__(
        self, leaf: Leaf, row: LineRow, joints: "Joints | None" = None
    ) -> None:
        self._joints: Joints = joints if joints is not None else {}
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

    def joint(self, others: "list[Place]") -> "Place":
        """One place for this and others that stand beside it with an equal leaf.
        A line that ends there is of the first row that may end there."""
        key = (self, *others)
        made = self._joints.get(key)
        if made is None:
            ending = next((place for place in key if place.ends), self)
            made = self._joints[key] = Place(self.leaf, ending.row, self._joints)
            made.ends = ending.ends
            follow = dict.fromkeys(p for place in key for p in place.follow)
            made.follow = [made] if self.loops else []
            made.follow += (place for place in follow if place not in key)
        return made


#: The joined places of a graph, by those that were joined.
Joints = dict[tuple[Place, ...], Place]


@final
class Fan:
    """Places side by side, sorted so that a word finds those that take it: a
    whole keyword at once, and no others then, since it silences them; an
    abbreviation once and from memory after that; an argument by trying."""

    __slots__ = ("_begins", "_free", "_keywords", "_known", "_whole")

    def __init__(self, places: list[Place]) -> None:
        self._keywords: list[Place] = []
        self._free: list[Place] = []
        spellings: dict[str, None] = {}
        for place in joined(places):
            if isinstance(place.leaf, Word | Choice):
                self._keywords.append(place)
                spellings.update(dict.fromkeys(_spellings(place.leaf)))
            else:
                self._free.append(place)
        self._begins = frozenset(lower(spelling[:1]) for spelling in spellings)
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
        if word[:1] not in self._begins:
            return _taken(self._free, piece)
        known = self._known.get(word)
        if known is None:
            known = _taken(self._keywords, piece)
            if len(self._known) < _REMEMBERED_MOST:
                self._known[word] = known
        return known + _taken(self._free, piece) if self._free else known


def joined(places: list[Place]) -> list[Place]:
    """The same places, those of an equal leaf as one."""
    alike: dict[Leaf, list[Place]] = {}
    for place in places:
        alike.setdefault(place.leaf, []).append(place)
    return [
        first.joint(others) if others else first for first, *others in alike.values()
    ]


def _taken(places: list[Place], piece: Piece) -> list[tuple[Place, Hit]]:
    return [
        (place, hit)
        for place in places
        if (hit := accept(place.leaf, piece)) is not None
    ]


def _spellings(leaf: Word | Choice) -> list[str]:
    """What may be typed for a keyword, in full."""
    if isinstance(leaf, Word):
        return [leaf.text]
    return [text for text, _ in (*leaf.words, *leaf.aliases)]


def starts(rows: tuple[LineRow, ...], negated: bool) -> list[Place]:
    """Where a line of these rows may begin, or what may follow its `no`."""
    out: list[Place] = []
    joints: Joints = {}
    for row in rows:
        if negated and row.key == NEVER:
            continue
        first, last, _ = _lay(row.form(negated), row, joints)
        for place in last:
            place.ends = True
        out += first
    return out


def _lay(
    tokens: tuple[Token, ...], row: LineRow, joints: Joints
) -> tuple[list[Place], list[Place], bool]:
    """The places that may come first and last, and: may all be left out?"""
    first: list[Place] = []
    last: list[Place] = []
    empty = True
    for token in tokens:
        begin, end, may_lack = _lay_one(token, row, joints)
        for place in last:
            place.follow += begin
        if empty:
            first += begin
        last = last + end if may_lack else end
        empty = empty and may_lack
    return first, last, empty


def _lay_one(
    token: Token, row: LineRow, joints: Joints
) -> tuple[list[Place], list[Place], bool]:
    if isinstance(token, Maybe):
        first, last, _ = _lay(token.tokens, row, joints)
        return first, last, True
    if isinstance(token, OneOf):
        laid = [_lay(branch, row, joints) for branch in token.branches]
        return (
            [place for branch in laid for place in branch[0]],
            [place for branch in laid for place in branch[1]],
            any(branch[2] for branch in laid),
        )
    assert isinstance(token, Leaf)
    place = Place(token, row, joints)
    if place.loops:
        place.follow.append(place)
    return [place], [place], False
