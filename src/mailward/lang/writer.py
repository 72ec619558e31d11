"""Writer: a row and its arguments back to the canonical line.

Knows: full words, quotes, and which optional parts the arguments ask for.
Does not know: what was typed, indentation, other lines.
Called by: config for `show running-config`; tests: read(write(x)) is x.

An optional part that leaves no value is always written (a word that may be
left out when typing and is printed all the same); any other part is written
when its values are there.
"""

from typing import final

from mailward.lang.rows import LineRow, named
from mailward.lang.tokens import (
    Args,
    Choice,
    Leaf,
    Maybe,
    Number,
    OneOf,
    Quoted,
    Token,
    Word,
)


def write(row: LineRow, args: Args, negated: bool = False) -> str:
    """The canonical line.  Raises ValueError if the arguments are not such as
    this row leaves: a bug of the caller."""
    part = _part(row.form(negated), args)
    if part is None or part.used != set(args.values):
        raise ValueError(f"{row.kind}: no line has the values {dict(args.values)}")
    return " ".join(["no", *part.words] if negated else part.words)


@final
class _Part:
    """The words of some tokens, and the names whose values they carry."""

    __slots__ = ("used", "words")

    def __init__(self, words: list[str], used: set[str]) -> None:
        self.words = words
        self.used = used


def _part(tokens: tuple[Token, ...], args: Args) -> _Part | None:
    """All these tokens in order; None if a value that they need is missing."""
    out = _Part([], set())
    for token in tokens:
        part = _one(token, args)
        if part is None:
            return None
        out.words += part.words
        out.used |= part.used
    return out


def _one(token: Token, args: Args) -> _Part | None:
    if isinstance(token, Maybe):
        return _part(token.tokens, args) or _Part([], set())
    if isinstance(token, OneOf):
        asked = named((token,)) & set(args.values)
        for branch in token.branches:
            part = _part(branch, args)
            if part is not None and part.used == asked:
                return part
        return None
    assert isinstance(token, Leaf)
    return _leaf(token, args)


def _leaf(leaf: Leaf, args: Args) -> _Part | None:
    if isinstance(leaf, Word) and not leaf.name:
        return _Part([leaf.text], set())
    value = args.values.get(leaf.name)
    words = [] if value is None else _spelled(leaf, value)
    return _Part(words, {leaf.name}) if words else None


def _spelled(leaf: Leaf, value: object) -> list[str]:
    """The value as it is written at this token; nothing if it is not of its
    sort (two alternatives may share a name and differ in the sort of value)."""
    match leaf, value:
        case Word(), True:
            return [leaf.text]
        case Number(), int() if leaf.low <= value <= leaf.high:
            return [str(value)]
        case Choice(), tuple():
            words = [text for text, _ in leaf.words if text in value]
            return words if len(words) == len(value) else []
        case ((Word() | Number() | Choice()), _):
            return []
        case Quoted(), str():
            return [f'"{value}"']
        case _, str():
            return [value]
        case _:
            return []
