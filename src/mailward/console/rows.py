"""Rows: what a command of EXEC is, and the words that several share.

Knows: the mode EXEC, the row of a show.
Does not know: any answer.
Called by: the tables beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from mailward.console.gateway import Gateway
from mailward.lang.rows import LineRow, Mode
from mailward.lang.tokens import Args, Word

EXEC: Final = Mode("exec", "", "exec")

SHOW: Final = Word("show", "Show running system information")
CLEAR: Final = Word("clear", "Reset functions")

#: What `| json` prints.
Data: TypeAlias = "str | int | list[Data] | Mapping[str, Data]"


@final
@dataclass(frozen=True)
class ShowRow:
    """One command that a gateway answers: its line, and the text.

    `data` is what `| json` prints; without it the lines of the text.  `open`:
    it may be asked before `enable`; `quiet`: it is no deed, so the audit trail
    says nothing of it.
    """

    line: LineRow
    answer: Callable[[Args, Gateway], str]
    data: Callable[[Args, Gateway], Data] | None = None
    open: bool = False
    quiet: bool = True
