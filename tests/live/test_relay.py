"""The relay over real sockets: mail, both ends, back-pressure, verdicts."""

import asyncio

import pytest

from mailward.drivers.end import End
from mailward.drivers.tcp_end import TcpEnd
from mailward.drivers.times import Times
from tests.live.stands import (
    OPEN,
    Wire,
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


@looped
async def test_a_good_mail_passes_unaltered() -> None:
    """Every octet of a whole session arrives, and two records frame it."""
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        await pass_on(client, server, b"MAIL FROM:<a@example.com>\r\n")
        await pass_on(server, client, b"250 ok\r\n")
        await pass_on(client, server, b"RCPT TO:<b@example.com>\r\n")
        await pass_on(server, client, b"250 ok\r\n")
        await pass_on(client, server, b"DATA\r\n")
        await pass_on(server, client, b"354 go on\r\n")
        await pass_on(client, server, b"Subject: x\r\n\r\n..dot\r\ntext\r\n.\r\n")
        await pass_on(server, client, b"250 queued\r\n")
        await pass_on(client, server, b"QUIT\r\n")
        await pass_on(server, client, b"221 bye\r\n")
        server[1].close()
        assert await ended(client) == b""
        client[1].close()
        assert await ended(server) == b""
        await stand.over()

        built, torn = stand.memory.lines
        assert built.startswith("%ASA-6-302013: Built inbound TCP connection 1 for ")
        assert torn.endswith("duration 0:00:00 bytes 191 TCP FINs")


@looped
async def test_half_close_lets_the_answer_through() -> None:
    """QUIT and FIN in one go: 221 still reaches the client."""
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        client[1].write(b"QUIT\r\n")
        client[1].write_eof()
        assert await ended(server) == b"QUIT\r\n"
        server[1].write(b"221 bye\r\n")
        server[1].close()
        assert await ended(client) == b"221 bye\r\n"
        await stand.over()

        assert stand.memory.told == [
            "%ASA-6-302013 (127.0.0.1/25)",
            "%ASA-6-302014 FINs",
        ]


@looped
async def test_a_whole_mail_and_fin_at_once_is_delivered_in_step() -> None:
    """Everything pipelined in one segment, then FIN: DATA waits for its 354, and
    FIN for the message."""
    async with standing(inspected()) as stand:
        client, server = await stand.both()
        client[1].write(b"HELO c\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n")
        server[1].write(b"220 hello\r\n")
        assert await heard(server, b"HELO c\r\n") == b"HELO c\r\n"
        server[1].write(b"250 ok\r\n")
        assert await server[0].readline() == b"MAIL FROM:<a@b.c>\r\n"
        server[1].write(b"250 ok\r\n")
        assert await server[0].readline() == b"RCPT TO:<d@e.f>\r\n"
        server[1].write(b"250 ok\r\n")
        assert await server[0].readline() == b"DATA\r\n"
        client[1].write(b"Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n")
        client[1].write_eof()
        server[1].write(b"354 go\r\n")
        assert await heard(server, b"Subject: x\r\n\r\nbody\r\n.\r\n")
        server[1].write(b"250 queued\r\n")
        assert await ended(server) == b"QUIT\r\n"
        server[1].close()
        answers = b"220 hello\r\n" + b"250 ok\r\n" * 3 + b"354 go\r\n250 queued\r\n"
        assert await ended(client) == answers
        await stand.over()


@looped
async def test_back_pressure_both_ways() -> None:
    """20 MB each way between sides that do not read: both are paused, little is
    kept, and in the end everything arrives."""
    size = 20_000_000
    async with standing(OPEN) as stand:
        client, server = await stand.both()
        for wire in (client, server):
            deaf(wire)
            wire[1].write(b"x" * size)
        flow = next(iter(stand.relay._flows))
        await stand.until(lambda: flow._holds == [1, 1])
        kept = [_kept(flow._client), _kept(flow._server)]
        for wire in (client, server):
            deaf(wire, no_more=True)
        up, down = await asyncio.gather(_count(server, size), _count(client, size))
        await stand.until(lambda: flow._holds == [0, 0])

        assert max(kept) < 1_000_000
        assert (up, down) == (size, size)


@looped
async def test_a_great_body_waits_for_a_slow_server() -> None:
    """20 MB of DATA through the inspection, behind a server that does not read."""
    line = b"0123456789" * 7 + b"\r\n"
    body = line * (20_000_000 // len(line))
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        await pass_on(client, server, b"MAIL FROM:<a@example.com>\r\n")
        await pass_on(server, client, b"250 ok\r\n")
        await pass_on(client, server, b"RCPT TO:<b@example.com>\r\n")
        await pass_on(server, client, b"250 ok\r\n")
        await pass_on(client, server, b"DATA\r\n")
        await pass_on(server, client, b"354 go on\r\n")
        deaf(server)
        client[1].write(b"\r\n" + body + b".\r\n")
        flow = next(iter(stand.relay._flows))
        await stand.until(lambda: flow._holds[0] == 1)
        kept = _kept(flow._server)
        deaf(server, no_more=True)
        got = await _count(server, len(body) + 5)
        await pass_on(server, client, b"250 queued\r\n")

        assert kept < 1_000_000
        assert got == len(body) + 5


def _kept(end: End) -> int:
    """Octets that an end of the relay keeps for its peer."""
    assert isinstance(end, TcpEnd)
    return end.kept


async def _count(wire: Wire, size: int) -> int:
    """Read so many octets, at most."""
    got = 0
    while got < size and (piece := await wire[0].read(1_000_000)):
        got += len(piece)
    return got


@looped
async def test_drop_is_a_fin_to_both_and_no_reply() -> None:
    """DROP: what came before the offence arrives, then FIN, though the client
    goes on talking; 507003 and 302014 say so."""
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        client[1].write(b"NOOP\r\nMAIL FROM:<" + b"a" * 50 + b"@b>\r\n" + b"x" * 99999)
        assert await server[0].readline() == b"NOOP\r\n"
        server[1].write(b"250 ok\r\n")
        assert await ended(client) == b"250 ok\r\n"
        assert await ended(server) == b""
        await stand.over()

        assert [line.split(":")[0] for line in stand.memory.lines] == [
            "%ASA-6-302013",
            "%ASA-4-108004",
            "%ASA-4-507003",
            "%ASA-6-302014",
        ]
        assert stand.memory.lines[-1].endswith(" Flow closed by inspection")


@looped
async def test_a_dropped_client_that_never_leaves_is_left() -> None:
    """It keeps its side open: the relay waits `linger` seconds, no longer."""
    async with standing(inspected(), Times(linger=5.0)) as stand:
        client, server = await greeted(stand)
        client[1].write(b"MAIL FROM:<" + b"a" * 50 + b"@b>\r\n")
        assert await ended(client) == b""
        assert await ended(server) == b""
        stand.passes(4.0)
        assert len(stand.relay._parting) == 2
        stand.passes(2.5)
        assert not stand.relay._parting


@looped
async def test_reset_is_an_rst_to_both() -> None:
    """RESET: both sides read an error, not an end."""
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        await pass_on(client, server, b"MAIL FROM:<a@b>\r\n")
        await pass_on(server, client, b"250 ok\r\n")
        for name in (b"c", b"d"):
            await pass_on(client, server, b"RCPT TO:<" + name + b"@b>\r\n")
            await pass_on(server, client, b"250 ok\r\n")
        client[1].write(b"RCPT TO:<e@b>\r\n")
        for wire in (client, server):
            with pytest.raises(ConnectionResetError):
                await ended(wire)
        await stand.over()

        assert "reason - inspector drop reset." in stand.memory.lines[-2]


@pytest.mark.parametrize(
    ("client_resets", "reason"), [(True, "Reset-O"), (False, "Reset-I")]
)
@looped
async def test_an_rst_is_passed_on(client_resets: bool, reason: str) -> None:
    """A reset by one side reaches the other as a reset."""
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        reset(client if client_resets else server)
        with pytest.raises(ConnectionResetError):
            await ended(server if client_resets else client)
        await stand.over()

        assert stand.memory.told[-1] == f"%ASA-6-302014 {reason}"


@looped
async def test_a_client_that_leaves_without_reading_loses_nothing() -> None:
    """QUIT, FIN and gone: the server's answer falls into the void, and the
    server closes in peace."""
    async with standing(inspected()) as stand:
        client, server = await greeted(stand)
        client[1].write(b"QUIT\r\n")
        client[1].close()
        assert await ended(server) == b"QUIT\r\n"
        server[1].write(b"221 bye\r\n")
        await server[1].drain()
        server[1].close()
        await stand.over()

        assert stand.memory.told[-1] == "%ASA-6-302014 FINs"
