"""An access list: ordered entries, the first that fits decides.

Knows: addresses as integers, alone, under a mask or in sorted ranges; ranges
of ports; permit and deny; which element of a group was hit.
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
#: An entry that stands for more has no counts by element.
ELEMENTS_MOST: Final = 10_000
#: So many ports are remembered with the entries for them.
_SLICES_MOST: Final = 64
_FULL: Final = {4: (1 << 32) - 1, 6: (1 << 128) - 1}
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
    """Addresses of a group: sorted ranges of each version, as `apart` leaves
    them.  Ten thousand are asked in the time of fourteen."""

    four: tuple[Ports, ...]
    six: tuple[Ports, ...] = ()

    def holds(self, version: int, address: int) -> bool:
        """Is the address one of these?"""
        if version == 4:
            return within(self.four, address)
        return version == 6 and within(self.six, address)

    def which(self, version: int, address: int) -> int:
        """The number of the range that holds an address which is one of these;
        those of version 6 come behind the others."""
        if version == 4:
            return piece(self.four, address)
        return len(self.four) + piece(self.six, address)

    @property
    def size(self) -> int:
        """How many ranges there are."""
        return len(self.four) + len(self.six)


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

    @property
    def elements(self) -> int:
        """How many entries without groups say the same: one for each source,
        its ports, destination and its ports."""
        ports = len(self.source_ports) * len(self.destination_ports)
        return _size(self.source) * _size(self.destination) * ports


@final
class AccessList:
    """Entries in order; the end denies.

    A line of the configuration may make several entries: `lines` has the place
    of its line for each entry, `hits` a count for each line.  Without `lines`
    each entry is a line.  `elements` has, by the place of an entry that stands
    for several, the hits of each of them, in the order of sources, their ports,
    destinations and their ports; an entry of more than ELEMENTS_MOST is not there.
    """

    __slots__ = ("_slices", "elements", "entries", "hits", "lines", "name")

    def __init__(
        self, name: str, entries: tuple[Entry, ...], lines: tuple[int, ...] = ()
    ) -> None:
        self.name = name
        self.entries = entries
        self.lines = lines or tuple(range(len(entries)))
        self.hits = [0] * (max(self.lines, default=-1) + 1)
        self.elements: dict[int, list[int]] = {}
        for place, entry in enumerate(entries):
            beside = self.lines[max(0, place - 1) : place + 2]
            several = entry.elements > 1 or beside.count(self.lines[place]) > 1
            if entry.live and several and entry.elements <= ELEMENTS_MOST:
                self.elements[place] = [0] * entry.elements
        self._slices: dict[int, _Slice] = {}

    def permits(self, ends: Endpoints) -> bool:
        """Does the first entry that fits the connection permit it?  Counts the
        hit."""
        entry = self.decides(ends)
        return entry is not None and entry.permit

    def decides(self, ends: Endpoints) -> Entry | None:
        """The first entry that fits the connection, seen from its client; None:
        the end of the list, which denies.  Counts the hit."""
        source = parse(ends.client_address)
        destination = parse(ends.server_address)
        some = self._slice(ends.server_port)
        for place in some.candidates(source, destination):
            entry = self.entries[place]
            if (
                entry.source.holds(*source)
                and entry.destination.holds(*destination)
                and within(entry.source_ports, ends.client_port)
            ):
                self.hits[self.lines[place]] += 1
                counts = self.elements.get(place)
                if counts is not None:
                    counts[_number(entry, source, destination, ends)] += 1
                return entry
        return None

    def carry(self, was: "AccessList") -> None:
        """Go on counting where another form of this list was, which has the same
        entries."""
        self.hits = was.hits
        self.elements = was.elements

    def clear(self) -> None:
        """Every count back to nought."""
        self.hits[:] = [0] * len(self.hits)
        for counts in self.elements.values():
            counts[:] = [0] * len(counts)

    def _slice(self, port: int) -> "_Slice":
        """The entries that a connection to this port may fit."""
        made = self._slices.get(port)
        if made is None:
            if len(self._slices) >= _SLICES_MOST:
                self._slices.clear()
            made = self._slices[port] = _Slice(self.entries, port)
        return made


@final
class _Slice:
    """The live entries for one port of the server, by the one address of the
    server or of the client that they hold; so that of thousands of hosts only
    the right ones are asked."""

    __slots__ = ("_by_client", "_by_server", "_others")

    def __init__(self, entries: tuple[Entry, ...], port: int) -> None:
        self._by_server: dict[tuple[int, int], list[int]] = {}
        self._by_client: dict[tuple[int, int], list[int]] = {}
        self._others: list[int] = []
        for place, entry in enumerate(entries):
            if not entry.live or not within(entry.destination_ports, port):
                continue
            server, client = _only(entry.destination), _only(entry.source)
            if server is not None:
                self._by_server.setdefault(server, []).append(place)
            elif client is not None:
                self._by_client.setdefault(client, []).append(place)
            else:
                self._others.append(place)

    def candidates(
        self, source: tuple[int, int], destination: tuple[int, int]
    ) -> list[int]:
        """The places of the entries to be asked, in order."""
        found = self._by_server.get(destination, [])
        found = found + self._by_client.get(source, [])
        return sorted(found + self._others) if found else self._others


def _only(these: Network | Networks) -> tuple[int, int] | None:
    """The one address that is all of these, with its version."""
    if isinstance(these, Network):
        full = _FULL.get(these.version)
        return (these.version, these.base) if these.mask == full else None
    if these.size != 1:
        return None
    version, (low, high) = (4, these.four[0]) if these.four else (6, these.six[0])
    return (version, low) if low == high else None


def _size(these: Network | Networks) -> int:
    return 1 if isinstance(these, Network) else these.size


def _number(
    entry: Entry, source: tuple[int, int], destination: tuple[int, int], ends: Endpoints
) -> int:
    """The number of the element that a connection which fits the entry hits."""
    number = 0
    if isinstance(entry.source, Networks):
        number = entry.source.which(*source)
    number *= len(entry.source_ports)
    number += piece(entry.source_ports, ends.client_port)
    number *= _size(entry.destination)
    if isinstance(entry.destination, Networks):
        number += entry.destination.which(*destination)
    number *= len(entry.destination_ports)
    return number + piece(entry.destination_ports, ends.server_port)


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
    at = piece(ranges, number)
    return at >= 0 and number <= ranges[at][1]


def piece(ranges: tuple[Ports, ...], number: int) -> int:
    """The place of the last range that begins no later than the number."""
    return bisect_right(ranges, (number + 1,)) - 1


def apart(ranges: Iterable[Ports]) -> tuple[Ports, ...]:
    """The same numbers as ranges that stand sorted and have nothing in common; a
    range whose ends are the wrong way round holds none."""
    return _joined(ranges, 0)


def merged(ranges: Iterable[Ports]) -> tuple[Ports, ...]:
    """The same, and ranges that touch are one."""
    return _joined(ranges, 1)


def _joined(ranges: Iterable[Ports], gap: int) -> tuple[Ports, ...]:
    out: list[Ports] = []
    for low, high in sorted(ranges):
        if low > high:
            continue
        if out and low < out[-1][1] + 1 + gap:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)
