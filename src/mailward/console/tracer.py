"""Tracer: what a connection would meet, without one.

Knows: `packet-tracer`, its layouts (`reference section 7.2`).
Does not know: how a policy chooses, how a list decides.
Called by: `console.session`, `console.flow`.
"""

from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import Final, final
from xml.sax.saxutils import escape

from mailward.config.objects.ports import number_of, port
from mailward.console.gateway import Gateway
from mailward.console.rows import EXEC, Data, ShowRow
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Address, Args, Maybe, Ref, Word
from mailward.policy.access import EVERYWHERE, Access, Denial
from mailward.policy.acl import AccessList, mark_of
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import GLOBAL, Attachment, Gate
from mailward.policy.places import Publication

_ALLOW: Final = "ALLOW"
_DROP: Final = "DROP"


@final
@dataclass(frozen=True)
class Phase:
    """One thing that the connection meets."""

    kind: str
    subtype: str = ""
    result: str = _ALLOW
    config: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


@final
@dataclass(frozen=True)
class Traced:
    """All of them, where it came in and goes out, and what becomes of it;
    `reason` is empty where it passes."""

    phases: tuple[Phase, ...]
    came: str
    goes: str
    reason: str = ""


def _traced(args: Args, gateway: Gateway) -> Traced:
    """What the connection would meet; no counter notices that somebody asked."""
    came = args.text("interface")
    server, port = args.text("destination"), number_of(args, "destination-port")
    phases: list[Phase] = []
    published = _published(gateway, came, server, port)
    goes = _way_out(gateway, came, server)
    if published is not None:
        goes = published.inside
        phases.append(_untranslated(published, server, port, gateway))
        server, port = published.real_address, published.real_port
        if published.service:
            server, port = published.service, published.service_port
    source, source_port = args.text("source"), number_of(args, "source-port")
    ends = Endpoints(came, source, source_port, goes, server, port)
    gate = uncounted(gateway.loaded.gate)
    denial = gate.admits(ends, by_level=gateway.by_level)
    phases += _access(gate.access, denial, came, gateway)
    if denial is not None:
        reason = "(acl-drop) Flow is denied by configured rule"
        return Traced(tuple(phases), came, goes, reason)
    attachment = gate.choose(ends)
    if attachment is not None:
        phases.append(_inspect(attachment, args.has("detailed")))
    return Traced(tuple(phases), came, goes)


def uncounted(gate: Gate) -> Gate:
    """The same gate, with hits of its own."""
    copies: dict[int, AccessList] = {}

    def copied(made: AccessList) -> AccessList:
        if id(made) not in copies:
            copies[id(made)] = AccessList(made.name, made.entries, made.lines)
        return copies[id(made)]

    access = replace(
        gate.access,
        entrances={name: copied(m) for name, m in gate.access.entrances.items()},
        exits={name: copied(m) for name, m in gate.access.exits.items()},
        everywhere=copied(gate.access.everywhere) if gate.access.everywhere else None,
    )
    attachments = []
    for one in gate.attachments:
        traffic = one.traffic
        if traffic.access_list is not None:
            traffic = replace(traffic, access_list=copied(traffic.access_list))
        attachments.append(
            Attachment(
                one.place, one.policy_map, one.class_map, traffic, one.inspection
            )
        )
    return replace(gate, access=access, attachments=tuple(attachments))


def _way_out(gateway: Gateway, came: str, server: str) -> str:
    """The interface in whose network the server stands, else the other one."""
    address = ip_address(server)
    for interface in gateway.loaded.interfaces:
        networks = (ip_network(text) for text in interface.networks if text)
        if any(address in network for network in networks):
            return interface.name
    other = gateway.client_interface
    return gateway.server_interface if came != gateway.server_interface else other


def _published(
    gateway: Gateway, came: str, server: str, port: int
) -> Publication | None:
    """The server that is reached there from that side."""
    own = {one.name: one.addresses for one in gateway.loaded.interfaces}
    for one in gateway.loaded.publications:
        places = (one.address,) if one.address else own.get(one.outside, ())
        if (one.outside, one.port) == (came, port) and server in places:
            return one
    return None


def _untranslated(one: Publication, server: str, port: int, gateway: Gateway) -> Phase:
    config: tuple[str, ...] = ()
    for top in gateway.loaded.running.block.lines:
        for line in (top, *top.block.lines):
            if one.line and line.number == one.line:
                config = (
                    (top.text.rstrip(),)
                    if line is top
                    else (
                        top.text.rstrip(),
                        f" {line.text.rstrip()}",
                    )
                )
    return Phase(
        "UN-NAT",
        "static",
        config=config,
        more=(
            f"NAT divert to egress interface {one.inside}",
            f"Untranslate {server}/{port} to {one.real_address}/{one.real_port}",
        ),
    )


def _access(
    access: Access, denial: Denial | None, came: str, gateway: Gateway
) -> list[Phase]:
    """The list that decided; nothing where none filters and none denies."""
    if denial is not None:
        if not denial.access_list:
            return [Phase("ACCESS-LIST", result=_DROP, config=("Implicit Rule",))]
        where = "global" if denial.way == EVERYWHERE else f"{denial.way} interface"
        place = "" if denial.way == EVERYWHERE else f" {denial.interface}"
        group = f"access-group {denial.access_list} {where}{place}"
        entry = entry_of(gateway, denial.access_list, denial.mark)
        config = (group, entry or "Implicit Rule")
        return [Phase("ACCESS-LIST", "log", _DROP, config)]
    entrance = access.entrances.get(came)
    for made, group in (
        (entrance, f"in interface {came}"),
        (access.everywhere, "global"),
    ):
        if made is not None and any(made.hits):
            first = next(at for at, hits in enumerate(made.hits) if hits)
            mark = made.entries[made.lines.index(first)].mark
            config = (
                f"access-group {made.name} {group}",
                entry_of(gateway, made.name, mark),
            )
            return [Phase("ACCESS-LIST", "log", config=config)]
    return []


def entry_of(gateway: Gateway, name: str, mark: int) -> str:
    """The line of a list that has this mark; empty if there is none."""
    for line in gateway.loaded.running.definitions("access-list"):
        if line.args.text("name") == name and mark_of(line.text) == mark:
            return line.text.rstrip()
    return ""


def _inspect(attachment: Attachment, detailed: bool) -> Phase:
    place = attachment.place
    where = GLOBAL if place == GLOBAL else f"interface {place}"
    more: list[str] = []
    if detailed:
        for rule in attachment.inspection.rules:
            action = f": {rule.action_label}" if rule.action_label else ""
            more.append(f" match {rule.label}{action}")
    return Phase(
        "INSPECT",
        "inspect-smtp",
        config=(
            f"class-map {attachment.class_map}",
            f"policy-map {attachment.policy_map}",
            f" class {attachment.class_map}",
            f"  inspect esmtp {attachment.map_name}".rstrip(),
            f"service-policy {attachment.policy_map} {where}",
        ),
        more=tuple(more),
    )


# --- layouts ----------------------------------------------------------------------


def _trace(args: Args, gateway: Gateway) -> str:
    traced = _traced(args, gateway)
    return _xml(traced) if args.has("xml") else _text(traced)


def _text(traced: Traced) -> str:
    out = [""]
    for number, phase in enumerate(traced.phases, 1):
        out += [
            f"Phase: {number}",
            f"Type: {phase.kind}",
            f"Subtype: {phase.subtype}",
            f"Result: {phase.result}",
            "Config:",
            *phase.config,
            "Additional Information:",
            *phase.more,
            "",
        ]
    if not traced.reason and not any(p.kind == "INSPECT" for p in traced.phases):
        out += ["No inspection: octets would pass.", ""]
    out += [
        "Result:",
        f"input-interface: {traced.came}",
        "input-status: up",
        "input-line-status: up",
        f"output-interface: {traced.goes}",
        "output-status: up",
        "output-line-status: up",
        f"Action: {'drop' if traced.reason else 'allow'}",
    ]
    if traced.reason:
        out.append(f"Drop-reason: {traced.reason}")
    return "".join(f"{line}\n" for line in out)


def _xml(traced: Traced) -> str:
    out: list[str] = []
    for number, phase in enumerate(traced.phases, 1):
        out += [
            "<Phase>",
            f"<id>{number}</id>",
            f"<type>{phase.kind}</type>",
            f"<subtype>{phase.subtype}</subtype>",
            f"<result>{phase.result}</result>",
            "<config>",
            *map(escape, phase.config),
            "</config>",
            "<extra>",
            *map(escape, phase.more),
            "</extra>",
            "</Phase>",
        ]
    out += [
        "<result>",
        f"<input-interface>{escape(traced.came)}</input-interface>",
        "<input-status>up</input-status>",
        "<input-line-status>up</input-line-status>",
        f"<output-interface>{escape(traced.goes)}</output-interface>",
        "<output-status>up</output-status>",
        "<output-line-status>up</output-line-status>",
        f"<action>{'drop' if traced.reason else 'allow'}</action>",
    ]
    if traced.reason:
        out.append(f"<drop-reason>{escape(traced.reason)}</drop-reason>")
    return "".join(f"{line}\n" for line in (*out, "</result>"))


def _data(args: Args, gateway: Gateway) -> Data:
    traced = _traced(args, gateway)
    return {
        "phases": [
            {
                "type": phase.kind,
                "subtype": phase.subtype,
                "result": phase.result,
                "config": list(phase.config),
                "more": list(phase.more),
            }
            for phase in traced.phases
        ],
        "input-interface": traced.came,
        "output-interface": traced.goes,
        "action": "drop" if traced.reason else "allow",
        "drop-reason": traced.reason,
    }


TRACER: Final = (
    ShowRow(
        LineRow(
            "packet-tracer",
            EXEC,
            (
                Word("packet-tracer", "What a connection would meet"),
                Word("input", "Where it would come in"),
                Ref("interface", "interface", "Name of an interface"),
                Word("tcp", "A TCP connection"),
                Address("source", "Address of the client"),
                port("source-port"),
                Address("destination", "Address of the server"),
                port("destination-port"),
                Maybe((Word("detailed", "Each match of the map", name="detailed"),)),
                Maybe((Word("xml", "As XML", name="xml"),)),
            ),
            "Tells whether such a connection would pass, by which entry, to which "
            "server, and which policy would inspect it; counts nothing. With "
            "`detailed` each match of the map and what it does.",
            key=NEVER,
        ),
        _trace,
        _data,
    ),
)
