"""A log server by UDP: a record a datagram, and no harm if nobody listens."""

import asyncio

import pytest

from mailward.drivers.syslogudp import Datagrams
from mailward.policy.logs import LogHost
from tests.unit.drivers.logservers import UdpServer, awaited, run


def sender(
    port: int, address: str = "127.0.0.1", most: int = 512
) -> tuple[Datagrams, list[tuple[int, str]]]:
    """A sender, and what it tells of losses."""
    told: list[tuple[int, str]] = []
    host = LogHost("inside", address, "udp", port)
    return Datagrams(host, most, lambda count, why: told.append((count, why))), told


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_each_record_is_a_datagram(address: str) -> None:
    """Without a line end; a burst larger than the queue goes all the same."""

    async def told() -> None:
        server = UdpServer()
        await server.start(address)
        made, lost = sender(server.port, address, most=3)
        for number in range(10):
            made.write(f"<166>{number} \u00fc")
        assert await awaited(lambda: len(server.got) == 10)
        assert server.got[9] == b"<166>9 \xc3\xbc"
        what = made.server()
        assert (what.sent, what.errors, what.dropped, what.waiting) == (10, 0, 0, 0)
        assert (what.state, lost, made.down) == ("up", [], False)
        await made.close(0.0)
        server.stop()

    run(told)


def test_nobody_listens() -> None:
    """The network says so: an error each time, and records go on being sent."""

    async def told() -> None:
        server = UdpServer()
        await server.start()
        server.stop()
        await asyncio.sleep(0.05)
        made, lost = sender(server.port)
        for _ in range(5):
            made.write("one")
            await asyncio.sleep(0.05)
        what = made.server()
        assert what.errors > 0
        assert what.sent + what.dropped == 5
        assert lost == []
        await made.close(0.0)

    run(told)


def test_a_network_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as may wait do; the rest is lost, and told once some were sent."""

    async def told() -> None:
        server = UdpServer()
        await server.start()
        made, lost = sender(server.port, most=2)
        there = made._connected
        gone: list[int] = []

        def unreachable() -> None:
            gone.append(1)
            raise OSError(101, "Network is unreachable")

        monkeypatch.setattr(made, "_connected", unreachable)
        for _ in range(5):
            made.write("one")
        assert await awaited(lambda: len(gone) > 2)
        assert made.server().trouble == "Network is unreachable"
        assert (made.server().waiting, made.server().dropped) == (2, 3)
        monkeypatch.setattr(made, "_connected", there)
        assert await awaited(lambda: lost != [])
        assert lost == [(3, "Network is unreachable")]
        assert await awaited(lambda: len(server.got) == 2)
        await made.close(0.0)
        server.stop()

    run(told)


def test_a_record_that_is_no_datagram() -> None:
    """Too long: an error, lost, and the next one goes."""

    async def told() -> None:
        server = UdpServer()
        await server.start()
        made, lost = sender(server.port)
        made.write("x" * 70_000)
        made.write("one")
        assert await awaited(lambda: server.got == [b"one"])
        assert await awaited(lambda: lost == [(1, "Message too long")])
        assert (made.server().sent, made.server().errors) == (1, 1)
        made.write("left")
        await made.close(0.0)
        assert await awaited(lambda: server.got == [b"one", b"left"])
        server.stop()

    run(told)
