"""The proxied door: clients whose balancer says who they are.

Knows: that a PROXY header precedes the client's octets.
Does not know: how it is read (`drivers.proxy`), where the connection goes.
Called by: cli (`--proxy-protocol`); the relay asks.

Whoever can connect can say what he likes: such a door belongs where only the
balancer can reach it.
"""

from typing import final

from mailward.drivers.door import Door, DoorError, Visit, WrappedDoor, host_of
from mailward.drivers.proxy import ProxyError, read
from mailward.drivers.tcp import Described
from mailward.drivers.wire import Peer


@final
class ProxiedDoor(WrappedDoor):
    """Another door, with the client that the header names.

    A header that names nobody, or the balancer itself, is a health check; the
    connection is the balancer's then.
    """

    def __init__(self, inner: Door) -> None:
        super().__init__(inner)
        self.prefaced = True

    def preface(self, octets: bytes, client: Described, peer: Peer) -> Visit | None:
        """See Door."""
        try:
            header = read(octets)
        except ProxyError as error:
            raise DoorError(str(error)) from error
        if header is None:
            return None
        visit = self.inner.visit(client, peer)
        visit.used = header.used
        # HAProxy's checks say their own address in version 1.
        own = (header.client, header.client_port) == (host_of(peer), peer[1])
        visit.check = header.local or own
        if not header.local:
            visit.ends = visit.ends.of_client(header.client, header.client_port)
        return visit
