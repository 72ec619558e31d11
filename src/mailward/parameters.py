"""PARAMETERS: the lines of the `parameters` sub-mode, and what they set.

Knows: each parameter's line and the field it fills.
Does not know: how a parameter is carried out.
Called by: policy (an inspection holds Parameters), config (reads the lines),
engine (obeys them).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, final

from mailward.lang.tokens import Args, Maybe, Name, OneOf, Token, Word
from mailward.verdicts import DROPS, LOGS

# What is done with a command that is none (`mailward compat unknown-command`).
LINE: Final = 0  # the whole line is covered
WORD: Final = 1  # its first word is covered
PACKET: Final = 2  # each segment is judged by itself, whole line or not


@final
@dataclass(frozen=True)
class Compat:
    """The compatibility switches of a configuration (reference section 12).

    For the engine: `cross_bdat` covers BDAT with Xs instead of ending the
    connection (docs/decisions say which hole it opens); `unknown` is LINE, WORD
    or PACKET; `pix_banner` keeps only `2` and `0` of a greeting; `vrfy_others`,
    `auth_equals_others` let those keywords count as `others`; `chunking_by_map`
    leaves CHUNKING to the map; `cross_excess` covers a command beyond its rate
    with Xs instead of delaying it.

    For others: `default_tls` means the default map of release 9.4; `both_ways`
    has connections to a less trusted side inspected too; `short_header` prints
    the oldest form of the `Inspect:` line; `guide_severity` gives 507003 the
    severity of the guide, 3, instead of the 4 that is seen.
    """

    cross_bdat: bool = False
    unknown: int = LINE
    pix_banner: bool = False
    vrfy_others: bool = False
    auth_equals_others: bool = False
    chunking_by_map: bool = False
    cross_excess: bool = False
    default_tls: bool = False
    both_ways: bool = False
    short_header: bool = False
    guide_severity: bool = False


@final
@dataclass(frozen=True)
class Parameters:
    """The `parameters` sub-mode, defaults as in a new, empty map.

    `special_character` and `mail_relay` hold action bits, 0 for "not
    configured"; `local_domain` is the domain of `mail-relay`, in lower case.
    """

    mask_banner: bool = False
    mail_relay: int = 0
    local_domain: bytes = b""
    special_character: int = 0
    allow_tls: bool = False
    allow_tls_log: bool = False


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
_DROP_OR_LOG: Final = OneOf(
    (
        (Word("drop-connection", "Close both sides", name="drop"), Maybe((_LOG,))),
        (_LOG,),
    )
)


def _drop_or_log(args: Args) -> int:
    """The action bits that _DROP_OR_LOG leaves."""
    drops = DROPS if args.has("drop") else 0
    return drops | (LOGS if args.has("log") else 0)


def _mail_relay(args: Args, now: Parameters) -> Parameters:
    domain = args.text("domain").encode().lower().strip(b".")
    return replace(now, mail_relay=_drop_or_log(args), local_domain=domain)


def _special_character(args: Args, now: Parameters) -> Parameters:
    return replace(now, special_character=_drop_or_log(args))


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
            Word("mail-relay", "Recipients to whom nobody here sends or belongs"),
            Name("domain", "The local domain", 255),
            _ACTION,
            _DROP_OR_LOG,
        ),
        apply=_mail_relay,
        doc="A recipient outside the local domain and its subdomains, from a sender "
        "outside of them, is relaying: the connection is closed, or it is only told "
        "of. A recipient with a route (`@a,@b:u@c`, `u%c@a`, `c!u@a`) is judged by "
        "the domain where the route ends.",
    ),
    ParameterRow(
        syntax=(
            Word(
                "special-character", "Special characters in sender or recipient address"
            ),
            _ACTION,
            _DROP_OR_LOG,
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
