"""Script: many lines, as typed, pasted or saved, to a tree of read lines.

Knows: comments, pasted prompts, indentation, `exit` and `end`, which line
stands under which.
Does not know: what a line means; what to do with a line that nobody knows
(the caller says so).
Called by: config, for a whole configuration.

A line is read in the mode opened last or in those around it, so a pasted
transcript needs no `exit`.  Indentation decides only where it must: a line
indented deeper than one that was not understood belongs to that one.

A comment stands on a line of its own; behind a command it is taken for one
only where the command cannot be read with it.
"""

from collections.abc import Callable, Mapping
from typing import Final, final

from mailward.errors import ConfigError
from mailward.lang.grammar import Grammar
from mailward.lang.reader import LineError, Reading, read
from mailward.lang.rows import LineRow, Mode
from mailward.lang.tokens import Args
from mailward.lang.words import lower

#: No more errors of one script are kept.
ERRORS_MOST: Final = 100
#: Lines that are not understood stand no deeper within each other.
DEPTH_MOST: Final = 16

_PROMPT_MOST: Final = 128
_BLANKS: Final = " \t"


@final
class Typed:
    """A line that was read, with the lines typed under it.

    `line` counts from 1, `text` is the line as typed, `columns` the column of
    each named token in it; `parent` the line that opened the mode.
    """

    __slots__ = (
        "args",
        "children",
        "columns",
        "indent",
        "line",
        "negated",
        "parent",
        "row",
        "text",
    )

    def __init__(
        self,
        reading: Reading,
        line: int,
        text: str,
        indent: int,
        parent: "Typed | None",
    ) -> None:
        self.row: LineRow = reading.row
        self.args: Args = reading.args
        self.negated = reading.negated
        self.columns: Mapping[str, int] = reading.columns
        self.line = line
        self.text = text
        self.indent = indent
        self.parent = parent
        self.children: list[Typed | Unread] = []

    def mistake(
        self, message: str, name: str = "", expected: tuple[str, ...] = ()
    ) -> ConfigError:
        """An error at the token `name` of this line, or at the whole line."""
        return ConfigError(
            message,
            line=self.line,
            column=self.columns.get(name, 0),
            text=self.text,
            expected=expected,
        )


@final
class Unread:
    """A line that was not understood but is kept, as typed less its prompt,
    with the deeper lines under it.  `error` says why; None for a line that
    was never tried, as it stands under another such line."""

    __slots__ = ("children", "error", "indent", "line", "parent", "text")

    def __init__(
        self,
        line: int,
        text: str,
        indent: int,
        error: LineError | None,
        parent: "Typed | Unread | None",
    ) -> None:
        self.line = line
        self.text = text
        self.indent = indent
        self.error = error
        self.parent = parent
        self.children: list[Unread] = []


#: Shall this line, which cannot be read, be kept?  Else it is an error.
Keep = Callable[[LineError], bool]


def keep_none(_: LineError) -> bool:
    """Every line that cannot be read is an error."""
    return False


@final
class Script:
    """The lines of one configuration.  `lines` are those of the outermost mode
    in order; `errors` are at most ERRORS_MOST, `surplus` counts the others."""

    __slots__ = (
        "_flat",
        "_grammar",
        "_keep",
        "_open",
        "_outside",
        "_root",
        "errors",
        "lines",
        "surplus",
    )

    def __init__(
        self, grammar: Grammar, root: Mode, text: str, keep: Keep = keep_none
    ) -> None:
        self._grammar = grammar
        self._root = root
        self._keep = keep
        self._open: list[Typed] = []
        self._outside: list[Unread] = []
        self.lines: list[Typed | Unread] = []
        self.errors: list[LineError] = []
        self.surplus = 0
        typed = [
            line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")
        ]
        self._flat = not any(
            line[:1] in _BLANKS and line.strip(_BLANKS) for line in typed
        )
        for number, line in enumerate(typed, 1):
            self._take(number, line)

    @property
    def mode(self) -> Mode:
        """The mode in which the next line would be read."""
        return self._entered(self._open[-1]) if self._open else self._root

    def _take(self, number: int, line: str) -> None:
        prompt, start = prompt_of(line)
        body = line[start:].strip(_BLANKS)
        if not body or body[0] in "!:":
            return
        indent = len(line) - start - len(line[start:].lstrip(_BLANKS))
        while self._outside and self._outside[-1].indent >= indent:
            self._outside.pop()
        if self._outside:
            self._under(self._outside[-1], number, line[start:], indent)
        elif lower(body) in ("exit", "quit"):
            del self._open[-1:]
        elif lower(body) == "end":
            self._open.clear()
        else:
            self._read(number, line, start, indent, prompt)

    def _read(
        self, number: int, line: str, start: int, indent: int, prompt: str
    ) -> None:
        try:
            got = self._got(number, line, start)
        except LineError as error:
            self._unread(error, line[start:], indent, prompt)
            return
        while self.mode != got.row.mode:
            self._open.pop()
        parent = self._open[-1] if self._open else None
        typed = Typed(got, number, line, indent, parent)
        self._siblings(parent).append(typed)
        if got.row.enters is not None and not got.negated:
            self._open.append(typed)

    def _got(self, number: int, line: str, start: int) -> Reading:
        """The reading of a line; of what stands before an exclamation mark
        between blanks, a comment, if it cannot be read with it."""
        try:
            return read(self._grammar, self.mode, line, start=start, number=number)
        except LineError:
            before, mark, _ = line.partition(" ! ")
            if not mark:
                raise
            try:
                return read(
                    self._grammar, self.mode, before, start=start, number=number
                )
            except LineError:
                pass
            raise

    def _unread(self, error: LineError, text: str, indent: int, prompt: str) -> None:
        """A line that no mode understood; what is indented deeper goes with it."""
        parent = self._owner(indent, prompt)
        unread = Unread(error.line, text.rstrip(_BLANKS), indent, error, parent)
        self._outside.append(unread)
        if self._keep(error):
            self._siblings(parent).append(unread)
        elif len(self.errors) < ERRORS_MOST:
            self.errors.append(error)
        else:
            self.surplus += 1

    def _under(self, header: Unread, number: int, text: str, indent: int) -> None:
        """A line under one that was not understood: never tried."""
        if len(self._outside) > DEPTH_MOST:
            header = self._outside[DEPTH_MOST - 1]
            del self._outside[DEPTH_MOST:]
        child = Unread(number, text.rstrip(_BLANKS), indent, None, header)
        header.children.append(child)
        self._outside.append(child)

    def _owner(self, indent: int, prompt: str) -> Typed | None:
        """The open line that an unread line stands under: as its prompt says,
        or its indentation; in a text without either, the last one opened."""
        for typed in reversed(self._open):
            if prompt:
                mine = self._entered(typed).prompt == prompt
            else:
                mine = self._flat or typed.indent < indent
            if mine:
                return typed
        return None

    def _siblings(self, parent: Typed | None) -> list["Typed | Unread"]:
        return self.lines if parent is None else parent.children

    @staticmethod
    def _entered(typed: Typed) -> Mode:
        assert typed.row.enters is not None
        return typed.row.enters


def prompt_of(line: str) -> tuple[str, int]:
    """The mode that a pasted prompt names in its brackets (empty without one),
    and the offset at which the command behind it begins.

    A prompt is `host>`, `host#` or `host(mode)#` with blanks behind it; the
    host has no blank, and the whole is at most 128 characters.
    """
    ends = [at for mark in "#>" if (at := line.find(mark, 0, _PROMPT_MOST)) > 0]
    if not ends:
        return "", 0
    end = min(ends)
    host, bracket, mode = line[:end].partition("(")
    if not host or set(host) & set(' \t"!:') or bool(bracket) != mode.endswith(")"):
        return "", 0
    if set(mode[:-1]) & set("()"):
        return "", 0
    command = line[end + 1 :].lstrip(_BLANKS)
    return mode[:-1], len(line) - len(command)
