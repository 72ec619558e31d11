"""The rules: a plan as one file for `nft -f`.

Knows: the language of nftables, TPROXY, what an access list means in it.
Does not know: how the file is run, routes.
Called by: `network.kernel`, cli (`network up --print`).

Theory of operation.  A chain at `prerouting` looks at TCP that comes in through
an interface of the configuration, goes out through another (a `fib` look-up; what
is for this machine itself is let be), and belongs to a class.  Its SYN goes to the
relay's port for that interface, on the loopback address, so that nobody can reach
the port from outside and no forwarded packet is taken for the listener's.  Later
packets of both sides find their sockets (`socket transparent`).  An ACK without a
socket goes to the relay's port too: under a flood of SYNs the kernel keeps nothing
but a cookie, which comes back in it and which only the listener can tell; it answers
any other with a reset.  Whatever else the class matches belongs to no connection of
the relay's and is dropped: it would pass uninspected (the relay does not run, or the
connection died with it).
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from mailward.network.plan import NUMBER, Plan
from mailward.policy.acl import ALL_PORTS, Entry, Network, Networks, Ports, merged
from mailward.policy.gate import Traffic

#: The one table that is ours.
TABLE: Final = "inet mailward"
_MARK: Final = f"meta mark set {NUMBER:#x}"
_SYN: Final = "tcp flags & (fin | syn | rst | ack) == syn"
_ACK: Final = "tcp flags & (fin | syn | rst | ack) == ack"
#: Address families: the version, the keyword of a rule.
_FAMILIES: Final = ((4, "ip", "127.0.0.1"), (6, "ip6", "[::1]"))
_COMMENT_MOST: Final = 100
_BITS: Final = {4: 32, 6: 128}


def rules(plan: Plan) -> str:
    """The whole file: it replaces the table in one transaction."""
    return "\n".join(_lines(plan)) + "\n"


def removal() -> str:
    """The file that takes the table away, whether it is there or not."""
    return f"add table {TABLE}\ndelete table {TABLE}\n"


def _lines(plan: Plan) -> Iterator[str]:
    yield f"add table {TABLE}"
    yield f"delete table {TABLE}"
    yield f"table {TABLE} {{"
    lists = _Lists()
    for place, ingress in enumerate(plan.ingresses):
        if not ingress.taken:
            continue
        yield from _chain(f"take_{place}", _take(ingress.port, ingress.name))
        pairs: list[str] = [
            # To this machine itself, or to many: not what passes through.
            "fib daddr type != unicast return"
        ]
        for number, (device, traffic) in enumerate(ingress.taken):
            body = []
            for each in traffic:
                name, chain = lists.chain(place, each)
                yield from chain
                onward = f"jump {name}" if name else f"goto take_{place}"
                body.append(f"{_ports('dport', each.ports)}{onward}")
            pair = f"pair_{place}_{number}"
            yield from _chain(pair, body)
            pairs.append(f'fib daddr oifname "{device}" jump {pair}')
        yield from _chain(f"from_{place}", pairs, f"{ingress.name}: {ingress.device}")
    yield from _chain("incoming", _incoming(plan))
    yield "}"


def _incoming(plan: Plan) -> Iterator[str]:
    """The one chain that the kernel calls."""
    yield "type filter hook prerouting priority mangle; policy accept;"
    for place, ingress in enumerate(plan.ingresses):
        if ingress.taken:
            yield f'iifname "{ingress.device}" meta l4proto tcp jump from_{place}'
    taken = any(ingress.taken for ingress in plan.ingresses)
    if taken:
        devices = ", ".join(f'"{device}"' for device in plan.devices.values())
        yield (
            f"iifname {{ {devices} }} meta l4proto tcp "
            f"socket transparent 1 {_MARK} accept"
        )


def _take(port: int, name: str) -> Iterator[str]:
    """Hand a packet to the relay: this chain never returns."""
    called = f'counter accept comment "{_comment(name)}"'
    yield from _to_port(port, _SYN, called)
    yield f"socket transparent 1 {_MARK} accept"
    yield from _to_port(port, _ACK, "accept")
    yield "counter drop"


def _to_port(port: int, flags: str, verdict: str) -> Iterator[str]:
    """Packets with these flags are the listener's, if there is one."""
    for _, family, address in _FAMILIES:
        version = "ipv4" if family == "ip" else "ipv6"
        yield (
            f"meta nfproto {version} {flags} tproxy {family} to {address}:{port} "
            f"{_MARK} {verdict}"
        )


class _Lists:
    """Access lists as chains: written once for each ingress that asks."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[int, Traffic], str] = {}

    def chain(self, place: int, traffic: Traffic) -> tuple[str, tuple[str, ...]]:
        """The name of the chain for this class (empty: it has no access list),
        and its lines unless they were written before."""
        access = traffic.access_list
        if access is None:
            return "", ()
        known = self._known.get((place, traffic))
        if known is not None:
            return known, ()
        name = f"list_{place}_{len(self._known)}"
        self._known[place, traffic] = name
        body = [
            f"{fits}{f'goto take_{place}' if entry.permit else 'return'}"
            for entry in access.entries
            if entry.live
            for fits in _fits(entry)
        ]
        return name, tuple(_chain(name, body, f"access-list {access.name}"))


def _fits(entry: Entry) -> Iterator[str]:
    """The conditions of an entry, for each family in which it can hold."""
    if not (entry.source_ports and entry.destination_ports):
        return
    ports = _ports("sport", entry.source_ports)
    ports += _ports("dport", entry.destination_ports)
    sides = (("saddr", entry.source), ("daddr", entry.destination))
    if all(isinstance(side, Network) and not side.version for _, side in sides):
        yield ports
        return
    for version, family, _ in _FAMILIES:
        said = [_addresses(version, family, key, side) for key, side in sides]
        if all(each is not None for each in said):
            yield "".join(each or "" for each in said) + ports


def _addresses(
    version: int, family: str, key: str, side: Network | Networks
) -> str | None:
    """The condition on one address; empty: any, None: none of this family."""
    if isinstance(side, Networks):
        ranges = side.four if version == 4 else side.six
        if not ranges:
            return None
        return (
            f"{family} {key} {_set(_span(version, low, high) for low, high in ranges)} "
        )
    if not side.version:
        return ""
    if side.version != version:
        return None
    base, mask = _text(version, side.base), _text(version, side.mask)
    length = _length(version, side.mask)
    if length is None:
        return f"{family} {key} & {mask} == {base} "
    return f"{family} {key} {base}/{length} "


def _length(version: int, mask: int) -> int | None:
    """The length of a prefix; None for a mask with holes."""
    inverse = mask ^ ((1 << _BITS[version]) - 1)
    if inverse & (inverse + 1):
        return None
    return _BITS[version] - inverse.bit_length()


def _ports(key: str, ranges: tuple[Ports, ...]) -> str:
    """The condition on a port, empty for every port."""
    if ranges == ALL_PORTS:
        return ""
    spans = (
        f"{low}" if low == high else f"{low}-{high}" for low, high in merged(ranges)
    )
    return f"tcp {key} {_set(spans)} "


def _set(spans: Iterable[str]) -> str:
    return "{ " + ", ".join(spans) + " }"


def _span(version: int, low: int, high: int) -> str:
    first = _text(version, low)
    return first if low == high else f"{first}-{_text(version, high)}"


def _text(version: int, address: int) -> str:
    return str(IPv4Address(address) if version == 4 else IPv6Address(address))


def _comment(text: str) -> str:
    """What nft takes for the text of a comment."""
    return "".join(
        sign for sign in text[:_COMMENT_MOST] if " " <= sign <= "~" and sign != '"'
    )


def _chain(name: str, body: Iterable[str], about: str = "") -> Iterator[str]:
    if about:
        yield f"  # {about}"
    yield f"  chain {name} {{"
    for line in body:
        yield f"    {line}"
    yield "  }"
