"""An access list: ordered entries, the first that fits decides.

Knows: addresses as integers, alone, under a mask or in sorted ranges; ranges
of ports; permit and deny.
Does not know: how an entry is typed, what is decided by the answer.
Called by: `policy.gate`, `policy.access` (ask), config (builds it), console (reads
the hits).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final, final
from zlib import crc32

from mailward.policy.endpoints import Endpoints

#: A range of ports or of addresses, both ends included.  Several stand sorted
#: and apart, so that one of thousands is found by halving.
Ports = tuple[int, int]
_OCTETS: Final = {str(octet): octet for octet in range(256)}
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
class Networks:
    """Addresses of a group: sorted ranges of each version, as `merged` leaves
    them.  Ten thousand are asked in the time of fourteen."""

    four: tuple[Ports, ...]
    six: tuple[Ports, ...] = ()

    def holds(self, version: int, address: int) -> bool:
        """Is the address one of these?"""
        if version == 4:
            return within(self.four, address)
        return version == 6 and within(self.six, address)


@final
@dataclass(frozen=True)
class EntryLog:
    """What the `log` of an entry asks for: a record at this severity for the
    first hit of a connection's kind, and the number of hits after each
    `interval` in seconds.  `silent`: no record at all, not even of a denial."""

    level: int = 6
    interval: int = 300
    silent: bool = False


@final
@dataclass(frozen=True)
class Entry:
    """One permit or deny.  `live` is false for an entry that is `inactive` or
    of a protocol that SMTP does not run over: it is kept, and never fits.
    `mark` tells its line from others in records, `log` is None without one."""

    permit: bool
    live: bool
    source: Network | Networks
    source_ports: tuple[Ports, ...]
    destination: Network | Networks
    destination_ports: tuple[Ports, ...]
    mark: int = 0
    log: EntryLog | None = None


@final
class AccessList:
    """Entries in order; the end denies.

    A line of the configuration may make several entries: `lines` has the place
    of its line for each entry, `hits` a count for each line.  Without `lines`
    each entry is a line.
    """

    __slots__ = ("entries", "hits", "lines", "name")

    def __init__(
        self, name: str, entries: tuple[Entry, ...], lines: tuple[int, ...] = ()
    ) -> None:
        self.name = name
        self.entries = entries
        self.lines = lines or tuple(range(len(entries)))
        self.hits = [0] * (max(self.lines, default=-1) + 1)

    def permits(self, ends: Endpoints) -> bool:
        """Does the first entry that fits the connection permit it?  Counts the
        hit."""
        entry = self.decides(ends)
        return entry is not None and entry.permit

    def decides(self, ends: Endpoints) -> Entry | None:
        """The first entry that fits the connection, seen from its client; None:
        the end of the list, which denies.  Counts the hit."""
        source, source_address = parse(ends.client_address)
        destination, destination_address = parse(ends.server_address)
        for place, entry in enumerate(self.entries):
            if (
                entry.live
                and entry.source.holds(source, source_address)
                and entry.destination.holds(destination, destination_address)
                and within(entry.source_ports, ends.client_port)
                and within(entry.destination_ports, ends.server_port)
            ):
                self.hits[self.lines[place]] += 1
                return entry
        return None


def mark_of(text: str) -> int:
    """What tells a name or a line of an access list from others in records
    and shows."""
    return crc32(text.encode())


def parse(text: str) -> tuple[int, int]:
    """An address as (version, integer); (0, 0) if it is none, which only `any`
    holds.  An IPv4 address written in IPv6 (`::ffff:192.0.2.1`, as sockets for
    both report it) counts as IPv4."""
    parts = text.split(".")
    if len(parts) == 4:
        try:
            a, b, c, d = (_OCTETS[part] for part in parts)
        except KeyError:
            pass
        else:
            return 4, a << 24 | b << 16 | c << 8 | d
    try:
        address = ip_address(text)
    except ValueError:
        return 0, 0
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return 4, int(address.ipv4_mapped)
    return address.version, int(address)


def within(ranges: tuple[Ports, ...], number: int) -> bool:
    """Is the number in one of these ranges?  They stand sorted and apart."""
    at = bisect_right(ranges, (number + 1,)) - 1
    return at >= 0 and number <= ranges[at][1]


def merged(ranges: Iterable[Ports]) -> tuple[Ports, ...]:
    """The same numbers as ranges that stand sorted and apart; a range whose
    ends are the wrong way round holds none."""
    out: list[Ports] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        elif low <= high:
            out.append((low, high))
    return tuple(out)
