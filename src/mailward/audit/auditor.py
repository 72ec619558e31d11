"""The auditor: which record a finding or a connection leads to, and when.

Knows: the catalogue, the chosen severity, what each connection has caused.
Does not know: why a finding arose, what a sink does with a record.
Called by: `drivers.flow` and the drivers.

All times are seconds since the epoch; all texts of the wire are escaped and cut
here, before they enter a record.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, final

from mailward.audit.escape import escape_text
from mailward.audit.records import (
    ACTED,
    BUILT,
    BY_KIND,
    BY_NUMBER,
    NOTED,
    OWN,
    SUPPRESSED,
    TEARDOWN,
    TERMINATED,
    Record,
)
from mailward.audit.rows import ERRORS, INFORMATIONAL, Field, RecordRow
from mailward.audit.sinks import Sink
from mailward.audit.words import (
    attached,
    client_of,
    clock,
    fields_of,
    outer_first,
    server_of,
    words_of,
)
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import Finding
from mailward.policy.gate import Attachment
from mailward.verdicts import LOGS, PASS, VERDICT_NAMES

# Why a connection is over (`reference section 6.3`).
FINS: Final = 0
RESET_I: Final = 1  # by the more trusted side
RESET_O: Final = 2  # by the less trusted side
RESET_APPLIANCE: Final = 3
INSPECTION: Final = 4
CONN_TIMEOUT: Final = 5
SYN_TIMEOUT: Final = 6
REASON_NAMES: Final = (
    "TCP FINs",
    "TCP Reset-I",
    "TCP Reset-O",
    "TCP Reset - APPLIANCE",
    "Flow closed by inspection",
    "Conn-timeout",
    "SYN Timeout",
)

#: How 507003 tells each verdict (the appliance's words; PASS has none).
_ENDED_BY: Final = (
    "",
    "inspector disconnected, dropped packet",
    "inspector drop reset",
)

#: 507003 as the guide has it (`mailward compat severity-507003 3`).
_GUIDE_TERMINATED: Final = replace(BY_NUMBER[TERMINATED], severity=ERRORS)

#: So many equal records one connection may cause: of mailward's own, and of
#: the appliance's.  One mail of long lines would else write one for each line,
#: and push the records of other connections out of the log.
FLOOD: Final = 200
FLOOD_APPLIANCE: Final = 1000
#: No more characters of a text of trouble are kept than this.
TROUBLE: Final = 4000
#: And of what an administrator typed.
DEED: Final = 400


@final
class Auditor:
    """Turns findings and connections into records.

    `level` is the least severe severity that is written (0 to 7), `counts` how
    often each record arose, written or not.
    """

    __slots__ = ("_floods", "counts", "level", "sinks")

    def __init__(self, sinks: Sequence[Sink], level: int = INFORMATIONAL) -> None:
        self.sinks = tuple(sinks)
        self.level = level
        self.counts: Counter[int] = Counter()
        # By connection, how often each record was due.
        self._floods: dict[int, Counter[int]] = {}

    def built(self, number: int, ends: Endpoints, now: float) -> None:
        """302013: connection `number` stands on both sides."""
        row = BY_NUMBER[BUILT]
        if self._due(row):
            outer, inner = outer_first(ends)
            self._write(
                row,
                now,
                {
                    "direction": "inbound" if ends.inbound else "outbound",
                    "number": number,
                    "outer": outer,
                    "outer_mapped": outer.partition(":")[2],
                    "inner": inner,
                    "inner_mapped": inner.partition(":")[2],
                },
                {"esmtp.connection": number},
                ends,
            )

    def found(
        self,
        number: int,
        ends: Endpoints,
        attachment: Attachment | None,
        finding: Finding,
        now: float,
    ) -> None:
        """108xxx or a record of ours; none for a match without `log`."""
        row = _row_of(finding)
        if row is None or not self._due(row) or self._floods_with(row, number):
            return
        self._write(
            row,
            now,
            words_of(ends, finding),
            fields_of(number, attachment, finding),
            ends,
        )

    def ended(
        self,
        number: int,
        ends: Endpoints,
        attachment: Attachment | None,
        verdict: int,
        reason: int,
        octets: int,
        started: float,
        now: float,
    ) -> None:
        """507003 if the inspection ended it, then 302014.

        `octets` are those received from both sides together.
        """
        self._sum_up(number, ends, now)
        fields: dict[str, Field] = {
            **attached(attachment),
            "esmtp.connection": number,
            "esmtp.verdict": VERDICT_NAMES[verdict],
        }
        row = _terminated(attachment)
        if verdict != PASS and self._due(row):
            why = _ENDED_BY[verdict]
            words = {
                "client": client_of(ends),
                "server": server_of(ends),
                "reason": why,
            }
            self._write(row, now, words, {**fields, "event.reason": why}, ends)
        row = BY_NUMBER[TEARDOWN]
        if self._due(row):
            outer, inner = outer_first(ends)
            lasted = max(now - started, 0.0)
            why = REASON_NAMES[reason]
            words = {
                "number": str(number),
                "outer": outer,
                "inner": inner,
                "duration": clock(int(lasted)),
                "octets": str(octets),
                "reason": why,
            }
            fields["event.reason"] = why
            fields["event.duration"] = int(lasted * 1_000_000_000)
            fields["network.bytes"] = octets
            self._write(row, now, words, fields, ends)

    def trouble(self, code: int, text: str, now: float) -> None:
        """What has no connection record; `code` is a number of the catalogue
        whose sentence takes a text (UPSTREAM_UNREACHABLE, INTERNAL_ERROR)."""
        row = BY_NUMBER[code]
        if self._due(row):
            shown = escape_text(text, TROUBLE)
            self._write(row, now, {"text": shown}, {"error.message": shown}, None)

    def managed(self, code: int, words: Mapping[str, str], now: float) -> None:
        """What an administrator did: COMMANDED, CONFIGURED, LOGIN_DENIED,
        LOGIN_PERMITTED, with the words that the sentence takes."""
        row = BY_NUMBER[code]
        if self._due(row):
            shown = {name: escape_text(word, DEED) for name, word in words.items()}
            fields: dict[str, Field] = {"user.name": shown["user"]}
            if "command" in shown:
                fields["process.command_line"] = shown["command"]
            if "address" in shown:
                fields["source.ip"] = shown["address"]
            self._write(row, now, shown, fields, None)

    def _due(self, row: RecordRow) -> bool:
        """Count the record; is its severity to be written?"""
        self.counts[row.number] += 1
        return row.severity <= self.level

    def _floods_with(self, row: RecordRow, number: int) -> bool:
        """Has the connection caused enough of this record?"""
        caused = self._floods.setdefault(number, Counter())
        caused[row.number] += 1
        return caused[row.number] > _most(row.number)

    def _sum_up(self, number: int, ends: Endpoints, now: float) -> None:
        """What a flood of one connection held back, in a line for each record."""
        for record, count in self._floods.pop(number, Counter[int]()).items():
            row = BY_NUMBER[SUPPRESSED]
            most = _most(record)
            if count > most and self._due(row):
                words = {
                    "count": count - most,
                    "suppressed": record,
                    "number": number,
                    "client": client_of(ends),
                    "server": server_of(ends),
                }
                fields: dict[str, Field] = {
                    "esmtp.connection": number,
                    "esmtp.count": count - most,
                }
                self._write(row, now, words, fields, ends)

    def _write(
        self,
        row: RecordRow,
        now: float,
        words: Mapping[str, object],
        fields: Mapping[str, Field],
        ends: Endpoints | None,
    ) -> None:
        record = Record(row, row.template.format_map(words), now, fields, ends)
        for sink in self.sinks:
            sink.write(record)


def _most(number: int) -> int:
    """How many records of this number one connection may cause."""
    return FLOOD if number > OWN else FLOOD_APPLIANCE


def _terminated(attachment: Attachment | None) -> RecordRow:
    """507003, at the severity that the configuration asks for."""
    if attachment is not None and attachment.inspection.compat.guide_severity:
        return _GUIDE_TERMINATED
    return BY_NUMBER[TERMINATED]


def _row_of(finding: Finding) -> RecordRow | None:
    """The one record of a finding; 108005 stands for 108004 if only logged."""
    row = BY_KIND[finding.kind]
    if row.number != ACTED:
        return row
    if finding.rule is None:
        return BY_NUMBER[NOTED] if finding.verdict == PASS else row
    if not finding.rule.action & LOGS:
        return None
    return BY_NUMBER[NOTED] if finding.rule.action == LOGS else row
