"""The relay: listeners, connections to the mail server, and their flows.

Knows: accepting, connecting, timeouts (one sweep for all), draining.
Does not know: SMTP, configuration files, signals.
Called by: cli, demo, testing.

It acknowledges nothing by itself: a client whose mail server cannot be reached
sees its connection closed, and tries again later.
"""

import asyncio
import contextlib
import math
import os
import socket
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from mailward.audit.auditor import (
    CONN_TIMEOUT,
    RESET_APPLIANCE,
    SYN_TIMEOUT,
    Auditor,
)
from mailward.audit.records import INTERNAL_ERROR, UPSTREAM_UNREACHABLE
from mailward.drivers.flow import Flow, Host
from mailward.drivers.tcp import Keeper, Place, TcpEnd
from mailward.engine.session import Session
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT, SERVER
from mailward.policy.gate import Attachment, Gate
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
class Route:
    """Where connections go, and how policies and records see them.

    `upstream` must be a literal address; `service` is the destination that
    policies see.  Interfaces are names of the configuration.
    """

    upstream: Place
    service: Place
    client_interface: str = "outside"
    server_interface: str = "inside"


@final
@dataclass(frozen=True)
class Times:
    """Seconds.  `idle` and `half_closed` as the appliance's `timeout conn` and
    `timeout half-closed`, `connect` as its limit for a half-open connection;
    `linger`: how long a closed end may take to flush and to say FIN."""

    idle: float = 3600.0
    half_closed: float = 600.0
    connect: float = 30.0
    linger: float = 5.0

    @property
    def sweep(self) -> float:
        """How often all are looked at."""
        least = min(self.idle, self.half_closed, self.connect, self.linger)
        return min(_SWEEP, max(least / 4, 0.02))


@final
class Relay(Host, Keeper):
    """All connections of one process.

    `gate` may be replaced at any time: connections keep what they were born
    with.  `most` is how many have stood at once.  `notice` takes one line for
    the operator, about the relay itself.  Made and used inside the running loop.
    """

    def __init__(
        self,
        gate: Gate,
        auditor: Auditor,
        route: Route,
        times: Times,
        notice: Callable[[str], None],
    ) -> None:
        self.gate = gate
        self.auditor = auditor
        self._route = route
        self._times = times
        self._notice = notice
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._fault)
        self.clock = self._loop.time
        self._listeners: list[socket.socket] = []
        self._number = 0
        self._opening: dict[int, tuple[asyncio.Task[None], float]] = {}
        self._flows: set[Flow] = set()
        self.most = 0
        self._parting: dict[TcpEnd, float] = {}
        self._empty = asyncio.Event()
        self._moaned = -math.inf  # when a failure to accept was last told
        self._ended = False
        self._timer = self._loop.call_later(times.sweep, self._sweep)

    # --- what the process asks ------------------------------------------------

    def listen(self, listener: socket.socket) -> None:
        """Accept at a listening, non-blocking socket; it is ours from now on."""
        self._listeners.append(listener)
        self._loop.add_reader(listener, self._accept, listener)

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
        for listener in self._listeners:
            self._loop.remove_reader(listener)
            listener.close()
        self._listeners.clear()

    async def drain(self, seconds: float) -> None:
        """Accept no more; let the connections end, those left after `seconds`
        by RST; return when nothing is left."""
        self.refuse()
        if not await self._emptied(seconds):
            self.end()
            await self._emptied(_GRACE)
        self._timer.cancel()

    def end(self) -> None:
        """Reset every connection, now."""
        self._ended = True
        now = self.clock()
        for flow in tuple(self._flows):
            flow.stop(RESET_APPLIANCE, now, abort=True)
        for end in tuple(self._parting):
            end.abort()
        for task, _ in tuple(self._opening.values()):
            task.cancel()

    async def _emptied(self, seconds: float) -> bool:
        """Wait until nothing is left; false when that took too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._opening or self._flows or self._parting:
                    self._empty.clear()
                    await self._empty.wait()
                return True
        return False

    # --- accepting and connecting ---------------------------------------------

    def _accept(self, listener: socket.socket) -> None:
        """One connection a call: the loop calls again while there are more."""
        try:
            sock, peer = listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            self._back_off(listener, error)
            return
        sock.setblocking(False)
        route = self._route
        gate = self.gate
        ends = Endpoints(
            client_interface=route.client_interface,
            client_address=str(peer[0]).partition("%")[0],
            client_port=peer[1],
            server_interface=route.server_interface,
            server_address=route.service.host,
            server_port=route.service.port,
            inbound=_inbound(gate, route),
        )
        self._number += 1
        opening = self._connect(sock, ends, gate.choose(ends), self._number)
        self._opening[self._number] = (self._loop.create_task(opening), self.clock())

    def _back_off(self, listener: socket.socket, error: OSError) -> None:
        """No descriptors, no memory: leave clients to the kernel for a while."""
        now = self.clock()
        if now - self._moaned >= _MOAN:
            self._moaned = now
            self._notice(f"cannot accept connections: {_reason(error)}; trying again")
        self._loop.remove_reader(listener)
        self._loop.call_later(_BACK_OFF, self._try_again, listener)

    def _try_again(self, listener: socket.socket) -> None:
        if listener in self._listeners:
            self._loop.add_reader(listener, self._accept, listener)

    async def _connect(
        self,
        sock: socket.socket,
        ends: Endpoints,
        attachment: Attachment | None,
        number: int,
    ) -> None:
        """Reach the mail server; only then is the client read."""
        client = TcpEnd(CLIENT, self)
        server = TcpEnd(SERVER, self)
        started = self.clock()
        try:
            reached = await self._reach(server, ends, attachment, number, started)
            await self._loop.connect_accepted_socket(lambda: client, sock)
            if reached:
                self._join(client, server, ends, attachment, number)
            else:
                client.close()
        except BaseException:
            client.abort()
            server.abort()
            sock.close()  # closes nothing that the transport has taken over
            raise
        finally:
            del self._opening[number]
            self._empty.set()

    async def _reach(
        self,
        server: TcpEnd,
        ends: Endpoints,
        attachment: Attachment | None,
        number: int,
        started: float,
    ) -> bool:
        """Connect to the mail server, or say why it did not do."""
        upstream = self._route.upstream
        client = Place(ends.client_address, ends.client_port)
        try:
            await self._loop.create_connection(
                lambda: server, upstream.host, upstream.port
            )
        except OSError as error:
            why = _reason(error)
        except asyncio.CancelledError:
            if self._ended:
                raise
            # The sweep: the appliance has a connection for it, and so have we.
            wall = self.wall()
            lasted = self.clock() - started
            why = f"no answer in {lasted:.0f} s"
            self.auditor.built(number, ends, wall - lasted)
            self.auditor.ended(
                number, ends, attachment, PASS, SYN_TIMEOUT, 0, wall - lasted, wall
            )
        else:
            return True
        self.auditor.trouble(
            UPSTREAM_UNREACHABLE, f"{upstream}: {why} (client {client})", self.wall()
        )
        return False

    def _join(
        self,
        client: TcpEnd,
        server: TcpEnd,
        ends: Endpoints,
        attachment: Attachment | None,
        number: int,
    ) -> None:
        """Both sides stand."""
        session = None
        if attachment is not None:
            session = Session(attachment.inspection, attachment.tally)
        flow = Flow(
            session, client, server, ends, attachment, self, number, self.clock()
        )
        self._flows.add(flow)
        self.most = max(self.most, len(self._flows))
        server.attach(flow)
        client.attach(flow)

    # --- what flows and ends ask ----------------------------------------------

    def wall(self) -> float:
        """See Host."""
        return time.time()

    def wake(self, flow: Flow, due: float) -> None:
        """See Host."""
        self._loop.call_at(due, self._wake, flow)

    def _wake(self, flow: Flow) -> None:
        flow.on_time(self.clock())

    def over(self, flow: Flow) -> None:
        """See Host."""
        self._flows.discard(flow)
        self._empty.set()

    def parting(self, end: TcpEnd) -> None:
        """See Keeper."""
        self._parting[end] = self.clock()

    def gone(self, end: TcpEnd) -> None:
        """See Keeper."""
        self._parting.pop(end, None)
        self._empty.set()

    def _sweep(self) -> None:
        """Whoever has been silent for too long."""
        times = self._times
        now = self.clock()
        self._timer = self._loop.call_later(times.sweep, self._sweep)
        for flow in tuple(self._flows):
            limit = times.half_closed if flow.half_closed else times.idle
            if now - flow.seen >= limit:
                flow.stop(CONN_TIMEOUT, now, abort=False)
        for end, since in tuple(self._parting.items()):
            if now - since >= times.linger:
                end.abort()
        for task, since in tuple(self._opening.values()):
            if now - since >= times.connect:
                task.cancel()

    def _fault(
        self, loop: asyncio.AbstractEventLoop, context: dict[str, object]
    ) -> None:
        """A fault in a callback of ours: the loop has closed what it befell."""
        error = context.get("exception")
        trace = ""
        if isinstance(error, BaseException):
            trace = "\n" + "".join(traceback.format_exception(error))
        self.auditor.trouble(
            INTERNAL_ERROR, f"{context.get('message')}{trace}", self.wall()
        )


def _inbound(gate: Gate, route: Route) -> bool:
    """From the less trusted side?  Equal and unknown levels count as inbound,
    as the gate inspects them."""
    client = gate.levels.get(route.client_interface)
    server = gate.levels.get(route.server_interface)
    return client is None or server is None or client <= server


def _reason(error: OSError) -> str:
    """The system's words, without those of the loop."""
    return os.strerror(error.errno) if error.errno else str(error)
