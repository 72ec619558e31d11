"""Totals: what one process has counted, gathered when somebody asks.

Knows: where each number lies: attachments, access lists, flows, the auditor;
what `clear` sets to nought; what goes on counting under a new configuration.
Does not know: who asks, how it is shown, other processes.
Called by: whoever holds a relay: cli, the workers.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, final

from mailward.audit.auditor import RESET_APPLIANCE, Auditor
from mailward.audit.dress import BARE, Dress
from mailward.audit.records import Record
from mailward.audit.totals import RECENT, Connection, Counted, Totals
from mailward.drivers.flow import Flow
from mailward.policy.acl import AccessList
from mailward.policy.gate import Attachment, Gate

# What can be cleared; each with the place, the name or the address that is
# meant, or with nothing for all.
SERVICE_POLICY: Final = "service-policy"
ACCESS_LISTS: Final = "access-list"
RECORDS: Final = "records"
LOGGING: Final = "logging"
CONNECTIONS: Final = "conn"
TRAFFIC: Final = "traffic"


@final
class Passage:
    """What went through one interface."""

    __slots__ = ("octets_in", "octets_out", "segments_in", "segments_out")

    def __init__(self) -> None:
        self.segments_in = 0
        self.octets_in = 0
        self.segments_out = 0
        self.octets_out = 0

    @property
    def plain(self) -> tuple[int, int, int, int]:
        """Segments in, octets in, segments out, octets out."""
        return self.segments_in, self.octets_in, self.segments_out, self.octets_out


@final
class Traffic:
    """What went through each interface.  What a client says comes in where the
    client is."""

    __slots__ = ("by_interface",)

    def __init__(self) -> None:
        self.by_interface: dict[str, Passage] = {}

    def add(self, flow: Flow) -> None:
        """All that one connection has said so far."""
        client = self.of(flow.ends.client_interface)
        client.segments_in += flow.segments_in
        client.octets_in += flow.octets_in
        client.segments_out += flow.segments_out
        client.octets_out += flow.octets_out
        server = self.of(flow.ends.server_interface)
        server.segments_in += flow.segments_out
        server.octets_in += flow.octets_out
        server.segments_out += flow.segments_in
        server.octets_out += flow.octets_in

    def join(self, other: "Traffic") -> None:
        """All that went through elsewhere."""
        for name, passage in other.by_interface.items():
            mine = self.of(name)
            mine.segments_in += passage.segments_in
            mine.octets_in += passage.octets_in
            mine.segments_out += passage.segments_out
            mine.octets_out += passage.octets_out

    def of(self, name: str) -> Passage:
        """What went through one interface."""
        passage = self.by_interface.get(name)
        if passage is None:
            passage = self.by_interface[name] = Passage()
        return passage

    def plain(self) -> dict[str, tuple[int, int, int, int]]:
        """As totals have it."""
        return {name: passage.plain for name, passage in self.by_interface.items()}


@final
class Ring:
    """A sink that keeps the last records; `written` counts all.

    They become lines, in the `dress` of the day, when somebody asks for them.
    """

    __slots__ = ("dress", "records", "written")

    def __init__(self, dress: Dress = BARE) -> None:
        self.records: deque[Record] = deque(maxlen=RECENT)
        self.written = 0
        self.dress = dress

    @property
    def lines(self) -> tuple[tuple[float, str], ...]:
        """What is kept, with its times, the oldest first."""
        line = self.dress.line
        return tuple((record.time, line(record)) for record in self.records)

    def write(self, record: Record) -> None:
        """Keep it."""
        self.records.append(record)
        self.written += 1


@final
class Counters:
    """Everything that a process counts.

    `flows` are its live connections, `passed` is the traffic of those that are
    over, `most` how many stood at once, `built` how
    many there have been, `lost` the records that could not be written; `ticks`
    is the clock of the flows.  `gate` is the gate in force.
    """

    __slots__ = (
        "_auditor",
        "_built",
        "_flows",
        "_forgotten",
        "_lost",
        "_most",
        "_passed",
        "_ring",
        "_ticks",
        "_written",
        "gate",
    )

    def __init__(
        self,
        gate: Gate,
        auditor: Auditor,
        ring: Ring,
        ticks: Callable[[], float],
        flows: Callable[[], Iterable[Flow]] = tuple,
        passed: Callable[[], Traffic] = Traffic,
        most: Callable[[], int] = int,
        built: Callable[[], int] = int,
        lost: Callable[[], int] = int,
        written: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self.gate = gate
        self._auditor = auditor
        self._ring = ring
        self._ticks = ticks
        self._flows = flows
        self._passed = passed
        self._forgotten: dict[str, tuple[int, int, int, int]] = {}
        self._most = most
        self._built = built
        self._lost = lost
        self._written = written

    def follow(self, gate: Gate) -> None:
        """Another gate is in force.  Attachments and access lists that are the
        same in both share their counters."""
        before = {identity(a): a for a in self.gate.attachments}
        for attachment in gate.attachments:
            was = before.get(identity(attachment))
            if was is None:
                continue
            attachment.tally = was.tally
        lists = _lists(self.gate)
        for name, made in _lists(gate).items():
            old = lists.get(name)
            if old is not None and old.entries == made.entries:
                made.carry(old)
        self.gate = gate

    def totals(self, *, whole: bool = True) -> Totals:
        """As things stand; without `whole` the numbers only, no connections and no
        records: they are asked for every second."""
        now = self._ticks()
        connections: tuple[Connection, ...] = ()
        if whole:
            connections = tuple(_connection(flow, now) for flow in self._flows())
        return Totals(
            attachments=tuple(_counted(a) for a in self.gate.attachments),
            access_lists=dict(pair for a in self._lists() for pair in _hits(a)),
            connections=connections,
            most=max(self._most(), len(connections)),
            built=self._built(),
            records=dict(self._auditor.counts),
            recent=self._ring.lines if whole else (),
            written={"buffered": self._ring.written, **self._written()},
            lost=self._lost(),
            traffic=self._traffic(),
        )

    def clear(self, what: str, which: str = "") -> None:
        """Set to nought what `which` names, or all; connections end by RST."""
        if what == SERVICE_POLICY:
            for attachment in self.gate.attachments:
                if which in ("", attachment.place):
                    attachment.tally.clear()
        elif what == ACCESS_LISTS:
            for made in self._lists():
                if which in ("", made.name):
                    made.clear()
        elif what == LOGGING:
            self._ring.records.clear()
        elif what == RECORDS:
            self._auditor.counts.clear()
        elif what == TRAFFIC:
            self._forgotten = self._seen().plain()
        elif what == CONNECTIONS:
            now = self._ticks()
            for flow in tuple(self._flows()):
                ends = flow.ends
                if which in ("", ends.client_address, ends.server_address):
                    flow.stop(RESET_APPLIANCE, now, abort=True)

    def _traffic(self) -> dict[str, tuple[int, ...]]:
        """What went through since it was cleared."""
        out: dict[str, tuple[int, ...]] = {}
        for name, counts in self._seen().plain().items():
            before = self._forgotten.get(name, (0,) * len(counts))
            out[name] = tuple(a - b for a, b in zip(counts, before, strict=True))
        return out

    def _seen(self) -> Traffic:
        """What went through, the live connections' share too."""
        whole = Traffic()
        whole.join(self._passed())
        for flow in self._flows():
            whole.add(flow)
        return whole

    def _lists(self) -> Iterator[AccessList]:
        """The access lists that filter or select mail, each once."""
        return iter(_lists(self.gate).values())


def _hits(made: AccessList) -> list[tuple[str, tuple[int, ...]]]:
    """By its name the hits of each line; by its name and the place of an entry,
    with a blank between, those of the entry's elements, if there are any."""
    found = [(made.name, tuple(made.hits))]
    for place, counts in made.elements.items():
        if any(counts):
            found.append((f"{made.name} {place}", tuple(counts)))
    return found


def _lists(gate: Gate) -> dict[str, AccessList]:
    """By name; where a list that filters is not the one that selects mail, since
    it holds something that is not understood, the latter."""
    found = {made.name: made for made in gate.access.lists()}
    for attachment in gate.attachments:
        made = attachment.traffic.access_list
        if made is not None:
            found[made.name] = made
    return found


def identity(attachment: Attachment) -> tuple[object, ...]:
    """What must be equal for counters to mean the same."""
    return (
        attachment.place,
        attachment.policy_map,
        attachment.class_map,
        attachment.map_name,
        attachment.inspection.monitor,
        tuple((r.label, r.action_label) for r in attachment.inspection.rules),
    )


def _counted(attachment: Attachment) -> Counted:
    tally = attachment.tally
    return Counted(
        attachment.place,
        attachment.policy_map,
        attachment.class_map,
        attachment.map_name,
        tally.packets,
        tally.drops,
        tally.reset_drops,
        tally.mail_relay,
        tally.mask_banner,
        tally.special_character,
        tally.allow_tls,
        tuple(tally.rules),
    )


def _connection(flow: Flow, now: float) -> Connection:
    ends = flow.ends
    return Connection(
        flow.number,
        ends.client_interface,
        ends.client_address,
        ends.client_port,
        ends.server_interface,
        ends.server_address,
        ends.server_port,
        ends.inbound,
        flow.inspected,
        flow.octets,
        max(0.0, now - flow.seen),
        max(0.0, now - flow.started),
        flow.half_closed,
        flow.map_name,
    )
