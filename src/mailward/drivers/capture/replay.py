"""Replay: a conversation of a capture through the engine, as if it were live.

Knows: flows, the time of a capture.
Does not know: packets, how an outcome is told.
Called by: cli, tests.

The same `Flow`, `Session` and `Auditor` as for live mail; the clock is the
capture's.  A server that was captured did not wait for a command which a rate
holds back; so when it answers, the clock of that conversation moves on to the
moment at which the command would have gone.
"""

from collections.abc import Callable
from typing import Final, final

from mailward.audit.auditor import Auditor
from mailward.audit.records import INTERNAL_ERROR, Record
from mailward.audit.rows import INFORMATIONAL
from mailward.drivers.capture.chronicle import Chronicle
from mailward.drivers.capture.hearers import RESET, Hearer, Opening
from mailward.drivers.capture.sides import Side
from mailward.drivers.end import Host
from mailward.drivers.flow import Flow
from mailward.engine.inspector import Inspector, inspector
from mailward.engine.session import Session
from mailward.parameters import PACKET
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT, SERVER, Finding
from mailward.policy.gate import Attachment, Gate
from mailward.verdicts import PASS
from mailward.verdicts import RESET as RESET_VERDICT

#: So many findings of a session are kept; the rest are counted.
MOST_FINDINGS: Final = 1000


@final
class Wants:
    """What is to be known of each conversation beside its verdict: the
    `chronicle` of its mails, the `patches` to what was said, what `left`."""

    __slots__ = ("chronicle", "left", "patches")

    def __init__(
        self, *, chronicle: bool = False, patches: bool = False, left: bool = False
    ) -> None:
        self.chronicle = chronicle
        self.patches = patches
        self.left = left


@final
class Page:
    """The sink of all conversations: what the one that is heard now has caused."""

    __slots__ = ("records",)

    def __init__(self) -> None:
        self.records: list[Record] = []

    def write(self, record: Record) -> None:
        """See Sink."""
        self.records.append(record)


@final
class Policy:
    """What conversations are inspected under.

    `port` is the server's port that policies see, 0 the one of the capture.
    `as_if`: maps in monitor mode are taken as if they acted.
    """

    __slots__ = (
        "as_if",
        "auditor",
        "client_interface",
        "gate",
        "page",
        "port",
        "server_interface",
    )

    def __init__(
        self,
        gate: Gate,
        client_interface: str = "outside",
        server_interface: str = "inside",
        port: int = 0,
        level: int = INFORMATIONAL,
        *,
        as_if: bool = True,
    ) -> None:
        self.as_if = as_if
        self.gate = gate
        self.client_interface = client_interface
        self.server_interface = server_interface
        self.port = port
        self.page = Page()
        self.auditor = Auditor((self.page,), level)

    def ends(self, opening: Opening) -> Endpoints:
        """Between whom a conversation is."""
        levels = self.gate.levels
        client = levels.get(self.client_interface)
        server = levels.get(self.server_interface)
        return Endpoints(
            client_interface=self.client_interface,
            client_address=opening.client,
            client_port=opening.client_port,
            server_interface=self.server_interface,
            server_address=opening.server,
            server_port=self.port or opening.server_port,
            inbound=client is None or server is None or client <= server,
        )


@final
class Replay(Hearer):
    """One conversation through the engine; `done` is called when it has ended.

    Then everything is known: `verdict` and the finding that brought it (`cause`),
    `found` (moments and findings), `records`, `to_server` and `to_client` (what
    went), `holes`, `strangeness`, `packet` (that brought the verdict), `end` and
    `ending`.
    """

    by_segment = False

    def __init__(
        self,
        policy: Policy,
        opening: Opening,
        wants: Wants,
        done: "Callable[[Replay], None]",
    ) -> None:
        ends = policy.ends(opening)
        self._done = done
        self.opening = opening
        self.attachment: Attachment | None = policy.gate.choose(ends)
        self.verdict = PASS
        self.cause: Finding | None = None
        self.found: list[tuple[float, Finding]] = []
        self.more_found = 0
        self.records: list[Record] = []
        self.holes = 0
        self.strangeness: list[tuple[float, int, str]] = []
        self.packet = 0  # the one that brought the verdict
        self.end = opening.started
        self.ending = 0
        self.opaque = False
        self.lost_track = False  # octets were missing and it never knew again
        self.to_server = Side(patches=wants.patches, left=wants.left)
        self.to_client = Side(patches=wants.patches, left=wants.left)
        self.chronicle = Chronicle() if wants.chronicle else None
        self.octets = 0
        self.firsts = (-1, -1)  # sequence numbers of the first octets
        # It knows us, as the flow does: neither outlives the conversation, so that
        # nothing is left to the collector of circles.
        self._host: _Clockwork | None = _Clockwork(self, policy, opening.started)
        self._session: Inspector | None = None
        if self.attachment is not None:
            inspection = self.attachment.inspection
            tally = self.attachment.tally
            made = Session if policy.as_if else inspector
            self._session = made(inspection, tally)
            # Where segments are judged by themselves, or their moments matter.
            self.by_segment = inspection.compat.unknown == PACKET or any(
                rule.rate for rule in inspection.rules
            )
        self._flow: Flow | None = Flow(
            self._session,
            self.to_client,
            self.to_server,
            ends,
            self.attachment,
            self._host,
            opening.number,
            opening.started,
        )

    # --- what is heard ----------------------------------------------------------

    def heard(self, speaker: int, octets: bytes, now: float) -> None:
        """See Hearer."""
        self.end = now
        flow, host = self._flow, self._host
        if flow is None or host is None or flow.over:
            return
        now = host.moment(now, flow, speaker == SERVER)
        if self.chronicle is not None:
            self.chronicle.heard(speaker, octets)
        if speaker == CLIENT:
            self.to_server.came(octets)
            flow.from_client(octets, now)
        else:
            self.to_client.came(octets)
            flow.from_server(octets, now)

    def missed(self, speaker: int, length: int, now: float) -> None:
        """See Hearer."""
        self.end = now
        self.holes += 1
        flow, host = self._flow, self._host
        if flow is None or host is None or flow.over:
            return
        now = host.moment(now, flow, speaker == SERVER)
        side = self.to_server if speaker == CLIENT else self.to_client
        if isinstance(self._session, Session):
            left = self._session.hole(speaker, length, now)
            if left:
                side.write(left)
            flow.on_time(now)  # so it takes what was found, and the verdict
        side.lacks(length)
        if self.chronicle is not None:
            self.chronicle.missed(speaker, length)

    def closed(self, speaker: int, now: float) -> None:
        """See Hearer."""
        self.end = now
        flow, host = self._flow, self._host
        if flow is None or host is None or flow.over:
            return
        now = host.moment(now, flow, speaker == SERVER)
        if speaker == CLIENT:
            flow.client_closed(now)
        else:
            flow.server_closed(now)

    def strange(self, speaker: int, text: str, now: float) -> None:
        """See Hearer."""
        self.strangeness.append((now, speaker, text))

    def numbered(self, client: int, server: int) -> None:
        """See Hearer."""
        self.firsts = (client, server)

    def over(self, ending: int, speaker: int, now: float) -> None:
        """See Hearer."""
        self.end = now
        self.ending = ending
        session = self._session
        self.lost_track = isinstance(session, Session) and session.in_doubt
        self.opaque = session is not None and session.opaque
        flow, self._flow = self._flow, None
        host, self._host = self._host, None
        assert flow is not None
        assert host is not None
        if not flow.over:
            now = host.moment(now, flow, True)
        if not flow.over and ending == RESET:
            flow.lost(speaker, now)
        host.auditor.forget(self.opening.number)
        self.octets = flow.octets
        if self.chronicle is not None:
            self.chronicle.over()
        self._session = None
        self._done(self)

    # --- what its host tells ------------------------------------------------------

    def noticed(self, finding: Finding, now: float) -> None:
        """The session has noticed something."""
        if finding.verdict != PASS and self.cause is None:
            self.cause = finding
        if len(self.found) < MOST_FINDINGS:
            self.found.append((now, finding))
        else:
            self.more_found += 1

    def ended(self, *, faulty: bool) -> None:
        """The flow is over: by its ends, by the inspection, or by a fault."""
        if self._session is not None:
            self.verdict = RESET_VERDICT if faulty else self._session.verdict
            self.packet = self.opening.place.packet


@final
class _Clockwork(Host):
    """The host of one flow: the capture's time is its clock."""

    def __init__(self, replay: Replay, policy: Policy, now: float) -> None:
        self.auditor = policy.auditor
        self._page = policy.page
        self._replay = replay
        self._now = now
        self._due = 0.0
        self._faults = 0
        self.turn()

    def turn(self) -> None:
        """Now this conversation is heard: records are of its making."""
        self._page.records = self._replay.records
        self._faults = self.auditor.counts[INTERNAL_ERROR]

    def wall(self) -> float:
        """See Host."""
        return self._now

    def wake(self, flow: Flow, due: float) -> None:
        """See Host."""
        self._due = due

    def over(self, flow: Flow) -> None:
        """See Host."""
        faulty = self.auditor.counts[INTERNAL_ERROR] > self._faults
        self._replay.ended(faulty=faulty)

    def noticed(self, finding: Finding) -> None:
        """See Host."""
        self._replay.noticed(finding, self._now)

    def moment(self, now: float, flow: Flow, answered: bool) -> float:
        """It is this conversation's turn.  The time goes on to `now`, with what falls
        due until then; if the server has answered, with all that is due."""
        self.turn()
        while self._due and (answered or self._due <= now):
            due, self._due = self._due, 0.0
            self._now = max(self._now, due)
            flow.on_time(self._now)
        if now > self._now:
            self._now = now
        return self._now
