"""Records: a line of the audit trail, and the catalogue of all that can be said.

Knows: the catalogue by number and by finding, the line that a record is.
Does not know: connections, sinks, when a record is due.
Called by: `audit.auditor`, `audit.manual`, drivers (the numbers of trouble).
"""

from collections.abc import Callable, Mapping
from typing import Final

from mailward.audit.appliance import APPLIANCE
from mailward.audit.numbers import (
    ACTED,
    ALLOWING,
    BARE_IN_COMMAND,
    BARE_IN_MESSAGE,
    BARE_IN_REPLY,
    BUILT,
    CHECKED,
    CLIENT_LIMIT,
    COMMANDED,
    CONFIGURED,
    CONNECTION_LIMIT,
    DENIED,
    DENIED_BY_LEVEL,
    DISALLOWING,
    DIVERGED,
    EARLY_DATA,
    EARLY_TLS,
    HELD_BACK,
    INTERNAL_ERROR,
    LISTED,
    LOG_SERVER_BACK,
    LOG_SERVER_DOWN,
    LOG_TROUBLE,
    LOGIN_DENIED,
    LOGIN_PERMITTED,
    LOOKALIKE,
    MALICIOUS,
    MONITORED,
    NOTED,
    OVERLONG,
    OWN,
    PAYLOAD_COMMAND,
    RECORDS_LOST,
    REFUSED,
    REPLACED,
    SIZE_EXCEEDED,
    STRAY_REPLY,
    SUPPRESSED,
    TEARDOWN,
    TERMINATED,
    TLS_STARTED,
    UNANNOUNCED,
    UNFINISHED,
    UNKNOWN_COMMAND,
    UNREADABLE,
    UPSTREAM_UNREACHABLE,
    WORKER_BACK,
    WORKER_LOST,
    WOULD_END,
)
from mailward.audit.own import OWN_RECORDS
from mailward.audit.rows import Field, RecordRow, tag
from mailward.policy.endpoints import Endpoints

__all__ = (
    "MONITORED",
    "WOULD_END",
    "DIVERGED",
    "REPLACED",
    "MALICIOUS",
    "ACTED",
    "NOTED",
    "SIZE_EXCEEDED",
    "TLS_STARTED",
    "CONNECTION_LIMIT",
    "CLIENT_LIMIT",
    "DENIED_BY_LEVEL",
    "DENIED",
    "LISTED",
    "BUILT",
    "TEARDOWN",
    "DISALLOWING",
    "LOG_SERVER_DOWN",
    "LOG_SERVER_BACK",
    "ALLOWING",
    "TERMINATED",
    "COMMANDED",
    "CONFIGURED",
    "LOGIN_DENIED",
    "LOGIN_PERMITTED",
    "OWN",
    "UNKNOWN_COMMAND",
    "BARE_IN_COMMAND",
    "BARE_IN_REPLY",
    "BARE_IN_MESSAGE",
    "LOOKALIKE",
    "EARLY_DATA",
    "EARLY_TLS",
    "PAYLOAD_COMMAND",
    "OVERLONG",
    "STRAY_REPLY",
    "UPSTREAM_UNREACHABLE",
    "INTERNAL_ERROR",
    "SUPPRESSED",
    "UNREADABLE",
    "RECORDS_LOST",
    "REFUSED",
    "UNFINISHED",
    "HELD_BACK",
    "LOG_TROUBLE",
    "CHECKED",
    "UNANNOUNCED",
    "WORKER_LOST",
    "WORKER_BACK",
    "BY_KIND",
    "BY_NUMBER",
    "Facts",
    "RECORDS",
    "Record",
    "tag",
)

RECORDS: Final = APPLIANCE + OWN_RECORDS
BY_NUMBER: Final = {row.number: row for row in RECORDS}
BY_KIND: Final = {kind: row for row in RECORDS for kind in row.kinds}

#: What JSON adds to a sentence, or what makes it once somebody asks.
Facts = Mapping[str, Field] | Callable[[], Mapping[str, Field]]


class Record:
    """One line of the audit trail, whole, before any sink has dressed it.

    `row` is its row of the catalogue (at another severity, perhaps), `text` the
    sentence without its header, `time` seconds since the epoch, `ends` the
    connection if any.  One is made for each record, two for each session: what only
    JSON reads is not made before it is asked for.
    """

    __slots__ = ("_facts", "ends", "row", "text", "time")

    def __init__(
        self,
        row: RecordRow,
        text: str,
        time: float,
        facts: Facts,
        ends: Endpoints | None = None,
    ) -> None:
        self.row = row
        self.text = text
        self.time = time
        self._facts = facts
        self.ends = ends

    @property
    def number(self) -> int:
        """Its number in the catalogue."""
        return self.row.number

    @property
    def severity(self) -> int:
        """0 emergencies to 7 debugging."""
        return self.row.severity

    @property
    def fields(self) -> Mapping[str, Field]:
        """What JSON adds to the sentence, by dotted names."""
        facts = self._facts
        return facts() if callable(facts) else facts

    def line(self) -> str:
        """`%ASA-6-302013: Built …`, without a line end."""
        return self.row.head + self.text
