"""The relay: listeners, connections to the mail server, and their flows.

Knows: accepting, timeouts (one sweep for all), limits, draining.
Does not know: SMTP, configuration files, signals; what a connection is (a door
says that), how its server is reached (`drivers.opening`).
Called by: cli, testing; the loop.

It acknowledges nothing by itself: a client whose mail server cannot be reached
sees its connection closed, and tries again later.
"""

import math
import socket
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, final

from mailward.audit.auditor import (
    CONN_TIMEOUT,
    RESET_APPLIANCE,
    SYN_TIMEOUT,
    Auditor,
)
from mailward.audit.records import (
    CHECKED,
    INTERNAL_ERROR,
    REFUSED,
    UNANNOUNCED,
    UPSTREAM_UNREACHABLE,
)
from mailward.drivers.door import Door, Visit
from mailward.drivers.flow import Flow, Host
from mailward.drivers.loop import READ, Loop, Timer
from mailward.drivers.opening import Opener, Opening, reason
from mailward.drivers.tcp import Keeper, Place, TcpEnd, accepted
from mailward.drivers.totals import Traffic
from mailward.engine.session import Session
from mailward.policy.findings import CLIENT, SERVER
from mailward.policy.gate import Gate
from mailward.verdicts import PASS

#: The longest pause between two sweeps, in seconds.
_SWEEP: Final = 5.0
#: How long no connection is accepted after accepting has failed, in seconds.
_BACK_OFF: Final = 1.0
#: That it fails is told no more often than this, in seconds.
_MOAN: Final = 60.0
#: How long ends that were reset may take to go, in seconds.
_GRACE: Final = 1.0


@final
@dataclass(frozen=True)
class Times:
    """Seconds.  `idle` and `half_closed` as the appliance's `timeout conn` and
    `timeout half-closed`, `connect` as its limit for a half-open connection;
    `preface`: how long a door waits for its client; `linger`: how long a closed
    end may take to flush and to say FIN."""

    idle: float = 3600.0
    half_closed: float = 600.0
    connect: float = 30.0
    preface: float = 10.0
    linger: float = 5.0

    @property
    def sweep(self) -> float:
        """How often all are looked at."""
        least = min(
            self.idle, self.half_closed, self.connect, self.preface, self.linger
        )
        return min(_SWEEP, max(least / 4, 0.02))


@final
class Relay(Host, Keeper, Opener):
    """All connections of one process.

    `gate` may be replaced at any time: connections keep what they were born
    with.  `most` is how many have stood at once.  `notice` takes one line for
    the operator, about the relay itself.
    """

    def __init__(
        self,
        gate: Gate,
        auditor: Auditor,
        times: Times,
        notice: Callable[[str], None],
        loop: Loop,
    ) -> None:
        self.auditor = auditor
        self.loop = loop
        self.loop.fault = self.fault
        self._gate = gate
        self._times = times
        self._notice = notice
        self._doors: dict[socket.socket, Door] = {}
        self._number = 0
        self._opening: set[Opening] = set()
        self._flows: set[Flow] = set()
        self.most = 0
        self.passed = Traffic()  # of the connections that are over
        self._parting: dict[TcpEnd, float] = {}
        self._moaned = -math.inf  # when a failure to accept was last told
        self._then: Callable[[], None] | None = None  # what follows the drain
        self._patience: Timer | None = None  # of the drain
        self._timer = loop.at(loop.clock() + times.sweep, self._sweep)

    # --- what the process asks ------------------------------------------------

    @property
    def gate(self) -> Gate:
        """What new connections obey."""
        return self._gate

    @gate.setter
    def gate(self, gate: Gate) -> None:
        self._gate = gate
        for door in self._doors.values():
            door.levels = gate.levels

    def clock(self) -> float:
        """The time that the connections know."""
        return self.loop.clock()

    def listen(self, listener: socket.socket, door: Door) -> None:
        """Accept at a listening, non-blocking socket; it is ours from now on."""
        door.levels = self._gate.levels
        # What is accepted inherits it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._doors[listener] = door
        self._hear(listener, door)

    @property
    def live(self) -> int:
        """How many connections have not yet ended."""
        return len(self._opening) + len(self._flows)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The connections that stand on both sides."""
        return tuple(self._flows)

    def refuse(self) -> None:
        """Accept no more: the listeners are closed."""
        for listener in self._doors:
            self.loop.close(listener)
        self._doors.clear()

    def drain(self, seconds: float, then: Callable[[], None]) -> None:
        """Accept no more; let the connections end, those left after `seconds`
        by RST; call `then` when nothing is left."""
        self.refuse()
        self._then = then
        self._patience = self.loop.at(self.clock() + seconds, self._impatient)
        self._look()

    def end(self) -> None:
        """Reset every connection, now."""
        now = self.clock()
        for flow in tuple(self._flows):
            flow.stop(RESET_APPLIANCE, now, abort=True)
        for end in tuple(self._parting):
            end.abort()
        for opening in tuple(self._opening):
            self._drop(opening)

    def _impatient(self) -> None:
        """The drain has lasted long enough."""
        self.end()
        self._patience = self.loop.at(self.clock() + _GRACE, self._drained)

    def _look(self) -> None:
        """Is nothing left for a drain to wait for?"""
        if self._then is None or self._opening or self._flows or self._parting:
            return
        self.loop.soon(self._drained)

    def _drained(self) -> None:
        then, self._then = self._then, None
        if then is None:
            return
        if self._patience is not None:
            self._patience.cancel()
        self._timer.cancel()
        then()

    # --- accepting and connecting ---------------------------------------------

    def _hear(self, listener: socket.socket, door: Door) -> None:
        call = partial(self._accept, listener, int(listener.family), door)
        self.loop.watch(listener.fileno(), READ, call)

    def _accept(
        self, listener: socket.socket, family: int, door: Door, events: int
    ) -> None:
        """One connection a call: the loop calls again while there are more."""
        try:
            sock, peer = accepted(listener, family)
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            self._back_off(listener, error)
            return
        opening = Opening(sock, peer, door, self)
        self._opening.add(opening)
        try:
            opening.begin()
        except Exception as error:  # noqa: BLE001  one fault stops no listener
            self.spoiled(opening, error)

    def _back_off(self, listener: socket.socket, error: OSError) -> None:
        """No descriptors, no memory: leave clients to the kernel for a while."""
        now = self.loop.now
        if now - self._moaned >= _MOAN:
            self._moaned = now
            self._notice(f"cannot accept connections: {reason(error)}; trying again")
        self.loop.forget(listener.fileno())
        self.loop.at(now + _BACK_OFF, partial(self._try_again, listener))

    def _try_again(self, listener: socket.socket) -> None:
        door = self._doors.get(listener)
        if door is not None:
            self._hear(listener, door)

    # --- what openings tell -----------------------------------------------------

    def admitted(self, opening: Opening, visit: Visit) -> bool:
        """See Opener."""
        self._number += 1
        opening.number = self._number
        opening.attachment = self._gate.choose(visit.ends)
        if visit.check:
            self._checked(opening, "it speaks for nobody")
        return True

    def reached(
        self, opening: Opening, server: socket.socket, watched: int, rest: bytes
    ) -> None:
        """See Opener."""
        self._opening.discard(opening)
        visit = opening.visit
        assert visit is not None
        if visit.overture is not None and visit.overture.remark:
            told = f"{visit.upstream}: {visit.overture.remark}"
            self.auditor.trouble(UNANNOUNCED, told, self.wall())
        attachment = opening.attachment
        session = None
        if attachment is not None:
            session = Session(attachment.inspection, attachment.tally)
        ours = TcpEnd(CLIENT, opening.client, self)
        theirs = TcpEnd(SERVER, server, self, watched)
        flow = Flow(
            session,
            ours,
            theirs,
            visit.ends,
            attachment,
            self,
            opening.number,
            self.loop.now,
        )
        self._flows.add(flow)
        self.most = max(self.most, len(self._flows))
        try:
            theirs.attach(flow, rest)
            if not flow.over:
                ours.attach(flow, opening.early)
        except Exception:
            flow.stop(RESET_APPLIANCE, self.loop.now, abort=True)
            raise

    def unreached(self, opening: Opening, why: str) -> None:
        """See Opener."""
        opening.leave()
        self._opening.discard(opening)
        visit = opening.visit
        assert visit is not None
        client = Place(visit.ends.client_address, visit.ends.client_port)
        self.auditor.trouble(
            UPSTREAM_UNREACHABLE,
            f"{visit.upstream}: {why} (client {client})",
            self.wall(),
        )
        # What it has said already is thrown away, so that it sees FIN, not RST.
        TcpEnd(CLIENT, opening.client, self).close()
        self._look()

    def refused(self, opening: Opening, why: str) -> None:
        """See Opener."""
        client = Place(str(opening.peer[0]), opening.peer[1])
        self.auditor.trouble(REFUSED, f"{client}: {why}", self.wall())
        self._reset(opening)

    def checked(self, opening: Opening) -> None:
        """See Opener."""
        self._checked(opening, "it left without a word")
        self._reset(opening)

    def _checked(self, opening: Opening, what: str) -> None:
        client = Place(str(opening.peer[0]), opening.peer[1])
        self.auditor.trouble(CHECKED, f"{client}: {what}", self.wall())

    def spoiled(self, opening: Opening, error: Exception) -> None:
        """See Opener."""
        self._drop(opening)
        self.fault("a new connection", error)

    def _reset(self, opening: Opening) -> None:
        """RST to the client."""
        opening.leave()
        self._opening.discard(opening)
        TcpEnd(CLIENT, opening.client, self).abort()
        self._look()

    def _drop(self, opening: Opening) -> None:
        opening.drop()
        self._opening.discard(opening)
        self._look()

    # --- what flows and ends ask ----------------------------------------------

    def wall(self) -> float:
        """See Host."""
        return time.time()

    def wake(self, flow: Flow, due: float) -> None:
        """See Host."""
        self.loop.at(due, partial(self._wake, flow))

    def _wake(self, flow: Flow) -> None:
        flow.on_time(self.loop.now)

    def over(self, flow: Flow) -> None:
        """See Host."""
        self._flows.discard(flow)
        self.passed.add(flow)
        if self._then is not None:
            self._look()

    def parting(self, end: TcpEnd) -> None:
        """See Keeper."""
        self._parting[end] = self.loop.now

    def gone(self, end: TcpEnd) -> None:
        """See Keeper."""
        self._parting.pop(end, None)
        if self._then is not None:
            self._look()

    def _sweep(self) -> None:
        """Whoever has been silent for too long."""
        times = self._times
        now = self.loop.now
        self._timer = self.loop.at(now + times.sweep, self._sweep)
        for flow in tuple(self._flows):
            limit = times.half_closed if flow.half_closed else times.idle
            if now - flow.seen >= limit:
                flow.stop(CONN_TIMEOUT, now, abort=False)
        for end, since in tuple(self._parting.items()):
            if now - since >= times.linger:
                end.abort()
        for opening in tuple(self._opening):
            waited = now - opening.since
            if opening.visit is None:
                if waited >= times.preface:
                    self.refused(opening, f"no preface in {waited:.0f} s")
            elif waited >= times.connect:
                self._unanswered(opening, opening.visit, waited)

    def _unanswered(self, opening: Opening, visit: Visit, waited: float) -> None:
        """The appliance has a connection for it, and so have we."""
        wall = self.wall()
        began = wall - waited
        number = opening.number
        self.auditor.built(number, visit.ends, began)
        self.auditor.ended(
            number, visit.ends, opening.attachment, PASS, SYN_TIMEOUT, 0, began, wall
        )
        self.unreached(opening, f"no answer in {waited:.0f} s")

    def fault(self, what: str, error: Exception) -> None:
        """See Keeper and Opener: a fault of ours, told with its traceback."""
        trace = "".join(traceback.format_exception(error))
        try:
            self.auditor.trouble(INTERNAL_ERROR, f"{what}\n{trace}", self.wall())
        except Exception:  # noqa: BLE001  the audit itself is at fault
            self._notice(f"internal error: {what}\n{trace}")
