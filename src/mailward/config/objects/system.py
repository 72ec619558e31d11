"""Interfaces, and commands that are no configuration.

Knows: `interface` and the lines under it; what a pasted session may hold beside
configuration.
Does not know: sockets, or what an interface of this machine is.
Called by: `config.objects`, `config.compile`.
"""

from typing import Final

from mailward.config.modes import CONFIG, INTERFACE
from mailward.config.objects.base import HEAD, INTERFACES, ObjectRow
from mailward.config.objects.compat import MAILWARD
from mailward.config.objects.networks import ALIAS
from mailward.lang.rows import IGNORED, KEPT, NEVER, LineRow
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

INTERFACE_LINE: Final = ObjectRow(
    LineRow(
        "interface",
        CONFIG,
        (
            Word("interface", "Configure an interface"),
            Rest("name", "Name of the hardware", 80),
        ),
        doc="An interface, by the name that Linux gives it or, where `mailward "
        "interface` says which is meant, by that of the appliance's hardware.",
        enters=INTERFACE,
    ),
    section=INTERFACES,
)

NAMEIF: Final = ObjectRow(
    LineRow(
        "nameif",
        INTERFACE,
        (Word("nameif", "Name the interface"), Name("name", "The name", 48)),
        doc="Names the interface. `inside` begins at security level 100, every other "
        "name at 0.",
        key=1,
    ),
    tells_off=True,
)

SECURITY_LEVEL: Final = ObjectRow(
    LineRow(
        "security-level",
        INTERFACE,
        (
            Word("security-level", "How far the interface is trusted"),
            Number("level", 0, 100, "From 0, the outside, to 100, the inside"),
        ),
        doc="Connections from a lower to a higher level are inspected; from a higher "
        "to a lower they pass.",
        key=1,
    ),
    tells_off=True,
)


_IP: Final = Word("ip", "Internet protocol")
IP_ADDRESS: Final = ObjectRow(
    LineRow(
        "ip address",
        INTERFACE,
        (
            _IP,
            Word("address", "The address of the interface"),
            OneOf(
                (
                    (
                        OneOf(
                            (
                                (Address("address", "The address", 4),),
                                (Ref("address-name", ALIAS, "Name of the address"),),
                            )
                        ),
                        Maybe((Address("mask", "Network mask", 4),)),
                        Maybe(
                            (
                                Word("standby", "The other unit of a pair"),
                                Address("standby", "Its address", 4),
                            )
                        ),
                    ),
                    (
                        Choice(
                            "from",
                            (("dhcp", "From a DHCP server"), ("pppoe", "From PPPoE")),
                        ),
                        Maybe((Word("setroute", "The route too", name="setroute"),)),
                    ),
                )
            ),
        ),
        doc="The address that `interface` means in an access list. It is not set on "
        "this machine.",
        key=2,
    ),
    rank=1,
    tells_off=True,
)

IP_OTHER: Final = ObjectRow(
    LineRow(
        "ip",
        INTERFACE,
        (_IP, Rest("rest", "As it stands", 400)),
        doc="Another setting of the protocol.",
        status=KEPT,
    ),
    rank=1,
)

_IPV6: Final = Word("ipv6", "Internet protocol, version 6")
IPV6_ADDRESS: Final = ObjectRow(
    LineRow(
        "ipv6 address",
        INTERFACE,
        (
            _IPV6,
            Word("address", "An address of the interface"),
            OneOf(
                (
                    (
                        Address(
                            "address",
                            "The address and the length of its network's prefix",
                            6,
                            prefix=True,
                            own=True,
                        ),
                        Maybe((Word("eui-64", "Made of the hardware's", name="eui"),)),
                    ),
                    (
                        Address("link", "The address", 6),
                        Word("link-local", "For its own link only"),
                    ),
                    (
                        Choice(
                            "from",
                            (
                                ("autoconfig", "As routers announce"),
                                ("dhcp", "From a DHCP server"),
                            ),
                        ),
                        Maybe((Word("default", "The route too", name="default"),)),
                    ),
                )
            ),
            Maybe(
                (
                    Word("standby", "The other unit of a pair"),
                    Address("standby", "Its address", 6),
                )
            ),
        ),
        doc="A further address that `interface` means in an access list, unless it "
        "is of a link only or made of the hardware's. It is not set on this machine.",
    ),
    rank=2,
)
IPV6_OTHER: Final = ObjectRow(
    LineRow(
        "ipv6",
        INTERFACE,
        (_IPV6, Rest("rest", "As it stands", 400)),
        doc="Another setting of the protocol.",
        status=KEPT,
    ),
    rank=2,
)

VLAN: Final = ObjectRow(
    LineRow(
        "vlan",
        INTERFACE,
        (
            Word("vlan", "A network on the wire of another"),
            Number("vlan", 1, 4094, "Its number"),
            Maybe((Rest("rest", "Further numbers", 200),)),
        ),
        doc="The number of a sub-interface's network.",
        key=1,
    ),
)

INTERFACE_TEXT: Final = ObjectRow(
    LineRow(
        "description of an interface",
        INTERFACE,
        (
            Word("description", "Describe the interface"),
            Rest("text", "The description", 200),
        ),
        doc="A text for the reader.",
        key=1,
    ),
)

SHUTDOWN: Final = ObjectRow(
    LineRow(
        "shutdown",
        INTERFACE,
        (Word("shutdown", "Switch the interface off"),),
        doc="Nothing is inspected or published there; no interface of this machine "
        "is switched.",
    ),
)

#: `mailward interface`: what Linux calls the appliance's hardware.
DEVICE: Final = ObjectRow(
    LineRow(
        "mailward interface",
        CONFIG,
        (
            MAILWARD,
            Word("interface", "Which interface of this machine is meant"),
            Name("name", "Name of the interface, as nameif gives it", 48),
            Name("device", "What Linux calls it", 15),
        ),
        doc="Says which interface of this machine is meant, where the name behind "
        "`interface` is of the appliance's hardware. Of mailward, not of the "
        "appliance.",
        key=3,
    ),
    section=HEAD,
    rank=20,
)


def _ignored(kind: str, *syntax: Token) -> ObjectRow:
    return ObjectRow(
        LineRow(
            kind,
            CONFIG,
            syntax,
            doc="A command of a session, no configuration.",
            key=NEVER,
            status=IGNORED,
        )
    )


_CLEAR: Final = Word("clear", "Remove lines, or reset counters")

CLEAR: Final = ObjectRow(
    LineRow(
        "clear configure",
        CONFIG,
        (
            _CLEAR,
            Word("configure", "Lines of the configuration"),
            OneOf(
                (
                    (Word("all", "Every line", name="all"),),
                    (Rest("what", "How the lines begin", 200),),
                )
            ),
        ),
        doc="Removes every line that begins with these words, and what stands under "
        "it, unless a line that stays names what they define.",
        key=NEVER,
    )
)


def cleared(args: Args) -> str:
    """How the lines begin that `clear configure` removes."""
    return "" if args.has("all") else f"{' '.join(args.text('what').split())} "


def _kept(kind: str, *syntax: Token) -> ObjectRow:
    return ObjectRow(
        LineRow(kind, CONFIG, syntax, doc="Kept and shown.", status=KEPT),
        section=HEAD,
    )


def _command(word: Word) -> ObjectRow:
    return _ignored(
        f"command {word.text}",
        word,
        Maybe((Rest("rest", "What to do", 400),)),
    )


COMMANDS: Final = (
    _ignored("command enable", Word("enable", "Privileged commands")),
    _command(_CLEAR),
    *(
        _command(Word(word, "Not configuration"))
        for word in ("configure", "copy", "show", "terminal", "write")
    ),
)

#: Lines whose first word is of ours as well: kept, not mistaken for it.
KEPT_LINES: Final = (
    _kept(
        "nameif of PIX",
        Word("nameif", "Name the interface"),
        Name("hardware", "Name of the hardware", 80),
        Name("name", "The name", 48),
        Name("level", "Its security level", 11),
    ),
)

SYSTEM: Final = (
    INTERFACE_LINE,
    NAMEIF,
    SECURITY_LEVEL,
    IP_ADDRESS,
    IP_OTHER,
    IPV6_ADDRESS,
    IPV6_OTHER,
    VLAN,
    INTERFACE_TEXT,
    SHUTDOWN,
    DEVICE,
    CLEAR,
    *COMMANDS,
    *KEPT_LINES,
)
