"""Doors: what a connection is that came in at a listener.

Knows: what a door answers, and the door whose answer is fixed.
Does not know: how it is connected, what is inspected.
Called by: `drivers.opening`, `drivers.relay`; `drivers.doors` makes them.

A door is asked once a connection.  Most can answer at once (`visit`).  A door
that is `prefaced` first gets what the client sends (a PROXY header), until it
knows; what it can neither read nor wait for it refuses with a DoorError.  A visit
may have an overture: words with the server before the client has any.
"""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, final

from mypy_extensions import mypyc_attr

from mailward.drivers.tcp import Described, Place
from mailward.drivers.wire import Peer
from mailward.errors import MailwardError
from mailward.policy.endpoints import Endpoints

#: Octets that a preface may have, and that a server may say in an overture.
PREFACE: Final = 4096
OVERTURE: Final = 65536


class DoorError(MailwardError):
    """A preface or an overture that is none: the connection is reset."""


@mypyc_attr(allow_interpreted_subclasses=True)
class Overture:
    """A dialogue with the server before the client is heard.

    `done` is true when it is over; then `rest` is what the client must hear of
    what the server has said.  The relay bounds it: OVERTURE octets of the
    server, the time that a connection may take to stand.  `remark`: why it has not
    come to what was asked for, where the connection goes on all the same.
    """

    def __init__(self) -> None:
        self.done = False
        self.rest = b""
        self.remark = ""

    def hear(self, octets: bytes) -> bytes:
        """What the server says; what is to be said to it.  DoorError ends it."""
        raise NotImplementedError


@final
class Visit:
    """What a connection is.

    `ends` is how policies and records see it, `upstream` a literal address.
    `prepare` gets the socket to the server before it connects, `first` is sent
    to the server before anything else.  `used`: so many octets of the client's
    were the preface; what came behind them is its own.  `check`: it stands for no
    client, a balancer looks whether we live.
    """

    __slots__ = ("check", "ends", "first", "overture", "prepare", "upstream", "used")

    def __init__(
        self,
        ends: Endpoints,
        upstream: Place,
        prepare: Callable[[socket.socket], None] | None = None,
        first: bytes = b"",
        overture: Overture | None = None,
        used: int = 0,
    ) -> None:
        self.ends = ends
        self.upstream = upstream
        self.prepare = prepare
        self.first = first
        self.overture = overture
        self.used = used
        self.check = False


@mypyc_attr(allow_interpreted_subclasses=True)
class Door:
    """Says what connections are.  `levels`, the security level of each
    interface, is the running configuration's: the relay keeps it so (`heed`).

    `prefaced`: does the client say something that is not for the server?
    `by_level`: are its interfaces the configuration's own, so that security levels
    say which connections may pass?  Else only access lists do.  Both belong to the
    object: what a class that is not compiled says of itself, compiled code does not
    hear.
    """

    def __init__(self) -> None:
        self.levels: Mapping[str, int] = {}
        self.prefaced = False
        self.by_level = False

    def heed(self, levels: Mapping[str, int]) -> None:
        """From here on the interfaces have these levels."""
        self.levels = levels

    def visit(self, client: Described, peer: Peer) -> Visit:
        """What this connection is; DoorError when it must not be."""
        raise NotImplementedError

    def preface(self, octets: bytes, client: Described, peer: Peer) -> Visit | None:
        """The same, of a client that has sent so much; None: more is needed."""
        raise NotImplementedError

    def inbound(self, client: str, server: str) -> bool:
        """From the less trusted side?  Equal and unknown levels count as
        inbound, as the gate inspects them."""
        theirs = self.levels.get(client)
        ours = self.levels.get(server)
        return theirs is None or ours is None or theirs <= ours


@mypyc_attr(allow_interpreted_subclasses=True)
class WrappedDoor(Door):
    """Another door with something added."""

    def __init__(self, inner: Door) -> None:
        super().__init__()
        self.inner = inner
        self.prefaced = inner.prefaced
        self.by_level = inner.by_level

    def heed(self, levels: Mapping[str, int]) -> None:
        """See Door: it is the inner door that says what a connection is."""
        super().heed(levels)
        self.inner.heed(levels)


@final
@dataclass(frozen=True)
class Route:
    """Where connections go, and how policies and records see them.

    `upstream` must be a literal address; `service` is the destination that
    policies see.  Interfaces are names of the configuration.
    """

    upstream: Place
    service: Place
    client_interface: str = "outside"
    server_interface: str = "inside"


@final
class FixedDoor(Door):
    """Every connection takes the same route."""

    def __init__(self, route: Route, *, by_level: bool = False) -> None:
        super().__init__()
        self.by_level = by_level
        self.route = route

    def visit(self, client: Described, peer: Peer) -> Visit:
        """See Door."""
        route = self.route
        ends = Endpoints(
            client_interface=route.client_interface,
            client_address=host_of(peer),
            client_port=peer[1],
            server_interface=route.server_interface,
            server_address=route.service.host,
            server_port=route.service.port,
            inbound=self.inbound(route.client_interface, route.server_interface),
        )
        return Visit(ends, route.upstream)


def host_of(peer: Peer) -> str:
    """The address alone, without the link that it is on."""
    host = peer[0]
    return host.partition("%")[0] if "%" in host else host
