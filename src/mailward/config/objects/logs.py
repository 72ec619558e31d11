"""`logging`: which records go where and what heads them.

Knows: the forms of the lines, those we honour and those we only keep.
Does not know: what they ask for, together (`config.logs`).
Called by: `config.objects`, `config.logs`.
"""

from typing import Final

from mailward.config.modes import CONFIG
from mailward.config.objects.base import MIDDLE, ObjectRow, rank_in_middle
from mailward.config.objects.networks import ALIAS
from mailward.lang.rows import ACTIVE, KEPT, WHOLE, LineRow
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
from mailward.policy.logs import CLASSES, LEVELS

LOG_LIST: Final = "logging list"
#: No record has a higher number.
NUMBER_MOST: Final = 999999

_LOGGING: Final = Word("logging", "Where records go and what heads them")
_LEVEL_WORDS: Final = tuple(
    (name, f"Level {number}") for number, name in enumerate(LEVELS)
)


def _levels(name: str = "level") -> tuple[tuple[Token, ...], ...]:
    """Branches: a level by its word or its number."""
    number = Number(f"{name}-number", 0, 7, "The level")
    return (Choice(name, _LEVEL_WORDS),), (number,)


_LEVEL: Final = _levels()
_ACTIVE_PLACES: Final = (
    ("buffered", "The buffer that show logging prints"),
    ("console", "Standard output"),
    ("monitor", "Sessions of the console"),
    ("trap", "The servers of logging host"),
)
_KEPT_PLACES: Final = (
    ("asdm", "The appliance's own pages"),
    ("history", "SNMP"),
    ("mail", "Mail"),
)
_CLASS: Final = Choice("class", tuple((name, f"Class {name}") for name in CLASSES))
_MESSAGE: Final = Number("message", 100000, NUMBER_MOST, "Number of the record")


def _tidy(args: Args) -> Args:
    """Levels are kept by their words."""
    return Args(
        {
            name.removesuffix("-number"): (LEVELS[value],)
            if name.endswith("-number") and isinstance(value, int)
            else value
            for name, value in args.values.items()
        }
    )


def _row(
    kind: str,
    doc: str,
    *syntax: Token,
    key: int = WHOLE,
    status: str = ACTIVE,
    rank: int = 1,
    slot: str = "",
    defines: tuple[tuple[str, str], ...] = (),
    switch: bool = False,
    default: str = "",
) -> ObjectRow:
    line = LineRow(
        kind,
        CONFIG,
        (_LOGGING, *syntax),
        doc=doc,
        key=key,
        defines=defines,
        status=status,
    )
    return ObjectRow(
        line,
        section=MIDDLE,
        rank=rank_in_middle("logging", rank),
        slot=slot,
        tidy=_tidy,
        switch=switch,
        default=default,
    )


ENABLE: Final = _row(
    "logging enable",
    "Records are written. Without this line there are none but those that `mailward "
    "run` itself was told to write.",
    Choice("what", (("enable", "Write records"),), aliases=(("on", "enable"),)),
)
TIMESTAMP: Final = _row(
    "logging timestamp",
    "Each record begins with the time, in the appliance's form or as RFC 5424 has it.",
    Word("timestamp", "Begin records with the time"),
    Maybe((Word("rfc5424", "As RFC 5424 has it, in UTC", name="rfc5424"),)),
    key=2,
)
EMBLEM: Final = _row(
    "logging emblem",
    "Records for places other than servers have the class in their head.",
    Word("emblem", "Records in the form EMBLEM"),
)
PERMIT: Final = _row(
    "logging permit-hostdown",
    "New connections are let through although a server of records cannot be reached "
    "over TCP.",
    Word("permit-hostdown", "Go on without a server of records"),
)


def _level_row(kind: str, doc: str, status: str, *places: tuple[str, str]) -> ObjectRow:
    named = (Ref("list", LOG_LIST, "Name of a list"),)
    return _row(
        kind,
        doc,
        Choice("where", places),
        OneOf((*_LEVEL, named)),
        key=2,
        status=status,
    )


LEVEL: Final = _level_row(
    "logging level",
    "How severe a record must be for one place, or which list it must be of; typed "
    "again it replaces the level before.",
    ACTIVE,
    *_ACTIVE_PLACES,
)
LEVEL_KEPT: Final = _level_row(
    "logging level of other places",
    "Kept and shown: there is no such place here.",
    KEPT,
    *_KEPT_PLACES,
)


def _value(
    word: str,
    told: str,
    low: int,
    high: int,
    usual: int,
    doc: str,
    status: str = ACTIVE,
) -> ObjectRow:
    return _row(
        f"logging {word}",
        f"{doc} The default is {usual}.",
        Word(word, told),
        Number("value", low, high, "How much"),
        key=2,
        status=status,
        default=f"logging {word} {usual}",
    )


BUFFER: Final = _value(
    "buffer-size",
    "Octets of the buffer",
    4096,
    52428800,
    4096,
    "Kept and shown: `show logging` has the last 512 records, however long.",
    KEPT,
)
FACILITY: Final = _value(
    "facility",
    "Facility of records",
    16,
    23,
    20,
    "The facility of records sent to hosts.",
)
QUEUE: Final = _value(
    "queue",
    "Records that may wait",
    0,
    8192,
    512,
    "How many records may wait for a log server; 0 stands for the most.",
)
DEVICE_ID: Final = _row(
    "logging device-id",
    "What names the appliance in a record.",
    Word("device-id", "What names the appliance"),
    OneOf(
        (
            (Word("hostname", "The host name", name="hostname"),),
            (Word("context-name", "The context's name", name="context"),),
            (
                Word("ipaddress", "The address of an interface"),
                Name("interface", "Name of the interface", 48),
            ),
            (Word("string", "A text"), Rest("text", "The text", 16)),
        )
    ),
    key=2,
)
HOST: Final = _row(
    "logging host",
    "A server that records are sent to, by UDP port 514 or TCP port 1470 unless "
    "another is given. `secure` is TLS over TCP.",
    Word("host", "A server of records"),
    Name("interface", "Name of the interface before it", 48),
    OneOf(
        (
            (Address("address", "Its address"),),
            (Ref("address-name", ALIAS, "Its name"),),
        )
    ),
    Maybe(
        (
            Name(
                "port",
                "Protocol, a slash and a port",
                9,
                shape="(?i:udp|tcp|6|17)(/[0-9]{1,5})?",
                sample="udp/514",
            ),
        )
    ),
    Maybe((Word("format", "Form of records"), Word("emblem", "EMBLEM", name="emblem"))),
    Maybe(
        (
            Word("secure", "Over TLS", name="secure"),
            Maybe(
                (
                    Word("reference-identity", "Who it must be"),
                    Name("identity", "Name of an identity", 64),
                )
            ),
        )
    ),
    key=4,
)
LIST: Final = _row(
    "logging list",
    "A choice of records by name: those of a level and perhaps a class, or a number "
    "or range of numbers. Its lines add up.",
    Word("list", "A choice of records"),
    Name("name", "Name of the list", 64),
    OneOf(
        (
            (
                Word("level", "Those as severe"),
                OneOf(_LEVEL),
                Maybe((Word("class", "Of one class only"), _CLASS)),
            ),
            (
                Word("message", "By number"),
                Name(
                    "messages",
                    "A number, or two with a dash between",
                    13,
                    shape="[1-9][0-9]{5}(-[1-9][0-9]{5})?",
                    sample="108001-108007",
                ),
            ),
        )
    ),
    defines=(("name", LOG_LIST),),
    rank=0,
)
CLASS: Final = _row(
    "logging class",
    "The level of a class of records at one place; it goes before the level of the "
    "place.",
    Word("class", "Level of a class"),
    _CLASS,
    Choice("where", (*_ACTIVE_PLACES, *_KEPT_PLACES)),
    OneOf(_LEVEL),
    key=4,
)


def _at(name: str) -> tuple[Token, ...]:
    """One of several places, with its level."""
    return (
        Choice(name, (*_ACTIVE_PLACES, *_KEPT_PLACES)),
        OneOf(_levels(f"{name}-level")),
    )


CLASSES_LINE: Final = _row(
    "logging class at several places",
    "The same for two places at once, or for three.",
    Word("class", "Level of a class"),
    _CLASS,
    *_at("first"),
    *_at("second"),
    Maybe(_at("third")),
)
MESSAGE: Final = _row(
    "logging message",
    "`no logging message` switches a record off, this line switches it on again.",
    Word("message", "One record"),
    _MESSAGE,
    switch=True,
    rank=2,
)
MESSAGE_LEVEL: Final = _row(
    "logging message level",
    "Gives a record another severity than its own.",
    Word("message", "One record"),
    _MESSAGE,
    Word("level", "Under which severity"),
    OneOf(_LEVEL),
    slot="logging message {message} level",
    rank=2,
)
RATE: Final = _row(
    "logging rate-limit",
    "No more of these records than so many in so many seconds.",
    Word("rate-limit", "How many records in a time"),
    OneOf(
        (
            (Word("unlimited", "As many as there are", name="unlimited"),),
            (
                Number("count", 1, 2147483647, "Records"),
                Maybe((Number("seconds", 1, 2147483647, "Seconds"),)),
            ),
        )
    ),
    OneOf(
        (
            (Word("level", "Of a level"), OneOf(_LEVEL)),
            (Word("message", "Of a number"), _MESSAGE),
        )
    ),
    rank=2,
)

#: Words behind `logging` whose lines are read above: one that cannot be read
#: is a mistake there, and not another setting.
_READ: Final = (
    "buffered|console|monitor|trap|asdm|history|mail|buffer-size|facility|queue"
    "|device-id|host|list|class|message|rate-limit|timestamp|enable|on"
)
OTHER: Final = _row(
    "logging",
    "Kept and shown: nothing here differs for it.",
    Name(
        "what",
        "Another setting",
        64,
        shape=f"(?i:(?!({_READ})$).*)",
        sample="flow-export-syslogs",
    ),
    Maybe((Rest("rest", "As it stands", 400),)),
    status=KEPT,
)

LOGS: Final = (
    ENABLE,
    TIMESTAMP,
    EMBLEM,
    PERMIT,
    LEVEL,
    LEVEL_KEPT,
    BUFFER,
    FACILITY,
    QUEUE,
    DEVICE_ID,
    HOST,
    LIST,
    CLASS,
    CLASSES_LINE,
    MESSAGE,
    MESSAGE_LEVEL,
    RATE,
    OTHER,
)
