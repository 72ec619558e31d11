"""Tokens: the positions of a configuration line, each with its own help.

Knows: what may stand at one place of a line, how it is helped and rendered.
Does not know: modes, rows, what any word means to anybody.
Called by: rows everywhere (criteria, parameters, config, console), and by the
readers of rows in this house.

A row's syntax is a tuple of tokens.  Nothing is counted by position: each
token carries its help, and each value is kept under the token's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, final


class Token:
    """One position, or a small construction of positions.  A closed set."""


@final
@dataclass(frozen=True)
class Word(Token):
    """A keyword.  Any unique prefix is accepted, in any letter case; it is
    rendered as `text`.  With `name`, its presence is kept as a flag."""

    text: str
    help: str
    name: str = ""


@final
@dataclass(frozen=True)
class Number(Token):
    """A decimal number from `low` to `high`, kept as an int."""

    name: str
    low: int
    high: int
    help: str


@final
@dataclass(frozen=True)
class Name(Token):
    """The name that a line gives to a new object: one word of at most `most`
    characters, kept as typed.  `shape`: a regular expression that the whole
    word must match; `sample` is then one that does, which stands for it in
    help."""

    name: str
    help: str
    most: int = 40
    shape: str = ""
    sample: str = ""


@final
@dataclass(frozen=True)
class Ref(Token):
    """The name of an existing object of `kind`: parser, completion and record
    of the reference at once."""

    name: str
    kind: str
    help: str


@final
@dataclass(frozen=True)
class Choice(Token):
    """One keyword of a list; with `many`, one or more different ones, kept in
    table order.  `words` are (text, help); the value is a tuple of texts.
    `aliases` are (typed, text) pairs accepted but never rendered."""

    name: str
    words: tuple[tuple[str, str], ...]
    many: bool = False
    aliases: tuple[tuple[str, str], ...] = ()


@final
@dataclass(frozen=True)
class Address(Token):
    """An IP address, kept as normal text.  `version` 4, 6 or 0 for both; with
    `prefix` a network: the address, a slash and the number of leading bits.
    `own`: the bits behind the prefix are kept, as of an address that stands in
    the network."""

    name: str
    help: str
    version: int = 0
    prefix: bool = False
    own: bool = False


@final
@dataclass(frozen=True)
class Quoted(Token):
    """One word, or a text in double quotes, of at most `most` characters; kept
    without its quotes, rendered with them."""

    name: str
    help: str
    most: int = 100


@final
@dataclass(frozen=True)
class Rest(Token):
    """The rest of the line as it stands, at most `most` characters."""

    name: str
    help: str
    most: int = 200


@final
@dataclass(frozen=True)
class Maybe(Token):
    """These tokens, or nothing."""

    tokens: tuple[Token, ...]


@final
@dataclass(frozen=True)
class OneOf(Token):
    """Exactly one of these branches."""

    branches: tuple[tuple[Token, ...], ...]


#: The tokens that are one position each; Maybe and OneOf only arrange them.
Leaf: TypeAlias = Word | Number | Name | Ref | Choice | Address | Quoted | Rest


@final
@dataclass(frozen=True)
class Args:
    """What was typed for the named tokens of one line."""

    values: Mapping[str, object]

    def has(self, name: str) -> bool:
        """Was the token `name` there?"""
        return name in self.values

    def number(self, name: str) -> int:
        """The value of a Number."""
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def text(self, name: str) -> str:
        """The value of a Name, Ref, Address, Quoted or Rest."""
        value = self.values[name]
        assert isinstance(value, str)
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """The value of a Choice."""
        value = self.values[name]
        assert isinstance(value, tuple)
        return value


class Names:
    """What names are known, and what they stand for once compiled."""

    def compiled(self, kind: str, name: str) -> object:
        """The compiled object of `kind` called `name`; KeyError if unknown."""
        raise NotImplementedError
