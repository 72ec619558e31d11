"""Elements: what objects and groups make of the lines of an access list.

Knows: ranges of addresses and ports, and how they are written as entries.
Does not know: hits, layouts.
Called by: `console.lists`.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, summarize_address_range
from itertools import product
from typing import Final, TypeAlias, final

from mailward.config.lines import Line
from mailward.config.objects.access import ACCESS_LIST, REMARK
from mailward.config.objects.ports import PORTS
from mailward.config.running import Running
from mailward.config.traffic import TrafficCompiler
from mailward.policy.acl import ALL_PORTS, Entry, Network, Networks, Ports

#: No list that has more is shown by its elements.
MOST: Final = 100_000
_WORD_OF: Final = {number: word for word, number in reversed(PORTS.items())}
_GROUPED: Final = ("object", "object-group")
_Address: TypeAlias = type[IPv4Address] | type[IPv6Address]


@final
class Elements:
    """The elements of the lists of one configuration."""

    __slots__ = ("_compiler", "_lines")

    def __init__(self, running: Running) -> None:
        self._compiler = TrafficCompiler(running)
        self._lines: dict[str, list[Line]] = {}
        for line in running.definitions(ACCESS_LIST):
            if line.row is not REMARK:
                self._lines.setdefault(line.args.text("name"), []).append(line)

    def of(self, name: str) -> dict[int, tuple[str, ...]]:
        """By the identity of each line that names an object or a group, the
        elements that it stands for; nothing for a list that has too many."""
        lines = self._lines.get(name, [])
        if not any(map(_grouped, lines)):
            return {}
        made = self._compiler.filter(name, [])
        if made is None:
            return {}
        out: dict[int, tuple[str, ...]] = {}
        total = 0
        for entry, place in zip(made.entries, made.lines, strict=True):
            line = lines[place]
            if not _grouped(line) or not entry.live:
                continue
            sides = _sides(entry)
            total += len(sides[0]) * len(sides[1]) * len(sides[2]) * len(sides[3])
            if total > MOST:
                return {}
            out[id(line)] = (*out.get(id(line), ()), *_written(entry.permit, sides))
        return out


def _grouped(line: Line) -> bool:
    return any(word in _GROUPED for word in line.text.split()[3:])


def _sides(entry: Entry) -> tuple[list[str], list[str], list[str], list[str]]:
    return (
        list(_addresses(entry.source)),
        list(_ports(entry.source_ports)),
        list(_addresses(entry.destination)),
        list(_ports(entry.destination_ports)),
    )


def _written(
    permit: bool, sides: tuple[list[str], list[str], list[str], list[str]]
) -> Iterator[str]:
    verdict = "permit" if permit else "deny"
    for parts in product(*sides):
        yield " ".join((verdict, "tcp", *filter(None, parts)))


def _addresses(these: Network | Networks) -> Iterator[str]:
    """Each host, each network; a range as the networks that make it up."""
    if isinstance(these, Network):
        yield _network(these)
        return
    for kind, ranges in ((IPv4Address, these.four), (IPv6Address, these.six)):
        for low, high in ranges:
            yield from _ranged(kind, low, high)


def _network(network: Network) -> str:
    if not network.version:
        return "any"
    if network.version == 4:
        base, mask = IPv4Address(network.base), IPv4Address(network.mask)
        if network.mask == 0xFFFFFFFF:
            return f"host {base}"
        return "any4" if not network.mask else f"{base} {mask}"
    length = network.mask.bit_count()
    if length == 128:
        return f"host {IPv6Address(network.base)}"
    return f"{IPv6Address(network.base)}/{length}" if length else "any6"


def _ranged(kind: _Address, low: int, high: int) -> Iterator[str]:
    for network in summarize_address_range(kind(low), kind(high)):
        if network.prefixlen == network.max_prefixlen:
            yield f"host {network.network_address}"
        elif network.version == 6:
            yield f"{network}" if network.prefixlen else "any6"
        elif network.prefixlen:
            yield f"{network.network_address} {network.netmask}"
        else:
            yield "any4"


def _ports(ranges: tuple[Ports, ...]) -> Iterator[str]:
    if ranges == ALL_PORTS:
        yield ""
        return
    for low, high in ranges:
        if low == high:
            yield f"eq {_WORD_OF.get(low, low)}"
        elif high == 65535:
            yield f"gt {low - 1}"
        elif low == 0:
            yield f"lt {high + 1}"
        else:
            yield f"range {low} {high}"
