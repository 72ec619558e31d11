"""Rows: what is said of a record once, for all of its kind.

Knows: the severities, the shape of a row of the catalogue.
Does not know: any row, any record.
Called by: `audit.records`, whoever speaks of severities.
"""

from dataclasses import dataclass
from typing import Final, final

EMERGENCIES: Final = 0
ALERTS: Final = 1
CRITICAL: Final = 2
ERRORS: Final = 3
WARNINGS: Final = 4
NOTIFICATIONS: Final = 5
INFORMATIONAL: Final = 6
DEBUGGING: Final = 7
#: The appliance's words, as in `logging trap informational`.
LEVEL_NAMES: Final = (
    "emergencies",
    "alerts",
    "critical",
    "errors",
    "warnings",
    "notifications",
    "informational",
    "debugging",
)

#: What a field of a record may be; names are dotted (`event.code`).
Field = str | int | list[str]


@final
@dataclass(frozen=True)
class RecordRow:
    """One record.  `template` is filled by `str.format` with the auditor's
    names, `action` is its `event.action`, `kinds` the findings that lead here."""

    number: int
    severity: int
    action: str
    template: str
    explanation: str
    advice: str
    kinds: tuple[int, ...] = ()
