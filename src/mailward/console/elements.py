"""Elements: what objects and groups make of the lines of an access list.

Knows: ranges of addresses and ports, and how they are written as entries.
Does not know: how hits are counted, layouts.
Called by: `console.lists`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
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
@dataclass(frozen=True)
class Element:
    """One element: its text, and where its hits stand: under which name, of how
    many, at which place."""

    text: str
    counted: str
    size: int
    place: int


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

    def of(self, name: str) -> dict[int, tuple[Element, ...]]:
        """By the identity of each line that names an object or a group, the
        elements that it stands for; nothing for a list that has too many."""
        lines = self._lines.get(name, [])
        if not any(map(_grouped, lines)):
            return {}
        made = self._compiler.filter(name, [])
        if made is None:
            return {}
        out: dict[int, tuple[Element, ...]] = {}
        total = 0
        pairs = zip(made.entries, made.lines, strict=True)
        for at, (entry, place) in enumerate(pairs):
            line = lines[place]
            if not _grouped(line) or not entry.live:
                continue
            total += entry.elements
            if total > MOST:
                return {}
            # An entry that stands for one thing alone is counted with its line.
            alone = entry.elements == made.lines.count(place) == 1
            counted = (name, len(lines)) if alone else (f"{name} {at}", entry.elements)
            elements = (
                Element(text, *counted, place if alone else number)
                for number, text in enumerate(_written(entry.permit, _sides(entry)))
            )
            out[id(line)] = (*out.get(id(line), ()), *elements)
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
    """Each host, each network, each range."""
    if isinstance(these, Network):
        yield _network(these)
        return
    for kind, ranges in ((IPv4Address, these.four), (IPv6Address, these.six)):
        for low, high in ranges:
            yield _ranged(kind, low, high)


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


def _ranged(kind: _Address, low: int, high: int) -> str:
    """A host, a network where the range is one, or a range."""
    rest = high - low
    if not rest:
        return f"host {kind(low)}"
    if rest & (rest + 1) or low & rest:
        return f"range {kind(low)} {kind(high)}"
    full = (1 << kind(0).max_prefixlen) - 1
    version = kind(0).version
    return _network(Network(version, low, full ^ rest))


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
