"""An access list: ordered entries, the first that fits decides.

Knows: addresses as integers under a mask, ranges of ports, permit and deny.
Does not know: how an entry is typed, what is decided by the answer.
Called by: `policy.gate` (asks), config (builds it), console (reads the hits).
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final, final

from mailward.policy.endpoints import Endpoints

#: A range of ports, both ends included.
Ports = tuple[int, int]
ALL_PORTS: Final[tuple[Ports, ...]] = ((0, 65535),)


@final
@dataclass(frozen=True)
class Network:
    """Addresses whose bits under `mask` are `base`.  `version` is 4 or 6; 0
    stands for any address, of any version or none."""

    version: int
    base: int = 0
    mask: int = 0

    def holds(self, version: int, address: int) -> bool:
        """Is the address one of these?"""
        if not self.version:
            return True
        return version == self.version and address & self.mask == self.base


@final
@dataclass(frozen=True)
class Entry:
    """One permit or deny.  `live` is false for an entry that is `inactive` or
    of a protocol that SMTP does not run over: it is kept, and never fits."""

    permit: bool
    live: bool
    source: Network
    source_ports: tuple[Ports, ...]
    destination: Network
    destination_ports: tuple[Ports, ...]


@final
class AccessList:
    """Entries in order, with a hit count beside each; the end denies."""

    __slots__ = ("entries", "hits", "name")

    def __init__(self, name: str, entries: tuple[Entry, ...]) -> None:
        self.name = name
        self.entries = entries
        self.hits = [0] * len(entries)

    def permits(self, ends: Endpoints) -> bool:
        """Does the first entry that fits the connection, seen from its client,
        permit it?  Counts the hit."""
        source, source_address = parse(ends.client_address)
        destination, destination_address = parse(ends.server_address)
        for place, entry in enumerate(self.entries):
            if (
                entry.live
                and entry.source.holds(source, source_address)
                and entry.destination.holds(destination, destination_address)
                and _within(entry.source_ports, ends.client_port)
                and _within(entry.destination_ports, ends.server_port)
            ):
                self.hits[place] += 1
                return entry.permit
        return False


def parse(text: str) -> tuple[int, int]:
    """An address as (version, integer); (0, 0) if it is none, which only `any`
    holds.  An IPv4 address written in IPv6 (`::ffff:192.0.2.1`, as sockets for
    both report it) counts as IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return 0, 0
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return 4, int(address.ipv4_mapped)
    return address.version, int(address)


def _within(ranges: tuple[Ports, ...], port: int) -> bool:
    return any(low <= port <= high for low, high in ranges)
