"""`mailward limit`: what one process lets itself be burdened with.

Knows: the lines, their ranges.
Does not know: what is done beyond a limit.
Called by: `config.objects`, `config.places`.
"""

from typing import Final

from mailward.config.modes import CONFIG
from mailward.config.objects.base import HEAD, ObjectRow
from mailward.config.objects.compat import MAILWARD
from mailward.lang.rows import LineRow
from mailward.lang.tokens import Maybe, Number, Token, Word
from mailward.policy.limits import LINE, PREFACE

#: More connections than a process has descriptors for.
_MOST: Final = 1_000_000
_LIMIT: Final = Word("limit", "What one process lets itself be burdened with")


def _row(rank: int, doc: str, word: Word, *more: Token, default: str) -> ObjectRow:
    kind = f"mailward limit {word.text}"
    line = LineRow(kind, CONFIG, (MAILWARD, _LIMIT, word, *more), doc, key=3)
    return ObjectRow(line, section=HEAD, rank=rank, default=f"{kind} {default}")


CONNECTIONS: Final = _row(
    30,
    "No more connections at once than this in one process, and no more of one client; "
    "who comes then is reset, and records 201011 and 201013 say so. `0`: as many as "
    "there are descriptors.",
    Word("connections", "Connections at once"),
    Number("most", 0, _MOST, "In all; 0 for no limit"),
    Maybe(
        (
            Word("per-client", "Of one client address"),
            Number("each", 1, _MOST, "Of one client address"),
        )
    ),
    default="0",
)
UNFINISHED: Final = _row(
    31,
    "A command or a reply that was begun ends within so many seconds, or the "
    "connection does, however its octets drip: record 900021.",
    Word("line", "How long a line may lack its end"),
    Number("seconds", 1, 86400, "Seconds"),
    default=f"{LINE:.0f}",
)
PREFACES: Final = _row(
    32,
    "At a listener with `--proxy-protocol` the PROXY header of a client comes within "
    "so many seconds, or the client is reset: record 900018.",
    Word("preface", "How long a PROXY header may be waited for"),
    Number("seconds", 1, 3600, "Seconds"),
    default=f"{PREFACE:.0f}",
)

LIMITS: Final = (CONNECTIONS, UNFINISHED, PREFACES)
