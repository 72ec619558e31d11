"""Floods: how many equal records one connection may cause.

Knows: what each connection has caused so far.
Does not know: records beyond their numbers.
Called by: `audit.auditor`.

One mail of long lines would else write a record for each line, and push the records
of other connections out of the log.
"""

from collections import Counter
from typing import Final, final

from mailward.audit.numbers import OWN

#: So many equal records, of mailward's own and of the appliance's.
FLOOD: Final = 200
FLOOD_APPLIANCE: Final = 1000


@final
class Floods:
    """Counts by connection, until it is over."""

    __slots__ = ("by_connection",)

    def __init__(self) -> None:
        self.by_connection: dict[int, Counter[int]] = {}

    def hold(self, connection: int, record: int) -> bool:
        """One more of this record: is it one too many?"""
        caused = self.by_connection.setdefault(connection, Counter())
        caused[record] += 1
        return caused[record] > most(record)

    def over(self, connection: int) -> list[tuple[int, int]]:
        """The connection has ended: which records were held back, how many of each."""
        caused = self.by_connection.pop(connection).items()
        return [(n, count - most(n)) for n, count in caused if count > most(n)]


def most(record: int) -> int:
    """How many records of this number one connection may cause."""
    return FLOOD if record > OWN else FLOOD_APPLIANCE
