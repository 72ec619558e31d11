"""Scripted ends: what they hear, and how the other side left."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mailward.testing.ends import FIN, RST, STAYS, ScriptedEnd

SOON = 5.0


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[ScriptedEnd, socket.socket]]:
    """An end, and a plain socket that it is connected with."""
    loop = asyncio.get_running_loop()
    end = ScriptedEnd()
    server = await loop.create_server(lambda: end, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as other:
        assert await end.connected(SOON)
        server.close()
        yield end, other
    end.abort()
    await end.left_alone(SOON)
    await server.wait_closed()


def test_says_and_hears() -> None:
    """What is said leaves; what arrives is kept, in order."""

    async def run() -> None:
        async with pair() as (end, other):
            assert end.port == other.getpeername()[1]
            end.say(b"hello")
            assert await asyncio.to_thread(other.recv, 10) == b"hello"
            other.sendall(b"a")
            assert await end.heard(1, SOON)
            other.sendall(b"bc")
            assert await end.heard(3, SOON)
            assert end.received == b"abc"
            assert end.left == STAYS

    asyncio.run(run())


def test_patience_ends() -> None:
    """What does not come is not waited for without end."""

    async def run() -> None:
        async with pair() as (end, _):
            assert not await end.heard(1, 0.01)
            assert not await end.left_alone(0.01)

    asyncio.run(run())


def test_fin_leaves_our_direction_open() -> None:
    """After the other side's FIN we may still speak; then we close."""

    async def run() -> None:
        async with pair() as (end, other):
            other.shutdown(socket.SHUT_WR)
            assert await end.left_alone(SOON)
            assert end.left == FIN
            end.say(b"bye")
            end.close()
            end.close()
            assert await asyncio.to_thread(other.recv, 10) == b"bye"
            assert await asyncio.to_thread(other.recv, 10) == b""

    asyncio.run(run())


def test_reset() -> None:
    """A reset is told from a FIN; nothing can be said behind it."""

    async def run() -> None:
        async with pair() as (end, other):
            other.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            other.close()
            assert await end.left_alone(SOON)
            assert end.left == RST
            end.say(b"into the void")
            end.close()
            end.abort()
            assert end.received == b""

    asyncio.run(run())


def test_own_abort() -> None:
    """Leaving ourselves counts as the end of the connection."""

    async def run() -> None:
        async with pair() as (end, _):
            end.abort()
            assert await end.left_alone(SOON)
            assert end.left == FIN

    asyncio.run(run())
