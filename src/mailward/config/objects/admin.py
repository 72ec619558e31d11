"""`ssh` and `aaa`: who may administer, from where.

Knows: the forms of the lines, those we honour and those we only keep.
Does not know: users (`config.objects.users`), who comes in.
Called by: `config.objects`, `config.admission`.
"""

from typing import Final

from mailward.config.modes import CONFIG
from mailward.config.objects.base import MIDDLE, ObjectRow, rank_in_middle
from mailward.config.objects.networks import ALIAS
from mailward.lang.rows import ACTIVE, KEPT, WHOLE, LineRow
from mailward.lang.tokens import (
    Address,
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

_SSH: Final = Word("ssh", "Administration over SSH")
_AAA: Final = Word("aaa", "Who may administer")
_LOCAL: Final = Word("LOCAL", "The users of this configuration")


def _row(
    kind: str, doc: str, *syntax: Token, key: int = WHOLE, status: str = ACTIVE
) -> ObjectRow:
    first = syntax[0]
    assert isinstance(first, Word)
    return ObjectRow(
        LineRow(kind, CONFIG, syntax, doc=doc, key=key, status=status),
        section=MIDDLE,
        rank=rank_in_middle(first.text),
    )


SSH_FROM: Final = _row(
    "ssh",
    "From where `mailward run --ssh` is answered; without such a line from anywhere. "
    "This machine itself may always come. The interface is not looked at.",
    _SSH,
    OneOf(
        (
            (
                OneOf(
                    (
                        (Address("base", "Address of a network", 4),),
                        (Ref("base-name", ALIAS, "Name of a network"),),
                    )
                ),
                Address("mask", "Network mask", 4),
            ),
            (Address("prefix", "Network and length of its prefix", 6, prefix=True),),
        )
    ),
    Name("behind", "Name of the interface before it", 48),
)
SSH_TIMEOUT: Final = _row(
    "ssh timeout",
    "After how many minutes without a key a session over SSH ends.",
    _SSH,
    Word("timeout", "How long a session may sleep"),
    Number("minutes", 1, 60, "Minutes"),
    key=2,
)
SSH_NEVER: Final = _row(
    "ssh timeout below nought",
    "Kept and shown: what some programs write for no timeout.",
    _SSH,
    Word("timeout", "How long a session may sleep"),
    Name("minutes", "Less than nought", 11, shape="-[0-9]+", sample="-1"),
    status=KEPT,
)
SSH_VERSION: Final = _row(
    "ssh version",
    "Version 2 is the only one spoken.",
    _SSH,
    Word("version", "Version of the protocol"),
    Choice("version", (("2", "The second"),)),
    key=2,
)
SSH_OTHER: Final = _row(
    "ssh of other forms",
    "Kept and shown: nothing here differs for it.",
    _SSH,
    Rest("rest", "As it stands", 200),
    status=KEPT,
)
AAA_LOCAL: Final = _row(
    "aaa authentication",
    "Sessions over SSH are always those of the configuration's users; with `enable "
    "console` the command `enable` asks for the user's own password.",
    _AAA,
    Word("authentication", "Who somebody is"),
    Choice(
        "what",
        (("enable", "Who types enable"), ("ssh", "Who comes over SSH")),
    ),
    Word("console", "For administration"),
    _LOCAL,
    key=4,
)
AAA_OTHER: Final = _row(
    "aaa of other forms",
    "Kept and shown: no server is asked, and what a user may do is said by "
    "`privilege` alone.",
    _AAA,
    Rest("rest", "As it stands", 400),
    status=KEPT,
)
AAA_SERVER: Final = _row(
    "aaa authentication by server",
    "Kept and shown: no server is asked. The configuration's own users come in.",
    _AAA,
    Word("authentication", "Who somebody is"),
    Choice(
        "what",
        (
            ("enable", "Who types enable"),
            ("http", "Who comes over the web"),
            ("serial", "Who sits before it"),
            ("ssh", "Who comes over SSH"),
            ("telnet", "Who comes in clear"),
        ),
    ),
    Word("console", "For administration"),
    Name("server", "Group of servers", 64),
    Maybe((_LOCAL,)),
    key=4,
    status=KEPT,
)

AAA_AUTHENTICATION: Final = _row(
    "aaa authentication of other things",
    "Kept and shown.",
    _AAA,
    Word("authentication", "Who somebody is"),
    Name(
        "which",
        "Of what",
        64,
        shape="(?i:(?!(enable|http|serial|ssh|telnet)$).*)",
        sample="login-history",
    ),
    Maybe((Rest("rest", "As it stands", 400),)),
    status=KEPT,
)

ADMINISTRATION: Final = (
    SSH_FROM,
    SSH_TIMEOUT,
    SSH_NEVER,
    SSH_VERSION,
    SSH_OTHER,
    AAA_LOCAL,
    AAA_SERVER,
    AAA_AUTHENTICATION,
    AAA_OTHER,
)
