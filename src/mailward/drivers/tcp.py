"""TCP: addresses as typed, sockets as we want them.

Knows: how sockets are made, and with which options.
Does not know: what passes through them.
Called by: `drivers.relay`, `drivers.opening`, doors, cli.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, cast, final

from mailward.drivers.wire import Peer, Wire, accept

#: Connections that the kernel may keep for us.
BACKLOG: Final = 1024
_STREAM: Final = int(socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
# The class below socket.socket, without what that adds in Python (files, `with`): to
# make one costs a third.
_Socket: Final = cast("type[socket.socket]", socket.SocketType)

# Numbers, not enumerations that must be made numbers each time.
_INET: Final = int(socket.AF_INET)
_INET6: Final = int(socket.AF_INET6)
_TCP: Final = int(socket.IPPROTO_TCP)
_NODELAY: Final = int(socket.TCP_NODELAY)
_accept: Final = accept


class Described(Protocol):
    """What has a descriptor: a wire, or a socket."""

    def fileno(self) -> int:
        """The descriptor."""


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


def accepted(listener: socket.socket) -> tuple[Wire, Peer]:
    """The next connection of a listener; OSError for none.

    No object of Python's is made for it, which would ask the system for an address
    that nobody wants.  The kernel's own flag stays as it is: octets are received and
    sent without waiting, whatever it says.
    """
    fd, peer = _accept(listener)
    return Wire(fd), peer


def meant(client: Described) -> Peer:
    """The address that a connection came in for."""
    sock = _Socket(fileno=client.fileno())
    try:
        return cast("Peer", sock.getsockname())
    finally:
        sock.detach()


def unconnected(where: Place) -> socket.socket:
    """A socket that could connect to a resolved place; OSError for none."""
    sock = _Socket(_INET6 if ":" in where.host else _INET, _STREAM, 0)
    sock.setsockopt(_TCP, _NODELAY, 1)
    return sock


def reason(error: OSError) -> str:
    """The system's words alone."""
    return os.strerror(error.errno) if error.errno else str(error)
