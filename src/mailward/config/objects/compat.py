"""`mailward compat`: where the sources disagree about the appliance.

Knows: each switch, its words with the default first, and what it sets.
Does not know: who obeys a switch.
Called by: `config.objects`, `config.compile`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, final

from mailward.config.modes import CONFIG
from mailward.config.objects.base import HEAD, ObjectRow
from mailward.lang.rows import LineRow
from mailward.lang.tokens import Choice, Word
from mailward.parameters import LINE, PACKET, WORD, Compat

#: The word before every line that no appliance has.
MAILWARD: Final = Word("mailward", "What is of mailward and not of the appliance")


@final
@dataclass(frozen=True)
class CompatRow:
    """One switch.  `words` are (word, help), the default first; `apply` sets
    what the typed word stands for, or puts it back."""

    name: str
    help: str
    words: tuple[tuple[str, str], ...]
    apply: Callable[[str, Compat], Compat]
    doc: str


_UNKNOWN: Final = {"line": LINE, "word": WORD, "packet": PACKET}
_KEYWORD: Final = ("keyword", "As the keyword of that name")
_OTHERS: Final = ("others", "As one of the others")

COMPAT: Final = (
    CompatRow(
        "asa-version",
        "Whose default map it is",
        (
            ("9.3", "The map before release 9.4: `no allow-tls`"),
            ("9.4", "The map since release 9.4: `allow-tls`"),
        ),
        lambda word, now: replace(now, default_tls=word == "9.4"),
        "Which release the default inspection map is of. Nothing else depends on it.",
    ),
    CompatRow(
        "banner",
        "What `mask-banner` leaves of a greeting",
        (("asa", "The code"), ("pix", "The code and every 2 and 0")),
        lambda word, now: replace(now, pix_banner=word == "pix"),
        "`asa` covers all but the code and the character behind it with asterisks; "
        "`pix` keeps each `2` and `0` of the text too, as releases since 5.1 of PIX "
        "did.",
    ),
    CompatRow(
        "bdat",
        "A BDAT command of the client",
        (("close", "Close the connection"), ("cross", "Cover the command with X")),
        lambda word, now: replace(now, cross_bdat=word == "cross"),
        "BDAT carries octets that a server which refuses it reads as commands. "
        "`close` ends the connection; `cross` covers the command as the appliance "
        "does, and leaves that hole open.",
    ),
    CompatRow(
        "chunking",
        "The CHUNKING that a server announces",
        (("hidden", "Always covered"), ("by-map", "Covered as the map says")),
        lambda word, now: replace(now, chunking_by_map=word == "by-map"),
        "`hidden` covers the keyword whatever the map says; `by-map` leaves it to "
        "`match ehlo-reply-parameter others`. BDAT is lawful with neither.",
    ),
    CompatRow(
        "direction",
        "Which connections are inspected",
        (
            ("inbound", "To a side that is trusted as much or more"),
            ("both", "To any side"),
        ),
        lambda word, now: replace(now, both_ways=word == "both"),
        "`inbound` lets connections pass that go from a higher to a lower security "
        "level; `both` inspects them too, as later appliances do.",
    ),
    CompatRow(
        "ehlo-auth-equals",
        "How `AUTH=` in a reply to EHLO counts",
        (_KEYWORD, _OTHERS),
        lambda word, now: replace(now, auth_equals_others=word == "others"),
        "The old spelling `250-AUTH=LOGIN` counts as `auth`, or as one of the "
        "`others`, which the default map covers.",
    ),
    CompatRow(
        "ehlo-vrfy",
        "How VRFY in a reply to EHLO counts",
        (_KEYWORD, _OTHERS),
        lambda word, now: replace(now, vrfy_others=word == "others"),
        "An announced VRFY counts as `vrfy`, or as one of the `others`, which the "
        "default map covers.",
    ),
    CompatRow(
        "rate-excess",
        "A command beyond the rate of `rate-limit`",
        (("delay", "Waits for its turn"), ("cross", "Covered with X")),
        lambda word, now: replace(now, cross_excess=word == "cross"),
        "`delay` lets the command wait, which is what comes of the appliance's lost "
        "segments; `cross` covers it, so that the server answers it as unknown.",
    ),
    CompatRow(
        "severity-507003",
        "The severity of record 507003",
        (("4", "As it is seen"), ("3", "As the guide has it")),
        lambda word, now: replace(now, guide_severity=word == "3"),
        "The guide lists 507003 as an error; appliances write it as a warning.",
    ),
    CompatRow(
        "show-header",
        "The `Inspect:` line of `show service-policy`",
        (
            ("long", "With all counters of later releases"),
            ("short", "With packet, drop and reset-drop only"),
        ),
        lambda word, now: replace(now, short_header=word == "short"),
        "For programs that read the counters: `short` is the form of the oldest "
        "releases.",
    ),
    CompatRow(
        "unknown-command",
        "What is done with a command that is none",
        (
            ("line", "The whole line is covered"),
            ("word", "Its first word is covered"),
            ("packet", "Each segment is judged by itself"),
        ),
        lambda word, now: replace(now, unknown=_UNKNOWN[word]),
        "`line` covers the whole line with X, `word` only the command and leaves its "
        "arguments; `packet` takes each segment for a command, whole line or not, as "
        "the appliance was seen to do with one that types slowly.",
    ),
)


def _line(rank: int, row: CompatRow) -> ObjectRow:
    line = LineRow(
        f"mailward compat {row.name}",
        CONFIG,
        (
            MAILWARD,
            Word("compat", "Compatibility with the appliance"),
            Word(row.name, row.help),
            Choice("word", row.words),
        ),
        f"{row.doc} The default is `{row.words[0][0]}`.",
        key=3,
    )
    default = f"mailward compat {row.name} {row.words[0][0]}"
    return ObjectRow(line, section=HEAD, rank=rank, default=default)


#: Kind of a line -> the row that it sets.
COMPAT_OF: Final = {
    line.line.kind: (line, row)
    for rank, row in enumerate(COMPAT, 1)
    for line in (_line(rank, row),)
}
COMPAT_LINES: Final = tuple(line for line, _ in COMPAT_OF.values())
