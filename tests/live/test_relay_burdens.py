"""The relay over real sockets: what would burden it, and how it is bounded."""

import asyncio
from functools import partial

import pytest

from mailward.config.load import load
from mailward.drivers.tcp_end import TcpEnd
from mailward.drivers.times import Times
from mailward.policy.limits import Limits
from tests.live.stands import (
    OPEN,
    Stand,
    deaf,
    ended,
    greeted,
    heard,
    inspected,
    looped,
    pass_on,
    reset,
    standing,
)
from tests.live.test_doors import LineDoor, codes
from tests.live.test_relay_limits import silent


async def refused(stand: Stand) -> None:
    """A new client is reset, however far it came."""
    with pytest.raises(ConnectionResetError):
        await ended(await stand.client())


@looped
async def test_no_more_connections_than_allowed() -> None:
    """One too many is reset, and told; those who are in are served, and who
    leaves makes room."""
    async with standing(inspected()) as stand:
        stand.relay.limits = Limits(connections=2)
        first = await greeted(stand)
        second = await greeted(stand)
        await refused(stand)
        await refused(stand)
        await pass_on(first[0], first[1], b"NOOP\r\n")
        second[0][1].close()
        second[1][1].close()
        await stand.until(lambda: stand.relay.live == 1)
        await greeted(stand)

        told = [line for line in stand.memory.lines if "201011" in line]
        assert len(told) == 1
        assert told[0].startswith(
            "%ASA-3-201011: Connection limit exceeded 2/2 for input packet from "
            "127.0.0.1/"
        )
        assert told[0].endswith(" to 127.0.0.1/25 on interface outside")


@looped
async def test_no_more_connections_of_one_client_than_allowed() -> None:
    """Another client is served meanwhile."""
    async with standing(OPEN, door=LineDoor) as stand:
        stand.relay.limits = Limits(per_client=1)
        wires = []
        for client in (b"192.0.2.1 1\n", b"192.0.2.2 1\n"):
            wires.append(await stand.client())
            wires[-1][1].write(client)
            await stand.served.get()
        third = await stand.client()
        third[1].write(b"192.0.2.1 2\n")
        with pytest.raises(ConnectionResetError):
            await ended(third)

        assert (
            "201013: Per-client connection limit exceeded 1/1"
            in (stand.memory.lines[-1])
        )
        assert stand.relay.live == 2


@looped
async def test_who_only_waits_counts_too() -> None:
    """Clients whose preface or whose server does not come."""
    async with standing(OPEN, door=LineDoor) as stand:
        stand.relay.limits = Limits(connections=1)
        await stand.client()
        await stand.until(lambda: stand.relay.live == 1)
        await refused(stand)

        assert stand.memory.lines[-1].endswith(": too many connections")
    with silent() as place:
        async with standing(OPEN, upstream=place) as stand:
            stand.relay.limits = Limits(connections=1)
            await stand.client()
            await stand.until(lambda: stand.relay.live == 1)
            await refused(stand)

            assert codes(stand) == ["201011"]


@looped
async def test_what_comes_to_nothing_is_counted_out() -> None:
    """Refused by the server, lost, idle: room for the next each time."""
    async with standing(inspected()) as stand:
        stand.relay.limits = Limits(connections=1, per_client=1)
        for _ in range(3):
            client, _ = await greeted(stand)
            reset(client)
            await stand.over()

        assert not {"201011", "201013"} & set(codes(stand))
        assert stand.relay._crowd._clients == {}


@looped
async def test_a_line_octet_by_octet_does_not_hold_a_connection() -> None:
    """Octets come all the time, the end of the line does not: both sides see
    FIN, and the records say why."""
    async with standing(inspected(), Times(line=10.0)) as stand:
        client, server = await greeted(stand)
        flow = next(iter(stand.relay._flows))
        for number in range(9):
            before = flow.octets_in
            client[1].write(b"x")
            await stand.until(lambda n=before + 1: flow.octets_in == n)  # type: ignore[misc]
            stand.passes(1.0)
            assert stand.relay.live == 1, number
        stand.passes(4.0)
        assert await ended(client) == b""
        assert await ended(server) == b""
        await stand.over()

        assert codes(stand)[-2:] == ["900021", "302014"]
        assert stand.memory.told[-1] == "%ASA-6-302014 Conn-timeout"


@looped
async def test_a_reply_octet_by_octet_does_not_either() -> None:
    """Whoever speaks: a line has an end."""
    async with standing(inspected(), Times(line=10.0)) as stand:
        client, server = await greeted(stand)
        flow = next(iter(stand.relay._flows))
        before = flow.octets_out
        server[1].write(b"250 no e")
        await stand.until(lambda: flow.octets_out == before + 8)
        stand.passes(12.5)
        assert await ended(client) == b""
        await stand.over()

        assert "900021" in codes(stand)


@looped
async def test_whole_lines_may_be_slow() -> None:
    """Who has said whole lines only is not hurried: nor who waits for its
    server, nor who is in the middle of a message that goes on."""
    async with standing(inspected(), Times(line=10.0)) as stand:
        client, server = await greeted(stand)
        client[1].write(b"NOOP\r\nNOOP\r\n")
        assert await heard(server, b"NOOP\r\n") == b"NOOP\r\n"
        stand.passes(30.0)
        await pass_on(server, client, b"250 ok\r\n")
        assert await heard(server, b"NOOP\r\n") == b"NOOP\r\n"
        await pass_on(server, client, b"250 ok\r\n")
        await pass_on(client, server, b"MAIL FROM:<a@b>\r\n")
        await pass_on(server, client, b"250 ok\r\n")
        await pass_on(client, server, b"RCPT TO:<c@d>\r\n")
        await pass_on(server, client, b"250 ok\r\n")
        await pass_on(client, server, b"DATA\r\n")
        await pass_on(server, client, b"354 go on\r\n")
        for _ in range(40):
            client[1].write(b"octets that go on ")
            assert await heard(server, b"octets that go on ")
            stand.passes(1.0)
        client[1].write(b"\r\n.\r\n")
        assert await heard(server, b"\r\n.\r\n") == b"\r\n.\r\n"
        await pass_on(server, client, b"250 queued\r\n")


@looped
async def test_times_may_change() -> None:
    """They are for connections that stand, too."""
    async with standing(inspected()) as stand:
        client, _ = await greeted(stand)
        stand.relay.times = Times(idle=100.0)
        assert stand.relay.times.idle == 100.0
        stand.passes(105.0)
        assert await ended(client) == b""


@looped
async def test_a_configuration_is_obeyed() -> None:
    """Its times and limits hold for whoever is there, its gate for who comes."""
    async with standing(inspected()) as stand:
        await greeted(stand)
        loaded = load("mailward limit connections 1\ntimeout half-closed 0:00:30\n")
        stand.relay.obey(loaded.gate, loaded.timeouts, loaded.limits)
        await refused(stand)

        assert stand.relay.gate is loaded.gate
        assert stand.relay.times.half_closed == 30.0


@looped
async def test_a_client_that_resets_while_its_server_is_busy() -> None:
    """It waits for a reply and is not read: the reset is noticed all the same,
    and the server is not left alone with it."""
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        client[1].write(b"NOOP\r\nNOOP\r\n")
        assert await heard(server, b"NOOP\r\n")
        client[1].write(b"NOOP\r\n" * 3)
        flow = next(iter(stand.relay._flows))
        await stand.until(lambda: flow._holds[0] != 0)
        reset(client)
        with pytest.raises(ConnectionResetError):
            await ended(server)
        await stand.over()

        assert stand.memory.told[-1] == "%ASA-6-302014 Reset-O"


@looped
async def test_a_client_that_resets_while_its_server_takes_nothing() -> None:
    """A full server is no reason to keep a dead client."""
    async with standing(OPEN) as stand:
        client, server = await stand.both()
        deaf(server)
        client[1].write(b"x" * 20_000_000)
        flow = next(iter(stand.relay._flows))
        await stand.until(lambda: flow._holds[0] == 1)
        reset(client)
        await stand.over()

        assert stand.memory.told[-1] == "%ASA-6-302014 Reset-O"


@looped
async def test_a_client_that_reads_nothing_holds_little() -> None:
    """The server talks on and on: it is paused, and what is kept is one read."""
    async with standing(OPEN) as stand:
        client, server = await stand.both()
        deaf(client)
        server[1].write(b"x" * 20_000_000)
        flow = next(iter(stand.relay._flows))
        await stand.until(lambda: flow._holds[1] == 1)
        for _ in range(50):
            await asyncio.sleep(0)
        end = flow._client
        assert isinstance(end, TcpEnd)
        kept = end.kept
        deaf(client, no_more=True)
        got = 0
        while got < 20_000_000:
            got += len(await client[0].read(1_000_000))

        assert 0 < kept <= 262_144
        await stand.until(lambda: end.kept == 0)


@looped
async def test_a_client_that_waits_for_nothing_is_bounded() -> None:
    """A megabyte of commands before the server has said a word: the client is
    not read, and what is held is little."""
    async with standing(inspected()) as stand:
        client, server = await stand.both()
        client[1].write(b"NOOP\r\n" * 200_000)
        flow = next(iter(stand.relay._flows))
        await stand.until(lambda: flow._holds[0] != 0)
        for _ in range(50):
            await asyncio.sleep(0)
        session = flow._session
        assert session is not None
        held = session.held
        await pass_on(server, client, b"220 hello\r\n")
        assert await heard(server, b"NOOP\r\n") == b"NOOP\r\n"

        assert 0 < held <= 524_288


@looped
async def test_a_flood_of_connections_is_served() -> None:
    """Three hundred at once, each with its word; all end, nothing is left."""
    async with standing(OPEN) as stand:
        clients = [await stand.client() for _ in range(300)]
        for client in clients:
            client[1].write(b"hello")
        servers = [await stand.served.get() for _ in clients]
        for server in servers:
            assert await heard(server, b"hello") == b"hello"
        for wire in clients + servers:
            wire[1].close()
        await stand.over()

        assert stand.relay.most == 300
        assert len(stand.memory.lines) == 600
        await stand.until(partial(_nothing_left, stand))


def _nothing_left(stand: Stand) -> bool:
    loop = stand.relay.loop
    return not stand.relay._parting and sum(map(bool, loop._calls)) == 1
