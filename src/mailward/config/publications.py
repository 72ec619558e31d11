"""`nat` and `static`, compiled: which mail servers are published where.

Knows: which translations publish a single host on a port that carries mail.
Does not know: listeners, how a connection is carried.
Called by: `config.compile`.

A port carries mail if it is 25 or a class in force names it.  A translation
that leaves addresses as they are publishes nothing: there is nothing to listen
at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final, final

from mailward.config.groups import Groups
from mailward.config.lines import Line
from mailward.config.objects import nat as rows
from mailward.config.objects.access import ACCESS_LIST, ENTRY
from mailward.config.objects.networks import OBJECT
from mailward.config.objects.ports import number_of, ranges
from mailward.config.running import Running
from mailward.errors import ConfigError
from mailward.lang.tokens import Args
from mailward.policy.acl import Ports
from mailward.policy.gate import DEFAULT_PORTS, Attachment
from mailward.policy.places import Interface, Publication

ANY: Final = "any"
#: A class that names more ports than so many in a row does not mean mail.
_ROW_MOST: Final = 16


def mail_ports(attachments: Iterable[Attachment]) -> tuple[int, ...]:
    """The ports that carry mail, in order."""
    spans: list[Ports] = list(DEFAULT_PORTS)
    for attachment in attachments:
        traffic = attachment.traffic
        spans += traffic.ports
        if traffic.access_list is not None:
            for entry in traffic.access_list.entries:
                spans += entry.destination_ports if entry.permit else ()
    return tuple(
        sorted(
            {
                port
                for low, high in spans
                if high - low < _ROW_MOST
                for port in range(low, high + 1)
            }
        )
    )


@final
@dataclass(frozen=True)
class _Translation:
    """What one line translates: a host `real` behind `inside` to `mapped` before
    `outside` (empty: the interface's own address); one TCP port to another, or
    all, with both 0.  `older`: of the form before release 8.3."""

    inside: str
    outside: str
    real: str
    mapped: str
    real_port: int = 0
    mapped_port: int = 0
    older: bool = False


@final
class PublicationCompiler:
    """The publications of one running configuration, in the order in which its
    translations are tried; `warnings` tell of those that publish nothing."""

    __slots__ = ("_groups", "_interfaces", "_ports", "publications", "warnings")

    def __init__(
        self,
        running: Running,
        interfaces: tuple[Interface, ...],
        ports: tuple[int, ...],
    ) -> None:
        self._groups = Groups(running)
        self._interfaces = {i.name: i for i in interfaces}
        self._ports = ports
        self.warnings: list[ConfigError] = []
        found: dict[tuple[str, str, int], tuple[Publication, Line]] = {}
        for line, compiled in self._lines(running):
            for made in self._published(line, compiled):
                place = (made.outside, made.address, made.port)
                first, by = found.setdefault(place, (made, line))
                if first is not made:
                    self.warnings.append(
                        line.mistake(
                            f"{by.known_to(line)} publishes this place already"
                        )
                    )
        self.publications = tuple(made for made, _ in found.values())

    def _lines(self, running: Running) -> Iterator[tuple[Line, Iterator[_Translation]]]:
        """In the appliance's order: by hand, of objects, by hand after those."""
        lines = running.block.lines
        for line in lines:
            if line.kind in (rows.STATIC_PORT.line.kind, rows.STATIC_HOST.line.kind):
                yield line, self._older(line)
            elif line.kind == rows.STATIC_LIST.line.kind:
                yield line, self._listed(line, running)
            elif line.kind == rows.TWICE.line.kind:
                yield line, self._twice(line)
            elif line.kind in _UNREAD and " static " in f" {line.text}":
                self.warnings.append(line.mistake("this form publishes nothing here"))
        for target in running.definitions(OBJECT):
            for line in target.under(rows.OBJECT_NAT.line.kind):
                yield line, self._of_object(line, target)
        for line in lines:
            if line.kind == rows.TWICE_AFTER.line.kind:
                yield line, self._twice(line)

    # --- from translations to publications ------------------------------------

    def _published(
        self, line: Line, compiled: Iterator[_Translation]
    ) -> Iterator[Publication]:
        try:
            for one in compiled:
                if (one.mapped, one.mapped_port) != (one.real, one.real_port):
                    yield from self._places(line, one)
        except ConfigError as error:
            self.warnings.append(error)

    def _places(self, line: Line, one: _Translation) -> Iterator[Publication]:
        ports = [(port, port) for port in self._ports]
        if one.mapped_port:
            ports = [(one.mapped_port, one.real_port)]
        inside = self._inside(line, one)
        for outside in self._outsides(line, one, inside):
            for port, real_port in ports:
                service = one.mapped or self._own(outside)
                yield Publication(
                    outside=outside,
                    inside=inside,
                    address=one.mapped,
                    port=port,
                    real_address=one.real,
                    real_port=real_port,
                    line=line.number,
                    service=service if one.older else one.real,
                    service_port=port if one.older else real_port,
                )

    def _inside(self, line: Line, one: _Translation) -> str:
        """The interface before the real address; `any` is found by it."""
        if one.inside != ANY:
            self._known(line, one.inside)
            return one.inside
        address = ip_address(one.real)
        for name, interface in self._interfaces.items():
            if any(n and address in ip_network(n) for n in interface.networks):
                return name
        raise line.mistake("behind which interface this host is cannot be told")

    def _outsides(self, line: Line, one: _Translation, inside: str) -> list[str]:
        """The interfaces before the other address; `any` are all others."""
        if one.outside != ANY:
            self._known(line, one.outside)
            return [one.outside]
        return [
            name
            for name, interface in self._interfaces.items()
            if name != inside and interface.up
        ]

    def _known(self, line: Line, name: str) -> None:
        if self._interfaces and name not in self._interfaces:
            raise line.mistake(f"no interface is named {name}", "pair")
        if name in self._interfaces and not self._interfaces[name].up:
            raise line.mistake(f"{name} is shut down, so nothing is published", "pair")

    def _own(self, name: str) -> str:
        """The first address of an interface, if it is known."""
        interface = self._interfaces.get(name)
        return interface.addresses[0] if interface and interface.addresses else ""

    # --- from lines to translations -------------------------------------------

    def _older(self, line: Line) -> Iterator[_Translation]:
        """`static`, as before release 8.3."""
        args = line.args
        ports = self._ports_of(line)
        if ports is None:
            return
        real = self._groups.named_address(line, "real")
        mapped = self._mapped(line)
        if real != mapped and args.has("mask") and args.text("mask") != _ONE:
            raise line.mistake(_NOT_ONE, "mask", (_ONE,))
        yield _Translation(*_pair(line), real, mapped, *ports, older=True)

    def _listed(self, line: Line, running: Running) -> Iterator[_Translation]:
        """The same, where an access list has the real address for its source."""
        name = line.args.text("access-list")
        entries = [
            entry
            for entry in running.definitions(ACCESS_LIST)
            if entry.args.text("name") == name and entry.row is ENTRY
        ]
        if len(entries) != 1 or not _has_host(entries[0]):
            raise line.mistake("this list does not name one real host", "access-list")
        host = self._groups.named_address(entries[0], "source-host")
        ports = (0, 0)
        if line.args.has("carrier"):
            if line.args.words("carrier") != ("tcp",):
                return
            spans = ranges(entries[0].args, "source")
            if len(spans) != 1 or spans[0][0] != spans[0][1]:
                raise line.mistake("this list does not name one port", "access-list")
            ports = (spans[0][0], number_of(line.args, "mapped-port"))
            if not self._mail(ports):
                return
        yield _Translation(*_pair(line), host, self._mapped(line), *ports, older=True)

    def _mapped(self, line: Line) -> str:
        """The other address of a `static`; empty for the interface's own."""
        if line.args.has("interface"):
            return ""
        return self._groups.named_address(line, "mapped")

    def _of_object(self, line: Line, target: Line) -> Iterator[_Translation]:
        """`nat … static` under an object."""
        args = line.args
        ports = self._ports_of(line)
        if ports is None:
            return
        real = self._groups.one_of(target)
        mapped = args.text("mapped") if args.has("mapped") else ""
        if args.has("mapped-object"):
            mapped = self._groups.one(line, "mapped-object")
        if not real or not (mapped or args.has("interface")):
            raise line.mistake(_NOT_ONE)
        yield _Translation(*_pair(line), real, mapped, *ports)

    def _ports_of(self, line: Line) -> tuple[int, int] | None:
        """The real and the other port that a line names, 0 if it means all;
        None if no mail runs over them."""
        args = line.args
        if not args.has("carrier"):
            return 0, 0
        ports = number_of(args, "real-port"), number_of(args, "mapped-port")
        tcp = args.words("carrier") == ("tcp",)
        return ports if tcp and self._mail(ports) else None

    def _mail(self, ports: tuple[int, int]) -> bool:
        return any(port in self._ports for port in ports)

    def _twice(self, line: Line) -> Iterator[_Translation]:
        """`nat … source static`: a host is translated on one side, and the other
        side is any and stays so."""
        args = line.args
        source = _changes(args, "source")
        destination = _changes(args, "destination")
        if args.has("inactive") or not (source or destination):
            return
        other = "destination" if source else "source"
        if (source and destination) or not _any(args, other):
            raise line.mistake("it holds for some clients only: it publishes nothing")
        if source and "unidirectional" in _options(args):
            return
        side = "source" if source else "destination"
        ports = (0, 0)
        if args.has("service-first"):
            before = self._port(line, "service-first", side)
            after = self._port(line, "service-second", side)
            if not (before and after and self._mail((before, after))):
                return
            ports = (before, after) if source else (after, before)
        real = mapped = ""
        if args.has(f"{side}-real"):
            real = self._groups.one(line, f"{side}-real")
        if args.has(f"{side}-mapped"):
            mapped = self._groups.one(line, f"{side}-mapped")
        if not real or not (mapped or args.has(f"{side}-mapped-interface")):
            raise line.mistake(_NOT_ONE)
        first, second = _pair(line) if source else _pair(line)[::-1]
        yield _Translation(first, second, real, mapped, *ports)

    def _port(self, line: Line, token: str, side: str) -> int:
        """The one TCP port that an object service has on this side; 0 if it is
        of no protocol that carries mail."""
        services = self._groups.object_services(line, token)
        if not services:
            return 0
        spans = services[0][0 if side == "source" else 1]
        if len(services) > 1 or len(spans) > 1 or spans[0][0] != spans[0][1]:
            raise line.mistake(f"this object is not one port of the {side}", token)
        return spans[0][0]


_ONE: Final = "255.255.255.255"
_NOT_ONE: Final = "only a single host is published here, and this is none"
#: Lines that are kept; those that are static would publish something.
_UNREAD: Final = (rows.NAT_OTHER.line.kind, rows.STATIC_OTHER.line.kind)


def _has_host(entry: Line) -> bool:
    return entry.args.has("source-host") or entry.args.has("source-host-name")


def _pair(line: Line) -> tuple[str, str]:
    """The interfaces of a line, in its order; without any, all."""
    if not line.args.has("pair"):
        return ANY, ANY
    first, _, second = line.args.text("pair")[1:-1].partition(",")
    return first, second


def _options(args: Args) -> tuple[str, ...]:
    return args.words("options") if args.has("options") else ()


def _any(args: Args, side: str) -> bool:
    """Is this side any address, or not spoken of?"""
    named = (f"{side}-real", f"{side}-mapped", f"{side}-mapped-interface")
    return not any(map(args.has, named))


def _changes(args: Args, side: str) -> bool:
    """Is this side translated to something else?"""
    if args.has(f"{side}-mapped-interface"):
        return True
    values = args.values
    return values.get(f"{side}-real") != values.get(f"{side}-mapped")
