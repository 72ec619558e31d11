"""The live harness: a dialogue over real sockets, through the real relay.

Knows: how to stand a relay between two scripted ends and when all is quiet.
Does not know: how the relay works.
Called by: tests.

Relay and ends share one loop and the loopback, so what was sent has arrived
after a few rounds of the loop: silence can be observed.  Nothing sleeps: the clock
of the relay moves only where a dialogue says so.
"""

import asyncio
import math
from collections.abc import Callable
from functools import partial
from typing import Final, final

from mailward.audit.auditor import Auditor
from mailward.audit.records import Record
from mailward.config.load import Loaded
from mailward.drivers.door import FixedDoor, Route
from mailward.drivers.hosted import drained, hosted
from mailward.drivers.loop import Loop
from mailward.drivers.relay import Relay
from mailward.drivers.tcp import Place, bound, listening
from mailward.drivers.times import Times
from mailward.policy.findings import CLIENT
from mailward.testing.bench import ENDS, Heard, Outcome, Written, counts_of
from mailward.testing.clock import Clock
from mailward.testing.dialogue import Turn
from mailward.testing.ends import FIN, RST, ScriptedEnd
from mailward.verdicts import DROP, PASS, RESET

#: How long to wait for what must come, in seconds.
PATIENCE: Final = 5.0
#: How long a close may take to pass; one behind octets that wait does not pass.
CLOSE: Final = 0.2
#: After so many rounds of the loop whatever was sent has arrived.
ROUNDS: Final = 8

_LOOPBACK: Final = Place("127.0.0.1", 0)


async def carry_out(turns: tuple[Turn, ...], loaded: Loaded) -> Outcome:
    """Speak the turns over sockets; what arrived, and the audit trail.

    `findings` stay empty: the relay shows none.  The tally of `loaded` counts.
    The first turn of which something else comes than was asked for is the last.
    """
    loop = asyncio.get_running_loop()
    server = ScriptedEnd()
    client = ScriptedEnd()
    upstream = await loop.create_server(lambda: server, "127.0.0.1", 0)
    memory = _Memory()
    host, port = upstream.sockets[0].getsockname()
    clock = Clock()
    guest = Loop(clock)
    relay = Relay(
        loaded.gate, Auditor((memory,), level=7), Times(), memory.notices.append, guest
    )
    route = Route(
        upstream=Place(host, port),
        service=Place(ENDS.server_address, ENDS.server_port),
        client_interface=ENDS.client_interface,
        server_interface=ENDS.server_interface,
    )
    listener = listening(_LOOPBACK)
    where = bound(listener)
    relay.listen(listener, FixedDoor(route))
    with hosted(guest):
        try:
            await loop.create_connection(lambda: client, where.host, where.port)
            client_port = client.port
            await server.connected(PATIENCE)
            heard: list[Heard] = []
            for turn in turns:
                # Whatever becomes due in a turn belongs to it.
                passing = partial(clock.passes, turn.passes, guest)
                heard.append(await _turn(turn, client, server, passing))
                if heard[-1] != Heard(turn.to_server, turn.to_client, turn.verdict):
                    break
            client.close()
            server.close()
            await client.left_alone(PATIENCE)
            await server.left_alone(PATIENCE)
        finally:
            await _emptied(relay)
            client.abort()
            server.abort()
            upstream.close()
            await upstream.wait_closed()
            await _rounds()
    guest.end()
    counts = counts_of(loaded.gate.choose(ENDS))
    return Outcome(tuple(heard), (), memory.told(client_port), counts)


async def _emptied(relay: Relay) -> None:
    """Let connections end; not for ever."""
    empty = asyncio.ensure_future(drained(relay, math.inf))
    await asyncio.wait((empty,), timeout=PATIENCE)
    relay.end()
    await empty


async def _turn(
    turn: Turn, client: ScriptedEnd, server: ScriptedEnd, passing: Callable[[], None]
) -> Heard:
    """One turn: say it, wait for what must come of it, then for silence."""
    speaker, listener = (client, server) if turn.speaker == CLIENT else (server, client)
    at_server = len(server.received)
    at_client = len(client.received)
    over = _verdict(client, server) != PASS
    if turn.passes:
        passing()
    elif turn.closes:
        speaker.close()
        await listener.left_alone(CLOSE)
    elif not over:
        speaker.say(turn.sent)
    await server.heard(at_server + len(turn.to_server), PATIENCE)
    await client.heard(at_client + len(turn.to_client), PATIENCE)
    if turn.verdict != PASS:
        await client.left_alone(PATIENCE)
        await server.left_alone(PATIENCE)
    await _rounds()
    return Heard(
        bytes(server.received[at_server:]),
        bytes(client.received[at_client:]),
        _verdict(client, server),
    )


def _verdict(client: ScriptedEnd, server: ScriptedEnd) -> int:
    """What the relay did to both ends, when neither had closed by itself."""
    if client.closed or server.closed:
        return PASS
    if client.left == server.left == FIN:
        return DROP
    if client.left == server.left == RST:
        return RESET
    return PASS


async def _rounds() -> None:
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


@final
class _Memory:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.notices: list[str] = []

    def write(self, record: Record) -> None:
        """Keep it."""
        self.records.append(record)

    def told(self, port: int) -> tuple[Written, ...]:
        """The records, as if between the two addresses of every dialogue."""
        real = f"127.0.0.1/{port}"
        ours = f"{ENDS.client_address}/{ENDS.client_port}"
        return tuple(
            Written(
                record.number,
                record.severity,
                record.text.replace(real, ours).replace(
                    "out 127.0.0.1 in", f"out {ENDS.client_address} in"
                ),
            )
            for record in self.records
        )
