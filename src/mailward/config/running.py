"""Running: the configuration as typed, by kind and name.

Knows: what a typed line does to the lines that stand: adds, re-opens,
replaces, removes; who defines a name and who refers to it.
Does not know: what the data plane makes of it.
Called by: `config.load` (fills it), compile and check (read it), console
(renders it).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, final

from mailward.config.lines import Block, Line, key_of
from mailward.config.objects import OBJECT_OF
from mailward.config.objects.base import ObjectRow
from mailward.config.objects.inspections import INSPECTION, PARAMETERS_LINE
from mailward.config.render import render
from mailward.config.unknown import of_the_top
from mailward.errors import ConfigError
from mailward.lang.rows import ACTIVE, IGNORED
from mailward.lang.script import Typed, Unread, prompt_of
from mailward.lang.tokens import Args
from mailward.lang.writer import write

#: Names that begin so belong to the factory.
FACTORY_PREFIX: Final = "_default"

#: (token, kind of object) of each reference that a kind of line may hold.
_REFERS: Final = {kind: row.line.refers() for kind, row in OBJECT_OF.items()}


@final
@dataclass(frozen=True)
class Counts:
    """Lines of a configuration: honoured, kept without effect, ignored."""

    active: int
    kept: int
    ignored: int


@final
@dataclass(frozen=True)
class Reference:
    """A line that names an object; `token` is where it does."""

    line: Line
    token: str
    kind: str
    name: str


@final
class Running:
    """The running configuration.

    `block` holds the administrator's lines, `factory` those of the factory,
    which nobody may change; `errors` what was wrong with the lines taken.
    """

    __slots__ = ("_active", "_ignored", "_kept", "block", "errors", "factory")

    def __init__(self, factory: Block | None = None) -> None:
        self.block = Block()
        self.factory = factory
        self.errors: list[ConfigError] = []
        self._active = 0
        self._kept = 0
        self._ignored = 0

    @property
    def counts(self) -> Counts:
        """How many lines were taken, by what became of them."""
        return Counts(self._active, self._kept, self._ignored)

    def render(self, everything: bool = False) -> str:
        """The body of `show running-config`; with `everything` of `show
        running-config all`, which tells defaults and factory objects too."""
        factory = self.factory if everything else None
        return render(self.block, factory, everything)

    def take(self, lines: "Iterable[Typed | Unread]") -> None:
        """Take lines in the order in which they were typed."""
        self._take_into(self.block, lines)

    # --- names ----------------------------------------------------------------

    def definitions(self, kind: str) -> Iterator[Line]:
        """The lines that define objects of this kind, the factory's first."""
        blocks = (self.block,) if self.factory is None else (self.factory, self.block)
        for block in blocks:
            for line in block.lines:
                if line.row is not None:
                    for _, defined in line.row.line.defines:
                        if defined == kind:
                            yield line

    def references(self) -> Iterator[Reference]:
        """Every place where the administrator's lines name an object."""
        for line in self.block.walk():
            for token, kind in _REFERS.get(line.kind, ()):
                if line.args.has(token):
                    yield Reference(line, token, kind, line.args.text(token))

    # --- lines ----------------------------------------------------------------

    def _take_into(self, block: Block, lines: "Iterable[Typed | Unread]") -> None:
        for line in lines:
            if isinstance(line, Unread):
                # Without indentation the reader cannot tell where it belongs.
                top = not line.indent and of_the_top(line.text)
                (self.block if top else block).add(self._unread(line))
                continue
            row = OBJECT_OF[line.row.kind]
            self._count(row)
            if row.line.status == IGNORED:
                continue
            try:
                self._own(row, line)
                if line.negated:
                    self._remove(block, row, line)
                else:
                    self._take_into(self._put(block, row, line).block, line.children)
            except ConfigError as error:
                self.errors.append(error)

    def _count(self, row: ObjectRow) -> None:
        status = row.line.status
        self._active += status == ACTIVE
        self._ignored += status == IGNORED
        self._kept += status not in (ACTIVE, IGNORED)

    def _unread(self, unread: Unread) -> Line:
        self._kept += 1
        line = Line(None, unread.text.strip(), number=unread.line)
        for child in unread.children:
            line.block.add(self._unread(child))
        return line

    def _own(self, row: ObjectRow, typed: Typed) -> None:
        """May the administrator have this line at all?"""
        if row.refused:
            raise _at_start(typed, row.refused)
        for token, _ in row.line.defines:
            name = typed.args.text(token)
            if self.factory is not None and name.startswith(FACTORY_PREFIX):
                raise typed.mistake(
                    f"{name} is of the factory and cannot be changed", token
                )

    def _put(self, block: Block, row: ObjectRow, typed: Typed) -> Line:
        args = row.tidy(typed.args)
        values = dict(args.values)
        values.pop(row.place, None)
        text = write(row.line, Args(values))
        line = Line(row, text, Args(values), typed)
        there = block.find(line.key)
        if there is None and row.slot:
            there = block.at_slot(row.slot)
        for slot in row.ousts:
            ousted = block.at_slot(slot)
            if ousted is not None:
                block.remove(ousted)
        if there is None:
            if row.line.kind == INSPECTION:
                line.block.add(Line(PARAMETERS_LINE, "parameters"))
            block.add(line, _index(block, row, args))
            return line
        if there.text == text:
            return there
        if row.only:
            raise _at_start(typed, row.only)
        line.block = there.block
        block.replace(there, line)
        return line

    def _remove(self, block: Block, row: ObjectRow, typed: Typed) -> None:
        """`no …`: silent if nothing is there, since saved configurations hold
        `no` lines for what is off."""
        values = dict(row.tidy(typed.args).values)
        values.pop(row.place, None)
        there = block.find(key_of(row.line, Args(values)))
        if there is None:
            text = write(row.line, typed.args, negated=True)
            if row.tells_off and all(line.text != text for line in block.lines):
                block.add(Line(None, text, number=typed.line))
            return
        for token, kind in row.line.defines:
            name = typed.args.text(token)
            if sum(d.args.text(token) == name for d in self.definitions(kind)) > 1:
                continue
            for reference in self.references():
                if (reference.kind, reference.name) == (kind, name):
                    raise typed.mistake(
                        f"{name} is in use in line {reference.line.number}", token
                    )
        block.remove(there)


def _at_start(typed: Typed, message: str) -> ConfigError:
    """An error at the first word of a line."""
    error = typed.mistake(message)
    _, start = prompt_of(typed.text)
    command = typed.text[start:].lstrip()
    error.column = len(typed.text) - len(command) + 1
    return error


def _index(block: Block, row: ObjectRow, args: Args) -> int | None:
    """Where a line that asks for a place goes; None for the end."""
    if not row.place or not args.has(row.place):
        return None
    name = args.text("name")
    mine = [
        at
        for at, line in enumerate(block.lines)
        if line.row is not None
        and line.row.place == row.place
        and line.args.text("name") == name
    ]
    place = args.number(row.place) - 1
    return mine[place] if place < len(mine) else None
