"""`mailward monitor`, `mailward sessions`: which maps judge without acting, and how
many sessions can be told afterwards.

Knows: the lines.
Does not know: what is made of it.
Called by: `config.objects`, `config.compile`, `config.places`.
"""

from typing import Final

from mailward.config.modes import CONFIG
from mailward.config.objects.base import HEAD, TAIL, ObjectRow
from mailward.config.objects.compat import MAILWARD
from mailward.config.objects.inspections import INSPECTION
from mailward.lang.rows import LineRow
from mailward.lang.tokens import Number, Ref, Word
from mailward.policy import limits as policy

MONITOR: Final = ObjectRow(
    LineRow(
        "mailward monitor",
        CONFIG,
        (
            MAILWARD,
            Word("monitor", "Judge by a map without acting"),
            Ref("map", INSPECTION, "Name of an inspection map"),
        ),
        doc="The map judges, counts and logs as if, and everything passes unchanged "
        "and at once: nothing is covered, delayed or ended. Records say that nothing "
        "was done (900025), and once for a connection what its end would have been "
        "(900026); the rest of it is not looked at. Of mailward, not of the "
        "appliance.",
    ),
    section=TAIL,
)

SESSIONS: Final = ObjectRow(
    LineRow(
        "mailward sessions",
        CONFIG,
        (
            MAILWARD,
            Word("sessions", "Sessions that can be told afterwards"),
            Number("most", 0, 4096, "How many, of those that passed and of the others"),
        ),
        doc="`show mailward session` tells so many of the last sessions of a process "
        "that passed, as many that were ended, and live ones. No message and no secret "
        "is kept, and at most 24 KB of a session. `0`: none. Of mailward, not of the "
        "appliance.",
        key=2,
    ),
    section=HEAD,
    rank=33,
    default=f"mailward sessions {policy.SESSIONS}",
)

EXPLAIN: Final = (MONITOR, SESSIONS)
