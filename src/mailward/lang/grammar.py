"""Grammar: all rows of a language, checked against each other and laid out.

Knows: what rows must not do, alone or together; the graph of each mode.
Does not know: any line, what a row means to anybody.
Called by: config and console (once, at start); every reader of rows here.
"""

from collections.abc import Iterator
from typing import final

from mailward.lang.graph import Fan, Place, starts
from mailward.lang.rows import NEVER, LineRow, Mode, leaves, named
from mailward.lang.tokens import Choice, Maybe, OneOf, Rest, Token, Word
from mailward.lang.words import faces, lower


@final
class Grammar:
    """All modes and rows of a language.

    Raises ValueError if the rows contradict each other: a bug of the table,
    told with the names of the rows.
    """

    __slots__ = ("_fans", "_openings", "_plain", "_undone", "modes", "rows")

    def __init__(self, rows: tuple[LineRow, ...]) -> None:
        wrong = faults(rows)
        if wrong:
            raise ValueError("; ".join(wrong))
        self.rows = rows
        self.modes = _modes(rows)
        self._plain = {m: starts(self.rows_of(m), False) for m in self.modes}
        self._undone = {m: starts(self.rows_of(m), True) for m in self.modes}
        self._fans: dict[tuple[str, bool], Fan] = {}
        self._openings: dict[tuple[str, bool], tuple[str, ...]] = {}

    def rows_of(self, mode: Mode) -> tuple[LineRow, ...]:
        """The rows of one mode, in table order."""
        return tuple(row for row in self.rows if row.mode == mode)

    def starts(self, mode: Mode, negated: bool) -> list[Place]:
        """Where a line of this mode may begin, or what may follow its `no`."""
        return (self._undone if negated else self._plain).get(mode, [])

    def openings(self, mode: Mode, negated: bool) -> tuple[str, ...]:
        """What `?` shows where a line of this mode may begin."""
        made = self._openings.get((mode.name, negated))
        if made is None:
            places = self.starts(mode, negated)
            shown = (text for place in places for text, _ in faces(place.leaf))
            made = self._openings[mode.name, negated] = tuple(dict.fromkeys(shown))
        return made

    def fan(self, mode: Mode, negated: bool) -> Fan:
        """The same, sorted by word."""
        made = self._fans.get((mode.name, negated))
        if made is None:
            made = self._fans[mode.name, negated] = Fan(self.starts(mode, negated))
        return made


def faults(rows: tuple[LineRow, ...]) -> list[str]:
    """What is wrong with the rows, one sentence each."""
    out: list[str] = []
    for at, row in enumerate(rows):
        out += (f"{row.kind}: {fault}" for fault in _row_faults(row))
        if any(other.kind == row.kind for other in rows[:at]):
            out.append(f"{row.kind}: another row has this name")
    for mode in _modes(rows) if not out else ():
        mine = tuple(row for row in rows if row.mode == mode)
        out += (
            f"mode {mode.name}: {fault}" for fault in _quarrels(starts(mine, False))
        )
    return out


def _modes(rows: tuple[LineRow, ...]) -> tuple[Mode, ...]:
    """Every mode that a row stands in or enters, in table order."""
    return tuple(dict.fromkeys(m for r in rows for m in (r.mode, r.enters or r.mode)))


def _row_faults(row: LineRow) -> Iterator[str]:
    if _may_lack(row.syntax):
        yield "the line may be empty"
    if not NEVER <= row.key <= len(row.syntax):
        yield "its key is longer than its syntax"
    elif row.key > 0 and _may_lack(row.syntax[: row.key]):
        yield "its key may be empty"
    if row.enters is not None and row.enters.parent != row.mode:
        yield "the mode it enters has another parent"
    names = named(row.syntax)
    for name, _ in row.defines:
        if name not in names:
            yield f"it defines by {name}, which its syntax has not"
    yield from _word_faults(row)
    yield from _token_faults(row.syntax)


def _word_faults(row: LineRow) -> Iterator[str]:
    first = row.syntax[0] if row.syntax else None
    if isinstance(first, Word) and lower(first.text) == "no":
        yield "it begins with no, which every line has anyway"
    for leaf in leaves(row.syntax):
        if isinstance(leaf, Choice):
            texts = [text for text, _ in leaf.words]
            if not texts:
                yield f"{leaf.name} has no words"
            if any(text not in texts for _, text in leaf.aliases):
                yield f"{leaf.name} has an alias for a word it has not"
        elif isinstance(leaf, Word):
            texts = [leaf.text]
        else:
            continue
        for text in texts:
            if not text.isascii() or set(text) & set(' \t"') or not text.isprintable():
                yield f"{text!r} is not a keyword"


def _token_faults(tokens: tuple[Token, ...]) -> Iterator[str]:
    """What would keep the writer from telling the line from its values."""
    seen: set[str] = set()
    for at, token in enumerate(tokens):
        names = named((token,))
        for name in sorted(names & seen):
            yield f"{name} may be given twice"
        seen |= names
        if isinstance(token, Rest) and at + 1 < len(tokens):
            yield f"something follows {token.name}, which takes the rest"
        elif isinstance(token, Maybe):
            if named(token.tokens) and not _tells(token.tokens):
                yield "an optional part may be given and leave no value"
            yield from _token_faults(token.tokens)
        elif isinstance(token, OneOf):
            if sum(not named(branch) for branch in token.branches) > 1:
                yield "two alternatives leave no value"
            for branch in token.branches:
                yield from _token_faults(branch)


def _may_lack(tokens: tuple[Token, ...]) -> bool:
    """May all these tokens be left out?"""
    return all(
        isinstance(token, Maybe)
        or (isinstance(token, OneOf) and any(map(_may_lack, token.branches)))
        for token in tokens
    )


def _tells(tokens: tuple[Token, ...]) -> bool:
    """Is at least one value left whenever these tokens were given?"""
    return any(
        all(map(_tells, token.branches))
        if isinstance(token, OneOf)
        else not isinstance(token, Maybe) and bool(named((token,)))
        for token in tokens
    )


def _quarrels(first: list[Place]) -> Iterator[str]:
    """Rows that begin alike and then help differently with the same word."""
    waiting = [first]
    seen: set[frozenset[Place]] = set()
    while waiting:
        here = waiting.pop()
        if frozenset(here) in seen:
            continue
        seen.add(frozenset(here))
        told: dict[str, tuple[str, Place]] = {}
        next_places: dict[str, list[Place]] = {}
        for place in here:
            for text, tells in faces(place.leaf):
                key = lower(text)
                other, owner = told.setdefault(key, (tells, place))
                if other != tells:
                    kinds = f"{owner.row.kind} and {place.row.kind}"
                    yield f"{kinds} help differently with {text}"
                next_places.setdefault(key, []).extend(place.follow)
        waiting += (list(dict.fromkeys(places)) for places in next_places.values())
