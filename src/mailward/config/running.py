"""Running: the configuration as typed, by kind and name.

Knows: what a typed line does to the lines that stand: adds, re-opens,
replaces, removes; who defines a name and who refers to it.
Does not know: what the data plane makes of it.
Called by: `config.load` (fills it), compile and check (read it), console
(renders it).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from mailward.config.lines import Block, Line, at_start, key_of, slot_of
from mailward.config.modes import CONFIG
from mailward.config.objects import GRAMMAR, OBJECT_OF
from mailward.config.objects.base import ObjectRow, holds
from mailward.config.objects.inspections import INSPECTION, PARAMETERS_LINE
from mailward.config.objects.system import CLEAR, cleared
from mailward.config.render import render
from mailward.config.unknown import of_the_top
from mailward.errors import ConfigError
from mailward.lang.reader import LineError, read
from mailward.lang.rows import ACTIVE, IGNORED, KEPT, Mode
from mailward.lang.script import Typed, Unread
from mailward.lang.tokens import Args
from mailward.lang.writer import write

#: Names that begin so belong to the factory.
FACTORY_PREFIX: Final = "_default"
#: Why a line that nobody knows is only kept.
UNKNOWN: Final = "This line is not known here: it is kept as it stands."

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
@dataclass(frozen=True)
class Account:
    """What became of one line that was typed: `status` is ACTIVE, KEPT or
    IGNORED, `reason` why it is not active.  A secret is told as it is kept.
    `top` is the line that nobody knows under which it stands, if it does."""

    line: int
    text: str
    status: str
    reason: str = ""
    top: str = ""


@final
@dataclass(frozen=True)
class Place:
    """Where the next line would be typed: a mode, and the keys of the lines
    that lead to it, the outermost first."""

    mode: Mode = CONFIG
    path: tuple[str, ...] = ()

    def up(self) -> "Place":
        """One mode further out; the outermost stays."""
        if self.mode.parent is None:
            return self
        return Place(self.mode.parent, self.path[:-1])


#: Where a session of configuration begins.
TOP: Final = Place()


@final
class Running:
    """The running configuration.

    `block` holds the administrator's lines, `factory` those of the factory,
    which nobody may change; `errors` what was wrong with the lines taken,
    `accounts` what became of each.
    """

    __slots__ = ("_names", "accounts", "block", "errors", "factory")

    def __init__(self, factory: Block | None = None) -> None:
        self.block = Block()
        self.factory = factory
        self.errors: list[ConfigError] = []
        self.accounts: list[Account] = []
        self._names = _Names()

    @property
    def counts(self) -> Counts:
        """How many lines were taken, by what became of them."""
        found = Counter(account.status for account in self.accounts)
        return Counts(found[ACTIVE], found[KEPT], found[IGNORED])

    def copy(self) -> "Running":
        """The same configuration; a change to one does not touch the other."""
        made = Running(self.factory)
        made.block = self.block.copy()
        made.accounts = list(self.accounts)
        made.errors = list(self.errors)
        for line in made.block.lines:
            made._names.know(line)
        return made

    def apply(self, place: Place, text: str, keep: bool = False) -> Place:
        """Take one line as if typed at this place; the place of the next line.

        A line that nobody knows is kept with `keep`, else refused.  Raises
        ConfigError, and then nothing has changed.
        """
        try:
            got = read(GRAMMAR, place.mode, text)
        except LineError as error:
            if not keep or error.sure:
                raise
            self._at(place).add(self._unread(Unread(0, text, 0, error, None)))
            return place
        while place.mode != got.row.mode:
            place = place.up()
        block = self._at(place)
        line = self._one(block, Typed(got, 0, text, 0, None))
        if line is None or got.row.enters is None:
            return place
        return Place(got.row.enters, (*place.path, line.key))

    def _at(self, place: Place) -> Block:
        """The block of a place.  Raises ConfigError if it is there no more."""
        block = self.block
        for key in place.path:
            line = block.find(key)
            if line is None:
                raise ConfigError("the object that was opened here is gone")
            block = line.block
        return block

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
            yield from block.defining(kind)

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
            try:
                put = self._one(block, line)
            except ConfigError as error:
                self.errors.append(error)
                continue
            if put is not None:
                self._take_into(put.block, line.children)

    def _one(self, block: Block, typed: Typed) -> Line | None:
        """Take one line; the line that then stands, None if none does."""
        row = OBJECT_OF[typed.row.kind]
        if row.line.status == IGNORED:
            self._account(row, typed, typed.text.strip())
            return None
        self._own(row, typed)
        if row is CLEAR:
            self._clear(typed)
        elif typed.negated:
            self._remove(block, row, typed)
        else:
            line = self._put(block, row, typed)
            if line is not None:
                self._account(row, typed, line.text)
                return line
        self._account(row, typed, write(row.line, typed.args, negated=typed.negated))
        return None

    def _account(self, row: ObjectRow, typed: Typed, text: str) -> None:
        status = row.line.status
        reason = "" if status == ACTIVE else row.line.doc
        self.accounts.append(Account(typed.line, text, status, reason))

    def _unread(self, unread: Unread, top: str = "") -> Line:
        line = Line(None, unread.text.strip(), number=unread.line)
        self.accounts.append(Account(unread.line, line.text, KEPT, UNKNOWN, top))
        for child in unread.children:
            line.block.add(self._unread(child, top or line.text))
        return line

    def _own(self, row: ObjectRow, typed: Typed) -> None:
        """May the administrator have this line at all?"""
        if row.refused:
            raise at_start(typed, row.refused)
        for token, _ in row.line.defines:
            name = typed.args.text(token) if typed.args.has(token) else ""
            if self.factory is not None and name.startswith(FACTORY_PREFIX):
                raise typed.mistake(
                    f"{name} is of the factory and cannot be changed", token
                )

    def _put(self, block: Block, row: ObjectRow, typed: Typed) -> Line | None:
        args = row.tidy(typed.args)
        values = dict(args.values)
        place = values.pop(row.place, 0)
        text = write(row.line, Args(values))
        line = Line(row, text, Args(values), typed)
        there = block.find(line.key)
        if row.switch:
            if there is not None:
                block.remove(there)
            return None
        if there is None and row.slot:
            there = block.at_slot(slot_of(line))
        for slot in row.ousts:
            ousted = block.at_slot(slot)
            if ousted is not None:
                block.remove(ousted)
        if there is None:
            if row.line.kind == INSPECTION:
                line.block.add(Line(PARAMETERS_LINE, "parameters"))
            assert isinstance(place, int)
            block.add(line, place)
            self._names.know(line)
            return line
        if there.text == text and not row.moves:
            return there
        if row.only:
            raise at_start(typed, row.only)
        self._names.forget(there)
        line.block = there.block
        if row.moves:
            block.remove(there)
            block.add(line)
        else:
            block.replace(there, line)
        self._names.know(line)
        return line

    def _remove(self, block: Block, row: ObjectRow, typed: Typed) -> None:
        """`no …`: silent if nothing is there, since saved configurations hold
        `no` lines for what is off."""
        values = dict(row.tidy(typed.args).values)
        values.pop(row.place, None)
        key = key_of(row.line, Args(values))
        there = block.find(key)
        if there is None:
            if row.tells_off or row.switch:
                text = write(row.line, typed.args, negated=True)
                block.add(Line(row, text, typed.args, typed, key=key, off=True))
            return
        if there.off:
            return
        self._free((there,), typed)
        self._not_empty(block, there, typed)
        self._names.forget(there)
        block.remove(there)

    def _clear(self, typed: Typed) -> None:
        """`clear configure …`: the lines of the outermost mode that begin so."""
        head = cleared(typed.args)
        gone = [line for line in self.block.lines if f"{line.text} ".startswith(head)]
        if head and not (gone or typed.line or of_the_top(head)):
            raise typed.mistake("no line of a configuration begins so", "what")
        self._free(gone, typed)
        for line in gone:
            self._names.forget(line)
            self.block.remove(line)

    def _free(self, gone: Sequence[Line], typed: Typed) -> None:
        """May these lines go?  What other lines name must stay defined."""
        left = Counter(
            (kind, line.args.text(token))
            for line in gone
            for token, kind in _defines(line)
        )
        inside = {id(line) for top in gone for line in (top, *top.block.walk())}
        for (kind, name), count in left.items():
            known = self._names.definers[kind, name]
            if len(known) > count or self._of_factory(kind, name):
                continue
            for user in self._names.users.get((kind, name), ()):
                if id(user) not in inside:
                    token = next((t for t, k in typed.row.defines if k == kind), "")
                    where = self._told(user, of_text=bool(typed.line))
                    raise typed.mistake(f"{name} is in use {where}", token)

    def _not_empty(self, block: Block, gone: Line, typed: Typed) -> None:
        """What is in use must hold something, or its users mean something else."""
        if any(holds(line.kind) != (line is gone) for line in block.lines):
            return
        for top in self.block.lines:
            if top.block is block and top.row is not None and top.row.holds:
                for key in _of(top, _defines(top)):
                    for user in self._names.users.get(key, ()):
                        where = self._told(user, of_text=bool(typed.line))
                        why = f"{key[1]} is in use {where}, would become empty"
                        raise at_start(typed, why)

    def _told(self, line: Line, *, of_text: bool) -> str:
        """Where a line stands, for who reads a text or who types at a console,
        where numbers of lines mean nothing."""
        if of_text and line.number:
            return f"in line {line.number}"
        for top in self.block.lines:
            if line is not top and line in top.block.walk():
                return f"by `{line.text}` under `{top.text}`"
        return f"by `{line.text}`"

    def _of_factory(self, kind: str, name: str) -> bool:
        lines = self.factory.lines if self.factory is not None else ()
        return any(
            (kind, line.args.text(token)) == (kind, name) and defined == kind
            for line in lines
            for token, defined in _defines(line)
        )


@final
class _Names:
    """Who defines a name and who refers to it, as lines come and go."""

    __slots__ = ("definers", "users")

    def __init__(self) -> None:
        self.definers: dict[tuple[str, str], dict[Line, None]] = {}
        self.users: dict[tuple[str, str], dict[Line, None]] = {}

    def know(self, top: Line) -> None:
        """A line, and all under it, came."""
        for line in (top, *top.block.walk()):
            for key in _of(line, _defines(line)):
                self.definers.setdefault(key, {})[line] = None
            for key in _of(line, _REFERS.get(line.kind, ())):
                self.users.setdefault(key, {})[line] = None

    def forget(self, top: Line) -> None:
        """A line, and all under it, goes."""
        for line in (top, *top.block.walk()):
            for key in _of(line, _defines(line)):
                self.definers[key].pop(line, None)
            for key in _of(line, _REFERS.get(line.kind, ())):
                self.users[key].pop(line, None)


def _defines(line: Line) -> tuple[tuple[str, str], ...]:
    return line.row.line.defines if line.row is not None and not line.off else ()


def _of(line: Line, named: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    """(kind, name) of the tokens that the line has."""
    for token, kind in named:
        if line.args.has(token):
            yield kind, line.args.text(token)
