"""Travel: records on their way from one process to another.

Knows: the form of a record as JSON can carry it, how many may wait for the journey.
Does not know: how they travel, where they go.
Called by: the workers (pack), the supervisor (unpack, for log servers).

The sentence travels ready; what JSON adds to it only where somebody wants it.
"""

from collections.abc import Callable
from typing import Any, Final, final

from mailward.audit.records import BY_NUMBER, Record
from mailward.audit.rows import at_severity
from mailward.policy.endpoints import Endpoints

#: Characters that wait for the journey.
MOST: Final = 1048576


def packed(record: Record, *, whole: bool) -> list[Any]:
    """As JSON can carry it; `whole`: with what only a JSON log reads."""
    row = record.row
    plain: list[Any] = [row.number, row.severity, record.time, record.text]
    if whole:
        ends = record.ends
        plain += [dict(record.fields), None if ends is None else ends.plain]
    return plain


def unpacked(plain: Any) -> Record:
    """What `packed` made.  Raises KeyError, TypeError or ValueError for anything
    else."""
    number, severity, time, text, *more = plain
    fields, ends = more or ({}, None)
    return Record(
        at_severity(BY_NUMBER[number], severity),
        text,
        time,
        fields,
        None if ends is None else Endpoints(*ends),
    )


@final
class Travellers:
    """A sink that keeps records until they can travel.

    `ready` is called when there are some again.  `whole` as `packed` has it.  What
    does not fit is lost, and its number goes with the others.
    """

    __slots__ = ("_lost", "_ready", "_size", "_waiting", "lost", "whole")

    def __init__(self, ready: Callable[[], None]) -> None:
        self.whole = False
        self.lost = 0
        self._ready = ready
        self._waiting: list[list[Any]] = []
        self._size = 0
        self._lost = 0

    def write(self, record: Record) -> None:
        """See Sink."""
        size = self._size + len(record.text)
        if size > MOST:
            self._lost += 1
            self.lost += 1
            return
        self._waiting.append(packed(record, whole=self.whole))
        self._size = size
        if len(self._waiting) == 1:
            self._ready()

    def take(self) -> tuple[list[list[Any]], int]:
        """What waits, and how many were lost since it was taken the last time."""
        taken, self._waiting = self._waiting, []
        lost, self._lost = self._lost, 0
        self._size = 0
        return taken, lost
