"""Opening: a connection that does not stand yet.

Knows: the preface, connecting, the overture; giving up.
Does not know: sessions, what becomes of a connection that stands.
Called by: `drivers.relay`, the loop.

The client is not read before its server has been reached (but for the preface):
what it sends early waits in the kernel.  An opening ends once: `Opener.reached`,
`Opener.unreached`, or `drop`.
"""

import errno
import os
import socket
from functools import partial
from typing import Final, final

from mypy_extensions import mypyc_attr

from mailward.drivers.door import OVERTURE, PREFACE, Door, DoorError, Overture, Visit
from mailward.drivers.loop import BROKEN, EDGES, READ, Timer
from mailward.drivers.tcp import reason, unconnected
from mailward.drivers.tcp_end import Keeper
from mailward.drivers.wire import Peer, Wire
from mailward.policy.gate import Attachment

_NOW: Final = socket.MSG_DONTWAIT
# What connecting without waiting leads to.
_UNDER_WAY: Final = errno.EINPROGRESS
_NOT_FREE: Final = errno.EADDRNOTAVAIL
#: How often, and after how many seconds, it is tried again to connect where an
#: address and port, or a descriptor, are not free.
_TRIES_MOST: Final = 20
_AGAIN: Final = 0.05


@mypyc_attr(allow_interpreted_subclasses=True)
class Opener(Keeper):
    """What an opening asks of the relay."""

    def admitted(self, opening: "Opening", visit: Visit) -> bool:
        """It is known what the connection is; may it go on?"""
        raise NotImplementedError

    def reached(self, opening: "Opening", server: Wire, told: int, rest: bytes) -> None:
        """Both sides stand; `rest` is for the client, before all else.  `told`: what
        was told of the server's side, by EDGES; 0 if it is watched otherwise."""
        raise NotImplementedError

    def unreached(self, opening: "Opening", why: str) -> None:
        """The server cannot be had."""
        raise NotImplementedError

    def refused(self, opening: "Opening", why: str) -> None:
        """The connection is not one that may be."""
        raise NotImplementedError

    def checked(self, opening: "Opening") -> None:
        """The client of a door that is prefaced has left without a word."""
        raise NotImplementedError

    def spoiled(self, opening: "Opening", error: Exception) -> None:
        """A fault of ours befell it."""
        raise NotImplementedError


@final
class Opening:
    """One client, on its way to a server.

    `since` is when it began to wait for what it waits for, `visit` what it is
    once that is known; until then `visit` is None: it waits for its preface.
    `early` are octets of the client that came behind the preface.
    """

    __slots__ = (
        "_heard",
        "_opener",
        "_overture",
        "_server",
        "_timer",
        "_tries",
        "attachment",
        "client",
        "door",
        "early",
        "number",
        "peer",
        "since",
        "visit",
    )

    def __init__(self, client: Wire, peer: Peer, door: Door, opener: Opener) -> None:
        self.client = client
        self.peer = peer
        self.door = door
        self._opener = opener
        self._server: socket.socket | None = None
        self._overture: Overture | None = None
        self._timer: Timer | None = None  # of another attempt to connect
        self._tries = 0
        self._heard = 0  # octets of the server's in the overture
        self.early = b""
        self.visit: Visit | None = None
        self.attachment: Attachment | None = None
        self.number = 0
        self.since = opener.loop.now

    def begin(self) -> None:
        """Go as far as is possible at once."""
        if self.door.prefaced:
            self._opener.loop.watch(self.client.fileno(), READ, self._ready_client)
            return
        try:
            visit = self.door.visit(self.client, self.peer)
        except DoorError as error:
            self._opener.refused(self, str(error))
            return
        self._visited(visit)

    def drop(self) -> None:
        """Close both sides, whatever they are in."""
        self._opener.loop.close(self.client)
        self.leave()

    def leave(self) -> None:
        """Close the server's side alone."""
        if self._timer is not None:
            self._timer.cancel()
        server, self._server = self._server, None
        if server is not None:
            self._opener.loop.close(server)

    # --- the client's preface ---------------------------------------------------

    def _ready_client(self, events: int) -> None:
        try:
            self._read_preface()
        except Exception as error:  # noqa: BLE001  a fault of ours fails closed
            self._opener.spoiled(self, error)

    def _read_preface(self) -> None:
        octets = self.client.receive(False)
        if not isinstance(octets, bytes):
            if octets == errno.EAGAIN:
                return
            octets = b""
        if not octets and not self.early:
            self._opener.checked(self)
            return
        self.early += octets
        try:
            visit = self.door.preface(self.early, self.client, self.peer)
            if visit is None and (not octets or len(self.early) >= PREFACE):
                raise DoorError("no preface came")
        except DoorError as error:
            self._opener.refused(self, str(error))
            return
        if visit is not None:
            self.early = self.early[visit.used :]
            self._opener.loop.forget(self.client.fileno())
            self._visited(visit)

    # --- the server -------------------------------------------------------------

    def _visited(self, visit: Visit) -> None:
        """Now that it is known what it is: connect."""
        self.visit = visit
        self.since = self._opener.loop.now
        if not self._opener.admitted(self, visit):
            return
        self._dial(visit)

    def _dial(self, visit: Visit) -> None:
        """One attempt to connect."""
        upstream = visit.upstream
        try:
            server = self._server = unconnected(upstream)
            if visit.prepare is not None:
                visit.prepare(server)
            code = server.connect_ex((upstream.host, upstream.port))
        except OSError as error:
            # The client may have been given the last descriptor.
            scarce = error.errno in (errno.EMFILE, errno.ENFILE)
            if not (scarce and self._again(visit)):
                self._opener.unreached(self, reason(error))
            return
        # A client that calls again from one port may find that its last
        # connection is not quite gone on our side.
        if code == _NOT_FREE and self._again(visit):
            return
        if code not in (0, _UNDER_WAY):
            self._opener.unreached(self, os.strerror(code))
            return
        self._opener.loop.watch(server.fileno(), EDGES, self._ready_server)

    def _again(self, visit: Visit) -> bool:
        """Another attempt, in a moment; false: there were enough."""
        if self._tries >= _TRIES_MOST:
            return False
        self._tries += 1
        self.leave()
        again = self._opener.loop.now + _AGAIN
        self._timer = self._opener.loop.at(again, partial(self._redial, visit))
        return True

    def _redial(self, visit: Visit) -> None:
        try:
            self._dial(visit)
        except Exception as error:  # noqa: BLE001  a fault of ours fails closed
            self._opener.spoiled(self, error)

    def _ready_server(self, events: int) -> None:
        try:
            if self._overture is not None:
                self._hear(self._overture)
            elif self._server is not None:
                self._connected(self._server, events)
        except Exception as error:  # noqa: BLE001  a fault of ours fails closed
            self._opener.spoiled(self, error)

    def _connected(self, server: socket.socket, events: int) -> None:
        """The attempt to connect is over."""
        if events & BROKEN:
            code = server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            self._opener.unreached(self, os.strerror(code or errno.ECONNRESET))
            return
        visit = self.visit
        assert visit is not None
        if visit.first and not self._say(visit.first):
            return
        if visit.overture is None:
            self._reached(events, b"")
            return
        self._overture = visit.overture
        self._opener.loop.change(server.fileno(), READ)

    def _hear(self, overture: Overture) -> None:
        """The server speaks, and the client does not hear it yet."""
        assert self._server is not None
        try:
            octets = self._server.recv(OVERTURE, _NOW)
        except BlockingIOError:
            return
        except OSError as error:
            self._opener.unreached(self, reason(error))
            return
        self._heard += len(octets)
        try:
            if not octets or self._heard > OVERTURE:
                raise DoorError("the server does not answer as it must")
            answer = overture.hear(octets)
        except DoorError as error:
            self._opener.unreached(self, str(error))
            return
        if (not answer or self._say(answer)) and overture.done:
            self._reached(0, overture.rest)

    def _say(self, octets: bytes) -> bool:
        """A few octets for the server, whose kernel has room for them."""
        assert self._server is not None
        try:
            whole = self._server.send(octets, _NOW) == len(octets)
        except OSError as error:
            self._opener.unreached(self, reason(error))
            return False
        if not whole:
            self._opener.unreached(self, "it takes no more")
        return whole

    def _reached(self, told: int, rest: bytes) -> None:
        server, self._server = self._server, None
        assert server is not None
        wire = Wire(server.detach())
        try:
            self._opener.reached(self, wire, told, rest)
        except Exception:
            self._opener.loop.close(wire)
            raise
