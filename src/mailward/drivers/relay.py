"""The relay: all connections of a process, on their way and standing.

Knows: timeouts (one sweep for all), limits, draining.
Does not know: SMTP, configuration files, signals; how clients are accepted
(`drivers.reception`), what a connection is (a door says that), how its server is
reached (`drivers.opening`).
Called by: cli, testing; the loop.

It acknowledges nothing by itself: a client whose mail server cannot be reached
sees its connection closed, and tries again later.
"""

import socket
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Final, final

from mailward.audit.auditor import (
    CONN_TIMEOUT,
    RESET_APPLIANCE,
    SYN_TIMEOUT,
    Auditor,
)
from mailward.audit.recent import Recent
from mailward.audit.records import (
    CHECKED,
    INTERNAL_ERROR,
    REFUSED,
    UNANNOUNCED,
    UNFINISHED,
    UPSTREAM_UNREACHABLE,
)
from mailward.drivers.crowd import Crowd
from mailward.drivers.door import Door, Visit
from mailward.drivers.flow import Flow
from mailward.drivers.guard import refused_by
from mailward.drivers.loop import Loop, Timer
from mailward.drivers.opening import Opener, Opening
from mailward.drivers.reception import Reception
from mailward.drivers.tcp import Place
from mailward.drivers.tcp_end import TcpEnd
from mailward.drivers.times import Times
from mailward.drivers.totals import Traffic
from mailward.drivers.wire import Peer, Wire
from mailward.engine.inspector import inspector
from mailward.policy.findings import CLIENT, SERVER
from mailward.policy.gate import Gate
from mailward.policy.limits import Limits
from mailward.policy.places import Timeouts
from mailward.verdicts import PASS

#: How long ends that were reset may take to go, in seconds.
_GRACE: Final = 1.0
# Bound once: each connection asks some five times.
_wall: Final = time.time


@final
class Relay(Opener):
    """All connections of one process.

    `gate`, `times` and `limits` may be replaced at any time: connections keep
    the inspection that they were born with.  `most` is how many have stood at
    once, `number` that of the last connection.  `notice` takes one line for the
    operator, about the relay itself.
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
        self._asked = times
        self._times = times
        self._notice = notice
        self._reception = Reception(loop, self._arrived, notice)
        self.number = 0
        self._opening: set[Opening] = set()
        self._flows: set[Flow] = set()
        self.most = 0
        self.disallowing = False  # reset whoever comes: no log server is there
        self.passed = Traffic()  # of the connections that are over
        self._parting: dict[TcpEnd, float] = {}
        self._crowd = Crowd(Limits(), auditor)
        self.recent = Recent(self._crowd.limits.sessions)
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
        for door in self._reception.doors:
            door.heed(gate.levels)

    def obey(self, gate: Gate, timeouts: Timeouts, limits: Limits) -> None:
        """What a configuration says, for new connections; its times and limits
        for all.  Times that the relay was made with go before."""
        self.gate = gate
        self.recent.size = limits.sessions
        self.times = self._asked.under(timeouts, limits)
        self.limits = limits

    @property
    def times(self) -> Times:
        """How long what may last."""
        return self._times

    @times.setter
    def times(self, times: Times) -> None:
        self._times = times
        self._timer.cancel()
        self._timer = self.loop.at(self.clock() + times.sweep, self._sweep)

    @property
    def limits(self) -> Limits:
        """How many connections there may be."""
        return self._crowd.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._crowd.limits = limits

    def clock(self) -> float:
        """The time that the connections know."""
        return self.loop.clock()

    def listen(self, listener: socket.socket, door: Door) -> None:
        """Accept at a listening, non-blocking socket; it is ours from now on."""
        door.heed(self._gate.levels)
        self._reception.listen(listener, door)

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
        self._reception.close()

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

    # --- connections that arrive ------------------------------------------------

    def _arrived(self, client: Wire, peer: Peer, door: Door) -> None:
        """Somebody was accepted."""
        opening = Opening(client, peer, door, self)
        self._opening.add(opening)
        if self.disallowing:
            self._reset(opening)
            return
        if door.prefaced and self._crowd.full(self.live - 1):
            self.refused(opening, "too many connections")
            return
        try:
            opening.begin()
        except Exception as error:  # noqa: BLE001  one fault stops no listener
            self.spoiled(opening, error)

    # --- what openings tell -----------------------------------------------------

    def admitted(self, opening: Opening, visit: Visit) -> bool:
        """See Opener."""
        if refused_by(self._gate, opening.door, visit.ends, self):
            self._reset(opening)
            return False
        if not self._crowd.enter(visit.ends, self.live - 1, self.loop.now, self.wall()):
            self._reset(opening)
            return False
        self.number += 1
        opening.number = self.number
        opening.attachment = self._gate.choose(visit.ends)
        if visit.check:
            self._checked(opening, "it speaks for nobody")
        return True

    def reached(self, opening: Opening, server: Wire, told: int, rest: bytes) -> None:
        """See Opener."""
        self._opening.discard(opening)
        visit = opening.visit
        assert visit is not None
        if visit.overture is not None and visit.overture.remark:
            remark = f"{visit.upstream}: {visit.overture.remark}"
            self.auditor.trouble(UNANNOUNCED, remark, self.wall())
        attachment, number, now = opening.attachment, opening.number, self.loop.now
        session = ear = None
        if attachment is not None:
            ear = self.recent.begin(number, visit.ends, attachment, now, self.wall())
            session = inspector(attachment.inspection, attachment.tally)
        ours = TcpEnd(CLIENT, opening.client, self)
        theirs = TcpEnd(SERVER, server, self, watched=True)
        flow = Flow(
            session, ours, theirs, visit.ends, attachment, self, number, now, ear
        )
        self._flows.add(flow)
        opening.number = 0  # from here on the flow stands for it
        self.most = max(self.most, len(self._flows))
        try:
            theirs.attach(flow, rest, told)
            if not flow.over:
                ours.attach(flow, opening.early)
        except Exception:
            flow.stop(RESET_APPLIANCE, self.loop.now, abort=True)
            raise

    def unreached(self, opening: Opening, why: str) -> None:
        """See Opener."""
        opening.leave()
        self._forget(opening)
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
        self._forget(opening)
        TcpEnd(CLIENT, opening.client, self).abort()
        self._look()

    def _drop(self, opening: Opening) -> None:
        opening.drop()
        self._forget(opening)
        self._look()

    def _forget(self, opening: Opening) -> None:
        """It has come to nothing."""
        self._opening.discard(opening)
        if opening.number and opening.visit is not None:
            opening.number = 0
            self._crowd.leave(opening.visit.ends.client_address)

    # --- what flows and ends ask ----------------------------------------------

    def wall(self) -> float:
        """See Host."""
        return _wall()

    def wake(self, flow: Flow, due: float) -> None:
        """See Host."""
        self.loop.at(due, partial(self._wake, flow))

    def _wake(self, flow: Flow) -> None:
        flow.on_time(self.loop.now)

    def over(self, flow: Flow) -> None:
        """See Host."""
        self._flows.discard(flow)
        self.passed.add(flow)
        self.recent.over(flow.number)
        self._crowd.leave(flow.ends.client_address)
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
            elif flow.hangs(times.line, now):
                self._unfinished(flow, now)
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

    def _unfinished(self, flow: Flow, now: float) -> None:
        """Somebody sends a line octet by octet, to hold us."""
        client = Place(flow.ends.client_address, flow.ends.client_port)
        self.auditor.trouble(UNFINISHED, f"client {client}", self.wall())
        flow.stop(CONN_TIMEOUT, now, abort=False)

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
