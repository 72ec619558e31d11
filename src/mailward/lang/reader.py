"""Reader: a line to its row and arguments, or the error with its column.

Knows: `no`, the modes around a mode, and how a mistake is told.
Does not know: many lines, what a row means.
Called by: the script, config for single lines, the console.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, final

from mailward.errors import ConfigError
from mailward.lang.grammar import Grammar
from mailward.lang.rows import LineRow, Mode
from mailward.lang.tokens import Args
from mailward.lang.walk import Arm, Fork, Walk
from mailward.lang.words import EXACT, Piece, faces, lower, piece_at, refusal, shown

#: The kinds of LineError, for who prints them in other words.
INVALID: Final = 0  # a piece that may not stand where it stands
INCOMPLETE: Final = 1  # the line may not end where it ends
AMBIGUOUS: Final = 2  # an abbreviation of several keywords
UNRECOGNIZED: Final = 3  # no line of any mode here begins so

#: What may end a line, as `?` shows it.
END: Final = "<cr>"

_EXPECTED_MOST: Final = 16


@final
class LineError(ConfigError):
    """One line that cannot be read.

    `code` is one of the kinds above, `mode` the one that understood most of
    the line; `sure`: the line's first word is, in full, a keyword there.
    `reach` is the column up to which it was understood.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        mode: Mode,
        sure: bool,
        reach: int,
        line: int,
        column: int,
        text: str,
        expected: tuple[str, ...],
    ) -> None:
        super().__init__(
            message, line=line, column=column, text=text, expected=expected
        )
        self.code = code
        self.mode = mode
        self.sure = sure
        self.reach = reach


@final
@dataclass(frozen=True)
class Reading:
    """A line that was read.  `columns` has the column, from 1, of each named
    token; `exact`: its first word was typed in full."""

    row: LineRow
    args: Args
    negated: bool
    columns: Mapping[str, int]
    exact: bool


def read(
    grammar: Grammar, mode: Mode, line: str, *, start: int = 0, number: int = 0
) -> Reading:
    """The reading of `line` in `mode` or the modes around it.

    The innermost mode in which the line can be read wins; but a first word
    typed in full goes before an abbreviation, even one of a mode further out
    (`host 10.1.1.256` is a mistake, not the beginning of `hostname`).  `start`
    is the offset at which the command begins, `number` the line's number for
    the error.
    Raises LineError, of the mode that understood most.
    """
    best: Reading | None = None
    worst: LineError | None = None
    sure = False
    for place in mode.chain():
        got = _read_in(grammar, place, line, start, number)
        if isinstance(got, Reading):
            if got.exact:
                return got
            best = best or (None if sure else got)
            continue
        sure = sure or got.sure
        if worst is None or got.reach > worst.reach:
            worst = got
    if best is None:
        assert worst is not None
        raise worst
    return best


def begin(
    grammar: Grammar, mode: Mode, line: str, start: int
) -> tuple[Walk, int, bool]:
    """A walk for a line of this mode, the offset of its first piece, and
    whether a `no` stood before."""
    piece = piece_at(line, start)
    negated = piece is not None and lower(piece.text) == "no"
    at = piece.end if piece is not None and negated else start
    walk = Walk(grammar.starts(mode, negated), grammar.fan(mode, negated))
    return walk, at, negated


def _read_in(
    grammar: Grammar, mode: Mode, line: str, start: int, number: int
) -> Reading | LineError:
    walk, at, negated = begin(grammar, mode, line, start)
    sure = False
    fault = _Fault(mode, line, number, grammar.openings(mode, negated))
    while (piece := piece_at(line, at)) is not None:
        first = not walk.begun
        if not walk.step(piece):
            return fault.stuck(walk, piece, sure)
        if first:
            sure = walk.arms[0].rank == EXACT
        at = piece.end
    end = walk.settle()
    if isinstance(end, Arm):
        args, columns = end.told()
        return Reading(end.place.row, args, negated, columns, sure)
    return fault.ended(walk, end, at, sure)


@final
class _Fault:
    """Tells what is wrong with one line in one mode."""

    __slots__ = ("_line", "_mode", "_number", "_openings")

    def __init__(
        self, mode: Mode, line: str, number: int, openings: tuple[str, ...]
    ) -> None:
        self._openings = openings
        self._mode = mode
        self._line = line
        self._number = number

    def stuck(self, walk: Walk, piece: Piece, sure: bool) -> LineError:
        """No arm took `piece`."""
        fork = walk.settle()
        if isinstance(fork, Fork):
            return self._forked(fork, piece.start + 1, sure)
        expected = _bounded(self._openings) if not walk.begun else _expected(walk)
        code, message = INVALID, f"{shown(piece.text)} may not stand here"
        if not walk.begun:
            code, message = UNRECOGNIZED, f"{shown(piece.text)} begins no command"
        elif expected == (END,):
            message = f"{shown(piece.text)} is too much: the line ends before it"
        else:
            why = {
                reason
                for _, place in walk.follow()
                if (reason := refusal(place.leaf, piece))
            }
            if len(why) == 1:
                message = why.pop()
        return self._error(
            code, message, piece.start + 1, piece.start + 1, sure, expected
        )

    def ended(self, walk: Walk, fork: Fork | None, at: int, sure: bool) -> LineError:
        """The line ended, but could not be settled."""
        column = at + 2 if at else 1
        if fork is not None:
            return self._forked(fork, column, sure)
        message = "the command is not complete"
        return self._error(INCOMPLETE, message, column, column, sure, _expected(walk))

    def _forked(self, fork: Fork, reach: int, sure: bool) -> LineError:
        piece = piece_at(self._line, fork.start)
        assert piece is not None
        message = f"{shown(piece.text)} may mean {' or '.join(fork.words)}"
        return self._error(AMBIGUOUS, message, fork.start + 1, reach, sure, fork.words)

    def _error(
        self,
        code: int,
        message: str,
        column: int,
        reach: int,
        sure: bool,
        expected: tuple[str, ...],
    ) -> LineError:
        return LineError(
            code,
            message,
            mode=self._mode,
            sure=sure,
            reach=reach,
            line=self._number,
            column=column,
            text=self._line,
            expected=expected,
        )


def _expected(walk: Walk) -> tuple[str, ...]:
    """What would have been right, bounded."""
    texts = _unique(text for _, place in walk.follow() for text, _ in faces(place.leaf))
    if any(arm.place.ends for arm in walk.arms):
        texts = (*texts, END)
    return _bounded(texts)


def _bounded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return (*texts[:_EXPECTED_MOST], "…") if len(texts) > _EXPECTED_MOST else texts


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
