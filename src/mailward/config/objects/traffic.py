"""`class-map`: which connections belong to a class.

Knows: the forms of `match` that select traffic.
Does not know: how a connection is judged (`policy.gate`).
Called by: `config.objects`, `config.traffic`.
"""

from typing import Final

from mailward.config.modes import CLASS_MAP, CONFIG, OTHER_MAP
from mailward.config.objects.access import ACCESS_LIST
from mailward.config.objects.base import CLASS_MAPS, ObjectRow
from mailward.config.objects.ports import operator, tidied
from mailward.lang.rows import KEPT, LineRow
from mailward.lang.tokens import Choice, Name, OneOf, Ref, Rest, Word

TRAFFIC_CLASS: Final = "class-map"
#: A class that is always there and holds all that no other class holds.
CLASS_DEFAULT: Final = "class-default"

_CLASS_MAP: Final = Word("class-map", "Define a class")
_TYPE: Final = Word("type", "Of a special type")
_MATCH: Final = Word("match", "Which traffic belongs to the class")
_PORT: Final = Word("port", "Traffic to these ports")
_ONE_MATCH: Final = (
    "a class has one match; only default-inspection-traffic may stand beside it"
)

CLASS: Final = ObjectRow(
    LineRow(
        "class-map",
        CONFIG,
        (
            _CLASS_MAP,
            Name("name", "Name of the class", 128),
        ),
        doc="A class of traffic, for use in a policy-map.",
        enters=CLASS_MAP,
        defines=(("name", TRAFFIC_CLASS),),
    ),
    section=CLASS_MAPS,
    rank=2,
)

OTHER_CLASS: Final = ObjectRow(
    LineRow(
        "class-map type inspect",
        CONFIG,
        (
            _CLASS_MAP,
            _TYPE,
            Word("inspect", "A class of what an inspection sees"),
            Rest("rest", "Protocol and name", 200),
        ),
        doc="A class for the map of another protocol; esmtp has none.",
        enters=OTHER_MAP,
        status=KEPT,
    ),
    section=CLASS_MAPS,
    rank=1,
)

MANAGEMENT_CLASS: Final = ObjectRow(
    LineRow(
        "class-map type management",
        CONFIG,
        (
            _CLASS_MAP,
            _TYPE,
            Word("management", "A class of traffic to the appliance"),
            Name("name", "Name of the class", 128),
        ),
        doc="A class of traffic to the appliance itself; no mail through it.",
        enters=OTHER_MAP,
        status=KEPT,
        defines=(("name", TRAFFIC_CLASS),),
    ),
    section=CLASS_MAPS,
    rank=2,
)

DESCRIPTION: Final = ObjectRow(
    LineRow(
        "description of a class",
        CLASS_MAP,
        (
            Word("description", "Describe the class"),
            Rest("text", "The description", 200),
        ),
        doc="A text for the reader.",
        key=1,
    ),
)

MATCH_ANY: Final = ObjectRow(
    LineRow(
        "match any",
        CLASS_MAP,
        (_MATCH, Word("any", "Everything")),
        doc="All traffic.",
    ),
    rank=1,
    slot="match",
    only=_ONE_MATCH,
)

MATCH_ACCESS_LIST: Final = ObjectRow(
    LineRow(
        "match access-list",
        CLASS_MAP,
        (
            _MATCH,
            Word("access-list", "What an access list permits"),
            Ref("access-list", ACCESS_LIST, "Name of the access list"),
        ),
        doc="Traffic that the access list permits, seen from the client.",
    ),
    rank=1,
    slot="match",
    only=_ONE_MATCH,
)

MATCH_PORT: Final = ObjectRow(
    LineRow(
        "match port",
        CLASS_MAP,
        (
            _MATCH,
            _PORT,
            Word("tcp", "Transmission control protocol"),
            OneOf(operator("match")),
        ),
        doc="Traffic to these ports of the server.",
    ),
    rank=1,
    slot="match",
    only=_ONE_MATCH,
    tidy=lambda args: tidied(args, "match"),
)

MATCH_UDP: Final = ObjectRow(
    LineRow(
        "match port udp",
        CLASS_MAP,
        (
            _MATCH,
            _PORT,
            Word("udp", "User datagram protocol"),
            Rest("rest", "The ports", 200),
        ),
        doc="Traffic that is never mail.",
        status=KEPT,
    ),
    rank=1,
    slot="match",
    only=_ONE_MATCH,
)

MATCH_DEFAULT: Final = ObjectRow(
    LineRow(
        "match default-inspection-traffic",
        CLASS_MAP,
        (
            _MATCH,
            Word("default-inspection-traffic", "Each inspection's own ports"),
        ),
        doc="The default port of each inspection; for esmtp TCP port 25.",
    ),
    rank=1,
)

MATCH_OTHER: Final = ObjectRow(
    LineRow(
        "match of other kinds",
        CLASS_MAP,
        (
            _MATCH,
            Choice(
                "what",
                (
                    ("dscp", "Differentiated services"),
                    ("flow", "Flows by address"),
                    ("precedence", "Precedence of IP"),
                    ("rtp", "Real-time ports"),
                    ("tunnel-group", "Traffic of a tunnel"),
                ),
            ),
            Rest("rest", "What belongs to the class", 200),
        ),
        doc="Traffic that mail inspection cannot tell.",
        status=KEPT,
    ),
    rank=1,
)

TRAFFIC: Final = (
    CLASS,
    OTHER_CLASS,
    MANAGEMENT_CLASS,
    DESCRIPTION,
    MATCH_ANY,
    MATCH_ACCESS_LIST,
    MATCH_PORT,
    MATCH_UDP,
    MATCH_DEFAULT,
    MATCH_OTHER,
)
