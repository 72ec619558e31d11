"""Words that several `match` lines share, so that their help agrees.

Knows: the shared positions of the `match` lines and their help.
Does not know: any criterion.
Called by: the criterion files beside it.
"""

from typing import Final

from mailward.lang.tokens import Number, Token, Word
from mailward.verdicts import DROPS, LOGS, RESETS

#: What may follow every match: end the connection, or only tell.
ENDS: Final = DROPS | RESETS | LOGS

BODY_WORD: Final = Word("body", "Match on the body of the message")
CMD_WORD: Final = Word("cmd", "Match on a command of the client")
HEADER_WORD: Final = Word("header", "Match on the header of the message")
COUNT_WORD: Final = Word("count", "Match on a number of occurrences")
LENGTH_WORD: Final = Word("length", "Match on a length")
LINE_WORD: Final = Word("line", "Match on one line")

#: The largest limit or count (reference section 2.2).
MOST: Final = 4294967295


def limit(what: str) -> tuple[Token, ...]:
    """`gt N`, kept under the name `limit`."""
    return (
        Word("gt", "Greater than"),
        Number("limit", 1, MOST, what),
    )
