"""Lines of the running configuration, and the blocks in which they stand.

Knows: the order in which lines were typed, how one is found by its key.
Does not know: what a line means, how it is rendered.
Called by: `config.running` (fills them), render, compile and check (read them).
"""

from collections.abc import Iterator
from typing import final

from mailward.config.objects.base import ObjectRow
from mailward.errors import ConfigError
from mailward.lang.rows import NEVER, WHOLE, LineRow, named
from mailward.lang.script import Typed
from mailward.lang.tokens import Args
from mailward.lang.writer import write


@final
class Line:
    """One line, with the block under it.

    `row` is None for a line that nobody knows, kept as typed.  `text` is the
    canonical line without indentation, `key` tells it from others in its block
    (empty for a line that nobody knows); `number` counts from 1, 0 for a line
    that nobody typed.
    """

    __slots__ = ("args", "block", "key", "number", "row", "text", "typed")

    def __init__(
        self,
        row: ObjectRow | None,
        text: str,
        args: Args | None = None,
        typed: Typed | None = None,
        number: int = 0,
    ) -> None:
        self.row = row
        self.text = text
        self.args = args if args is not None else Args({})
        self.key = key_of(row.line, self.args, text) if row is not None else ""
        self.typed = typed
        self.number = typed.line if typed is not None else number
        self.block = Block()

    @property
    def kind(self) -> str:
        """The kind of its row; empty for a line that nobody knows."""
        return self.row.line.kind if self.row is not None else ""

    def mistake(
        self, message: str, name: str = "", expected: tuple[str, ...] = ()
    ) -> ConfigError:
        """An error at the token `name`, or at the line as a whole."""
        if self.typed is not None:
            return self.typed.mistake(message, name, expected)
        return ConfigError(message, line=self.number, text=self.text, expected=expected)

    def under(self, kind: str) -> "Iterator[Line]":
        """The lines of this kind right under it."""
        return (line for line in self.block.lines if line.kind == kind)


@final
class Block:
    """Lines that stand together, in typed order."""

    __slots__ = ("_by_key", "lines")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._by_key: dict[str, Line] = {}

    def find(self, key: str) -> Line | None:
        """The line that has this key."""
        return self._by_key.get(key)

    def at_slot(self, slot: str) -> Line | None:
        """The line that stands at this slot."""
        for line in self.lines:
            if line.row is not None and line.row.slot == slot:
                return line
        return None

    def add(self, line: Line, at: int | None = None) -> None:
        """A further line, at the end or at an index."""
        self.lines.insert(len(self.lines) if at is None else at, line)
        if line.key:
            self._by_key[line.key] = line

    def replace(self, old: Line, new: Line) -> None:
        """`new` stands where `old` stood."""
        at = self.lines.index(old)
        self.remove(old)
        self.add(new, at)

    def remove(self, line: Line) -> None:
        """Take a line out."""
        self.lines.remove(line)
        if line.key:
            del self._by_key[line.key]

    def walk(self) -> Iterator[Line]:
        """Every line and all under it."""
        for line in self.lines:
            yield line
            yield from line.block.walk()


def rank_of(line: Line) -> int:
    """Its place within an object as its row says; a line that nobody knows
    stands behind the lines before it as far as that order allows."""
    return line.row.rank if line.row is not None else 0


def key_of(row: LineRow, args: Args, text: str = "") -> str:
    """What tells a line of this row from others in its block; `text` is the
    canonical line, where it is known already."""
    if row.key in (WHOLE, NEVER):
        return f"{row.kind}: {text or write(row, args)}"
    wanted = named(row.syntax[: row.key])
    values = {name: value for name, value in args.values.items() if name in wanted}
    return f"{row.kind}: {write(row, Args(values), negated=True)}"
