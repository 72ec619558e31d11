"""Interfaces, and commands that are no configuration.

Knows: `interface`, `nameif`, `security-level`; what a pasted session may hold
beside configuration.
Does not know: sockets, or what an interface of this machine is.
Called by: `config.objects`, `config.compile`.
"""

from typing import Final

from mailward.config.modes import CONFIG, INTERFACE
from mailward.config.objects.base import HEAD, INTERFACES, ObjectRow
from mailward.lang.rows import IGNORED, KEPT, NEVER, LineRow
from mailward.lang.tokens import Maybe, Name, Number, Rest, Token, Word

INTERFACE_LINE: Final = ObjectRow(
    LineRow(
        "interface",
        CONFIG,
        (
            Word("interface", "Configure an interface"),
            Rest("name", "Name of the hardware", 80),
        ),
        doc="An interface of the appliance; its name and security level matter to "
        "the direction of inspection.",
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


def _kept(kind: str, *syntax: Token) -> ObjectRow:
    return ObjectRow(
        LineRow(kind, CONFIG, syntax, doc="Kept and shown.", status=KEPT),
        section=HEAD,
    )


def _command(word: str) -> ObjectRow:
    return _ignored(
        f"command {word}",
        Word(word, "Not configuration"),
        Maybe((Rest("rest", "What to do", 400),)),
    )


COMMANDS: Final = (
    _ignored("command enable", Word("enable", "Privileged commands")),
    *map(_command, ("clear", "configure", "copy", "show", "terminal", "write")),
)

#: Lines whose first word is of ours as well: kept, not mistaken for it.
KEPT_LINES: Final = (
    _kept(
        "enable password",
        Word("enable", "Privileged commands"),
        Word("password", "Their password"),
        Rest("rest", "As it stands", 400),
    ),
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
    *COMMANDS,
    *KEPT_LINES,
)
