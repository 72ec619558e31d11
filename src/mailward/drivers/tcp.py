"""TCP: addresses as typed, sockets as we want them, one side of a connection.

Knows: sockets, and what the loop tells of them.
Does not know: sessions, gates, what octets mean.
Called by: `drivers.relay`, `drivers.opening`, cli.
"""

import contextlib
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from mailward.audit.auditor import RESET_APPLIANCE
from mailward.drivers.end import End
from mailward.drivers.flow import Flow
from mailward.drivers.loop import FIN, READ, WRITE, Loop
from mailward.policy.findings import CLIENT

#: Connections that the kernel may keep for us.
BACKLOG: Final = 1024
#: Octets of one read: of a speaker that sends commands, and of one that fills it.
_SMALL: Final = 16384
_LARGE: Final = 262144
# SO_LINGER on, nought seconds: closing sends RST.
_RESET: Final = struct.pack("ii", 1, 0)
_STREAM: Final = socket.SOCK_STREAM | socket.SOCK_NONBLOCK
_NOW: Final = socket.MSG_DONTWAIT

#: An address as the system has it: host and port, for IPv6 two numbers more.
Peer = tuple[str, int] | tuple[str, int, int, int]


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


def listening(
    where: Place, prepare: Callable[[socket.socket], None] | None = None
) -> socket.socket:
    """A socket that listens at a resolved place; OSError when it cannot."""
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # An IPv4 client of an IPv6 socket would escape IPv4 access lists.
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if prepare is not None:
            prepare(listener)
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


def accepted(listener: socket.socket, family: int) -> tuple[socket.socket, Peer]:
    """The next connection of a listener of this family; OSError for none.

    Two thirds of the price of `accept` and `setblocking`: what the object wants
    to know is told it.  The kernel's own flag stays as it is, so octets must be
    received and sent with MSG_DONTWAIT.
    """
    fd, peer = listener._accept()  # type: ignore[attr-defined]  # noqa: SLF001
    return socket.socket(family, _STREAM, 0, fd), peer


def unconnected(where: Place) -> socket.socket:
    """A socket that could connect to a resolved place; OSError for none."""
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    sock = socket.socket(family, _STREAM, 0)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class Keeper:
    """What keeps the ends: lends the loop, sees to it that partings end."""

    loop: Loop

    def parting(self, end: "TcpEnd") -> None:
        """The end was closed; what is left to flush or to throw away may not
        last for ever."""
        raise NotImplementedError

    def gone(self, end: "TcpEnd") -> None:
        """The socket of an end that parted is closed."""
        raise NotImplementedError

    def fault(self, what: str, error: Exception) -> None:
        """A fault of ours befell an end; its connection is closed already."""
        raise NotImplementedError


@final
class TcpEnd(End):
    """One side of a connection, on a socket that does not block.

    What is written goes to the kernel at once; what the kernel refuses is kept,
    and the flow is told `full` until it has gone.  `pause` costs nothing until
    more comes.  After `close` what comes is read and thrown away until the
    speaker's FIN: a socket closed with octets unread would send RST, and the
    RST may overtake what we sent last.
    """

    __slots__ = (
        "_ending",
        "_fin",
        "_flow",
        "_heard",
        "_keeper",
        "_kept",
        "_open",
        "_paused",
        "_room",
        "_sock",
        "_speaker",
        "_watched",
    )

    def __init__(
        self, speaker: int, sock: socket.socket, keeper: Keeper, watched: int = 0
    ) -> None:
        self._speaker = speaker
        self._sock: socket.socket | None = sock
        self._keeper = keeper
        self._flow: Flow | None = None
        self._heard: Callable[[bytes, float], None] | None = None
        self._kept: list[memoryview] = []  # what the kernel has refused so far
        self._room = _SMALL
        self._watched = watched  # what the loop watches it for, on whose behalf ever
        self._open = True  # we may write
        self._ending = False  # FIN follows what is kept
        self._fin = False  # the speaker's FIN was seen
        self._paused = False

    @property
    def kept(self) -> int:
        """Octets that wait for the kernel."""
        return sum(map(len, self._kept))

    def attach(self, flow: Flow, early: bytes = b"") -> None:
        """From here on the flow hears of this end; first, what came before."""
        self._flow = flow
        self._heard = flow.from_client if self._speaker == CLIENT else flow.from_server
        assert self._sock is not None
        fd = self._sock.fileno()
        if self._watched:
            self._keeper.loop.change(fd, READ, self.ready)
        else:
            self._keeper.loop.watch(fd, READ, self.ready)
        self._watched = READ
        if early:
            self._heard(early, self._keeper.loop.now)

    # --- what a flow asks -----------------------------------------------------

    def write(self, octets: bytes) -> None:
        """See End."""
        sock = self._sock
        if sock is None or not self._open:
            return
        if self._kept:
            self._kept.append(memoryview(octets))
            return
        try:
            sent = sock.send(octets, _NOW)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._break()
            return
        if sent < len(octets):
            self._kept.append(memoryview(octets)[sent:])
            self._rewatch()
            if self._flow is not None:
                self._flow.full(self._speaker)

    def pause(self) -> None:
        """See End."""
        self._paused = True

    def resume(self) -> None:
        """See End."""
        self._paused = False
        if self._sock is not None:
            self._rewatch()

    def finish(self) -> None:
        """See End."""
        if self._open:
            self._open = False
            if self._kept:
                self._ending = True
            else:
                self._say_fin()

    def close(self) -> None:
        """See End."""
        self._leave()
        if self._sock is None:
            return
        if self._fin and not self._kept:
            self._bury()
            return
        self.finish()
        self._paused = False
        self._rewatch()
        self._keeper.parting(self)

    def abort(self) -> None:
        """See End."""
        self._leave()
        if self._sock is not None:
            with contextlib.suppress(OSError):
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._bury()

    def _leave(self) -> None:
        self._flow = None
        self._heard = None

    # --- what the loop tells --------------------------------------------------

    def ready(self, events: int) -> None:
        """The socket can be read, written, or is broken."""
        try:
            if self._kept and events & ~READ:
                self._flush()
            if events & ~WRITE and self._sock is not None:
                self._read(events)
        except Exception as error:  # noqa: BLE001  a fault of ours fails closed
            flow = self._flow
            self.abort()
            if flow is not None:
                flow.stop(RESET_APPLIANCE, self._keeper.loop.now, abort=True)
            self._keeper.fault("an end of a connection", error)

    def _read(self, events: int) -> None:
        """One read; two when FIN is known to stand behind it."""
        sock = self._sock
        while sock is not None and not self._fin:
            if self._paused:
                self._rewatch()
                return
            room = self._room
            try:
                octets = sock.recv(room, _NOW)
            except BlockingIOError:
                return
            except OSError:
                self._lose()
                return
            if not octets:
                self._tell_fin()
                return
            got = len(octets)
            if self._heard is not None:
                self._heard(octets, self._keeper.loop.now)
            if got == room:
                self._room = _LARGE
                return
            if got <= _SMALL:
                self._room = _SMALL
            if not events & FIN:
                return
            sock = self._sock

    def _tell_fin(self) -> None:
        self._fin = True
        flow = self._flow
        now = self._keeper.loop.now
        if flow is None:
            if not self._kept:
                self._bury()
                return
        elif self._speaker == CLIENT:
            flow.client_closed(now)
        else:
            flow.server_closed(now)
        if self._sock is not None:
            self._rewatch()

    def _flush(self) -> None:
        """What was kept goes to the kernel, as far as it takes it."""
        sock = self._sock
        kept = self._kept
        while sock is not None and kept:
            first = kept[0]
            try:
                sent = sock.send(first, _NOW)
            except BlockingIOError:
                return
            except OSError:
                self._lose()
                return
            if sent < len(first):
                kept[0] = first[sent:]
                return
            del kept[0]
        if self._ending:
            self._ending = False
            self._say_fin()
        if self._flow is not None:
            self._flow.drained(self._speaker)
        elif self._fin:
            self._bury()
        if self._sock is not None:
            self._rewatch()

    # --- the socket -----------------------------------------------------------

    def _rewatch(self) -> None:
        """Let the loop watch for what is wanted now; a socket with nothing
        wanted of it is not watched, or it would tell of HUP without end."""
        assert self._sock is not None
        wanted = 0 if self._fin or self._paused else READ
        if self._kept:
            wanted |= WRITE
        watched = self._watched
        if wanted == watched:
            return
        self._watched = wanted
        loop = self._keeper.loop
        fd = self._sock.fileno()
        if not wanted:
            loop.forget(fd)
        elif watched:
            loop.change(fd, wanted)
        else:
            loop.watch(fd, wanted, self.ready)

    def _say_fin(self) -> None:
        if self._sock is not None:
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_WR)

    def _break(self) -> None:
        """Writing has failed, in the middle of a call of the flow: it hears of
        the loss when that is over."""
        self._open = False
        self._keeper.loop.soon(self._lose)

    def _lose(self) -> None:
        """The connection is broken: nothing comes, nothing goes."""
        if self._sock is None:
            return
        self._bury()
        flow, self._flow = self._flow, None
        self._heard = None
        if flow is not None:
            flow.lost(self._speaker, self._keeper.loop.now)

    def _bury(self) -> None:
        """Close the socket."""
        sock, self._sock = self._sock, None
        self._open = False
        self._kept.clear()
        if sock is not None:
            self._keeper.loop.close(sock)
        if self._flow is None:
            self._keeper.gone(self)
