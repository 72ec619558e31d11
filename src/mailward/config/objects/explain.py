"""`mailward monitor`: which maps judge without acting.

Knows: the line.
Does not know: what is made of it.
Called by: `config.objects`, `config.compile`.
"""

from typing import Final

from mailward.config.modes import CONFIG
from mailward.config.objects.base import TAIL, ObjectRow
from mailward.config.objects.inspections import INSPECTION
from mailward.lang.rows import LineRow
from mailward.lang.tokens import Ref, Word

MONITOR: Final = ObjectRow(
    LineRow(
        "mailward monitor",
        CONFIG,
        (
            Word("mailward", "What is of mailward and not of the appliance"),
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

EXPLAIN: Final = (MONITOR,)
