"""Class-maps and access lists, compiled to what the gate asks.

Knows: which entries and matches are honoured, and what each becomes.
Does not know: policies, how a connection is judged.
Called by: `config.compile`, `config.access`.
"""

from collections.abc import Callable, Iterator
from typing import Final, final

from mailward.config.groups import Groups, Service
from mailward.config.lines import Line
from mailward.config.objects.access import (
    ACCESS_LIST,
    ENTRY,
    NOT_HONOURED,
    OTHER_ENTRY,
    REMARK,
)
from mailward.config.objects.ports import ranges
from mailward.config.objects.traffic import (
    CLASS_DEFAULT,
    MANAGEMENT_CLASS,
    MATCH_ACCESS_LIST,
    MATCH_ANY,
    MATCH_DEFAULT,
    MATCH_OTHER,
    MATCH_PORT,
    TRAFFIC_CLASS,
)
from mailward.config.running import Running
from mailward.errors import ConfigError
from mailward.lang.tokens import Args
from mailward.policy.acl import (
    ALL_PORTS,
    AccessList,
    Entry,
    EntryLog,
    Network,
    Networks,
    Ports,
    apart,
    mark_of,
)
from mailward.policy.gate import DEFAULT_PORTS, Traffic
from mailward.policy.logs import LEVELS

_NOTHING: Final = Traffic(())
_ANY: Final = Network(0)
_NEVER: Final = Entry(False, False, _ANY, ALL_PORTS, _ANY, ALL_PORTS)
_NOT_UNDERSTOOD: Final = (
    "this entry is kept, but decides which mail is inspected and is not understood"
)
#: What becomes of an entry of a list that filters, by its verdict.
_GUESSED: Final = {
    True: "this entry is not understood, so it permits nothing",
    False: "this entry is not understood, so it denies more than it says",
}


@final
class TrafficCompiler:
    """Class-maps of one running configuration; each access list once, so that
    all its users share its hits."""

    __slots__ = ("_access_lists", "_classes", "_filters", "_groups", "_lists")

    def __init__(self, running: Running) -> None:
        self._groups = Groups(running)
        self._access_lists: dict[str, AccessList] = {}
        self._filters: dict[str, AccessList] = {}
        self._lists: dict[str, list[Line]] = {}
        for line in running.definitions(ACCESS_LIST):
            self._lists.setdefault(line.args.text("name"), []).append(line)
        self._classes = {
            line.args.text("name"): line for line in running.definitions(TRAFFIC_CLASS)
        }

    def traffic(self, name: str) -> Traffic:
        """What the class matches.  Raises ConfigError where that cannot be
        told: a guess might let mail pass uninspected."""
        if name == CLASS_DEFAULT:
            return Traffic(ALL_PORTS)
        line = self._classes[name]
        if line.row is MANAGEMENT_CLASS:
            return _NOTHING
        made = _NOTHING
        for match in line.block.lines:
            if match.kind == MATCH_OTHER.line.kind:
                raise match.mistake(
                    "this match is kept, but cannot select mail", "what"
                )
            compiled = _MATCHES.get(match.kind)
            if compiled is not None:
                made = compiled(self, match, made)
        return made

    def access_list(self, name: str) -> AccessList:
        """The access list of that name.  Raises ConfigError at an entry that
        is kept and not understood."""
        made = self._access_lists.get(name)
        if made is None:
            made = self._access_lists[name] = self._made(name, self._entries)
        return made

    def filter(self, name: str, warnings: list[ConfigError]) -> AccessList | None:
        """The same for a list that decides which connections pass; None if there
        is no such list.

        An entry that is not understood errs on the safe side here: it permits
        nothing, or denies more than it says; `warnings` tell of it.
        """
        if name not in self._lists:
            return None
        try:
            return self.access_list(name)
        except ConfigError:
            made = self._filters.get(name)
        if made is None:
            made = self._filters[name] = self._made(
                name, lambda line: self._guessed(line, warnings)
            )
        return made

    def _made(
        self, name: str, entries: Callable[[Line], Iterator[Entry]]
    ) -> AccessList:
        found: list[Entry] = []
        owners: list[int] = []
        lines = (line for line in self._lists[name] if line.row is not REMARK)
        for place, line in enumerate(lines):
            for entry in entries(line):
                found.append(entry)
                owners.append(place)
        return AccessList(name, tuple(found), tuple(owners))

    def _entries(self, line: Line) -> Iterator[Entry]:
        """What a line decides: an entry for each set of ports of the client."""
        if line.row is OTHER_ENTRY or line.args.has("inactive"):
            yield _NEVER
            return
        unknown = next((name for name in NOT_HONOURED if line.args.has(name)), "")
        if unknown or line.row is not ENTRY:
            raise line.mistake(
                _NOT_UNDERSTOOD,
                unknown,
                ("any", "host A.B.C.D", "A.B.C.D A.B.C.D"),
            )
        line = self._settled(line)
        source = self._groups.addresses(line, "source-")
        destination = self._groups.addresses(line, "destination-")
        services = self._services(line)
        for client, server in services:
            yield _entry(line, source, client, destination, server)
        if not services:
            yield _NEVER

    def _guessed(self, line: Line, warnings: list[ConfigError]) -> Iterator[Entry]:
        """The same; what is not understood permits nothing and denies all."""
        try:
            yield from list(self._entries(line))
        except ConfigError as error:
            permit = line.row is not ENTRY or line.args.words("verdict") == ("permit",)
            told = line.mistake(f"{_GUESSED[permit]}: {error.message}")
            if told.line:
                warnings.append(told)
            if permit:
                yield _NEVER
            else:
                yield _entry(line, _ANY, ALL_PORTS, _ANY, ALL_PORTS)

    def _services(self, line: Line) -> tuple[Service, ...]:
        """The ports of the protocol, each with those that the entry adds."""
        client, server = self._ports(line, "source"), self._ports(line, "destination")
        if line.args.has("protocol"):
            return ((client, server),)
        services = (
            (_both(client, a), _both(server, b)) for a, b in self._groups.services(line)
        )
        return tuple(one for one in services if all(one))

    def _ports(self, line: Line, side: str) -> tuple[Ports, ...]:
        if line.args.has(f"{side}-ports-group"):
            return self._groups.ports(line, f"{side}-ports-group")
        return ranges(line.args, side)

    def _settled(self, line: Line) -> Line:
        """An entry with two groups side by side may be read in two ways, which
        only the groups themselves tell apart: `SOURCE group group` is ports
        and destination, or destination and ports."""
        values = dict(line.args.values)
        swap = _SWAPS[0] if "source-ports-group" in values else _SWAPS[1]
        first, second = swap[0]
        if first not in values or second not in values:
            return line
        network = self._groups.is_network(str(values[first]))
        if network == (first == "destination-group"):
            return line
        for old, new in zip(*swap, strict=True):
            values[new] = line.args.values[old]
            if old not in swap[1]:
                del values[old]
        return Line(line.row, line.text, Args(values), line.typed)

    def any(self, _match: Line, _so_far: Traffic) -> Traffic:
        """`match any`."""
        return Traffic(ALL_PORTS)

    def port(self, match: Line, _so_far: Traffic) -> Traffic:
        """`match port tcp`."""
        return Traffic(ranges(match.args, "match"))

    def default(self, _match: Line, so_far: Traffic) -> Traffic:
        """`match default-inspection-traffic`, perhaps beside an access list."""
        return Traffic(DEFAULT_PORTS, so_far.access_list)

    def listed(self, match: Line, so_far: Traffic) -> Traffic:
        """`match access-list`, perhaps beside the default ports."""
        acl = self.access_list(match.args.text("access-list"))
        return Traffic(so_far.ports or ALL_PORTS, acl)


_MATCHES: Final[dict[str, Callable[[TrafficCompiler, Line, Traffic], Traffic]]] = {
    MATCH_ANY.line.kind: TrafficCompiler.any,
    MATCH_ACCESS_LIST.line.kind: TrafficCompiler.listed,
    MATCH_PORT.line.kind: TrafficCompiler.port,
    MATCH_DEFAULT.line.kind: TrafficCompiler.default,
}


#: What was read, and what it means if the first group is of the other sort.
_SWAPS: Final = (
    (
        ("source-ports-group", "destination-group"),
        ("destination-group", "destination-ports-group"),
    ),
    (
        ("destination-group", "destination-ports-group"),
        ("source-ports-group", "destination-group"),
    ),
)


def _entry(
    line: Line,
    source: Network | Networks,
    client: tuple[Ports, ...],
    destination: Network | Networks,
    server: tuple[Ports, ...],
) -> Entry:
    """An entry, with the verdict and the `log` of its line."""
    permit = line.args.words("verdict") == ("permit",)
    mark, log = mark_of(line.text), _log(line.args)
    return Entry(permit, True, source, client, destination, server, mark, log)


def _log(args: Args) -> EntryLog | None:
    """What the `log` of an entry asks for; `default` is as if it were not
    there."""
    word = args.words("log-word")[0] if args.has("log-word") else ""
    if not args.has("log") or word == "default":
        return None
    if word == "disable":
        return EntryLog(silent=True)
    level = LEVELS.index(word) if word else 6
    level = args.number("log-level") if args.has("log-level") else level
    interval = args.number("interval") if args.has("interval") else 300
    return EntryLog(level, interval)


def _both(some: tuple[Ports, ...], others: tuple[Ports, ...]) -> tuple[Ports, ...]:
    """The ports that are in both."""
    if ALL_PORTS in (some, others):
        return others if some == ALL_PORTS else some
    return apart((max(a, c), min(b, d)) for a, b in some for c, d in others)
