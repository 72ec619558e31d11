"""Endpoints: who speaks with whom, as a policy and the audit see it.

Knows: interfaces, addresses, ports, and which side is the less trusted.
Does not know: sockets.
Called by: `policy.gate`, audit, drivers.
"""

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class Endpoints:
    """One TCP connection: the client opened it.

    Addresses are text (IPv4 or IPv6), ports ints.  `inbound` is true when the
    client's interface has the lower security level.
    """

    client_interface: str
    client_address: str
    client_port: int
    server_interface: str
    server_address: str
    server_port: int
    inbound: bool = True
