"""A log server by TCP: framed, connected again, bounded, never waited for."""

import asyncio
import ssl
from pathlib import Path

import pytest

from mailward.audit.delivery import CONNECTING, DOWN, UP
from mailward.drivers import syslogtcp
from mailward.drivers.syslogtcp import Stream
from mailward.policy.logs import LogHost
from tests.unit.drivers.logservers import TcpServer, awaited, certified, run, served


class Told:
    """What a stream tells: losses, and when it was lost or has come back."""

    def __init__(self) -> None:
        self.lost: list[tuple[int, str]] = []
        self.states: list[str] = []

    def stream(
        self,
        host: LogHost,
        most: int = 512,
        trust: ssl.SSLContext | None = None,
    ) -> Stream:
        """A stream to a server."""

        def lost(count: int, why: str) -> None:
            self.lost.append((count, why))

        def changed(stream: Stream) -> None:
            self.states.append(stream.state)

        return Stream(host, most, lost, changed, trust)


def at(server: TcpServer, address: str = "127.0.0.1", **more: object) -> LogHost:
    """The host of a server."""
    return LogHost("inside", address, "tcp", server.port, **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests connect again sooner than a gateway."""
    monkeypatch.setattr(syslogtcp, "_PAUSE", 0.02)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_records_end_with_a_line_end(address: str) -> None:
    """What waits before the connection stands goes first."""

    async def told() -> None:
        server, all_told = TcpServer(), Told()
        await server.start(address)
        stream = all_told.stream(at(server, address))
        assert stream.state == CONNECTING
        stream.write("<166>one")
        assert await awaited(lambda: server.got == b"<166>one\n")
        stream.write("<166>zw\u00f6lf")
        stream.write("<166>three")
        assert await awaited(
            lambda: server.got == "<166>one\n<166>zw\u00f6lf\n<166>three\n".encode()
        )
        what = stream.server()
        assert (what.sent, what.waiting, what.state) == (3, 0, UP)
        assert (all_told.lost, all_told.states) == ([], [])
        await stream.close(1.0)
        await server.stop()

    run(told)


def test_records_can_tell_their_length() -> None:
    """RFC 6587 octet counting, of octets and not of letters."""

    async def told() -> None:
        server, all_told = TcpServer(), Told()
        await server.start()
        stream = all_told.stream(at(server, counted=True))
        stream.write("one")
        stream.write("zw\u00f6lf")
        assert await awaited(lambda: server.got == b"3 one6 zw\xc3\xb6lf")
        await stream.close(1.0)
        await server.stop()

    run(told)


def test_a_server_that_comes_late() -> None:
    """Refused at first: it is told, records wait, and arrive when it is there."""

    async def told() -> None:
        server, all_told = TcpServer(), Told()
        await server.start()
        port = server.port
        await server.stop()
        stream = all_told.stream(at(server), most=3)
        assert await awaited(lambda: stream.state == DOWN)
        for number in range(5):
            stream.write(f"{number}")
        assert stream.down
        assert stream.server().trouble == "Connection refused"
        await server.start(port=port)
        assert await awaited(lambda: server.lines() == ["0", "1", "2"])
        assert await awaited(lambda: all_told.lost == [(2, "Connection refused")])
        assert all_told.states == [DOWN, UP]
        assert (stream.server().dropped, stream.server().trouble) == (2, "")
        await stream.close(1.0)
        await server.stop()

    run(told)


def test_a_server_that_dies_and_comes_back() -> None:
    """What came meanwhile waits; it counts as a flap."""

    async def told() -> None:
        server, all_told = TcpServer(), Told()
        await server.start()
        port = server.port
        stream = all_told.stream(at(server))
        stream.write("before")
        assert await awaited(lambda: server.lines() == ["before"])
        await server.stop()
        assert await awaited(lambda: stream.down)
        stream.write("meanwhile")
        await server.start(port=port)
        assert await awaited(lambda: server.lines() == ["before", "meanwhile"])
        assert all_told.states == [DOWN, UP]
        assert (stream.server().flaps, all_told.lost) == (1, [])
        await stream.close(1.0)
        await server.stop()

    run(told)


def test_a_server_that_says_good_bye() -> None:
    """Its FIN is seen at once, without a record to be sent."""

    async def told() -> None:
        server, all_told = TcpServer(), Told()
        await server.start()
        stream = all_told.stream(at(server))
        assert await awaited(lambda: len(server.connections) == 1)
        server.connections.pop().close()
        assert await awaited(lambda: len(server.connections) == 1)
        assert await awaited(lambda: stream.state == UP)
        assert all_told.states == [DOWN, UP]
        await stream.close(1.0)
        await server.stop()

    run(told)


def test_a_server_that_never_reads() -> None:
    """The kernel takes what it takes, so many wait, the rest is lost; closing gives
    up in time, and nothing is counted twice."""

    async def told() -> None:
        server, all_told = TcpServer(deaf=True), Told()
        await server.start()
        stream = all_told.stream(at(server), most=100)
        assert await awaited(lambda: stream.state == UP)
        line = "x" * 999
        for _ in range(100):
            for _ in range(200):
                stream.write(line)
            await asyncio.sleep(0)
        what = stream.server()
        assert what.dropped > 0
        assert 100 <= what.waiting <= 100 + 66
        assert what.sent + what.waiting + what.dropped == 20_000
        assert all_told.lost == []
        await stream.close(0.1)
        assert stream.waiting.sent + stream.waiting.dropped == 20_000
        await server.stop()

    run(told)


def test_what_a_loss_has_cut_is_sent_again_in_full() -> None:
    """A record of which the kernel had taken a part is the first of the next
    connection."""

    async def told() -> None:
        server, all_told = TcpServer(deaf=True), Told()
        await server.start()
        port = server.port
        stream = all_told.stream(at(server), most=8192)
        assert await awaited(lambda: stream.state == UP)
        for number in range(4000):
            stream.write(f"{number:04} " + "y" * 1994)
        assert await awaited(lambda: stream.waiting.sent > 0)
        await server.stop()
        assert await awaited(lambda: stream.down)
        sent = stream.waiting.sent
        server.deaf = False
        await server.start(port=port)
        assert await awaited(lambda: stream.waiting.sent == 4000)
        last = b"3999 " + b"y" * 1994 + b"\n"
        assert await awaited(lambda: server.got.endswith(last))
        lines = server.lines()
        first = int(lines[0][:4])
        assert [int(line[:4]) for line in lines] == list(range(first, 4000))
        assert all(len(line) == 1999 for line in lines)
        assert first == sent
        assert (stream.server().dropped, all_told.lost) == (0, [])
        await stream.close(1.0)
        await server.stop()

    run(told)


def test_closing_sends_what_waits() -> None:
    """As long as it was told."""

    async def told() -> None:
        server, all_told = TcpServer(), Told()
        await server.start()
        stream = all_told.stream(at(server), most=8192)
        assert await awaited(lambda: stream.state == UP)
        for number in range(5000):
            stream.write(str(number))
        await stream.close(30.0)
        assert await awaited(lambda: len(server.lines()) == 5000)
        assert stream.server().dropped == 0
        await server.stop()

    run(told)


def test_tls_to_a_server_that_is_trusted(tmp_path: Path) -> None:
    """By its address, or by the name that it must have."""
    files = certified(tmp_path, "127.0.0.1", "log.example")

    async def told() -> None:
        server, all_told = TcpServer(), Told()
        await server.start(tls=served(*files))
        trust = ssl.create_default_context(cafile=str(files[0]))
        for name in ("", "log.example"):
            host = at(server, secure=True, name=name, counted=True)
            stream = all_told.stream(host, 8192, trust)
            for number in range(3000):
                stream.write(f"{number:04}")
            assert await awaited(lambda: len(server.got) == 6 * 3000)
            assert server.got[:12] == b"4 00004 0001"
            assert stream.server().secure
            await stream.close(1.0)
            server.got.clear()
        await server.stop()
        assert all_told.states == []

    run(told)


@pytest.mark.parametrize(
    ("names", "name", "why"),
    [
        (("127.0.0.9",), "", "certificate not trusted: IP address mismatch"),
        (("127.0.0.1",), "log.example", "certificate not trusted: Hostname mismatch"),
    ],
)
def test_tls_to_somebody_else(
    tmp_path: Path, names: tuple[str, ...], name: str, why: str
) -> None:
    """Nothing is sent, and the reason is told."""
    files = certified(tmp_path, *names)

    async def told() -> None:
        server, all_told = TcpServer(), Told()
        await server.start(tls=served(*files))
        trust = ssl.create_default_context(cafile=str(files[0]))
        stream = all_told.stream(at(server, secure=True, name=name), 512, trust)
        stream.write("secret")
        assert await awaited(lambda: stream.down)
        assert stream.trouble.startswith(why)
        assert server.got == b""
        await stream.close(0.0)
        await server.stop()

    run(told)


def test_tls_to_a_server_that_knows_none() -> None:
    """Nothing is sent in the clear."""

    async def told() -> None:
        server, all_told = TcpServer(), Told()
        await server.start()
        stream = all_told.stream(
            at(server, secure=True), 512, ssl.create_default_context()
        )
        stream.write("secret")
        assert await awaited(lambda: len(server.got) > 0)
        server.connections[0].write(b"what?\r\n")
        assert await awaited(lambda: stream.down)
        assert stream.trouble.startswith("TLS: ")
        assert b"secret" not in server.got
        await stream.close(0.0)
        await server.stop()

    run(told)
