"""Rows: what is said of a record once, for all of its kind.

Knows: the severities, the shape of a row of the catalogue, whose tag it bears.
Does not know: any row, any record.
Called by: `audit.records`, whoever speaks of severities.
"""

from dataclasses import dataclass, field, replace
from typing import Final, final

from mailward.audit.numbers import OWN

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


def tag(number: int) -> str:
    """Whose record it is: ASA, or MAILWARD for numbers above OWN."""
    return "MAILWARD" if number > OWN else "ASA"


@final
@dataclass(frozen=True, eq=False)
class RecordRow:
    """One record.  `template` is filled by `str.format` with the auditor's
    names, `action` is its `event.action`, `kinds` the findings that lead here.
    `head` stands before the sentence: `%ASA-6-302013: `."""

    number: int
    severity: int
    action: str
    template: str
    explanation: str
    advice: str
    kinds: tuple[int, ...] = ()
    head: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        head = f"%{tag(self.number)}-{self.severity}-{self.number}: "
        object.__setattr__(self, "head", head)


_ELSEWHERE: Final[dict[tuple[RecordRow, int], RecordRow]] = {}


def at_severity(row: RecordRow, severity: int) -> RecordRow:
    """The row at another severity: the same object each time."""
    if severity == row.severity:
        return row
    key = (row, severity)
    found = _ELSEWHERE.get(key)
    if found is None:
        found = _ELSEWHERE[key] = replace(row, severity=severity)
    return found
