"""`object network`, `object-group network`, `name`: addresses by name.

Knows: the lines that name addresses and groups of them.
Does not know: services, how a group decides (`policy.acl`).
Called by: `config.objects`, `config.groups`.
"""

from typing import Final

from mailward.config.modes import CONFIG, NETWORK_GROUP, NETWORK_OBJECT
from mailward.config.objects.base import HEAD, NETWORKS, ObjectRow
from mailward.lang.rows import KEPT, LineRow, Mode
from mailward.lang.tokens import (
    Address,
    Choice,
    Maybe,
    Name,
    OneOf,
    Ref,
    Rest,
    Token,
    Word,
)

#: Kinds of object.  Networks and services share their names, and so do groups.
OBJECT: Final = "object"
GROUP: Final = "object-group"
ALIAS: Final = "name"
#: Objects and groups of addresses alike.
ADDRESSES: Final = "object or group of addresses"

OBJECT_WORD: Final = Word("object", "Define an object")
GROUP_WORD: Final = Word("object-group", "Define a group of objects")
NAME: Final = Name("name", "Name of the object", 64)
DEFINES_OBJECT: Final = (("name", OBJECT),)
DEFINES_GROUP: Final = (("name", GROUP),)


def description(mode: Mode, what: str, rank: int = 0) -> ObjectRow:
    """The `description` of an object; before what a group holds, but behind what
    an object is."""
    return ObjectRow(
        LineRow(
            f"description of {what}",
            mode,
            (
                Word("description", "Describe the object"),
                Rest("text", "The description", 200),
            ),
            doc="A text for the reader.",
            key=1,
        ),
        rank=rank,
    )


def member(mode: Mode, what: str) -> ObjectRow:
    """`group-object`: a group within a group of the same sort."""
    return ObjectRow(
        LineRow(
            f"group-object of {what}",
            mode,
            (
                Word("group-object", "A group within the group"),
                Ref("group", GROUP, "Name of a group of the same sort"),
            ),
            doc="Adds all that another group of the same sort holds.",
        ),
        rank=1,
    )


def kept(mode: Mode, word: Word, help_text: str) -> ObjectRow:
    """Every other form of a line, kept as typed.  An object that holds one
    cannot decide which mail is inspected."""
    return ObjectRow(
        LineRow(
            f"{word.text} of other forms in {mode.name}",
            mode,
            (word, Rest("rest", help_text, 400)),
            doc="Kept and shown. An object that holds such a line cannot say which "
            "mail is inspected.",
            status=KEPT,
        ),
        rank=1,
    )


def _definition(word: str, told: str, *syntax: Token) -> ObjectRow:
    return ObjectRow(
        LineRow(
            f"{word} of an object",
            NETWORK_OBJECT,
            (Word(word, told), *syntax),
            doc=f"{told}. It replaces what the object was before.",
        ),
        rank=1,
        slot="network",
    )


NETWORK: Final = ObjectRow(
    LineRow(
        "object network",
        CONFIG,
        (OBJECT_WORD, Word("network", "Addresses by name"), NAME),
        doc="Names an address, a range or a network, for access lists and groups.",
        key=3,
        enters=NETWORK_OBJECT,
        defines=(*DEFINES_OBJECT, ("name", ADDRESSES)),
    ),
    section=NETWORKS,
    rank=1,
    holds=True,
)
HOST: Final = _definition("host", "A single address", Address("host", "The address"))
SUBNET: Final = _definition(
    "subnet",
    "A network",
    OneOf(
        (
            (
                Address("base", "Address of the network", 4),
                Address("mask", "Network mask", 4),
            ),
            (Address("prefix", "Network and length of its prefix", 6, prefix=True),),
        )
    ),
)
RANGE: Final = _definition(
    "range",
    "Addresses from one to another",
    Address("low", "The first address"),
    Address("high", "The last address"),
)
FQDN: Final = ObjectRow(
    LineRow(
        "fqdn of an object",
        NETWORK_OBJECT,
        (
            Word("fqdn", "Whatever a domain name resolves to"),
            Maybe(
                (Choice("version", (("v4", "IPv4 only"), ("v6", "IPv6 only"))),),
            ),
            Name("domain", "The domain name", 255),
        ),
        doc="Names are not resolved: an object of this form cannot say which mail "
        "is inspected.",
        status=KEPT,
    ),
    rank=1,
    slot="network",
)

NETWORKS_GROUP: Final = ObjectRow(
    LineRow(
        "object-group network",
        CONFIG,
        (GROUP_WORD, Word("network", "Addresses"), NAME),
        doc="A group of addresses, networks, objects and other groups.",
        key=3,
        enters=NETWORK_GROUP,
        defines=(*DEFINES_GROUP, ("name", ADDRESSES)),
    ),
    section=NETWORKS,
    rank=2,
    holds=True,
)
_MEMBER: Final = Word("network-object", "Addresses of the group")
NETWORK_MEMBER: Final = ObjectRow(
    LineRow(
        "network-object",
        NETWORK_GROUP,
        (
            _MEMBER,
            OneOf(
                (
                    (
                        Word("host", "A single host"),
                        OneOf(
                            (
                                (Address("host", "Address of the host"),),
                                (Ref("host-name", ALIAS, "Name of the host"),),
                            )
                        ),
                    ),
                    (
                        OneOf(
                            (
                                (Address("base", "Address of the network", 4),),
                                (Ref("base-name", ALIAS, "Name of the network"),),
                            )
                        ),
                        Address("mask", "Network mask", 4),
                    ),
                    (
                        Address(
                            "prefix", "Network and length of its prefix", 6, prefix=True
                        ),
                    ),
                    (
                        Word("object", "An object"),
                        Ref("object", OBJECT, "Name of an object network"),
                    ),
                )
            ),
        ),
        doc="Adds addresses to the group.",
    ),
    rank=1,
)

NAME_LINE: Final = ObjectRow(
    LineRow(
        "name",
        CONFIG,
        (
            Word("name", "Give an address a name"),
            Address("address", "The address"),
            Name("name", "The name", 63),
            Maybe(
                (
                    Word("description", "Describe it"),
                    Rest("text", "The description", 200),
                )
            ),
        ),
        doc="A name that may stand for an address in access lists and groups.",
        key=2,
        defines=(("name", ALIAS),),
    ),
    section=HEAD,
    rank=30,
)
NAMES_LINE: Final = ObjectRow(
    LineRow(
        "names",
        CONFIG,
        (Word("names", "Show names where there are any"),),
        doc="Addresses are shown as they were typed, with this line or without.",
        status=KEPT,
    ),
    section=HEAD,
    rank=29,
)

NETWORK_OBJECTS: Final = (
    NAMES_LINE,
    NAME_LINE,
    NETWORK,
    HOST,
    SUBNET,
    RANGE,
    FQDN,
    description(NETWORK_OBJECT, "an object network", 2),
    NETWORKS_GROUP,
    NETWORK_MEMBER,
    kept(NETWORK_GROUP, _MEMBER, "Addresses in another form"),
    member(NETWORK_GROUP, "addresses"),
    description(NETWORK_GROUP, "a group of addresses"),
)
