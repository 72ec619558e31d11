"""The announced door: the server is told who the client is.

Knows: the PROXY header and XCLIENT, as what goes first.
Does not know: their octets (`drivers.proxy`, `drivers.xclient`).
Called by: cli (`--send-proxy`, `--xclient`); the relay asks.
"""

from typing import final

from mailward.drivers.door import Door, Visit, WrappedDoor
from mailward.drivers.proxy import write
from mailward.drivers.tcp import Described
from mailward.drivers.wire import Peer
from mailward.drivers.xclient import Xclient


@final
class AnnouncedDoor(WrappedDoor):
    """Another door, whose servers are told of the client: by a PROXY header of
    `version` (0: none), by `xclient`, or by both."""

    def __init__(self, inner: Door, version: int, *, xclient: bool) -> None:
        super().__init__(inner)
        self._version = version
        self._xclient = xclient

    def visit(self, client: Described, peer: Peer) -> Visit:
        """See Door."""
        return self._announced(self.inner.visit(client, peer))

    def preface(self, octets: bytes, client: Described, peer: Peer) -> Visit | None:
        """See Door."""
        visit = self.inner.preface(octets, client, peer)
        return None if visit is None else self._announced(visit)

    def _announced(self, visit: Visit) -> Visit:
        ends = visit.ends
        if self._version:
            visit.first = write(
                self._version,
                ends.client_address,
                ends.client_port,
                ends.server_address,
                ends.server_port,
            )
        if self._xclient:
            visit.overture = Xclient(ends)
        return visit
