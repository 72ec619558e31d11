"""PARAMETERS: the lines of the `parameters` sub-mode, and what they set.

Knows: each parameter's line and the field it fills.
Does not know: how a parameter is carried out.
Called by: policy (an inspection holds Parameters), config (reads the lines),
engine (obeys them).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, final

from mailward.lang.tokens import Args, Maybe, OneOf, Token, Word
from mailward.verdicts import DROPS, LOGS


@final
@dataclass(frozen=True)
class Parameters:
    """The `parameters` sub-mode, defaults as in a new, empty map.

    `special_character` holds action bits, 0 for "not configured".
    `cross_bdat` is the compatibility switch that Xs BDAT instead of ending the
    connection (docs/decisions say which hole it opens).
    """

    mask_banner: bool = False
    special_character: int = 0
    allow_tls: bool = False
    allow_tls_log: bool = False
    cross_bdat: bool = False


@final
@dataclass(frozen=True)
class ParameterRow:
    """One parameter.  The first word of `syntax` is its name: typing the line
    again replaces it, `no` and the name alone remove it.  `apply` sets the
    fields that the typed line stands for."""

    syntax: tuple[Token, ...]
    apply: Callable[[Args, Parameters], Parameters]
    doc: str


_ACTION: Final = Word("action", "What to do about it")
_LOG: Final = Word("log", "Send a system log message", name="log")


def _special_character(args: Args, now: Parameters) -> Parameters:
    drops = DROPS if args.has("drop") else 0
    logs = LOGS if args.has("log") else 0
    return replace(now, special_character=drops | logs)


def _allow_tls(args: Args, now: Parameters) -> Parameters:
    return replace(now, allow_tls=True, allow_tls_log=args.has("log"))


PARAMETERS: Final = (
    ParameterRow(
        syntax=(Word("mask-banner", "Cover the greeting of the server"),),
        apply=lambda _args, now: replace(now, mask_banner=True),
        doc="The text of the server's 220 greeting is replaced by asterisks of the "
        "same length.",
    ),
    ParameterRow(
        syntax=(
            Word(
                "special-character", "Special characters in sender or recipient address"
            ),
            _ACTION,
            OneOf(
                (
                    (
                        Word("drop-connection", "Close both sides", name="drop"),
                        Maybe((_LOG,)),
                    ),
                    (_LOG,),
                )
            ),
        ),
        apply=_special_character,
        doc="Without it, a pipe in MAIL or RCPT is blanked (record 108002). With it, "
        "the connection is closed, or the address is only told of.",
    ),
    ParameterRow(
        syntax=(
            Word("allow-tls", "Let the client begin TLS"),
            Maybe((_ACTION, _LOG)),
        ),
        apply=_allow_tls,
        doc="STARTTLS stays visible and lawful; once the server agrees, inspection "
        "of that connection ends. `action log` sends record 108007.",
    ),
)
