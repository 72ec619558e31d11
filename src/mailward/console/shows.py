"""Shows: what can be asked of a running gateway, and the answers as text.

Knows: the commands, the appliance's layout of each answer and of a refusal
(`reference section 7.1, 9.7, 9.8`).
Does not know: who asks, over which line.
Called by: `console.control`, the demo, tests.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime  # noqa: TID251 - times are read by people here
from itertools import groupby
from typing import Final, final

from mailward.config.load import Loaded
from mailward.lang.grammar import Grammar
from mailward.lang.reader import AMBIGUOUS, INVALID, UNRECOGNIZED, LineError, read
from mailward.lang.rows import NEVER, LineRow, Mode
from mailward.lang.tokens import Args, Maybe, OneOf, Ref, Token, Word
from mailward.policy.gate import GLOBAL, Attachment


@final
@dataclass
class Gateway:
    """What can be asked about.  A reload replaces `loaded`; `started` is in
    seconds since the epoch."""

    loaded: Loaded
    version: str
    started: float

    def interfaces(self) -> frozenset[str]:
        """Every interface that the configuration names."""
        places = {a.place for a in self.loaded.gate.attachments if a.place != GLOBAL}
        return frozenset(places | set(self.loaded.levels))


@final
@dataclass(frozen=True)
class ShowRow:
    """One command: its line, and the text that answers it."""

    line: LineRow
    answer: Callable[[Args, Gateway], str]


# --- the answers ---------------------------------------------------------------


#: What later releases count beside the rest; none of it occurs here.
_LOCK: Final = "lock fail 0, "
_REST: Final = ", 5-min-pkt-rate 0 pkts/sec, v6-fail-close 0 sctp-drop-override 0"


def _service_policy(args: Args, gateway: Gateway) -> str:
    """Counters by place, policy map and class map, in the layout of 7.1."""
    out: list[str] = []
    full = args.has("esmtp")
    for place, at_place in groupby(_chosen(args, gateway), lambda a: a.place):
        out.append("Global policy:" if place == GLOBAL else f"Interface {place}:")
        for policy_map, attachments in groupby(at_place, lambda a: a.policy_map):
            out.append(f"  Service-policy: {policy_map}")
            for attachment in attachments:
                out.append(f"    Class-map: {attachment.class_map}")
                out += _inspect(attachment, full)
    return "".join(f"{line}\n" for line in out)


def _inspect(attachment: Attachment, full: bool) -> Iterator[str]:
    """The Inspect line, in the long form of 9.x unless the short one is asked
    for; with `full` what it consists of."""
    tally = attachment.tally
    short = attachment.inspection.compat.short_header
    yield (
        f"      Inspect: esmtp {attachment.map_name}, packet {tally.packets}, "
        f"{'' if short else _LOCK}drop {tally.drops}, reset-drop {tally.reset_drops}"
        f"{'' if short else _REST}"
    )
    if not full:
        return
    parameters = attachment.inspection.parameters
    if parameters.mask_banner:
        yield f"        mask-banner, count {tally.mask_banner}"
    if parameters.mail_relay:
        yield f"        mail-relay, count {tally.mail_relay}"
    if parameters.special_character:
        yield f"        special-character, count {tally.special_character}"
    if parameters.allow_tls:
        yield f"        allow-tls, count {tally.allow_tls}"
    for rule, count in zip(attachment.inspection.rules, tally.rules, strict=True):
        yield f"        match {rule.label}"
        if rule.action_label:
            yield f"          {rule.action_label}, packet {count}"


def _clear_service_policy(args: Args, gateway: Gateway) -> str:
    """Silent, as on the appliance."""
    for attachment in _chosen(args, gateway):
        attachment.tally.clear()
    return ""


def _chosen(args: Args, gateway: Gateway) -> list[Attachment]:
    """The attachments at the place that was named, or all, in `show` order."""
    attachments = gateway.loaded.gate.attachments
    if args.has("global"):
        return [a for a in attachments if a.place == GLOBAL]
    if args.has("interface"):
        place = args.text("interface")
        return [a for a in attachments if a.place == place]
    return list(attachments)


def _running_config(args: Args, gateway: Gateway) -> str:
    """The configuration in its frame; `all` adds what is there by default."""
    body = gateway.loaded.running.render(everything=args.has("all")).strip("\n")
    return f": Saved\n:\n{body}\n: end\n"


def _version(_args: Args, gateway: Gateway) -> str:
    """Our own name: no program may take us for the appliance."""
    started = datetime.fromtimestamp(gateway.started, UTC)
    return (
        f"mailward Version {gateway.version}\n"
        "ESMTP inspection in the manner of Cisco ASA\n"
        f"started {started:%Y-%m-%d %H:%M:%S} UTC\n"
    )


# --- the commands --------------------------------------------------------------

EXEC: Final = Mode("exec", "", "exec")

_SHOW: Final = Word("show", "Show running system information")
_CLEAR: Final = Word("clear", "Reset functions")
_POLICY: Final = Word("service-policy", "Counters of the service policies")
_WHERE: Final[Token] = Maybe(
    (
        OneOf(
            (
                (Word("global", "The global policy only", name="global"),),
                (
                    Word("interface", "The policy of one interface only"),
                    Ref("interface", "interface", "Name of an interface"),
                ),
            )
        ),
    )
)
_INSPECT: Final[Token] = Maybe(
    (
        Word("inspect", "Counters of one kind of inspection"),
        Word("esmtp", "Each parameter and match of the ESMTP inspection", name="esmtp"),
    )
)

SHOWS: Final = (
    ShowRow(
        LineRow(
            "show-service-policy",
            EXEC,
            (_SHOW, _POLICY, _WHERE, _INSPECT),
            "Counters of the policies in force, global first. `packet` counts TCP "
            "segments handled in both directions, `drop` those not let through, "
            "`reset-drop` those dropped with a reset. With `inspect esmtp` each "
            "parameter and each match line has its count.",
            key=NEVER,
        ),
        _service_policy,
    ),
    ShowRow(
        LineRow(
            "show-running-config",
            EXEC,
            (
                _SHOW,
                Word("running-config", "The configuration in force"),
                Maybe((Word("all", "With what is there by default", name="all"),)),
            ),
            "The configuration in force, in the form in which it loads again.",
            key=NEVER,
        ),
        _running_config,
    ),
    ShowRow(
        LineRow(
            "show-version",
            EXEC,
            (_SHOW, Word("version", "Name, version, time of start")),
            "Name and version of this program, and since when it runs.",
            key=NEVER,
        ),
        _version,
    ),
    ShowRow(
        LineRow(
            "clear-service-policy",
            EXEC,
            (_CLEAR, _POLICY, _WHERE),
            "Sets the counters of `show service-policy` to nought.",
            key=NEVER,
        ),
        _clear_service_policy,
    ),
)

GRAMMAR: Final = Grammar(tuple(row.line for row in SHOWS))
_BY_KIND: Final = {row.line.kind: row for row in SHOWS}


# --- the door ------------------------------------------------------------------


def answer(words: str, gateway: Gateway) -> str:
    """The text that one line of words gets, a refusal included.

    Ends with a line end unless it is empty.
    """
    return respond(words, gateway)[1]


def respond(words: str, gateway: Gateway) -> tuple[bool, str]:
    """As `answer`, and before it: was the line lawful?"""
    if not words.strip():
        return True, ""
    try:
        reading = read(GRAMMAR, EXEC, words)
    except LineError as error:
        return False, _refusal(words, error)
    args = reading.args
    if args.has("interface") and args.text("interface") not in gateway.interfaces():
        return False, _marked(words, reading.columns["interface"])
    return True, _BY_KIND[reading.row.kind].answer(args, gateway)


def _refusal(words: str, error: LineError) -> str:
    """A mistake in the appliance's words."""
    if error.code == INVALID:
        return _marked(words, error.column)
    if error.code == AMBIGUOUS:
        return f'ERROR: % Ambiguous command:  "{_shown(words)}"\n'
    if error.code == UNRECOGNIZED:
        return "ERROR: % Unrecognized command\n"
    return "ERROR: % Incomplete command\n"


def _marked(words: str, column: int) -> str:
    """The line with a caret under the offending column, which counts from 1."""
    return (
        f"{_shown(words)}\n{'^':>{column}}\n"
        "ERROR: % Invalid input detected at '^' marker.\n"
    )


def _shown(words: str) -> str:
    """What was asked, safe for a terminal and of the same length."""
    return "".join(c if c.isprintable() else " " for c in words)
