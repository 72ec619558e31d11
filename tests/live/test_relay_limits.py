"""The relay over real sockets: what fails, what takes too long, how it ends."""

import asyncio
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, cast

import pytest

from mailward.criteria.base import Criterion
from mailward.drivers.hosted import drained
from mailward.drivers.tcp import Place
from mailward.drivers.times import Times
from mailward.engine.session import Session
from mailward.facts import Facts
from mailward.policy.findings import Finding
from mailward.policy.gate import Attachment, Gate, Traffic
from mailward.policy.inspection import build
from mailward.policy.rule import Rule
from mailward.stages import SENDER
from mailward.verdicts import DROPS, PASS
from tests.live.stands import (
    OPEN,
    Stand,
    ended,
    greeted,
    heard,
    inspected,
    looped,
    pass_on,
    standing,
)


def told(stand: Stand, number: int) -> bool:
    """So many records have been written."""
    return len(stand.memory.lines) == number


@contextmanager
def silent() -> Iterator[Place]:
    """A place where connecting neither succeeds nor fails: its queue is full."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        place = Place("127.0.0.1", full.getsockname()[1])
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex((place.host, place.port))
        yield place


@looped
async def test_a_server_that_refuses() -> None:
    """The client sees the end, even after speaking first; one line, no traceback,
    and the next client is served as the first."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = Place("127.0.0.1", closed.getsockname()[1])
        async with standing(inspected(), upstream=nowhere) as stand:
            for number in (1, 2):
                client = await stand.client()
                client[1].write(b"EHLO too early\r\n")
                assert await ended(client) == b""
                await stand.until(partial(told, stand, number))

            for line in stand.memory.lines:
                assert line.startswith(
                    f"%MAILWARD-3-900011: Upstream unreachable: {nowhere}: "
                    "Connection refused (client 127.0.0.1:"
                )


@looped
async def test_a_server_that_never_answers() -> None:
    """A connect that takes too long ends as `SYN Timeout`."""
    with silent() as place:
        async with standing(inspected(), Times(connect=30.0), place) as stand:
            client = await stand.client()
            await stand.until(lambda: stand.relay.live == 1)
            stand.passes(35.0)
            assert await ended(client) == b""
            await stand.over()

            assert [line.split(":")[0] for line in stand.memory.lines] == [
                "%ASA-6-302013",
                "%ASA-6-302014",
                "%MAILWARD-3-900011",
            ]
            assert stand.memory.lines[1].endswith(" bytes 0 SYN Timeout")


@looped
async def test_drain_ends_what_still_connects() -> None:
    """A client whose server has not answered yet sees the end; no connection
    stood, so none is recorded."""
    with silent() as place:
        async with standing(inspected(), upstream=place) as stand:
            client = await stand.client()
            await stand.until(lambda: stand.relay.live == 1)
            await drained(stand.relay, 0.0)

            assert await ended(client) == b""
            assert (stand.relay.live, stand.memory.lines) == (0, [])


@looped
async def test_silence_ends_a_connection() -> None:
    """After `idle` seconds both sides see FIN, and the reason is recorded."""
    async with standing(inspected(), Times(idle=100.0)) as stand:
        client, server = await greeted(stand)
        stand.passes(99.0)
        await pass_on(client, server, b"NOOP\r\n")
        stand.passes(99.0)
        assert stand.relay.live == 1
        stand.passes(6.0)
        assert await ended(client) == b""
        assert await ended(server) == b""
        await stand.over()

        assert stand.memory.told[-1] == "%ASA-6-302014 Conn-timeout"


@looped
async def test_a_half_closed_connection_ends_sooner() -> None:
    """Who has said FIN is not waited for as long as others."""
    async with standing(inspected(), Times(half_closed=100.0)) as stand:
        client, server = await greeted(stand)
        server[1].write_eof()
        assert await ended(client) == b""
        stand.passes(99.0)
        assert stand.relay.live == 1
        stand.passes(6.0)
        assert await ended(server) == b""
        await stand.over()

        assert stand.memory.told[-1] == "%ASA-6-302014 Conn-timeout"


@looped
async def test_garbage_harms_nobody() -> None:
    """Random octets of both sides: the connection lives or dies by the rules,
    nothing is raised, and the next mail passes."""
    noise = random.Random(5321)
    async with standing(inspected()) as stand:
        for _ in range(10):
            client, server = await stand.both()
            for _ in range(20):
                client[1].write(noise.randbytes(noise.randrange(1, 2000)))
                server[1].write(noise.randbytes(noise.randrange(1, 2000)) + b"\r\n")
            client[1].close()
            server[1].close()
            await stand.over()
        await greeted(stand)

        assert not [line for line in stand.memory.lines if "900012" in line]


@dataclass(frozen=True)
class Broken(Criterion):
    """A criterion with a fault of ours."""

    stage: ClassVar[int] = SENDER

    def holds(self, facts: Facts) -> bool:
        """Fail."""
        raise ZeroDivisionError("a fault of ours")


@looped
async def test_a_fault_of_the_engine_fails_closed() -> None:
    """RST to both, the fault told with its traceback, nothing of it leaves; the
    next connection is served."""
    rule = Rule(Broken(), DROPS, 1, "broken", "drop-connection")
    inspection = replace(build("map"), rules=(rule,), sender=(rule,))
    everything = Traffic(((0, 65535),))
    attachment = Attachment("global", "policy", "class", everything, inspection)
    async with standing(Gate((attachment,))) as stand:
        client, server = await greeted(stand)
        client[1].write(b"MAIL FROM:<a@b>\r\n")
        for wire in (client, server):
            with pytest.raises(ConnectionResetError):
                await ended(wire)
        await greeted(stand)

        told = [line for line in stand.memory.lines if "900012" in line]
        assert len(told) == 1
        assert "Traceback" in told[0]
        assert "ZeroDivisionError: a fault of ours" in told[0]
        assert attachment.tally.reset_drops == 1


@looped
async def test_drain_waits_for_the_living() -> None:
    """No new connections; the live one ends as it likes."""
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        draining = asyncio.create_task(drained(stand.relay, 60.0))
        await asyncio.sleep(0)
        with pytest.raises(ConnectionRefusedError):
            await stand.client()
        await pass_on(client, server, b"NOOP\r\n")
        still = draining.done()
        client[1].close()
        server[1].close()
        await asyncio.wait_for(draining, 20)

        assert not still
        assert stand.memory.told[-1] == "%ASA-6-302014 FINs"


@looped
async def test_drain_ends_what_does_not_end() -> None:
    """After its time the rest is reset."""
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        await drained(stand.relay, 0.0)
        for wire in (client, server):
            with pytest.raises(ConnectionResetError):
                await ended(wire)

        assert stand.relay.live == 0
        assert stand.memory.told[1] == "%ASA-6-302014 APPLIANCE"


@looped
async def test_a_new_gate_is_for_new_connections() -> None:
    """A connection keeps the inspection it was born with."""
    async with standing(inspected()) as stand:
        old = await greeted(stand)
        stand.relay.gate = OPEN
        new = await greeted(stand)
        await pass_on(new[0], new[1], b"XEXCH50 1 2\r\n")
        old[0][1].write(b"XEXCH50 1 2\r\n")

        assert await heard(old[1], b"XXXXXXX X X\r\n") == b"XXXXXXXXXXX\r\n"


@looped
async def test_a_flow_is_woken_when_it_asked() -> None:
    """The relay keeps the moment that a flow names."""
    async with standing(OPEN) as stand:
        await stand.both()
        flow = next(iter(stand.relay._flows))
        woken = asyncio.Event()
        session = Sleeper(woken)
        flow._session = cast("Session", session)
        due = stand.relay.clock() + 0.02
        session.due = due
        stand.relay.wake(flow, due)
        stand.passes(0.015)
        assert not woken.is_set()
        stand.passes(0.01)

        assert woken.is_set()


class Sleeper:
    """A session that waits for its moment."""

    def __init__(self, woken: asyncio.Event) -> None:
        self.verdict = PASS
        self.opaque = False
        self.waiting = False
        self.due = 0.0
        self.findings: list[Finding] = []
        self._woken = woken

    def on_time(self, now: float) -> bytes:
        """The moment has come."""
        self.due = 0.0
        self._woken.set()
        return b""


@looped
async def test_a_fault_in_a_callback_is_told() -> None:
    """What the loop catches goes into the audit trail, with its traceback."""

    def fail() -> None:
        int("no number")

    async with standing(OPEN) as stand:
        stand.relay.loop.soon(fail)
        await stand.until(partial(told, stand, 1))

        assert "ValueError: invalid literal" in stand.memory.lines[0]
        assert "900012" in stand.memory.lines[0]
