"""Samples: lawful lines made out of rows.

Knows: how to make a value for each token, and how to use every optional part.
Does not know: where chance comes from (a chooser is handed in), other lines.
Called by: property tests of this house and of every table of rows.
"""

from collections.abc import Callable, Sequence
from typing import Final

from mailward.lang.rows import LineRow
from mailward.lang.tokens import (
    Address,
    Choice,
    Leaf,
    Maybe,
    Name,
    Number,
    OneOf,
    Quoted,
    Ref,
    Token,
    Word,
)

#: chooser(n) is a number from 0 to n - 1: a random one, a drawn one, or 0.
Chooser = Callable[[int], int]

#: The names that a Ref of a kind may have.
Known = Callable[[str], Sequence[str]]

_NAMES: Final = ("Q_1", "q_long-NAME.2", "Q_" + "x" * 30, "Q_0")
_TEXTS: Final = (r"@abc\.com", "two  words", r"a \"pair\"", "", "[^x]{3,}|(y)?")
_RESTS: Final = ("a text", 'with "half a quote', "! : # no exit", "one")
_ADDRESSES: Final = {
    4: ("192.0.2.1", "0.0.0.0", "255.255.255.0"),
    6: ("2001:db8::1", "::", "::ffff:c000:201"),
}


def any_name(_: str) -> Sequence[str]:
    """Names for a Ref where nobody knows any."""
    return _NAMES


def line(
    row: LineRow, chooser: Chooser, known: Known = any_name, negated: bool = False
) -> str:
    """One lawful line of the row, in full words, as the chooser wills."""
    words = _drawn(row.form(negated), chooser, known)
    return " ".join(["no", *words] if negated else words)


def lines(row: LineRow, known: Known = any_name, negated: bool = False) -> list[str]:
    """Lawful lines of the row in a fixed order: each branch, each keyword, each
    value above and each optional part, given and left out, stands in one."""
    head = ["no"] if negated else []
    return [" ".join([*head, *words]) for words in _all(row.form(negated), known)]


def values(leaf: Leaf, known: Known = any_name) -> list[str]:
    """The texts that stand in samples for one token."""
    match leaf:
        case Word():
            return [leaf.text]
        case Choice():
            words = [text for text, _ in leaf.words]
            return [*words, " ".join(words)] if leaf.many else words
        case Number():
            middle = (leaf.low + leaf.high) // 2
            return [str(n) for n in sorted({leaf.low, middle, leaf.high})]
        case Name(sample=sample) if sample:
            return [sample]
        case Name():
            return list(dict.fromkeys(name[: leaf.most] for name in _NAMES))
        case Ref():
            return list(known(leaf.kind))
        case Address():
            versions = (leaf.version,) if leaf.version else (4, 6)
            texts = [text for version in versions for text in _ADDRESSES[version]]
            return [f"{text}/32" for text in texts] if leaf.prefix else texts
        case Quoted():
            return [f'"{text}"' for text in _TEXTS if len(text) <= leaf.most]
    return [text[: leaf.most] for text in _RESTS]


def _drawn(tokens: tuple[Token, ...], chooser: Chooser, known: Known) -> list[str]:
    out: list[str] = []
    for token in tokens:
        if isinstance(token, Maybe):
            out += _drawn(token.tokens, chooser, known) if chooser(2) else []
        elif isinstance(token, OneOf):
            branch = token.branches[chooser(len(token.branches))]
            out += _drawn(branch, chooser, known)
        else:
            assert isinstance(token, Leaf)
            texts = values(token, known)
            out.append(texts[chooser(len(texts))])
    return out


def _all(tokens: tuple[Token, ...], known: Known) -> list[list[str]]:
    """Variants of each token, side by side: as many lines as the token with
    most variants has, never their product."""
    variants = [_all_one(token, known) for token in tokens]
    most = max(map(len, variants), default=0)
    return [
        [word for variant in variants for word in variant[at % len(variant)]]
        for at in range(most)
    ]


def _all_one(token: Token, known: Known) -> list[list[str]]:
    if isinstance(token, Maybe):
        return [*_all(token.tokens, known), []]
    if isinstance(token, OneOf):
        return [words for branch in token.branches for words in _all(branch, known)]
    assert isinstance(token, Leaf)
    return [[text] for text in values(token, known)]
