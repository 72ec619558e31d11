"""Scripted ends: a client and a server that do as they are told.

Knows: asyncio transports; what arrived, and how the other side left.
Does not know: the relay between the two, what ought to arrive.
Called by: `mailward.testing.live`, tests of the relay.
"""

import asyncio
from collections.abc import Callable
from typing import Final, cast, final

#: How the other side left.
STAYS: Final = "stays"
FIN: Final = "fin"
RST: Final = "rst"


@final
class ScriptedEnd(asyncio.Protocol):
    """One end.  `received` is all that arrived, `left` how the other side left."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.left = STAYS
        self.closed = False
        self._transport: asyncio.Transport | None = None
        self._news = asyncio.Event()

    # --- what a script asks ---------------------------------------------------

    def say(self, octets: bytes) -> None:
        """Send; into the void when the connection is gone."""
        if self._transport is not None:
            self._transport.write(octets)

    def close(self) -> None:
        """Say FIN; what comes is still heard."""
        if self._transport is not None and not self.closed:
            self.closed = True
            self._transport.write_eof()

    def abort(self) -> None:
        """Leave the connection, whatever its state."""
        if self._transport is not None:
            self._transport.abort()

    @property
    def port(self) -> int:
        """The port at this end."""
        assert self._transport is not None
        return int(self._transport.get_extra_info("sockname")[1])

    async def connected(self, patience: float) -> bool:
        """Wait until the connection stands; false after `patience` seconds."""
        return await self._until(lambda: self._transport is not None, patience)

    async def heard(self, length: int, patience: float) -> bool:
        """Wait until so many octets have arrived in all."""
        return await self._until(
            lambda: len(self.received) >= length or self.left != STAYS, patience
        )

    async def left_alone(self, patience: float) -> bool:
        """Wait until the other side has left."""
        return await self._until(lambda: self.left != STAYS, patience)

    async def _until(self, holds: Callable[[], bool], patience: float) -> bool:
        try:
            async with asyncio.timeout(patience):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    # --- what the loop tells --------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        # uvloop's transports do all that asyncio.Transport says but are none.
        self._transport = cast("asyncio.Transport", transport)
        self._news.set()

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        self.received += data
        self._news.set()

    def eof_received(self) -> bool:
        """See asyncio; true: our own direction stays open."""
        self.left = FIN
        self._news.set()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._transport = None
        if isinstance(exc, ConnectionError):
            self.left = RST
        elif self.left == STAYS:
            self.left = FIN
        self._news.set()
