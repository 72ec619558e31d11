"""Monitored: what stands for a record where nothing was done.

Knows: how a record of ours quotes another.
Does not know: which map is in monitor mode.
Called by: `audit.auditor`.
"""

from dataclasses import replace
from functools import cache
from typing import Final

from mailward.audit.records import BY_NUMBER, DIVERGED, MONITORED, WOULD_END
from mailward.audit.rows import RecordRow

#: Records that only a map in monitor mode leads to: they speak for themselves.
_OF_MONITORS: Final = (WOULD_END, DIVERGED)


@cache
def quoting(row: RecordRow) -> tuple[str, RecordRow]:
    """The sentence to be filled, and the row under which it is written."""
    if row.number in _OF_MONITORS:
        return row.template, row
    own = BY_NUMBER[MONITORED]
    said = {"map": "{map}", "record": str(row.number), "said": row.template}
    return own.template.format_map(said), replace(own, severity=row.severity)
