"""Rows: what one line of a mode is, said once for every reader of it.

Knows: the modes with their explicit parents; a line's syntax, what it opens,
defines and needs after `no`.
Does not know: any line; how a line is read, offered, written or explained.
Called by: the tables of config and console; every other file of this house.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from mailward.lang.tokens import Leaf, Maybe, OneOf, Ref, Token

#: Honoured; stored and shown without effect; accepted with a warning.
ACTIVE: Final = "active"
KEPT: Final = "kept"
IGNORED: Final = "ignored"

#: `LineRow.key`: `no` needs the whole line; the line has no `no` form.
WHOLE: Final = 0
NEVER: Final = -1


@final
@dataclass(frozen=True)
class Mode:
    """A place of the language in which a set of lines is lawful.

    `name` tells it apart in tables; `prompt` is what a prompt prints in its
    round brackets (several modes may share it), `title` heads its block of
    help (`TITLE mode commands/options:`), `parent` encloses it.
    """

    name: str
    prompt: str
    title: str
    parent: "Mode | None" = None

    def chain(self) -> "tuple[Mode, ...]":
        """This mode and those around it, the innermost first."""
        out = [self]
        while out[-1].parent is not None:
            out.append(out[-1].parent)
        return tuple(out)


@final
@dataclass(frozen=True)
class LineRow:
    """One line of one mode.

    `kind` names the row (unique in its table).  `enters` is the mode that the
    line opens; its parent must be `mode`.  `key` counts the leading tokens of
    `syntax` that `no` needs (WHOLE, NEVER, or 1 and more); what follows them
    is optional after `no`, as a whole.  `defines` lists (token name, object
    kind) for each Name that creates an object.  `doc` is a paragraph for the
    reference.
    """

    kind: str
    mode: Mode
    syntax: tuple[Token, ...]
    doc: str = ""
    enters: Mode | None = None
    key: int = WHOLE
    status: str = ACTIVE
    defines: tuple[tuple[str, str], ...] = ()

    def form(self, negated: bool) -> tuple[Token, ...]:
        """The tokens of the line, or those that may follow its `no`."""
        if not negated or self.key == WHOLE:
            return self.syntax
        rest = self.syntax[self.key :]
        if all(isinstance(token, Maybe) for token in rest):
            return self.syntax
        return (*self.syntax[: self.key], Maybe(rest))

    def refers(self) -> tuple[tuple[str, str], ...]:
        """(token name, object kind) of each Ref in the syntax."""
        return tuple(
            (leaf.name, leaf.kind)
            for leaf in leaves(self.syntax)
            if isinstance(leaf, Ref)
        )


def leaves(tokens: tuple[Token, ...]) -> Iterator[Leaf]:
    """Every token that is a position of its own, in written order."""
    for token in tokens:
        if isinstance(token, Maybe):
            yield from leaves(token.tokens)
        elif isinstance(token, OneOf):
            for branch in token.branches:
                yield from leaves(branch)
        else:
            assert isinstance(token, Leaf)
            yield token


def named(tokens: tuple[Token, ...]) -> frozenset[str]:
    """The names under which these tokens may leave values in Args."""
    return frozenset(leaf.name for leaf in leaves(tokens) if leaf.name)
