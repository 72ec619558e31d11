"""Class-maps and access lists, compiled to what the gate asks.

Knows: which entries and matches are honoured, and what each becomes.
Does not know: policies, how a connection is judged.
Called by: `config.compile`.
"""

from collections.abc import Callable
from typing import Final, final

from mailward.config.lines import Line
from mailward.config.objects.access import (
    ACCESS_LIST,
    ENTRY,
    NOT_HONOURED,
    OBJECT_ENTRY,
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
from mailward.lang.tokens import Args
from mailward.policy.acl import ALL_PORTS, AccessList, Entry, Network, parse
from mailward.policy.gate import DEFAULT_PORTS, Traffic

_NOTHING: Final = Traffic(())
_ANY: Final = Network(0)
_BITS: Final = {4: 32, 6: 128}


@final
class TrafficCompiler:
    """Class-maps of one running configuration; each access list once, so that
    all its users share its hits."""

    __slots__ = ("_access_lists", "_classes", "_running")

    def __init__(self, running: Running) -> None:
        self._running = running
        self._access_lists: dict[str, AccessList] = {}
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
            lines = self._running.definitions(ACCESS_LIST)
            mine = (line for line in lines if line.args.text("name") == name)
            entries = tuple(_entry(line) for line in mine if line.row is not REMARK)
            made = self._access_lists[name] = AccessList(name, entries)
        return made

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


def _entry(line: Line) -> Entry:
    args = line.args
    if line.row is OTHER_ENTRY:
        return Entry(False, False, _ANY, ALL_PORTS, _ANY, ALL_PORTS)
    unknown = next((name for name in NOT_HONOURED if args.has(name)), "")
    if line.row is OBJECT_ENTRY or unknown or line.row is not ENTRY:
        raise line.mistake(
            "this entry is kept, but decides which mail is inspected and is not "
            "understood",
            unknown,
            ("any", "host A.B.C.D", "A.B.C.D A.B.C.D"),
        )
    return Entry(
        permit=args.words("verdict") == ("permit",),
        live=not args.has("inactive"),
        source=_network(args, "source"),
        source_ports=ranges(args, "source"),
        destination=_network(args, "destination"),
        destination_ports=ranges(args, "destination"),
    )


def _network(args: Args, side: str) -> Network:
    if args.has(f"{side}-any"):
        return _ANY
    for version in (4, 6):
        if args.has(f"{side}-any{version}"):
            return Network(version)
    if args.has(f"{side}-host"):
        version, base = parse(args.text(f"{side}-host"))
        return Network(version, base, (1 << _BITS[version]) - 1)
    _, base = parse(args.text(f"{side}-base"))
    _, mask = parse(args.text(f"{side}-mask"))
    return Network(4, base & mask, mask)
