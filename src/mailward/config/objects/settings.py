"""`access-group`, `same-security-traffic`, `timeout`: what may pass, how long.

Knows: which of their lines replace each other, and what they name.
Does not know: how a connection is judged, timers.
Called by: `config.objects`, `config.access`, `config.places`.
"""

from typing import Final

from mailward.config.modes import CONFIG
from mailward.config.objects.access import ACCESS_LIST
from mailward.config.objects.base import EARLY, MIDDLE, ObjectRow, rank_in_middle
from mailward.lang.rows import KEPT, LineRow
from mailward.lang.tokens import Choice, Maybe, Name, Ref, Rest, Word

_GROUP: Final = Word("access-group", "Filter by an access list")
_LIST: Final = Ref("access-list", ACCESS_LIST, "Name of the access list")
_WAY: Final = Choice("way", (("in", "What enters"), ("out", "What leaves")))
_INTERFACE: Final = Word("interface", "On one interface")
_NAME: Final = Name("interface", "Name of the interface", 48)

ACCESS_GROUP: Final = ObjectRow(
    LineRow(
        "access-group",
        CONFIG,
        (
            _GROUP,
            _LIST,
            _WAY,
            _INTERFACE,
            _NAME,
            Maybe((Word("per-user-override", "A user's list first", name="per-user"),)),
        ),
        doc="Only what the list permits may enter or leave by the interface. One list "
        "for each way. Users' lists are not known here.",
    ),
    section=MIDDLE,
    rank=rank_in_middle("access-group"),
    slot="access-group {way} {interface}",
)
ACCESS_GROUP_GLOBAL: Final = ObjectRow(
    LineRow(
        "access-group global",
        CONFIG,
        (_GROUP, _LIST, Word("global", "On every interface")),
        doc="Only what the list permits may enter by any interface; it is asked where "
        "the list of the interface itself has come to its end.",
    ),
    section=MIDDLE,
    rank=rank_in_middle("access-group"),
    slot="access-group global",
)
ACCESS_GROUP_OTHER: Final = ObjectRow(
    LineRow(
        "access-group control-plane",
        CONFIG,
        (
            _GROUP,
            _LIST,
            _WAY,
            _INTERFACE,
            _NAME,
            Word("control-plane", "Traffic to the appliance"),
        ),
        doc="Filters what is meant for the appliance itself, never mail.",
        status=KEPT,
    ),
    section=MIDDLE,
    rank=rank_in_middle("access-group"),
    slot="access-group {way} {interface} control-plane",
)
GROUP_LINES: Final = (ACCESS_GROUP, ACCESS_GROUP_GLOBAL, ACCESS_GROUP_OTHER)

SAME_SECURITY: Final = ObjectRow(
    LineRow(
        "same-security-traffic",
        CONFIG,
        (
            Word("same-security-traffic", "Between interfaces of one level"),
            Word("permit", "May pass"),
            Choice(
                "where",
                (
                    ("inter-interface", "From one interface to another"),
                    ("intra-interface", "Out of the interface where it came"),
                ),
            ),
        ),
        doc="Lets connections pass that stay on one security level, or leave by the "
        "interface where they came.",
    ),
    section=EARLY,
)

_TIMEOUT: Final = Word("timeout", "How long things may be idle")
_TIMES: Final = Rest("rest", "H:M:S, perhaps followed by others", 200)
TIMEOUT: Final = ObjectRow(
    LineRow(
        "timeout",
        CONFIG,
        (
            _TIMEOUT,
            Choice(
                "what",
                (
                    ("conn", "A connection that is idle"),
                    ("half-closed", "A connection that one side has closed"),
                ),
            ),
            _TIMES,
        ),
        doc="How long connections may be idle: `0:05:00` or more, `half-closed` "
        "`0:00:30` or more, `0:00:00` for ever. Other times behind are kept.",
        key=2,
    ),
    section=MIDDLE,
    rank=rank_in_middle("timeout"),
    moves=True,
    default="timeout conn 1:00:00 half-closed 0:10:00",
    plain=True,
)
TIMEOUT_OTHER: Final = ObjectRow(
    LineRow(
        "timeout of other things",
        CONFIG,
        (_TIMEOUT, Name("what", "Of what", 40), _TIMES),
        doc="Kept and shown; mail is not timed by it.",
        key=2,
        status=KEPT,
    ),
    section=MIDDLE,
    rank=rank_in_middle("timeout"),
    moves=True,
)
TIMEOUTS: Final = ObjectRow(
    LineRow(
        "timeout of everything",
        CONFIG,
        (_TIMEOUT,),
        doc="Saved configurations hold `no timeout`: nothing here differs from it.",
        status=KEPT,
    ),
    section=MIDDLE,
    rank=rank_in_middle("timeout"),
)

SETTINGS: Final = (
    *GROUP_LINES,
    SAME_SECURITY,
    TIMEOUT,
    TIMEOUT_OTHER,
    TIMEOUTS,
)
