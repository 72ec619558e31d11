"""Objects and groups, compiled to ranges of addresses and ports.

Knows: what each member of a group adds, how groups stand within groups.
Does not know: access lists, which connection asks.
Called by: `config.traffic`, `config.check` (groups that hold themselves).
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final, final

from mailward.config.lines import Line
from mailward.config.objects.networks import (
    ALIAS,
    FQDN,
    GROUP,
    HOST,
    NETWORK,
    NETWORK_MEMBER,
    NETWORKS_GROUP,
    OBJECT,
    RANGE,
    SUBNET,
)
from mailward.config.objects.ports import ranges
from mailward.config.objects.services import (
    MAIL_PROTOCOLS,
    PORT_MEMBER,
    PROTOCOL_MEMBER,
    PROTOCOLS,
    SERVICE,
    SERVICE_LINE,
    SERVICE_MEMBER,
    SERVICES,
)
from mailward.config.objects.system import INTERFACE_LINE, IP_ADDRESS, NAMEIF
from mailward.config.running import Running
from mailward.errors import ConfigError
from mailward.lang.tokens import Args
from mailward.policy.acl import ALL_PORTS, Network, Networks, Ports, apart, parse

#: Ports of the client and of the server that belong together.
Service = tuple[tuple[Ports, ...], tuple[Ports, ...]]

_BITS: Final = {4: 32, 6: 128}
_NOT_UNDERSTOOD: Final = (
    "this line is kept, but decides which mail is inspected and is not understood"
)


@final
class Groups:
    """Objects, groups and names of one running configuration.

    Everything here raises ConfigError, at the line that asks or at the member
    that is not understood, where what is asked for cannot be told.
    """

    __slots__ = ("_aliases", "_groups", "_interfaces", "_made", "_objects")

    def __init__(self, running: Running) -> None:
        self._objects = _by_name(running, OBJECT)
        self._groups = _by_name(running, GROUP)
        self._aliases = _by_name(running, ALIAS)
        self._interfaces = {
            named.args.text("name"): line
            for line in running.block.lines
            if line.kind == INTERFACE_LINE.line.kind
            for named in line.under(NAMEIF.line.kind)
        }
        self._made: dict[str, Networks] = {}

    def is_network(self, group: str) -> bool:
        """Is there such a group, of addresses?"""
        line = self._groups.get(group)
        return line is not None and line.kind == NETWORKS_GROUP.line.kind

    # --- addresses ------------------------------------------------------------

    def addresses(self, line: Line, side: str = "") -> Network | Networks:
        """The addresses that `line` names by the tokens that begin with `side`
        (`source-`), alone or by an object or a group."""
        args = line.args
        if args.has(f"{side}group"):
            return self._group(line, f"{side}group")
        if args.has(f"{side}object"):
            return _whole(self._object(line, f"{side}object"))
        if args.has(f"{side}interface"):
            return self._interface(line, f"{side}interface")
        return self._plain(line, side)

    def named_address(self, line: Line, token: str) -> str:
        """The address at this token, typed or by a `name`."""
        if line.args.has(token):
            return line.args.text(token)
        return self._alias(line, f"{token}-name")

    def one(self, line: Line, token: str) -> str:
        """The one address that an object or a group holds; empty if it holds
        none or several."""
        if line.args.text(token) in self._groups:
            held = self._group(line, token)
            return _single([*((4, s) for s in held.four), *((6, s) for s in held.six)])
        return _single(self._object(line, token))

    def one_of(self, target: Line) -> str:
        """The same of an object, by its own line."""
        return _single(self._defined(target))

    def _plain(self, line: Line, side: str) -> Network:
        args = line.args
        if args.has(f"{side}prefix"):
            return _prefixed(args.text(f"{side}prefix"))
        for what in ("host", "base"):
            if args.has(f"{side}{what}-name"):
                text = self._alias(line, f"{side}{what}-name")
            elif args.has(f"{side}{what}"):
                text = args.text(f"{side}{what}")
            else:
                continue
            if what == "host":
                return _host(text)
            _, mask = parse(args.text(f"{side}mask"))
            version, base = parse(text)
            return Network(version, base & mask, mask)
        for version in (4, 6):
            if args.has(f"{side}any{version}"):
                return Network(version)
        return Network(0)

    def _alias(self, line: Line, token: str) -> str:
        alias = self._aliases.get(line.args.text(token))
        if alias is None:
            raise _missing(line, token, "name")
        return alias.args.text("address")

    def _interface(self, line: Line, token: str) -> Network:
        interface = self._interfaces.get(line.args.text(token))
        if interface is not None:
            for typed in interface.under(IP_ADDRESS.line.kind):
                if typed.args.has("address-name"):
                    return _host(self._alias(typed, "address-name"))
                if typed.args.has("address"):
                    return _host(typed.args.text("address"))
        raise line.mistake("the address of this interface is not known here", token)

    def _object(self, line: Line, token: str) -> list[tuple[int, Ports]]:
        """The ranges of an object network, each with its version."""
        target = self._objects.get(line.args.text(token))
        if target is None:
            raise _missing(line, token, "object")
        if target.kind != NETWORK.line.kind:
            raise line.mistake("this is an object of services, not addresses", token)
        return self._defined(target)

    def _defined(self, target: Line) -> list[tuple[int, Ports]]:
        out: list[tuple[int, Ports]] = []
        for definition in target.block.lines:
            args = definition.args
            if definition.kind in (HOST.line.kind, SUBNET.line.kind):
                out += _ranges(self._plain(definition, ""), definition)
            elif definition.kind == RANGE.line.kind:
                low, high = parse(args.text("low")), parse(args.text("high"))
                if low[0] != high[0] or low > high:
                    raise definition.mistake("the range ends before it begins", "high")
                out.append((low[0], (low[1], high[1])))
            elif definition.kind == FQDN.line.kind:
                raise definition.mistake(_NOT_UNDERSTOOD)
        return out

    def _group(self, line: Line, token: str) -> Networks:
        name = line.args.text(token)
        made = self._made.get(name)
        if made is None:
            out: list[tuple[int, Ports]] = []
            for member in self._members(line, token, NETWORKS_GROUP.line.kind):
                if member.kind != NETWORK_MEMBER.line.kind:
                    raise member.mistake(_NOT_UNDERSTOOD)
                if member.args.has("object"):
                    out += self._object(member, "object")
                else:
                    out += _ranges(self._plain(member, ""), member)
            made = self._made[name] = _whole(out)
        return made

    # --- services -------------------------------------------------------------

    def services(self, line: Line) -> tuple[Service, ...]:
        """The ports that an entry names in place of a protocol, by an object or
        a group; none if it is nothing that mail runs over."""
        if line.args.has("service-object"):
            found = self._service(line, "service-object")
        else:
            name = line.args.text("service-group")
            group = self._groups.get(name)
            if group is not None and group.kind == PROTOCOLS.line.kind:
                return self._protocols(line)
            found = []
            for member in self._members(line, "service-group", SERVICES.line.kind):
                found += self._of_member(member)
        any_client = [server for client, server in found if client == ALL_PORTS]
        out = [one for one in found if one[0] != ALL_PORTS]
        if any_client:
            out.insert(0, (ALL_PORTS, apart(r for some in any_client for r in some)))
        return tuple(out)

    def object_services(self, line: Line, token: str) -> list[Service]:
        """The ports of an object service; none if no mail runs over it."""
        return self._service(line, token)

    def ports(self, line: Line, token: str) -> tuple[Ports, ...]:
        """The ports of a group whose own line says the protocol."""
        found: list[Ports] = []
        for member in self._members(line, token, SERVICES.line.kind):
            if member.kind != PORT_MEMBER.line.kind:
                raise member.mistake(_NOT_UNDERSTOOD)
            found += ranges(member.args, "port")
        carrier = self._groups[line.args.text(token)].args
        mail = carrier.has("carrier") and carrier.words("carrier")[0] in MAIL_PROTOCOLS
        return apart(found) if mail else ()

    def _of_member(self, member: Line) -> list[Service]:
        if member.kind != SERVICE_MEMBER.line.kind:
            raise member.mistake(_NOT_UNDERSTOOD)
        if member.args.has("object"):
            return self._service(member, "object")
        return _carried(member.args)

    def _service(self, line: Line, token: str) -> list[Service]:
        target = self._objects.get(line.args.text(token))
        if target is None:
            raise _missing(line, token, "object")
        if target.kind != SERVICE.line.kind:
            raise line.mistake("this is an object of addresses, not services", token)
        out: list[Service] = []
        for definition in target.block.lines:
            if definition.kind == SERVICE_LINE.line.kind:
                out += _carried(definition.args)
            elif not definition.kind.startswith("description"):
                raise definition.mistake(_NOT_UNDERSTOOD)
        return out

    def _protocols(self, line: Line) -> tuple[Service, ...]:
        for member in self._members(line, "service-group", PROTOCOLS.line.kind):
            if member.kind != PROTOCOL_MEMBER.line.kind:
                raise member.mistake(_NOT_UNDERSTOOD)
            if _carried(member.args):
                return ((ALL_PORTS, ALL_PORTS),)
        return ()

    # --- groups within groups -------------------------------------------------

    def _members(self, line: Line, token: str, kind: str) -> Iterator[Line]:
        """What a group and all groups in it hold, each group once."""
        waiting = [(line, token)]
        seen: set[str] = set()
        while waiting:
            asks, by = waiting.pop()
            name = asks.args.text(by)
            group = self._groups.get(name)
            if group is None:
                raise _missing(asks, by, "object-group")
            if group.kind != kind:
                raise asks.mistake(f"{name} is an {group.kind}, not an {kind}", by)
            for member in group.block.lines if name not in seen else ():
                if member.kind.startswith("group-object"):
                    waiting.append((member, "group"))
                elif not member.kind.startswith("description"):
                    yield member
            seen.add(name)

    def loops(self) -> Iterator[ConfigError]:
        """Groups that hold themselves, at the line that closes the circle."""
        done: set[str] = set()
        for first in self._groups:
            path: dict[str, Iterator[Line]] = {}
            waiting = [first]
            while waiting:
                name = waiting[-1]
                if name not in path and name not in done and name in self._groups:
                    path[name] = iter(
                        member
                        for member in self._groups[name].block.lines
                        if member.kind.startswith("group-object")
                    )
                member = next(path.get(name, iter(())), None)
                if member is None:
                    path.pop(name, None)
                    done.add(waiting.pop())
                elif (inner := member.args.text("group")) in path:
                    yield member.mistake(f"{inner} would hold itself", "group")
                else:
                    waiting.append(inner)


def _by_name(running: Running, kind: str) -> dict[str, Line]:
    return {line.args.text("name"): line for line in running.definitions(kind)}


def _missing(line: Line, token: str, kind: str) -> ConfigError:
    return line.mistake(f"no {kind} is called {line.args.text(token)}", token)


def _host(text: str) -> Network:
    version, base = parse(text)
    return Network(version, base, (1 << _BITS[version]) - 1)


def _prefixed(text: str) -> Network:
    network = ip_network(text)
    return Network(network.version, int(network.network_address), int(network.netmask))


def _ranges(network: Network, line: Line) -> list[tuple[int, Ports]]:
    """A network as a range of its version."""
    most = (1 << _BITS[network.version]) - 1
    rest = most ^ network.mask
    if rest & (rest + 1):
        raise line.mistake("a mask within an object is ones first, noughts behind")
    return [(network.version, (network.base, network.base | rest))]


def _whole(found: list[tuple[int, Ports]]) -> Networks:
    four = apart(span for version, span in found if version == 4)
    return Networks(four, apart(span for version, span in found if version == 6))


def _single(found: list[tuple[int, Ports]]) -> str:
    """The one address of these ranges, as text; empty if there is not one."""
    if len(found) != 1 or found[0][1][0] != found[0][1][1]:
        return ""
    version, (address, _) = found[0]
    return str(IPv4Address(address) if version == 4 else IPv6Address(address))


def _carried(args: Args) -> list[Service]:
    """The ports of a service line; nothing if mail does not run over it."""
    if args.has("carrier") and args.words("carrier")[0] in MAIL_PROTOCOLS:
        return [(ranges(args, "source"), ranges(args, "destination"))]
    if args.has("protocol") and args.words("protocol")[0] in MAIL_PROTOCOLS:
        return [(ALL_PORTS, ALL_PORTS)]
    return []
