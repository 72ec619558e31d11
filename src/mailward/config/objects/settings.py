"""`access-group`, `logging`, `timeout`: settings that are kept.

Knows: which of their lines replace each other, and what they name.
Does not know: filters, records, timers.
Called by: `config.objects`.
"""

from typing import Final

from mailward.config.modes import CONFIG
from mailward.config.objects.access import ACCESS_LIST
from mailward.config.objects.base import MIDDLE, ObjectRow
from mailward.lang.rows import KEPT, WHOLE, LineRow
from mailward.lang.tokens import (
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

_LEVELS: Final = tuple(
    (name, f"Level {number}")
    for number, name in enumerate(
        (
            *("emergencies", "alerts", "critical", "errors", "warnings"),
            *("notifications", "informational", "debugging"),
        )
    )
)
_LOGGING: Final = Word("logging", "Where records go and what heads them")


def _kept(kind: str, doc: str, *syntax: Token, key: int = WHOLE) -> ObjectRow:
    return ObjectRow(
        LineRow(kind, CONFIG, syntax, doc=doc, key=key, status=KEPT), section=MIDDLE
    )


ACCESS_GROUP: Final = _kept(
    "access-group",
    "Kept and shown: mailward inspects, it does not filter. Connections that the "
    "list denies are let through.",
    Word("access-group", "Filter by an access list"),
    Ref("access-list", ACCESS_LIST, "Name of the access list"),
    OneOf(
        (
            (
                Choice(
                    "way",
                    (("in", "What enters"), ("out", "What leaves")),
                ),
                Word("interface", "On one interface"),
                Name("interface", "Name of the interface", 48),
                Maybe(
                    (
                        Choice(
                            "plane",
                            (
                                ("control-plane", "Traffic to the appliance"),
                                ("per-user-override", "A user's list goes before"),
                            ),
                        ),
                    )
                ),
            ),
            (Word("global", "On every interface", name="global"),),
        )
    ),
)

LOGGING_LEVEL: Final = _kept(
    "logging level",
    "Kept and shown. How severe a record must be for one place; typed again it "
    "replaces the level before. `mailward run --log-level` is what holds here.",
    _LOGGING,
    Choice(
        "where",
        (
            ("asdm", "The appliance's own pages"),
            ("buffered", "The buffer that show logging prints"),
            ("console", "The console"),
            ("history", "SNMP"),
            ("mail", "Mail"),
            ("monitor", "Sessions"),
            ("trap", "The servers of logging host"),
        ),
    ),
    OneOf(
        (
            (Choice("level", _LEVELS),),
            (Number("number", 0, 7, "The level"),),
            (Name("list", "Name of a list", 64),),
        )
    ),
    key=2,
)
LOGGING_VALUE: Final = _kept(
    "logging value",
    "Kept and shown; typed again it replaces the value before.",
    _LOGGING,
    Choice(
        "what",
        (
            ("buffer-size", "Octets of the buffer"),
            ("facility", "Facility of records, 16 to 23"),
            ("queue", "Records that may wait"),
        ),
    ),
    Number("value", 0, 4294967295, "How much"),
    key=2,
)
LOGGING_ID: Final = _kept(
    "logging device-id",
    "Kept and shown. What names the appliance in a record.",
    _LOGGING,
    Word("device-id", "What names the appliance"),
    Rest("what", "hostname, an address or a text", 200),
    key=2,
)
LOGGING_OTHER: Final = _kept(
    "logging",
    "Kept and shown: records go where `mailward run` was told.",
    _LOGGING,
    Rest("rest", "As it stands", 400),
)

_TIMEOUT: Final = Word("timeout", "How long things may be idle")
TIMEOUT: Final = _kept(
    "timeout",
    "Kept and shown: `mailward run --idle` is what holds here.",
    _TIMEOUT,
    Name("what", "Of what", 40),
    Rest("rest", "How long, perhaps followed by others", 200),
    key=2,
)
TIMEOUTS: Final = _kept(
    "timeout of everything",
    "Saved configurations hold `no timeout`: nothing here differs from it.",
    _TIMEOUT,
)

SETTINGS: Final = (
    ACCESS_GROUP,
    LOGGING_LEVEL,
    LOGGING_VALUE,
    LOGGING_ID,
    LOGGING_OTHER,
    TIMEOUT,
    TIMEOUTS,
)
