"""Flow: one session, two ends, and everything between them, without a socket."""

from dataclasses import replace
from typing import cast

import pytest

from mailward.audit.auditor import CONN_TIMEOUT, Auditor
from mailward.audit.records import Record
from mailward.drivers.end import End, Host
from mailward.drivers.flow import Flow
from mailward.engine.session import Session
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT, SERVER, UNKNOWN_COMMAND, Finding
from mailward.policy.gate import Attachment, Traffic
from mailward.policy.inspection import build
from mailward.verdicts import DROP, PASS, RESET

INBOUND = Endpoints("outside", "192.0.2.1", 40000, "inside", "198.51.100.2", 25)
OUTBOUND = Endpoints(
    "inside", "198.51.100.2", 40000, "outside", "192.0.2.1", 25, inbound=False
)
BUILT = (
    "%ASA-6-302013: Built inbound TCP connection 7 for outside:192.0.2.1/40000 "
    "(192.0.2.1/40000) to inside:198.51.100.2/25 (198.51.100.2/25)"
)


def torn(octets: int, reason: str, duration: str = "0:00:00") -> str:
    """The line of 302014 for the inbound flow of these tests."""
    return (
        "%ASA-6-302014: Teardown TCP connection 7 for outside:192.0.2.1/40000 to "
        f"inside:198.51.100.2/25 duration {duration} bytes {octets} {reason}"
    )


class Side(End):
    """An end that writes down what is asked of it."""

    def __init__(self) -> None:
        self.did: list[str | bytes] = []

    def write(self, octets: bytes) -> None:
        """Written down."""
        self.did.append(octets)

    def pause(self) -> None:
        """Written down."""
        self.did.append("pause")

    def resume(self) -> None:
        """Written down."""
        self.did.append("resume")

    def last(self) -> None:
        """Written down."""
        self.did.append("last")

    def finish(self) -> None:
        """Written down."""
        self.did.append("finish")

    def close(self) -> None:
        """Written down."""
        self.did.append("close")

    def abort(self) -> None:
        """Written down."""
        self.did.append("abort")


class Memory:
    """A sink that remembers lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, record: Record) -> None:
        """Remember the line."""
        self.lines.append(record.line())


class Desk(Host):
    """A driver that only writes down what flows ask of it."""

    def __init__(self, memory: Memory) -> None:
        self.auditor = Auditor((memory,), level=7)
        self.wakes: list[float] = []
        self.ended: list[Flow] = []

    def wall(self) -> float:
        """See Host."""
        return 1_000_000.0

    def wake(self, flow: Flow, due: float) -> None:
        """See Host."""
        self.wakes.append(due)

    def over(self, flow: Flow) -> None:
        """See Host."""
        self.ended.append(flow)


class Script:
    """A session that does what a test sets before each call."""

    def __init__(self) -> None:
        self.verdict = PASS
        self.opaque = False
        self.due = 0.0
        self.waiting = False
        self.findings: list[Finding] = []
        self.calls: list[str] = []
        self.freed = b""
        self.fault: Exception | None = None
        self.held = 0

    def from_client(self, segment: bytes, now: float) -> bytes:
        """See Session."""
        self.calls.append("client")
        if self.fault is not None:
            raise self.fault
        return segment.lower()

    def from_server(self, segment: bytes, now: float) -> bytes:
        """See Session."""
        self.calls.append("server")
        if self.fault is not None:
            raise self.fault
        return segment.upper()

    def client_closed(self, now: float) -> bytes:
        """See Session."""
        self.calls.append("client closed")
        return b""

    def server_closed(self, now: float) -> bytes:
        """See Session."""
        self.calls.append("server closed")
        return b""

    def on_time(self, now: float) -> bytes:
        """See Session."""
        self.calls.append("time")
        self.due = 0.0
        freed, self.freed = self.freed, b""
        return freed


class Stand:
    """A flow between two sides, and all that can be looked at."""

    def __init__(
        self,
        ends: Endpoints = INBOUND,
        *,
        inspected: bool = True,
        attached: bool = True,
    ) -> None:
        self.client = Side()
        self.server = Side()
        self.script = Script()
        self.memory = Memory()
        self.desk = Desk(self.memory)
        traffic = Traffic(((25, 25),))
        self.attachment = Attachment("global", "policy", "class", traffic, build("map"))
        self.flow = Flow(
            cast("Session", self.script) if inspected else None,
            self.client,
            self.server,
            ends,
            self.attachment if attached else None,
            self.desk,
            7,
            100.0,
        )

    @property
    def did(self) -> tuple[list[str | bytes], list[str | bytes]]:
        """What the client's and the server's end were asked to do."""
        return self.client.did, self.server.did

    @property
    def last(self) -> str:
        """The last record."""
        return self.memory.lines[-1]


def test_octets_go_through_the_session() -> None:
    """What the session returns is written, what came is counted."""
    stand = Stand()

    stand.flow.from_client(b"EHLO", 101.0)
    stand.flow.from_server(b"ok", 102.0)

    assert stand.did == ([b"OK"], [b"ehlo"])
    assert (stand.flow.octets, stand.flow.seen) == (6, 102.0)
    assert stand.memory.lines == [BUILT]


def test_uninspected_octets_pass() -> None:
    """Without a session the octets are the same, and FINs pass."""
    stand = Stand(inspected=False, attached=False)

    stand.flow.from_client(b"EHLO", 101.0)
    stand.flow.from_server(b"ok", 101.0)
    stand.flow.on_time(101.0)
    stand.flow.client_closed(101.0)
    stand.flow.server_closed(165.0)

    assert stand.did == ([b"ok", "close"], [b"EHLO", "finish", "close"])
    assert stand.memory.lines == [BUILT, torn(6, "TCP FINs", "0:01:05")]


def test_nothing_is_written_when_nothing_leaves() -> None:
    """A session that holds everything causes no empty write."""
    stand = Stand()

    stand.flow.from_client(b"", 101.0)
    stand.flow.from_server(b"", 101.0)

    assert stand.did == ([], [])


def test_findings_go_to_the_auditor_once() -> None:
    """Findings are taken, recorded and cleared, in the list the session keeps."""
    stand = Stand()
    kept = stand.script.findings
    kept.append(Finding(UNKNOWN_COMMAND, CLIENT, PASS, b"FOO"))

    stand.flow.from_client(b"x", 101.0)
    stand.flow.from_client(b"x", 101.0)

    assert kept == []
    assert stand.script.findings is kept
    assert stand.memory.lines == [
        BUILT,
        (
            "%MAILWARD-7-900001: Masked unknown command from "
            "outside:192.0.2.1/40000 to inside:198.51.100.2/25; first word: FOO"
        ),
    ]


def test_a_drop_flushes_and_closes_both() -> None:
    """DROP: the octets before the offence, FIN to both, 507003 and 302014."""
    stand = Stand()
    stand.script.verdict = DROP

    stand.flow.from_client(b"X", 101.0)
    stand.flow.from_client(b"Y", 101.0)

    assert stand.did == (["close"], [b"x", "close"])
    assert stand.memory.lines == [
        BUILT,
        (
            "%ASA-4-507003: tcp flow from outside:192.0.2.1/40000 to "
            "inside:198.51.100.2/25 terminated by inspection engine, reason - "
            "inspector disconnected, dropped packet."
        ),
        torn(1, "Flow closed by inspection", "0:00:01"),
    ]
    assert stand.desk.ended == [stand.flow]


def test_a_reset_aborts_both() -> None:
    """RESET: RST to both ends behind the octets before the offence."""
    stand = Stand()
    stand.script.verdict = RESET

    stand.flow.from_server(b"x", 101.0)

    assert stand.did == ([b"X", "abort"], ["abort"])
    assert stand.flow.over


def test_nothing_after_the_end() -> None:
    """A flow that is over hears nothing and records nothing more."""
    stand = Stand()
    stand.flow.stop(CONN_TIMEOUT, 101.0, abort=False)
    before = (stand.client.did.copy(), stand.server.did.copy())

    stand.flow.from_client(b"x", 102.0)
    stand.flow.from_server(b"x", 102.0)
    stand.flow.client_closed(102.0)
    stand.flow.server_closed(102.0)
    stand.flow.lost(CLIENT, 102.0)
    stand.flow.on_time(102.0)
    stand.flow.stop(CONN_TIMEOUT, 102.0, abort=True)

    assert stand.did == before == (["close"], ["close"])
    assert stand.memory.lines == [BUILT, torn(0, "Conn-timeout", "0:00:01")]
    assert stand.script.calls == []


def test_stop_can_abort() -> None:
    """A driver that must end resets both ends."""
    stand = Stand()

    stand.flow.stop(CONN_TIMEOUT, 101.0, abort=True)

    assert stand.did == (["abort"], ["abort"])


def test_what_is_due_goes_at_once() -> None:
    """Held octets that a reply frees leave in the same call."""
    stand = Stand()
    stand.script.freed = b"held"
    stand.script.due = 101.0

    stand.flow.from_server(b"ok", 101.0)

    assert stand.did == ([b"OK"], [b"held"])
    assert stand.desk.wakes == []


def test_what_is_due_later_asks_for_one_wake() -> None:
    """A moment in the future is asked for once, and again after it has come."""
    stand = Stand()
    stand.script.due = 105.0

    stand.flow.from_client(b"A", 101.0)
    stand.flow.from_client(b"B", 102.0)
    early = stand.desk.wakes.copy()
    stand.flow.on_time(104.0)
    again = stand.desk.wakes.copy()
    stand.script.freed = b"held"
    stand.flow.on_time(105.0)

    assert (early, again) == ([105.0], [105.0, 105.0])
    assert stand.server.did == [b"a", b"b", b"held"]


def test_a_waiting_session_pauses_a_client_that_goes_on() -> None:
    """The client is paused when more comes while octets are held, and read
    again after the reply."""
    stand = Stand()
    stand.script.waiting = True

    stand.flow.from_client(b"A", 101.0)
    stand.flow.from_server(b"", 101.0)
    once = stand.client.did.copy()
    stand.flow.from_client(b"B", 101.0)
    stand.flow.from_client(b"C", 101.0)
    stand.script.waiting = False
    stand.flow.from_server(b"ok", 101.0)

    assert once == []
    assert stand.client.did == ["pause", b"OK", "resume"]


def test_reasons_to_pause_add_up() -> None:
    """The client is read again only when the last reason is gone."""
    stand = Stand()
    stand.script.waiting = True

    stand.flow.from_client(b"A", 101.0)
    stand.flow.from_client(b"B", 101.0)
    stand.flow.full(SERVER)
    stand.script.waiting = False
    stand.flow.from_server(b"", 101.0)
    before = stand.client.did.copy()
    stand.flow.drained(SERVER)

    assert (before, stand.client.did) == (["pause"], ["pause", "resume"])


def test_a_slow_end_pauses_the_other() -> None:
    """Back-pressure works both ways, and is lifted once."""
    stand = Stand()

    stand.flow.full(SERVER)
    stand.flow.full(CLIENT)
    stand.flow.drained(SERVER)
    stand.flow.drained(CLIENT)
    stand.flow.drained(CLIENT)

    assert stand.did == (["pause", "resume"], ["pause", "resume"])


def test_an_end_that_said_fin_is_not_paused() -> None:
    """There is nothing more to read of it."""
    stand = Stand()

    stand.flow.client_closed(101.0)
    stand.flow.full(SERVER)
    stand.flow.drained(SERVER)

    assert stand.did == ([], ["finish"])


def test_half_close_lets_the_answer_through() -> None:
    """The client's FIN goes to the server; its answer still comes back."""
    stand = Stand()

    stand.flow.from_client(b"QUIT", 101.0)
    stand.flow.client_closed(101.0)
    half = stand.flow.half_closed
    stand.flow.client_closed(101.0)
    stand.flow.from_server(b"221", 101.0)
    stand.flow.server_closed(101.0)

    assert half
    assert stand.did == ([b"221", "close"], [b"quit", "finish", "close"])
    assert stand.script.calls == ["client", "client closed", "server", "server closed"]
    assert stand.last == torn(7, "TCP FINs", "0:00:01")


def test_the_servers_fin_goes_to_the_client() -> None:
    """The server's FIN is passed on; the client's then ends the flow."""
    stand = Stand()

    stand.flow.server_closed(101.0)
    stand.flow.server_closed(101.0)
    stand.flow.from_client(b"A", 101.0)
    stand.flow.client_closed(101.0)

    assert stand.did == (["finish", "close"], [b"a", "close"])
    assert stand.flow.over


def test_the_servers_last_words_are_the_clients() -> None:
    """That FIN stands behind them, its end is told before it gets them."""
    stand = Stand()
    stand.flow.server_closes()
    stand.flow.from_server(b"221 bye", 101.0)
    stand.flow.server_closed(101.0)

    assert stand.did == (["last", b"221 BYE", "finish"], [])


def test_a_fin_waits_behind_held_octets() -> None:
    """FIN right behind a message that is held: first the message, then FIN."""
    stand = Stand()
    stand.script.waiting = True

    stand.flow.from_client(b"", 101.0)
    stand.flow.client_closed(101.0)
    before = stand.server.did.copy()
    stand.script.freed = b"message"
    stand.script.due = 102.0
    stand.script.waiting = False
    stand.flow.from_server(b"354", 102.0)

    assert before == []
    assert stand.did == ([b"354"], [b"message", "finish"])


def test_a_late_fin_and_the_servers_fin_end_the_flow() -> None:
    """What waits for a server that has closed waits no longer."""
    stand = Stand()
    stand.script.waiting = True

    stand.flow.from_client(b"", 101.0)
    stand.flow.client_closed(101.0)
    stand.flow.server_closed(102.0)

    assert stand.did == (["close"], ["close"])
    assert stand.script.calls == ["client", "server closed", "client closed"]


@pytest.mark.parametrize(
    ("speaker", "ends", "reason"),
    [
        (CLIENT, INBOUND, "TCP Reset-O"),
        (SERVER, INBOUND, "TCP Reset-I"),
        (CLIENT, OUTBOUND, "TCP Reset-I"),
        (SERVER, OUTBOUND, "TCP Reset-O"),
    ],
)
def test_a_reset_is_passed_on(speaker: int, ends: Endpoints, reason: str) -> None:
    """An end lost without a FIN: RST to the other; O is the outside's."""
    stand = Stand(ends)

    stand.flow.lost(speaker, 100.0)

    assert stand.did == (["abort"], ["abort"])
    assert stand.last.endswith(f"duration 0:00:00 bytes 0 {reason}")


def test_a_client_that_is_gone_after_its_fin_loses_nothing() -> None:
    """QUIT, close, and never read: the server still says its good-bye."""
    stand = Stand()

    stand.flow.client_closed(101.0)
    stand.flow.full(CLIENT)
    stand.flow.lost(CLIENT, 101.0)
    stand.flow.from_server(b"ok", 101.0)
    over = stand.flow.over
    stand.flow.server_closed(101.0)

    assert not over
    assert stand.server.did == ["finish", "pause", "resume", "close"]
    assert stand.last == torn(2, "TCP FINs", "0:00:01")


def test_a_reset_after_the_others_fin_counts_as_fins() -> None:
    """The first FIN names the reason."""
    stand = Stand()

    stand.flow.client_closed(101.0)
    stand.flow.lost(SERVER, 101.0)

    assert stand.last == torn(0, "TCP FINs", "0:00:01")


def test_both_lost_after_a_late_fin() -> None:
    """FIN of the client waits, then both ends go: the flow is over."""
    stand = Stand()
    stand.script.waiting = True

    stand.flow.from_client(b"", 101.0)
    stand.flow.client_closed(101.0)
    stand.flow.lost(CLIENT, 101.0)
    over = stand.flow.over
    stand.flow.lost(SERVER, 101.0)

    assert not over
    assert stand.last == torn(0, "TCP FINs", "0:00:01")


def test_opaque_octets_pass_without_the_session() -> None:
    """After STARTTLS the session is asked no more."""
    stand = Stand()
    stand.script.opaque = True

    stand.flow.from_server(b"220 go", 101.0)
    stand.flow.from_client(b"ClientHello", 101.0)
    stand.flow.from_server(b"ServerHello", 101.0)

    assert stand.did == ([b"220 GO", b"ServerHello"], [b"ClientHello"])
    assert stand.script.calls == ["server"]


@pytest.mark.parametrize("attached", [True, False])
def test_a_fault_of_the_engine_fails_closed(attached: bool) -> None:
    """Any exception: reset, counted, told with its traceback; nothing leaves."""
    stand = Stand(attached=attached)
    stand.script.fault = IndexError("no such row")

    stand.flow.from_client(b"A", 101.0)

    tally = stand.attachment.tally
    assert stand.did == (["abort"], ["abort"])
    assert (tally.drops, tally.reset_drops) == ((1, 1) if attached else (0, 0))
    assert stand.memory.lines[1].startswith(
        "%MAILWARD-2-900012: Internal error: Traceback (most recent call last):"
    )
    assert "IndexError: no such row" in stand.memory.lines[1]
    assert stand.memory.lines[2].endswith("reason - inspector drop reset.")
    assert stand.last == torn(1, "Flow closed by inspection", "0:00:01")


@pytest.mark.parametrize("closed_by", [CLIENT, SERVER])
def test_a_verdict_at_a_fin(closed_by: int) -> None:
    """A session may end the connection when a speaker says FIN."""
    stand = Stand()
    stand.script.verdict = DROP

    if closed_by == CLIENT:
        stand.flow.client_closed(101.0)
    else:
        stand.flow.server_closed(101.0)

    assert stand.did == (["close"], ["close"])
    assert stand.last == torn(0, "Flow closed by inspection", "0:00:01")


def test_a_host_does_nothing_by_itself() -> None:
    """What a driver lends is the driver's to fill in."""
    host = Host()
    flow = Stand().flow
    asked = (host.wall, lambda: host.wake(flow, 0.0), lambda: host.over(flow))

    for ask in asked:
        with pytest.raises(NotImplementedError):
            ask()


def test_a_line_that_lacks_its_end_hangs() -> None:
    """Only while it is all there is: not if something passes, not if nothing is
    held, not if the server is to speak."""
    stand = Stand()
    flow, script = stand.flow, stand.script

    idle = flow.hangs(10.0, 101.0)
    script.held = 3
    flow.from_client(b"abc", 102.0)
    first = flow.hangs(10.0, 103.0)
    script.held = 4
    flow.from_client(b"d", 112.0)
    early = flow.hangs(10.0, 110.9)
    late = flow.hangs(10.0, 111.0)
    script.waiting = True
    waits = flow.hangs(10.0, 200.0)
    script.waiting = False
    again = flow.hangs(10.0, 200.0)
    flow.from_client(b"ef", 209.0)
    passed = flow.hangs(10.0, 211.0)
    whole = flow.hangs(10.0, 220.9)

    assert (idle, first, early, late) == (False, False, False, True)
    assert (waits, again, passed, whole) == (False, False, False, False)


def test_an_uninspected_flow_never_hangs() -> None:
    """Nothing is held where nothing is looked at."""
    stand = Stand(inspected=False, attached=False)

    stand.flow.from_client(b"abc", 102.0)

    assert not stand.flow.hangs(10.0, 103.0)
    assert not stand.flow.hangs(10.0, 999.0)


def watch(stand: "Stand") -> None:
    """Put the map in monitor mode."""
    inspection = replace(stand.attachment.inspection, monitor=True)
    stand.attachment.inspection = inspection


def test_a_fault_in_monitor_mode_is_not_noticed() -> None:
    """It is told, and all passes, unjudged from then on."""
    stand = Stand()
    watch(stand)
    stand.script.fault = IndexError("no such row")

    stand.flow.from_client(b"A", 101.0)
    stand.flow.from_server(b"B", 101.0)

    assert stand.did == ([b"B"], [b"A"])
    assert stand.script.opaque
    assert "IndexError: no such row" in stand.memory.lines[1]
    assert len(stand.memory.lines) == 2


def test_a_fault_in_monitor_mode_while_the_server_speaks() -> None:
    """Its octets pass as well."""
    stand = Stand()
    watch(stand)
    stand.script.fault = IndexError("no such row")

    stand.flow.from_server(b"B", 101.0)

    assert stand.did == ([b"B"], [])
    assert stand.script.opaque
