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
from mailward.lang.script import Typed, prompt_of
from mailward.lang.tokens import Args
from mailward.lang.writer import write


@final
class Line:
    """One line, with the block under it.

    `row` is None for a line that nobody knows, kept as typed.  `text` is the
    canonical line without indentation, `key` tells it from others in its block
    (empty for a line that nobody knows); `number` counts from 1, 0 for a line
    that nobody typed; `at` is of the block in which it stands.  `off`: it is the
    `no` of its row, and of no kind.
    """

    __slots__ = ("args", "at", "block", "key", "number", "off", "row", "text", "typed")

    def __init__(
        self,
        row: ObjectRow | None,
        text: str,
        args: Args | None = None,
        typed: Typed | None = None,
        number: int = 0,
        key: str = "",
        *,
        off: bool = False,
    ) -> None:
        self.row = row
        self.off = off
        self.text = text
        self.args = args if args is not None else Args({})
        if row is not None and not key:
            key = key_of(row.line, self.args, text)
        self.key = key
        self.at = 0
        self.typed = typed
        self.number = typed.line if typed is not None else number
        self.block = Block()

    @property
    def kind(self) -> str:
        """The kind of its row; empty for a line that nobody knows, or a `no`."""
        return self.row.line.kind if self.row is not None and not self.off else ""

    def copy(self) -> "Line":
        """The same line, with a copy of the block under it."""
        line = Line(
            *(self.row, self.text, self.args, self.typed, self.number, self.key),
            off=self.off,
        )
        line.block = self.block.copy()
        return line

    def mistake(
        self, message: str, name: str = "", expected: tuple[str, ...] = ()
    ) -> ConfigError:
        """An error at the token `name`, or at the line as a whole."""
        if self.typed is not None:
            return self.typed.mistake(message, name, expected)
        return ConfigError(message, line=self.number, text=self.text, expected=expected)

    def known_to(self, other: "Line") -> str:
        """How an error about another line calls it: numbers are of one text, and
        mean nothing to who types at a console."""
        both = self.number and other.number
        return f"line {self.number}" if both else f"`{self.text.rstrip()}`"

    def under(self, kind: str) -> "Iterator[Line]":
        """The lines of this kind right under it."""
        return (line for line in self.block.lines if line.kind == kind)


@final
class Block:
    """Lines that stand together, in typed order; but lines that are inserted
    at places among those of one name (the entries of an access list) stand
    together where the first of them stands."""

    __slots__ = (
        "_at",
        "_by_key",
        "_by_slot",
        "_defining",
        "_groups",
        "_lines",
        "_next",
    )

    def __init__(self) -> None:
        self._at: dict[int, Line] = {}
        self._by_key: dict[str, Line] = {}
        self._by_slot: dict[str, Line] = {}
        self._groups: dict[str, list[Line]] = {}
        self._lines: list[Line] | None = None
        self._defining: dict[str, list[Line]] | None = None
        self._next = 0

    @property
    def lines(self) -> list[Line]:
        """The lines in order; not to be changed."""
        if self._lines is None:
            seen: set[str] = set()
            out: list[Line] = []
            for line in self._at.values():
                group = group_of(line)
                if not group:
                    out.append(line)
                elif group not in seen:
                    seen.add(group)
                    out += self._groups[group]
            self._lines = out
        return self._lines

    def defining(self, kind: str) -> "list[Line]":
        """Those of its lines, in order, that define an object of this kind; not
        to be changed."""
        if self._defining is None:
            self._defining = {}
            for line in self.lines:
                if line.row is not None and not line.off:
                    for _, defined in line.row.line.defines:
                        self._defining.setdefault(defined, []).append(line)
        return self._defining.get(kind, [])

    def copy(self) -> "Block":
        """The same lines in a block of their own."""
        made = Block()
        for line in self.lines:
            made.add(line.copy())
        return made

    def find(self, key: str) -> Line | None:
        """The line that has this key."""
        return self._by_key.get(key)

    def at_slot(self, slot: str) -> Line | None:
        """The line that stands at this slot."""
        return self._by_slot.get(slot)

    def add(self, line: Line, place: int = 0) -> None:
        """A further line, at the end; or number `place`, from 1, among those of
        its name."""
        self._next += 1
        line.at = self._next
        self._know(line)
        group = group_of(line)
        if group:
            mine = self._groups.setdefault(group, [])
            mine.insert(place - 1 if place else len(mine), line)

    def replace(self, old: Line, new: Line) -> None:
        """`new` stands where `old` stood."""
        self._forget(old)
        new.at = old.at
        self._know(new)
        group = group_of(old)
        if group:
            mine = self._groups[group]
            mine[mine.index(old)] = new

    def remove(self, line: Line) -> None:
        """Take a line out."""
        self._forget(line)
        del self._at[line.at]
        group = group_of(line)
        if group:
            self._groups[group].remove(line)

    def _know(self, line: Line) -> None:
        self._at[line.at] = line
        if line.key:
            self._by_key[line.key] = line
        slot = slot_of(line)
        if slot:
            self._by_slot[slot] = line
        self._lines = self._defining = None

    def _forget(self, line: Line) -> None:
        if line.key:
            del self._by_key[line.key]
        slot = slot_of(line)
        if slot:
            del self._by_slot[slot]
        self._lines = self._defining = None

    def walk(self) -> Iterator[Line]:
        """Every line and all under it."""
        for line in self.lines:
            yield line
            yield from line.block.walk()


def group_of(line: Line) -> str:
    """The name of the lines among which it has a place, or their kind where
    they have no name; empty for a line that has none."""
    if line.row is None or not line.row.place:
        return ""
    return line.args.text("name") if line.args.has("name") else line.row.line.kind


def slot_of(line: Line) -> str:
    """The slot at which it stands; empty for a line that has none."""
    slot = line.row.slot if line.row is not None else ""
    if "{" not in slot:
        return slot
    values = line.args.values.items()
    return slot.format_map(
        {name: v[0] if isinstance(v, tuple) else v for name, v in values}
    )


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


def at_start(typed: Typed, message: str) -> ConfigError:
    """An error at the first word of a line."""
    error = typed.mistake(message)
    _, start = prompt_of(typed.text)
    command = typed.text[start:].lstrip()
    error.column = len(typed.text) - len(command) + 1
    return error
