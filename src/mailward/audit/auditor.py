"""The auditor: which record a finding or a connection leads to, and when.

Knows: the catalogue, the chosen severity, what each connection has caused.
Does not know: why a finding arose, what a sink does with a record.
Called by: `drivers.flow` and the drivers.

All times are seconds since the epoch; all texts of the wire are escaped and cut
here, before they enter a record.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, final

from mailward.audit.connections import Built, Ended
from mailward.audit.escape import escape_text
from mailward.audit.floods import Floods
from mailward.audit.monitored import quoting
from mailward.audit.records import (
    ACTED,
    BUILT,
    BY_KIND,
    BY_NUMBER,
    HELD_BACK,
    NOTED,
    RECORDS_LOST,
    SUPPRESSED,
    TEARDOWN,
    TERMINATED,
    Record,
)
from mailward.audit.routes import Limit, Outlet, Route, Router
from mailward.audit.rows import (
    ERRORS,
    INFORMATIONAL,
    Field,
    RecordRow,
    at_severity,
)
from mailward.audit.sinks import Sink
from mailward.audit.words import (
    client_of,
    fields_of,
    server_of,
    verdict_fields,
    words_of,
)
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import Finding
from mailward.policy.gate import Attachment
from mailward.policy.logs import Logging
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
_GUIDE_TERMINATED: Final = at_severity(_TERMINATED, ERRORS)

# Every session writes these two.
_BUILT: Final = BY_NUMBER[BUILT]
_TEARDOWN: Final = BY_NUMBER[TEARDOWN]

#: No more characters of a text of trouble are kept than this.
TROUBLE: Final = 4000
#: And of what an administrator typed.
DEED: Final = 400


@final
class Auditor:
    """Turns findings and connections into records.

    `sinks` hear all that `level` lets through, `outlets` what the configuration's
    `logging` lines want there.  `counts` is how often each record arose, written or
    not, `held` how often `logging rate-limit` held it back.
    """

    __slots__ = ("_floods", "_router", "held", "sinks")

    def __init__(
        self,
        sinks: Sequence[Sink],
        level: int = INFORMATIONAL,
        outlets: Sequence[Outlet] = (),
    ) -> None:
        self.sinks = tuple(sinks)
        self._router = Router(self.sinks, outlets, level, self._held_back)
        self.held = self._router.held
        self._floods = Floods()

    @property
    def counts(self) -> Counter[int]:
        """How often each record arose; see above."""
        return self._router.counts

    @property
    def level(self) -> int:
        """The least severe severity that is written."""
        return self._router.level

    @level.setter
    def level(self, level: int) -> None:
        self._router.rule(level, self._router.logging)

    def configure(self, logging: Logging) -> None:
        """Obey other `logging` lines."""
        self._router.rule(self._router.level, logging)

    def built(self, number: int, ends: Endpoints, now: float) -> None:
        """302013: connection `number` stands on both sides."""
        route = self._router.due(_BUILT, now)
        if route is not None:
            _tell(route, Built(route.row, number, ends, now))

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
        template = row.template
        if attachment is not None and attachment.inspection.monitor:
            template, row = quoting(row)
        route = self._router.due(row, now)
        if route is not None and not self._floods.hold(number, row.number):
            text = template.format_map(words_of(ends, finding, attachment))
            facts = partial(fields_of, number, attachment, finding)
            _tell(route, Record(route.row, text, now, facts, ends))

    def forget(self, number: int) -> None:
        """The connection is followed no further, and has no end to record."""
        self._floods.by_connection.pop(number, None)

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
        if number in self._floods.by_connection:
            self._sum_up(number, ends, now)
        if verdict != PASS:
            self._terminated(number, ends, attachment, verdict, now)
        route = self._router.due(_TEARDOWN, now)
        if route is not None:
            why = REASON_NAMES[reason]
            lasted = max(now - started, 0.0)
            record = Ended(
                route.row, number, ends, attachment, verdict, why, lasted, octets, now
            )
            _tell(route, record)

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
        words = {
            "count": count,
            "most": most,
            "source": f"{ends.client_address}/{ends.client_port}",
            "target": f"{ends.server_address}/{ends.server_port}",
            "interface": ends.client_interface,
        }
        self._say(code, words, {"esmtp.count": count}, now, ends)

    def decided(
        self,
        row: RecordRow,
        words: Mapping[str, str],
        fields: Mapping[str, Field],
        ends: Endpoints,
        now: float,
    ) -> None:
        """A record about a connection that does not stand yet; `words` are all
        that its sentence takes (see `audit.admission`)."""
        route = self._router.due(row, now)
        if route is not None:
            text = row.template.format_map(words)
            _tell(route, Record(route.row, text, now, fields, ends))

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
        words: Mapping[str, object],
        fields: Mapping[str, Field],
        now: float,
        ends: Endpoints | None = None,
    ) -> None:
        """A record that is rare: by its number, its words and its fields."""
        row = BY_NUMBER[code]
        route = self._router.due(row, now)
        if route is not None:
            text = row.template.format_map(words)
            _tell(route, Record(route.row, text, now, fields, ends))

    def _held_back(self, number: int, limit: Limit, held: int, now: float) -> None:
        """So many records did not pass a rate."""
        words = {
            "count": str(held),
            "held": str(number),
            "limit": f"{limit.count} {limit.seconds}",
        }
        self._say(HELD_BACK, words, {"esmtp.count": held}, now)

    def _sum_up(self, number: int, ends: Endpoints, now: float) -> None:
        """What a flood of one connection held back, in a line for each record."""
        for record, held in self._floods.over(number):
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
            self._say(SUPPRESSED, words, fields, now, ends)

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
        route = self._router.due(row, now)
        if route is not None:
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
            _tell(route, Record(route.row, text, now, fields, ends))


def _tell(route: Route, record: Record) -> None:
    for sink in route.sinks:
        sink.write(record)


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
