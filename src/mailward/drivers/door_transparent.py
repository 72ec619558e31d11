"""The transparent door: connections that the kernel diverted to us.

Knows: the addresses that such a connection keeps, on both sides.
Does not know: which connections are diverted, and how (`network`).
Called by: cli makes one for each ingress interface; the relay asks.

The socket that was accepted bears the address that the client meant, and the one
to the server takes the client's own address and port, so neither side sees more
than the other.  Both need CAP_NET_RAW.
"""

import socket
from collections.abc import Callable
from functools import partial
from typing import Final, final

from mailward.drivers.door import Door, DoorError, Visit, host_of
from mailward.drivers.tcp import Described, Place, meant
from mailward.drivers.wire import Peer
from mailward.policy.endpoints import Endpoints

# What Linux calls IP_TRANSPARENT and IPV6_TRANSPARENT; Python has no names.
_TRANSPARENT: Final = {
    socket.AF_INET: (socket.SOL_IP, 19),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 75),
}


def transparent(sock: socket.socket) -> None:
    """Let a socket have addresses that are not this machine's.  OSError: this
    process lacks CAP_NET_RAW."""
    level, option = _TRANSPARENT[socket.AddressFamily(sock.family)]
    sock.setsockopt(level, option, 1)


@final
class TransparentDoor(Door):
    """What came in through one interface; `egress` says through which one an
    address is reached, `listening` where the relay takes such connections."""

    def __init__(
        self, interface: str, listening: Place, egress: Callable[[str], str]
    ) -> None:
        super().__init__()
        self.by_level = True
        self._interface = interface
        self._listening = listening
        self._egress = egress

    def visit(self, client: Described, peer: Peer) -> Visit:
        """See Door."""
        name = meant(client)
        upstream = Place(host_of(name), name[1])
        if upstream == self._listening:
            raise DoorError("it was not diverted: nobody may connect here himself")
        address = host_of(peer)
        leaving = self._egress(upstream.host)
        ends = Endpoints(
            client_interface=self._interface,
            client_address=address,
            client_port=peer[1],
            server_interface=leaving,
            server_address=upstream.host,
            server_port=upstream.port,
            inbound=self.inbound(self._interface, leaving),
        )
        return Visit(ends, upstream, partial(_as_client, address, peer[1]))


def _as_client(address: str, port: int, sock: socket.socket) -> None:
    """Take the client's place."""
    transparent(sock)
    # It may have another connection, to another server, from the same port.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
