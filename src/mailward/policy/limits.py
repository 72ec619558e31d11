"""Limits: what one process lets itself be burdened with.

Knows: the numbers and their defaults.
Does not know: how they were typed, what is done beyond them.
Called by: config (makes them), drivers (obey them), console.
"""

from dataclasses import dataclass
from typing import Final, final

#: How long a line may lack its end, and a listener its preface, in seconds.
LINE: Final = 300.0
PREFACE: Final = 10.0
#: How many sessions can be told afterwards, of those that passed and of the others.
SESSIONS: Final = 32


@final
@dataclass(frozen=True)
class Limits:
    """Connections at once, in all and of one client: 0 for as many as there are
    descriptors.  Seconds that a command or a reply that was begun may lack its
    end, and that a client may let its PROXY header wait.  `sessions` that can be
    told afterwards."""

    connections: int = 0
    per_client: int = 0
    line: float = LINE
    preface: float = PREFACE
    sessions: int = SESSIONS
