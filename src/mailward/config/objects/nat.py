"""`nat` and `static`: which servers are reached at which other address.

Knows: the forms of the lines since release 8.3 and before, those we honour and
those we only keep.
Does not know: what a line publishes (`config.publications`).
Called by: `config.objects`, `config.publications`.
"""

from typing import Final

from mailward.config.modes import CONFIG, NETWORK_OBJECT
from mailward.config.objects.access import ACCESS_LIST
from mailward.config.objects.base import MIDDLE, ObjectRow, rank_in_middle
from mailward.config.objects.networks import ADDRESSES, ALIAS, OBJECT
from mailward.config.objects.ports import port, tidied
from mailward.lang.rows import KEPT, LineRow
from mailward.lang.tokens import (
    Address,
    Args,
    Choice,
    Maybe,
    Name,
    Number,
    OneOf,
    Ref,
    Rest,
    Token,
    Word,
)

_RANK: Final = rank_in_middle("nat")
_NAT: Final = Word("nat", "Translate addresses")
_PAIR: Final = Name(
    "pair",
    "The interfaces: of the real address, of the other",
    100,
    shape=r"\([^(),]+,[^(),]+\)",
    sample="(inside,outside)",
)
_STATIC: Final = Word("static", "Always the same address")
_CARRIER: Final = Choice(
    "carrier",
    (
        ("sctp", "Stream control transmission protocol"),
        ("tcp", "Transmission control protocol"),
        ("udp", "User datagram protocol"),
    ),
)
_OPTIONS: Final = Maybe(
    (
        Choice(
            "options",
            (
                ("dns", "Addresses in replies of name servers too"),
                ("net-to-net", "Networks of IPv6 one to one"),
                ("unidirectional", "Only for connections of the source"),
                ("no-proxy-arp", "Do not answer for the address"),
                ("route-lookup", "Find the interface by the routes"),
            ),
            many=True,
        ),
    )
)


def _tidy(args: Args) -> Args:
    return tidied(args, "real", "mapped", udp=True)


OBJECT_NAT: Final = ObjectRow(
    LineRow(
        "nat of an object",
        NETWORK_OBJECT,
        (
            _NAT,
            Maybe((_PAIR,)),
            _STATIC,
            OneOf(
                (
                    (
                        Word("interface", "That of the interface", name="interface"),
                        Maybe((Word("ipv6", "Of version 6", name="ipv6"),)),
                    ),
                    (Address("mapped", "The other address"),),
                    (Ref("mapped-object", ADDRESSES, "An object with it"),),
                )
            ),
            Maybe(
                (
                    Word("service", "Of one port only"),
                    _CARRIER,
                    port("real-port", udp=True),
                    port("mapped-port", udp=True),
                )
            ),
            _OPTIONS,
        ),
        doc="The host of the object is reached at another address or port. Where "
        "that is a port that some policy inspects, `mailward run` without `--listen` "
        "listens there.",
    ),
    rank=2,
    slot="nat",
    tidy=_tidy,
    tail=" ",
)
OBJECT_DYNAMIC: Final = ObjectRow(
    LineRow(
        "nat dynamic of an object",
        NETWORK_OBJECT,
        (
            _NAT,
            Maybe((_PAIR,)),
            Word("dynamic", "Any address of a pool"),
            Rest("rest", "Which pool", 200),
        ),
        doc="Translates the source of connections; mailward does not.",
        status=KEPT,
    ),
    rank=2,
    slot="nat",
)


def _side(name: str, told: str) -> OneOf:
    """One address of a translation."""
    return OneOf(
        (
            (Word("any", f"Any {told} address", name=f"{name}-any"),),
            (
                Word("interface", "That of the interface", name=f"{name}-interface"),
                Maybe((Word("ipv6", "Of version 6", name=f"{name}-ipv6"),)),
            ),
            (Ref(name, ADDRESSES, f"Object or group: the {told} address"),),
        )
    )


def _twice(kind: str, rank: int, *order: Token) -> ObjectRow:
    return ObjectRow(
        LineRow(
            kind,
            CONFIG,
            (
                _NAT,
                Maybe((_PAIR,)),
                *order,
                Word("source", "Of the client"),
                _STATIC,
                _side("source-real", "real"),
                _side("source-mapped", "other"),
                Maybe(
                    (
                        Word("destination", "Of the server"),
                        _STATIC,
                        _side("destination-mapped", "other"),
                        _side("destination-real", "real"),
                    )
                ),
                Maybe(
                    (
                        Word("service", "Of one port only"),
                        Ref("service-first", OBJECT, "Before it is translated"),
                        Ref("service-second", OBJECT, "Once it is translated"),
                    )
                ),
                _OPTIONS,
                Maybe((Word("inactive", "Switched off", name="inactive"),)),
                Maybe(
                    (
                        Word("description", "Describe it"),
                        Rest("text", "The description", 200),
                    )
                ),
            ),
            doc="A translation of both sides. It publishes a server if it leaves one "
            "side as it is and the other is a single host.",
        ),
        section=MIDDLE,
        rank=rank,
        place="line",
    )


TWICE: Final = _twice(
    "nat source static",
    _RANK,
    Maybe((Number("line", 1, 2147483647, "Insert at a place"),)),
)
TWICE_AFTER: Final = _twice(
    "nat after-auto source static",
    rank_in_middle("nat", 9),
    Word("after-auto", "After those of objects"),
    Maybe((Number("line", 1, 2147483647, "Insert at a place"),)),
)
TWICE_DYNAMIC: Final = ObjectRow(
    LineRow(
        "nat source dynamic",
        CONFIG,
        (
            _NAT,
            Maybe((_PAIR,)),
            Maybe((Word("after-auto", "After those of objects", name="after"),)),
            Maybe((Number("line", 1, 2147483647, "Insert at a place"),)),
            Word("source", "Of the client"),
            Word("dynamic", "Any address of a pool"),
            Rest("rest", "Which pool", 400),
        ),
        doc="Translates the source of connections; mailward does not.",
        status=KEPT,
    ),
    section=MIDDLE,
    rank=_RANK,
)
NAT_OTHER: Final = ObjectRow(
    LineRow(
        "nat of other forms",
        CONFIG,
        (_NAT, Rest("rest", "As it stands", 400)),
        doc="Translates the source of connections; mailward does not.",
        status=KEPT,
    ),
    section=MIDDLE,
    rank=_RANK,
)


def _real(name: str) -> OneOf:
    return OneOf(
        (
            (Address(name, "The real address", 4),),
            (Ref(f"{name}-name", ALIAS, "Name of the real address"),),
        )
    )


_MAPPED: Final = OneOf(
    (
        (Word("interface", "That of the interface", name="interface"),),
        (Address("mapped", "The other address", 4),),
        (Ref("mapped-name", ALIAS, "Name of the other address"),),
    )
)
_BEHIND: Final[tuple[Token, ...]] = (
    Maybe((Word("netmask", "How many addresses"), Address("mask", "Network mask", 4))),
    Maybe((Rest("rest", "Limits of connections", 200),)),
)
_STATIC_DOC: Final = (
    "As releases before 8.3 have it: the real address is reached at another, or one "
    "port of it. Where policies inspect that port, `mailward run` without `--listen` "
    "listens there."
)


def _older(kind: str, *syntax: Token) -> ObjectRow:
    line = LineRow(kind, CONFIG, (_STATIC, _PAIR, *syntax), doc=_STATIC_DOC)
    return ObjectRow(line, section=MIDDLE, rank=_RANK, tidy=_tidy, tail=" ")


STATIC_PORT: Final = _older(
    "static of a port",
    _CARRIER,
    _MAPPED,
    port("mapped-port", udp=True),
    _real("real"),
    port("real-port", udp=True),
    *_BEHIND,
)
STATIC_HOST: Final = _older("static", _MAPPED, _real("real"), *_BEHIND)
STATIC_LIST: Final = _older(
    "static by access list",
    OneOf(((_CARRIER, _MAPPED, port("mapped-port", udp=True)), (_MAPPED,))),
    Word("access-list", "The real address, as the source of an access list"),
    Ref("access-list", ACCESS_LIST, "Name of the access list"),
    Maybe((Rest("rest", "Limits of connections", 200),)),
)
STATIC_OTHER: Final = ObjectRow(
    LineRow(
        "static of other forms",
        CONFIG,
        (_STATIC, Rest("rest", "As it stands", 400)),
        doc="Kept and shown: this form publishes nothing here.",
        status=KEPT,
    ),
    section=MIDDLE,
    rank=_RANK,
    tail=" ",
)

TRANSLATIONS: Final = (
    OBJECT_NAT,
    OBJECT_DYNAMIC,
    TWICE,
    TWICE_AFTER,
    TWICE_DYNAMIC,
    NAT_OTHER,
    STATIC_PORT,
    STATIC_HOST,
    STATIC_LIST,
    STATIC_OTHER,
)
