"""Graph: rows laid out so that a line can be walked along them.

Knows: which position of a row may follow which, plain and after `no`.
Does not know: any line, which rows make a mode.
Called by: the grammar, which keeps one graph for each mode; the walk.

Theory of operation: each leaf token of a row becomes a Place; what may follow
it is worked out once (the positions of Glushkov's automaton), so that nested
Maybe and OneOf cost nothing when a line is read, and no line can make the walk
do more than (pieces x places) work.
"""

from typing import final

from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Choice, Leaf, Maybe, OneOf, Rest, Token


@final
class Place:
    """One leaf of one row: what may follow it, and whether the line may end."""

    __slots__ = ("ends", "follow", "leaf", "row")

    def __init__(self, leaf: Leaf, row: LineRow) -> None:
        self.leaf = leaf
        self.row = row
        self.follow: list[Place] = []
        self.ends = False


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
    if isinstance(token, Rest) or (isinstance(token, Choice) and token.many):
        place.follow.append(place)
    return [place], [place], False
