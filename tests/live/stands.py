"""A relay between real sockets, and what the live tests look at.

Knows: how to stand a relay on the loopback, to wait for what must come, and that
time passes for the relay only where a test says so.
Does not know: what is being tested.
Called by: the tests beside it.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import wraps
from socket import SO_LINGER, SOL_SOCKET
from typing import ParamSpec, cast

import uvloop

from mailward.audit.auditor import Auditor
from mailward.audit.records import Record
from mailward.config.load import load
from mailward.drivers.door import Door, FixedDoor, Route
from mailward.drivers.hosted import drained, hosted
from mailward.drivers.loop import Loop
from mailward.drivers.relay import Relay
from mailward.drivers.tcp import Place, bound, listening
from mailward.drivers.times import Times
from mailward.policy.gate import Gate
from mailward.testing.clock import Clock

P = ParamSpec("P")

POLICY = """\
policy-map type inspect esmtp MAP
 match cmd RCPT count gt 2
  reset log
 match sender-address length gt 40
  drop-connection log
class-map CLASS
 match any
policy-map POLICY
 class CLASS
  inspect esmtp MAP
service-policy POLICY global
"""
#: No inspection: octets pass.
OPEN = Gate(())
#: Seconds within which whatever must come has come.
PATIENCE = 60.0

Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Memory:
    """A sink that remembers lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, record: Record) -> None:
        """Remember the line."""
        self.lines.append(record.line())

    @property
    def told(self) -> list[str]:
        """Number and last words of each line, without addresses."""
        return [f"{line.split(':')[0]} {line.split()[-1]}" for line in self.lines]


class Stand:
    """A relay in front of a server that a test plays."""

    def __init__(
        self, relay: Relay, where: Place, memory: Memory, clock: Clock
    ) -> None:
        self.relay = relay
        self.clock = clock
        self.where = where
        self.memory = memory
        self.notices: list[str] = []
        self.served: asyncio.Queue[Wire] = asyncio.Queue()
        self.wires: list[Wire] = []

    async def client(self) -> Wire:
        """A new client of the relay."""
        wire = await asyncio.open_connection(self.where.host, self.where.port)
        self.wires.append(wire)
        return wire

    async def both(self) -> tuple[Wire, Wire]:
        """A new client, and its connection at the server."""
        client = await self.client()
        server = await asyncio.wait_for(self.served.get(), PATIENCE)
        return client, server

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let the loop turn until something holds."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0)

    def passes(self, seconds: float) -> None:
        """So many seconds are over."""
        self.clock.passes(seconds, self.relay.loop)

    async def over(self) -> None:
        """Let the loop turn until no connection is left."""
        await self.until(lambda: self.relay.live == 0)


@asynccontextmanager
async def standing(
    gate: Gate,
    times: Times | None = None,
    upstream: Place | None = None,
    door: Callable[[Route], Door] | None = None,
) -> AsyncIterator[Stand]:
    """A relay with its server on the loopback; all is closed afterwards."""
    memory = Memory()
    listener = listening(Place("127.0.0.1", 0))
    where = bound(listener)
    stands: list[Stand] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stands[0].wires.append((reader, writer))
        await stands[0].served.put((reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    clock = Clock()
    loop = Loop(clock)
    relay = Relay(
        gate,
        Auditor((memory,), level=6),
        times or Times(),
        lambda text: stands[0].notices.append(text),
        loop,
    )
    stands.append(Stand(relay, where, memory, clock))
    route = Route(upstream or Place(host, port), Place("127.0.0.1", 25))
    relay.listen(listener, FixedDoor(route) if door is None else door(route))
    with hosted(loop):
        try:
            yield stands[0]
        finally:
            for _, writer in stands[0].wires:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
            server.close()
            await server.wait_closed()
            await drained(relay, 0.0)
    loop.end()


async def ended(wire: Wire) -> bytes:
    """All that still comes until FIN; ConnectionResetError for RST."""
    return await asyncio.wait_for(wire[0].read(), PATIENCE)


async def heard(wire: Wire, expected: bytes) -> bytes:
    """As many octets as expected."""
    return await asyncio.wait_for(wire[0].readexactly(len(expected)), PATIENCE)


def deaf(wire: Wire, *, no_more: bool = False) -> None:
    """Stop reading; or read again."""
    transport = cast("asyncio.Transport", wire[1].transport)
    if no_more:
        transport.resume_reading()
    else:
        transport.pause_reading()


def reset(wire: Wire) -> None:
    """Leave by RST."""
    sock = wire[1].get_extra_info("socket")
    sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    wire[1].transport.abort()


def looped(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run a test in the loop that the product runs in."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        async def whole() -> None:
            await test(*args, **kwargs)

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        try:
            runner.run(whole())
        finally:
            # libuv may be letting go of a handle still; no test is about that.
            with suppress(OSError):
                runner.close()

    return run


def inspected() -> Gate:
    """POLICY, with fresh counters."""
    return load(POLICY).gate


async def pass_on(speaker: Wire, listener: Wire, octets: bytes) -> None:
    """What one says the other hears, unaltered."""
    speaker[1].write(octets)
    assert await heard(listener, octets) == octets


async def greeted(stand: Stand) -> tuple[Wire, Wire]:
    """Both sides, after banner and HELO."""
    client, server = await stand.both()
    await pass_on(server, client, b"220 mail.example\r\n")
    await pass_on(client, server, b"HELO client\r\n")
    await pass_on(server, client, b"250 mail.example\r\n")
    return client, server
