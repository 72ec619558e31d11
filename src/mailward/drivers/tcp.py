"""TCP: addresses as typed, listening sockets, and one side of a connection.

Knows: sockets and asyncio transports.
Does not know: sessions, gates, what octets mean.
Called by: `drivers.relay`, cli.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast, final

from mailward.drivers.end import End
from mailward.drivers.flow import Flow
from mailward.policy.findings import CLIENT

#: Octets that may arrive before the flow stands; then reading stops.
EARLY: Final = 65536
#: Connections that the kernel may keep for us.
BACKLOG: Final = 1024
# SO_LINGER on, nought seconds: closing sends RST.
_RESET: Final = struct.pack("ii", 1, 0)


@final
@dataclass(frozen=True)
class Place:
    """A host (name or literal address) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def place(text: str) -> Place:
    """`HOST:PORT`, an IPv6 address in brackets; ValueError says what is wrong."""
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed:
        host = host[1:-1]
    if not colon or not host or (":" in host and not bracketed):
        raise ValueError(f"'{text}' is not HOST:PORT (IPv6: [ADDRESS]:PORT)")
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ValueError(f"'{port}' in '{text}' is not a port (0 to 65535)")
    return Place(host, int(port))


def resolved(where: Place) -> Place:
    """The same place with a literal address; OSError when there is none."""
    found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    return Place(str(found[0][4][0]), where.port)


def listening(where: Place) -> socket.socket:
    """A socket that listens at a resolved place; OSError when it cannot."""
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # An IPv4 client of an IPv6 socket would escape IPv4 access lists.
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((where.host, where.port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def bound(listener: socket.socket) -> Place:
    """Where it listens, the port that the kernel chose included."""
    name = listener.getsockname()
    return Place(str(name[0]), int(name[1]))


class Keeper:
    """What keeps the ends: lends the clock, sees to it that partings end."""

    clock: Callable[[], float]

    def parting(self, end: "TcpEnd") -> None:
        """The end was closed; what is left to flush or to throw away may not
        last for ever."""
        raise NotImplementedError

    def gone(self, end: "TcpEnd") -> None:
        """The end's socket is closed."""
        raise NotImplementedError


@final
class TcpEnd(asyncio.Protocol, End):
    """One side of a connection, on an asyncio transport.

    What comes before `attach` is kept (at most EARLY octets and one read more)
    and told then.  After `close` what comes is read and thrown away until the
    speaker's FIN: a socket closed with octets unread would send RST, and the
    RST may overtake what we sent last.
    """

    __slots__ = (
        "_early",
        "_fin",
        "_flow",
        "_keeper",
        "_left",
        "_lost",
        "_out",
        "_speaker",
        "_transport",
    )

    def __init__(self, speaker: int, keeper: Keeper) -> None:
        self._speaker = speaker
        self._keeper = keeper
        self._flow: Flow | None = None
        self._transport: asyncio.Transport | None = None
        self._out: asyncio.Transport | None = None  # while we may write
        self._early = b""
        self._fin = False  # the speaker's FIN was seen
        self._lost = False
        self._left = False  # close or abort was called

    def attach(self, flow: Flow) -> None:
        """From here on the flow hears of this end; first, what came before."""
        if self._left:
            return
        self._flow = flow
        early, self._early = self._early, b""
        if early:
            self.data_received(early)
            if len(early) > EARLY:
                self.resume()
        if self._fin:
            self._tell_fin(flow)
        if self._lost:
            flow.lost(self._speaker, self._keeper.clock())

    # --- what a flow asks -----------------------------------------------------

    def write(self, octets: bytes) -> None:
        """See End."""
        if self._out is not None:
            self._out.write(octets)

    def pause(self) -> None:
        """See End."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """See End."""
        if self._transport is not None:
            self._transport.resume_reading()

    def finish(self) -> None:
        """See End."""
        out, self._out = self._out, None
        if out is not None and not out.is_closing():
            out.write_eof()

    def close(self) -> None:
        """See End."""
        self._leave()
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._keeper.parting(self)
        if self._fin:
            transport.close()
        else:
            self.finish()
            transport.resume_reading()

    def abort(self) -> None:
        """See End."""
        self._leave()
        if self._transport is not None:
            with contextlib.suppress(OSError):
                self._transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, _RESET
                )
            self._transport.abort()

    def _leave(self) -> None:
        self._left = True
        self._flow = None
        self._early = b""

    # --- what the loop tells --------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        # A loop's own transport need not descend from asyncio's class.
        self._transport = self._out = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        flow = self._flow
        if flow is None:
            self._unheard(data)
        elif self._speaker == CLIENT:
            flow.from_client(data, self._keeper.clock())
        else:
            flow.from_server(data, self._keeper.clock())

    def eof_received(self) -> bool:
        """See asyncio; true: the other direction stays open."""
        self._fin = True
        if self._left:
            return False
        if self._flow is not None:
            self._tell_fin(self._flow)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._transport = self._out = None
        self._keeper.gone(self)
        flow, self._flow = self._flow, None
        if flow is not None:
            flow.lost(self._speaker, self._keeper.clock())
        else:
            self._lost = True

    def pause_writing(self) -> None:
        """See asyncio."""
        if self._flow is not None:
            self._flow.full(self._speaker)

    def resume_writing(self) -> None:
        """See asyncio."""
        if self._flow is not None:
            self._flow.drained(self._speaker)

    def _unheard(self, data: bytes) -> None:
        """Too early: keep it; too late: throw it away."""
        if not self._left:
            self._early += data
            if len(self._early) > EARLY:
                self.pause()

    def _tell_fin(self, flow: Flow) -> None:
        if self._speaker == CLIENT:
            flow.client_closed(self._keeper.clock())
        else:
            flow.server_closed(self._keeper.clock())
