"""ACTIONS: what a rule may do when its criterion holds.

Knows: the action lines and the bits of `verdicts` they stand for.
Does not know: how an action is carried out, which match it follows.
Called by: config (reads and compiles action lines).
"""

from dataclasses import dataclass
from typing import Final, final

from mailward.lang.tokens import Args, Maybe, Number, Token, Word
from mailward.verdicts import DROPS, LOGS, MASKS, RATES, RESETS


@final
@dataclass(frozen=True)
class ActionRow:
    """One action line.  `bits` are what its first word stands for; a match
    whose `allows` holds them all accepts the line."""

    syntax: tuple[Token, ...]
    bits: int
    doc: str

    def action(self, args: Args) -> int:
        """The action bits of a typed line."""
        return self.bits | (LOGS if args.has("log") else 0)

    def rate(self, args: Args) -> int:
        """The commands per second of a typed line; 0 if it limits none."""
        return args.number("rate") if args.has("rate") else 0


_LOG: Final = Maybe((Word("log", "Send a system log message", name="log"),))

#: In the order in which they are printed (reference section 2.4).
ACTIONS: Final = (
    ActionRow(
        syntax=(Word("mask", "Cover what matched"), _LOG),
        bits=MASKS,
        doc="The command or the announced extension is covered with X of the same "
        "length. With `log`, record 108004.",
    ),
    ActionRow(
        syntax=(
            Word("rate-limit", "Delay what comes too fast"),
            Number("rate", 1, 4294967295, "Commands per second"),
            _LOG,
        ),
        bits=RATES,
        doc="So many commands pass in a second, those of all connections under the "
        "policy together, and as many at once after a pause; one that comes too soon "
        "waits. With `log`, record 108004 of each that waits. May stand beside "
        "`mask`.",
    ),
    ActionRow(
        syntax=(Word("drop-connection", "Drop the segment, close both sides"), _LOG),
        bits=DROPS,
        doc="Nothing more passes and both sides are closed in order, without an "
        "SMTP reply. With `log`, record 108004.",
    ),
    ActionRow(
        syntax=(Word("reset", "Drop the segment, reset both sides"), _LOG),
        bits=RESETS,
        doc="Nothing more passes and both sides are reset (TCP RST). With `log`, "
        "record 108004.",
    ),
    ActionRow(
        syntax=(Word("log", "Send a system log message"),),
        bits=LOGS,
        doc="The connection goes on; record 108005 tells of it.",
    ),
)
