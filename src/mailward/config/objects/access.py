"""`access-list`: the entries of access lists.

Knows: the forms of an entry, those we honour and those we only keep.
Does not know: how an entry decides (`policy.acl`).
Called by: `config.objects`, `config.traffic`.
"""

from typing import Final

from mailward.config.modes import CONFIG
from mailward.config.objects.base import ACCESS_LISTS, NETWORKS, ObjectRow
from mailward.config.objects.networks import ALIAS, GROUP, OBJECT
from mailward.config.objects.ports import operator, tidied
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

ACCESS_LIST: Final = "access-list"

_WORD: Final = Word("access-list", "Configure an access list")
_NAME: Final = Name("name", "Name of the access list", 241)
_DEFINES: Final = (("name", ACCESS_LIST),)
_HEAD: Final[tuple[Token, ...]] = (
    _WORD,
    _NAME,
    Maybe(
        (
            Word("line", "Insert at a place"),
            Number("line", 1, 2147483647, "Number of the line"),
        )
    ),
)
_VERDICT: Final[tuple[Token, ...]] = (
    Maybe((Word("extended", "An entry with both addresses"),)),
    Choice(
        "verdict",
        (("permit", "What fits belongs"), ("deny", "What fits does not belong")),
    ),
)
_PROTOCOLS: Final = (
    ("ip", "Any protocol of IP"),
    ("tcp", "Transmission control protocol"),
)
#: The same by number: an entry on protocol 6 is an entry on mail.
_NUMBERS: Final = (("0", "ip"), ("6", "tcp"))
_OTHER_PROTOCOLS: Final = tuple(
    (name, f"Protocol {name}")
    for name in (
        *("ah", "eigrp", "esp", "gre", "icmp", "icmp6", "igmp", "igrp", "ipinip"),
        *("ipsec", "nos", "ospf", "pcp", "pim", "pptp", "sctp", "snp", "udp"),
    )
)
_LEVELS: Final = tuple(
    (name, f"Level {name}")
    for name in (
        *("alerts", "critical", "debugging", "default", "disable", "emergencies"),
        *("errors", "informational", "notifications", "warnings"),
    )
)


_OBJECT: Final = Word("object", "An object")
_GROUP: Final = Word("object-group", "A group of objects")


def _address(side: str, help_text: str) -> Token:
    """One side of an entry."""
    return OneOf(
        (
            (Word("any", f"Any {help_text} address", name=f"{side}-any"),),
            (Word("any4", f"Any {help_text} IPv4 address", name=f"{side}-any4"),),
            (Word("any6", f"Any {help_text} IPv6 address", name=f"{side}-any6"),),
            (
                Word("host", f"A single {help_text} host"),
                OneOf(
                    (
                        (Address(f"{side}-host", "Address of the host"),),
                        (Ref(f"{side}-host-name", ALIAS, "Name of the host"),),
                    )
                ),
            ),
            (
                OneOf(
                    (
                        (Address(f"{side}-base", f"{help_text} address", 4),),
                        (Ref(f"{side}-base-name", ALIAS, f"{help_text} name"),),
                    )
                ),
                Address(f"{side}-mask", "Network mask", 4),
            ),
            (
                Address(
                    f"{side}-prefix",
                    f"{help_text} network and length of its prefix",
                    6,
                    prefix=True,
                ),
            ),
            (
                Word("interface", "Address of an interface"),
                Name(f"{side}-interface", "Name of the interface"),
            ),
            (_OBJECT, Ref(f"{side}-object", OBJECT, "Name of the object")),
            (_GROUP, Ref(f"{side}-group", GROUP, "Name of the group")),
        )
    )


def _ports(side: str) -> Token:
    group = (_GROUP, Ref(f"{side}-ports-group", GROUP, "Name of the group"))
    return Maybe((OneOf((*operator(side), group)),))


_LOG: Final = Maybe(
    (
        Word("log", "Log when the entry fits", name="log"),
        Maybe(
            (
                OneOf(
                    (
                        (Number("log-level", 0, 7, "Level of the record"),),
                        (Choice("log-word", _LEVELS),),
                    )
                ),
            )
        ),
        Maybe(
            (
                Word("interval", "Time between records"),
                Number("interval", 1, 600, "Seconds"),
            )
        ),
    )
)

#: Who a packet is of, which we cannot tell.
_USER: Final = Maybe(
    (
        Choice(
            "user",
            (
                ("object-group-user", "A group of users"),
                ("user", "A user"),
                ("user-group", "A group of a directory"),
            ),
        ),
        Name("user-name", "Whose traffic", 255),
    )
)


def _tag(side: str) -> Token:
    return Maybe(
        (
            Choice(
                f"{side}-tag",
                (
                    ("object-group-security", "A group of security tags"),
                    ("security-group", "A security tag"),
                ),
            ),
            Maybe(
                (
                    Choice(
                        f"{side}-tag-by",
                        (("name", "By its name"), ("tag", "By its number")),
                    ),
                )
            ),
            Name(f"{side}-tag-name", "The group or tag", 64),
        )
    )


#: What makes an entry one that we keep and do not understand.
NOT_HONOURED: Final = ("time-range", "user", "source-tag", "destination-tag")


def _tidy(args: Args) -> Args:
    return tidied(args, "source", "destination")


ENTRY: Final = ObjectRow(
    LineRow(
        "access-list",
        CONFIG,
        (
            *_HEAD,
            *_VERDICT,
            OneOf(
                (
                    (Choice("protocol", _PROTOCOLS, aliases=_NUMBERS),),
                    (_OBJECT, Ref("service-object", OBJECT, "An object service")),
                    (
                        _GROUP,
                        Ref("service-group", GROUP, "Services or protocols"),
                    ),
                )
            ),
            _USER,
            _tag("source"),
            _address("source", "source"),
            _ports("source"),
            _tag("destination"),
            _address("destination", "destination"),
            _ports("destination"),
            _LOG,
            Maybe(
                (
                    Word("time-range", "Only at these times"),
                    Name("time-range", "Name of the time range", 64),
                )
            ),
            Maybe((Word("inactive", "The entry is switched off", name="inactive"),)),
        ),
        doc="An entry of an access list; the first that fits a connection decides, "
        "the end of the list denies. In a class, `permit` includes and `deny` "
        "excludes.",
        defines=_DEFINES,
    ),
    section=ACCESS_LISTS,
    place="line",
    tidy=_tidy,
    tail=" ",
)

OTHER_ENTRY: Final = ObjectRow(
    LineRow(
        "access-list of other protocols",
        CONFIG,
        (
            *_HEAD,
            *_VERDICT,
            OneOf(
                (
                    (Choice("protocol", _OTHER_PROTOCOLS),),
                    (Number("number", 1, 5, "Number of the protocol"),),
                    (Number("number", 7, 255, "Number of the protocol"),),
                )
            ),
            Rest("rest", "What the entry fits", 400),
        ),
        doc="An entry for a protocol that mail does not use.",
        status=KEPT,
        defines=_DEFINES,
    ),
    section=ACCESS_LISTS,
    place="line",
    tail=" ",
)

OTHER_KIND: Final = ObjectRow(
    LineRow(
        "access-list of other kinds",
        CONFIG,
        (
            *_HEAD,
            Choice(
                "kind",
                (
                    ("ethertype", "Entries on frames"),
                    ("standard", "Entries on one address"),
                    ("webtype", "Entries on web addresses"),
                ),
            ),
            Rest("rest", "What the entry fits", 400),
        ),
        doc="An entry of an access list that cannot classify mail.",
        status=KEPT,
        defines=_DEFINES,
    ),
    section=ACCESS_LISTS,
    place="line",
    tail=" ",
)

REMARK: Final = ObjectRow(
    LineRow(
        "access-list remark",
        CONFIG,
        (
            *_HEAD,
            Word("remark", "A text for the reader"),
            Maybe((Rest("text", "The text", 400),)),
        ),
        doc="A remark between entries.",
        defines=_DEFINES,
    ),
    section=ACCESS_LISTS,
    place="line",
)

SETTING: Final = ObjectRow(
    LineRow(
        "access-list settings",
        CONFIG,
        (
            _WORD,
            OneOf(
                (
                    (Word("compiled", "Faster look-up", name="compiled"),),
                    (
                        Choice(
                            "what",
                            (
                                ("alert-interval", "Time between alerts"),
                                ("deny-flow-max", "Number of flows"),
                            ),
                        ),
                        Number("value", 1, 4294967295, "How much"),
                    ),
                    (
                        Word("mode", "When changes take effect"),
                        Choice(
                            "mode",
                            (
                                ("auto-commit", "At once"),
                                ("manual-commit", "When told"),
                            ),
                        ),
                    ),
                )
            ),
        ),
        doc="A setting of all access lists.",
        status=KEPT,
    ),
    section=NETWORKS,
)

ACCESS: Final = (SETTING, ENTRY, OTHER_ENTRY, OTHER_KIND, REMARK)
