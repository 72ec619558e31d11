"""`object service`, `object-group service`, `protocol`, `icmp-type`.

Knows: the lines that name ports and protocols, and groups of them.
Does not know: addresses, how a group decides (`policy.acl`).
Called by: `config.objects`, `config.groups`.
"""

from typing import Final

from mailward.config.modes import (
    CONFIG,
    ICMP_GROUP,
    OTHER_MAP,
    PROTOCOL_GROUP,
    SERVICE_GROUP,
    SERVICE_OBJECT,
)
from mailward.config.objects.base import NETWORKS, ObjectRow
from mailward.config.objects.networks import (
    DEFINES_GROUP,
    DEFINES_OBJECT,
    GROUP_WORD,
    NAME,
    OBJECT,
    OBJECT_WORD,
    description,
    kept,
    member,
)
from mailward.config.objects.ports import operator, tidied
from mailward.lang.rows import KEPT, LineRow, Mode
from mailward.lang.tokens import (
    Args,
    Choice,
    Maybe,
    Name,
    Number,
    OneOf,
    Ref,
    Token,
    Word,
)

#: Protocols that carry mail, as the words of a line say it.
MAIL_PROTOCOLS: Final = frozenset(("ip", "tcp", "tcp-udp"))

_WITH_PORTS: Final = (
    ("tcp", "Transmission control protocol"),
    ("udp", "User datagram protocol"),
)
_ICMP: Final = (
    ("icmp", "Messages of control"),
    ("icmp6", "Messages of control of IPv6"),
)
_TCP: Final = (("6", "tcp"),)
_IP: Final = (("0", "ip"),)
_WITH_BOTH: Final = (*_WITH_PORTS, ("tcp-udp", "Both protocols"))
_PLAIN: Final = tuple(
    (name, f"Protocol {name}")
    for name in (
        *("ah", "eigrp", "esp", "gre", "igmp", "igrp", "ip", "ipinip"),
        *("ipsec", "nos", "ospf", "pcp", "pim", "pptp", "sctp", "snp"),
    )
)


def _tidy(args: Args) -> Args:
    return tidied(args, "source", "destination", "port", udp=True)


def _service(choices: tuple[tuple[str, str], ...], bare: bool) -> Token:
    """A protocol with its ports; `bare`: `destination` may be left out."""
    source = (Word("source", "Ports of the client"), OneOf(_ports("source")))
    target: tuple[tuple[Token, ...], ...] = (
        (Word("destination", "Ports of the server"), OneOf(_ports("destination"))),
    )
    if bare:
        target = (*target, *_ports("bare"))
    return OneOf(
        (
            (
                Choice("carrier", choices, aliases=_TCP),
                Maybe(source),
                Maybe((OneOf(target),)),
            ),
            (
                Choice("icmp", _ICMP),
                Maybe(
                    (
                        Name("type", "Name or number of the type", 40),
                        Maybe((Number("code", 0, 255, "Code of the type"),)),
                    )
                ),
            ),
            (Choice("protocol", _PLAIN, aliases=_IP),),
            (Number("number", 0, 255, "Number of the protocol"),),
        )
    )


def _ports(side: str) -> tuple[tuple[Token, ...], ...]:
    return operator(side, udp=True)


def _tidy_member(args: Args) -> Args:
    """Ports without `destination` are ports of the server all the same."""
    values = {
        f"destination{name.removeprefix('bare')}"
        if name.startswith("bare-")
        else name: value
        for name, value in args.values.items()
    }
    return _tidy(Args(values))


def _group(word: str, mode: Mode, told: str, *more: Token) -> ObjectRow:
    return ObjectRow(
        LineRow(
            f"object-group {word}",
            CONFIG,
            (GROUP_WORD, Word(word, told), NAME, *more),
            doc=f"{told}, as a group.",
            key=3,
            enters=mode,
            defines=DEFINES_GROUP,
        ),
        section=NETWORKS,
        rank=2,
        holds=True,
    )


_SERVICE: Final = Word("service", "The service of the object")
SERVICE: Final = ObjectRow(
    LineRow(
        "object service",
        CONFIG,
        (OBJECT_WORD, Word("service", "Ports by name"), NAME),
        doc="Names a protocol with its ports, for access lists and groups.",
        key=3,
        enters=SERVICE_OBJECT,
        defines=DEFINES_OBJECT,
    ),
    section=NETWORKS,
    rank=1,
    holds=True,
)
SERVICE_LINE: Final = ObjectRow(
    LineRow(
        "service of an object",
        SERVICE_OBJECT,
        (_SERVICE, _service(_WITH_PORTS, bare=False)),
        doc="The protocol and its ports. It replaces what the object was before.",
    ),
    rank=1,
    slot="service",
    tidy=_tidy,
    tail=" ",
)

SERVICES: Final = _group(
    "service",
    SERVICE_GROUP,
    "Ports and protocols",
    Maybe((Choice("carrier", _WITH_BOTH),)),
)
_PORT: Final = Word("port-object", "Ports of the group")
PORT_MEMBER: Final = ObjectRow(
    LineRow(
        "port-object",
        SERVICE_GROUP,
        (_PORT, OneOf(_ports("port"))),
        doc="Adds ports to a group whose line names the protocol.",
    ),
    rank=1,
    tidy=_tidy,
)
_MEMBER: Final = Word("service-object", "A service of the group")
SERVICE_MEMBER: Final = ObjectRow(
    LineRow(
        "service-object",
        SERVICE_GROUP,
        (
            _MEMBER,
            OneOf(
                (
                    (_service(_WITH_BOTH, bare=True),),
                    (
                        Word("object", "An object"),
                        Ref("object", OBJECT, "Name of an object service"),
                    ),
                )
            ),
        ),
        doc="Adds a protocol with its ports to the group.",
    ),
    rank=1,
    tidy=_tidy_member,
    tail=" ",
)

PROTOCOLS: Final = _group("protocol", PROTOCOL_GROUP, "Protocols")
_PROTOCOL: Final = Word("protocol-object", "A protocol of the group")
PROTOCOL_MEMBER: Final = ObjectRow(
    LineRow(
        "protocol-object",
        PROTOCOL_GROUP,
        (
            _PROTOCOL,
            OneOf(
                (
                    (
                        Choice(
                            "protocol",
                            (*_WITH_PORTS, *_ICMP, *_PLAIN),
                            aliases=(*_TCP, *_IP),
                        ),
                    ),
                    (Number("number", 0, 255, "Number of the protocol"),),
                )
            ),
        ),
        doc="Adds a protocol to the group.",
    ),
    rank=1,
)

ICMP: Final = _group("icmp-type", ICMP_GROUP, "Types of ICMP, never mail")
ICMP_MEMBER: Final = ObjectRow(
    LineRow(
        "icmp-object",
        ICMP_GROUP,
        (
            Word("icmp-object", "A type of the group"),
            Name("type", "Name or number of the type", 40),
        ),
        doc="Adds a type of ICMP to the group.",
        status=KEPT,
    ),
    rank=1,
    tail=" ",
)

OTHER_GROUP: Final = ObjectRow(
    LineRow(
        "object-group of other kinds",
        CONFIG,
        (
            GROUP_WORD,
            Choice("kind", (("security", "Security tags"), ("user", "Users"))),
            NAME,
        ),
        doc="A group that says nothing of addresses and ports.",
        key=3,
        enters=OTHER_MAP,
        status=KEPT,
        defines=DEFINES_GROUP,
    ),
    section=NETWORKS,
    rank=2,
)

SERVICE_OBJECTS: Final = (
    SERVICE,
    SERVICE_LINE,
    kept(SERVICE_OBJECT, _SERVICE, "A service in another form"),
    description(SERVICE_OBJECT, "an object service", 2),
    SERVICES,
    PORT_MEMBER,
    kept(SERVICE_GROUP, _PORT, "Ports in another form"),
    SERVICE_MEMBER,
    kept(SERVICE_GROUP, _MEMBER, "A service in another form"),
    member(SERVICE_GROUP, "services"),
    description(SERVICE_GROUP, "a group of services"),
    PROTOCOLS,
    PROTOCOL_MEMBER,
    kept(PROTOCOL_GROUP, _PROTOCOL, "A protocol in another form"),
    member(PROTOCOL_GROUP, "protocols"),
    description(PROTOCOL_GROUP, "a group of protocols"),
    ICMP,
    ICMP_MEMBER,
    member(ICMP_GROUP, "types of ICMP"),
    description(ICMP_GROUP, "a group of types of ICMP"),
    OTHER_GROUP,
)
