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
from functools import partial
from typing import Final, final

from mailward.audit.escape import escape_text
from mailward.audit.records import (
    ACTED,
    BUILT,
    BY_KIND,
    BY_NUMBER,
    NOTED,
    OWN,
    RECORDS_LOST,
    SUPPRESSED,
    TEARDOWN,
    TERMINATED,
    Record,
)
from mailward.audit.rows import ERRORS, INFORMATIONAL, Field, RecordRow
from mailward.audit.sinks import Sink
from mailward.audit.words import (
    client_of,
    clock,
    ended_fields,
    fields_of,
    outer_first,
    positional,
    server_of,
    verdict_fields,
    words_of,
)
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import Finding
from mailward.policy.gate import Attachment
from mailward.verdicts import LOGS, PASS

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

_TERMINATED: Final = BY_NUMBER[TERMINATED]
#: 507003 as the guide has it (`mailward compat severity-507003 3`).
_GUIDE_TERMINATED: Final = replace(_TERMINATED, severity=ERRORS)

# Every session writes these two.
_BUILT: Final = BY_NUMBER[BUILT]
_BUILT_TEXT: Final = positional(
    _BUILT.template,
    direction="%s",
    number="%s",
    outer="%s:%s/%s",
    outer_mapped="%s/%s",
    inner="%s:%s/%s",
    inner_mapped="%s/%s",
)
_TEARDOWN: Final = BY_NUMBER[TEARDOWN]
_TEARDOWN_TEXT: Final = positional(
    _TEARDOWN.template,
    number="%s",
    outer="%s:%s/%s",
    inner="%s:%s/%s",
    duration="%s",
    octets="%s",
    reason="%s",
)

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

    `counts` is how often each record arose, written or not.
    """

    __slots__ = ("_floods", "_level", "_routes", "counts", "sinks")

    def __init__(self, sinks: Sequence[Sink], level: int = INFORMATIONAL) -> None:
        self.sinks = tuple(sinks)
        self.counts: Counter[int] = Counter()
        self._level = level
        # By row, who hears of it; filled as rows occur.
        self._routes: dict[RecordRow, tuple[Sink, ...]] = {}
        # By connection, how often each record was due.
        self._floods: dict[int, Counter[int]] = {}

    @property
    def level(self) -> int:
        """The least severe severity that is written."""
        return self._level

    @level.setter
    def level(self, level: int) -> None:
        self._level = level
        self._routes.clear()

    def built(self, number: int, ends: Endpoints, now: float) -> None:
        """302013: connection `number` stands on both sides."""
        sinks = self._due(_BUILT)
        if sinks:
            outer, host, port, inner, inner_host, inner_port = outer_first(ends)
            text = _BUILT_TEXT % (
                "inbound" if ends.inbound else "outbound",
                number,
                outer,
                host,
                port,
                host,
                port,
                inner,
                inner_host,
                inner_port,
                inner_host,
                inner_port,
            )
            facts = partial(_numbered, number)
            _tell(sinks, Record(_BUILT, text, now, facts, ends))

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
        if row is None:
            return
        sinks = self._due(row)
        if sinks and not self._floods_with(row, number):
            text = row.template.format_map(words_of(ends, finding))
            facts = partial(fields_of, number, attachment, finding)
            _tell(sinks, Record(row, text, now, facts, ends))

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
        floods = self._floods.pop(number, None)
        if floods is not None:
            self._sum_up(floods, number, ends, now)
        if verdict != PASS:
            self._terminated(number, ends, attachment, verdict, now)
        sinks = self._due(_TEARDOWN)
        if sinks:
            lasted = max(now - started, 0.0)
            text = _TEARDOWN_TEXT % (
                number,
                *outer_first(ends),
                clock(int(lasted)),
                octets,
                REASON_NAMES[reason],
            )
            facts = partial(
                ended_fields,
                number,
                attachment,
                verdict,
                REASON_NAMES[reason],
                lasted,
                octets,
            )
            _tell(sinks, Record(_TEARDOWN, text, now, facts, ends))

    def trouble(self, code: int, text: str, now: float) -> None:
        """What has no connection record; `code` is a number of the catalogue
        whose sentence takes a text (UPSTREAM_UNREACHABLE, INTERNAL_ERROR)."""
        shown = escape_text(text, TROUBLE)
        self._say(code, {"text": shown}, {"error.message": shown}, now)

    def limited(
        self, code: int, count: int, most: int, ends: Endpoints, now: float
    ) -> None:
        """CONNECTION_LIMIT, CLIENT_LIMIT: of so many allowed there are so many,
        and one more was refused."""
        row = BY_NUMBER[code]
        sinks = self._due(row)
        if sinks:
            words = {
                "count": count,
                "most": most,
                "source": f"{ends.client_address}/{ends.client_port}",
                "target": f"{ends.server_address}/{ends.server_port}",
                "interface": ends.client_interface,
            }
            text = row.template.format_map(words)
            _tell(sinks, Record(row, text, now, {"esmtp.count": count}, ends))

    def managed(self, code: int, words: Mapping[str, str], now: float) -> None:
        """What an administrator did: COMMANDED, CONFIGURED, LOGIN_DENIED,
        LOGIN_PERMITTED, with the words that the sentence takes."""
        shown = {name: escape_text(word, DEED) for name, word in words.items()}
        fields: dict[str, Field] = {"user.name": shown["user"]}
        if "command" in shown:
            fields["process.command_line"] = shown["command"]
        if "address" in shown:
            fields["source.ip"] = shown["address"]
        self._say(code, shown, fields, now)

    def lost(self, count: int, place: str, reason: str, now: float) -> None:
        """So many records did not reach a log, which takes records again."""
        words = {
            "count": str(count),
            "place": escape_text(place, DEED),
            "reason": escape_text(reason, DEED),
        }
        fields: dict[str, Field] = {
            "esmtp.count": count,
            "error.message": words["reason"],
        }
        self._say(RECORDS_LOST, words, fields, now)

    def noted(self, code: int, words: Mapping[str, str], now: float) -> None:
        """What befell the logs: LOG_TROUBLE, LOG_SERVER_DOWN, LOG_SERVER_BACK,
        DISALLOWING, with the words that the sentence takes."""
        shown = {name: escape_text(word, DEED) for name, word in words.items()}
        fields: dict[str, Field] = {}
        if "text" in shown:
            fields["error.message"] = shown["text"]
        if "address" in shown:
            fields["destination.ip"] = shown["address"]
            fields["destination.port"] = int(shown["port"])
        self._say(code, shown, fields, now)

    def _say(
        self,
        code: int,
        words: Mapping[str, str],
        fields: Mapping[str, Field],
        now: float,
    ) -> None:
        """A record that belongs to no connection."""
        row = BY_NUMBER[code]
        sinks = self._due(row)
        if sinks:
            _tell(sinks, Record(row, row.template.format_map(words), now, fields))

    def _due(self, row: RecordRow) -> tuple[Sink, ...]:
        """Count the record; who is to hear of it?"""
        self.counts[row.number] += 1
        sinks = self._routes.get(row)
        if sinks is None:
            sinks = self.sinks if row.severity <= self._level else ()
            self._routes[row] = sinks
        return sinks

    def _floods_with(self, row: RecordRow, number: int) -> bool:
        """Has the connection caused enough of this record?"""
        caused = self._floods.setdefault(number, Counter())
        caused[row.number] += 1
        return caused[row.number] > _most(row.number)

    def _sum_up(
        self, floods: Counter[int], number: int, ends: Endpoints, now: float
    ) -> None:
        """What a flood of one connection held back, in a line for each record."""
        row = BY_NUMBER[SUPPRESSED]
        for record, count in floods.items():
            held = count - _most(record)
            if held <= 0:
                continue
            sinks = self._due(row)
            if sinks:
                words = {
                    "count": held,
                    "suppressed": record,
                    "number": number,
                    "client": client_of(ends),
                    "server": server_of(ends),
                }
                fields: dict[str, Field] = {
                    "esmtp.connection": number,
                    "esmtp.count": held,
                }
                text = row.template.format_map(words)
                _tell(sinks, Record(row, text, now, fields, ends))

    def _terminated(
        self,
        number: int,
        ends: Endpoints,
        attachment: Attachment | None,
        verdict: int,
        now: float,
    ) -> None:
        """507003: the inspection ended the connection."""
        row = _TERMINATED
        if attachment is not None and attachment.inspection.compat.guide_severity:
            row = _GUIDE_TERMINATED
        sinks = self._due(row)
        if sinks:
            why = _ENDED_BY[verdict]
            words = {
                "client": client_of(ends),
                "server": server_of(ends),
                "reason": why,
            }
            fields: dict[str, Field] = {
                **verdict_fields(number, attachment, verdict),
                "event.reason": why,
            }
            text = row.template.format_map(words)
            _tell(sinks, Record(row, text, now, fields, ends))


def _tell(sinks: tuple[Sink, ...], record: Record) -> None:
    for sink in sinks:
        sink.write(record)


def _numbered(number: int) -> Mapping[str, Field]:
    """All that JSON adds to 302013."""
    return {"esmtp.connection": number}


def _most(number: int) -> int:
    """How many records of this number one connection may cause."""
    return FLOOD if number > OWN else FLOOD_APPLIANCE


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
