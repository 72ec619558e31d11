"""Endpoints: who speaks with whom, as a policy and the audit see it.

Knows: interfaces, addresses, ports, and which side is the less trusted.
Does not know: sockets.
Called by: `policy.gate`, audit, drivers.
"""

from typing import final

#: The fields in their order.
Plain = tuple[str, str, int, str, str, int, bool]


@final
class Endpoints:
    """One TCP connection: the client opened it.

    Addresses are text (IPv4 or IPv6), ports ints.  `inbound` is true when the
    client's interface has the lower security level.  One is made for each
    connection, which is why it is no frozen dataclass: nobody changes one, and
    equal ones are equal.
    """

    __slots__ = (
        "client_address",
        "client_interface",
        "client_port",
        "inbound",
        "server_address",
        "server_interface",
        "server_port",
    )

    def __init__(
        self,
        client_interface: str,
        client_address: str,
        client_port: int,
        server_interface: str,
        server_address: str,
        server_port: int,
        inbound: bool = True,
    ) -> None:
        self.client_interface = client_interface
        self.client_address = client_address
        self.client_port = client_port
        self.server_interface = server_interface
        self.server_address = server_address
        self.server_port = server_port
        self.inbound = inbound

    @property
    def plain(self) -> Plain:
        """Its fields, from which another can be made."""
        return (
            self.client_interface,
            self.client_address,
            self.client_port,
            self.server_interface,
            self.server_address,
            self.server_port,
            self.inbound,
        )

    def of_client(self, address: str, port: int) -> "Endpoints":
        """The same, but of another client."""
        return Endpoints(
            self.client_interface,
            address,
            port,
            self.server_interface,
            self.server_address,
            self.server_port,
            self.inbound,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Endpoints) and self.plain == other.plain

    def __hash__(self) -> int:
        return hash(self.plain)

    def __repr__(self) -> str:
        return f"Endpoints{self.plain}"
