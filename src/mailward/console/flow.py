"""Flow: which policies a connection belongs to, at every place.

Knows: `show service-policy flow`, its layout.
Does not know: how a class holds a connection.
Called by: `console.session`.
"""

from collections.abc import Iterator
from typing import Final

from mailward.config.lines import Block
from mailward.config.objects.ports import number_of, port
from mailward.config.objects.traffic import TRAFFIC_CLASS
from mailward.console.gateway import Gateway
from mailward.console.rows import EXEC, SHOW, Data, ShowRow
from mailward.console.shows import POLICY_WORD
from mailward.console.tracer import entry_of, uncounted
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Address, Args, Maybe, Word
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import DEFAULT_PORTS, GLOBAL, Attachment

#: What a flow is asked for of which the port is not said.
_MAIL: Final = DEFAULT_PORTS[0][0]


def _flow(args: Args, gateway: Gateway) -> str:
    """In the appliance's layout; nothing where no class holds the flow."""
    out: list[str] = []
    for one, entry in _holding(args, gateway):
        out += [
            "Global policy:" if one.place == GLOBAL else f"Interface {one.place}:",
            f"  Service-policy: {one.policy_map}",
            f"    Class-map: {one.class_map}",
            *(f"      Match: {match}" for match in _matches(one, gateway)),
        ]
        if entry:
            out.append(f"        Access rule: {entry}")
        out += [
            "      Action:",
            f"        Input flow:  inspect esmtp {one.map_name}".rstrip(),
        ]
    return "".join(f"{line}\n" for line in out)


def _flow_data(args: Args, gateway: Gateway) -> Data:
    return [
        {
            "place": one.place,
            "policy-map": one.policy_map,
            "class-map": one.class_map,
            "match": [*_matches(one, gateway)],
            "access-rule": entry,
            "inspect": one.map_name,
        }
        for one, entry in _holding(args, gateway)
    ]


def _holding(args: Args, gateway: Gateway) -> Iterator[tuple[Attachment, str]]:
    """At each place the first class that holds it, and the entry of its list that
    does; no counter notices that somebody asked."""
    ports = [
        number_of(args, name) if args.has(name) or args.has(f"{name}-word") else default
        for name, default in (("source-port", 0), ("destination-port", _MAIL))
    ]
    source, destination = args.text("source"), args.text("destination")
    ends = Endpoints("", source, ports[0], "", destination, ports[1])
    places: set[str] = set()
    for one in uncounted(gateway.loaded.gate).attachments:
        if one.place not in places and one.traffic.holds(ends):
            places.add(one.place)
            made = one.traffic.access_list
            entry = made.decides(ends) if made is not None else None
            line = entry_of(gateway, made.name, entry.mark) if made and entry else ""
            yield one, _rule(line)


def _rule(line: str) -> str:
    """An entry without its list: `permit tcp any any eq smtp`."""
    for action in (" permit ", " deny "):
        _, found, rest = line.partition(action)
        if found:
            return f"{found}{rest}".strip()
    return line


def _matches(one: Attachment, gateway: Gateway) -> list[str]:
    """What its class-map says; that of the administrator, if the factory has one
    of the name too."""
    block = Block()
    for made in gateway.loaded.running.definitions(TRAFFIC_CLASS):
        if made.args.text("name") == one.class_map:
            block = made.block
    texts = (line.text for line in block.lines if line.text.startswith("match "))
    return [text.removeprefix("match ").rstrip() for text in texts] or ["any"]


FLOW: Final = (
    ShowRow(
        LineRow(
            "show-service-policy-flow",
            EXEC,
            (
                SHOW,
                POLICY_WORD,
                Word("flow", "The policies that a connection belongs to"),
                Word("tcp", "A TCP connection"),
                Word("host", "The client"),
                Address("source", "Address of the client"),
                Maybe((Word("eq", "Its port"), port("source-port"))),
                Word("host", "The server"),
                Address("destination", "Address of the server"),
                Maybe((Word("eq", "Its port"), port("destination-port"))),
            ),
            "Tells to which class of each service policy such a connection belongs, "
            "and what inspects it there; counts nothing. Without a port of the "
            "server 25 is meant. Which of the policies decides, and whether the "
            "connection may pass, `packet-tracer` tells.",
            key=NEVER,
        ),
        _flow,
        _flow_data,
    ),
)
