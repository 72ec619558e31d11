"""What a configuration means, in plain words and as JSON.

Knows: the sentences and the document of `mailward check`.
Does not know: files, exit codes.
Called by: the command `check`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from mailward.config.load import Loaded
from mailward.config.running import Account
from mailward.errors import ConfigError, ConfigErrors
from mailward.lang.rows import ACTIVE
from mailward.policy.acl import ALL_PORTS
from mailward.policy.gate import GLOBAL, Attachment
from mailward.verdicts import DROPS, LOGS, MASKS, RATES, RESETS

#: So many line numbers are told of each sort of line.
_SHOWN_MOST: Final = 8
_DONE: Final = (
    (DROPS, "the connection is closed"),
    (RESETS, "the connection is reset"),
    (MASKS, "it is masked"),
    (RATES, "it waits if it comes too fast"),
    (LOGS, "it is logged"),
)


def means(attachment: Attachment) -> list[str]:
    """What an inspection does, a plain sentence each."""
    inspection = attachment.inspection
    parameters = inspection.parameters
    out: list[str] = []
    if inspection.monitor:
        out.append("monitor mode: nothing of this is done, it is counted and logged")
    if parameters.mask_banner:
        out.append("the server's banner is covered with asterisks")
    if parameters.mail_relay:
        domain = parameters.local_domain.decode("utf-8", "replace")
        done = _done(parameters.mail_relay)
        out.append(f"mail that is relayed past {domain}: {done}")
    if parameters.special_character:
        done = _done(parameters.special_character)
        out.append(f"special characters in a mail address: {done}")
    if parameters.allow_tls:
        logged = " and logged" if parameters.allow_tls_log else ""
        out.append(f"STARTTLS is allowed{logged}; what follows it is not inspected")
    else:
        out.append("STARTTLS is hidden from clients")
    out.extend(f"{rule.label}: {_done(rule.action)}" for rule in inspection.rules)
    return out


def sentences(config: str, loaded: Loaded) -> list[str]:
    """The report for people, a line each."""
    lines = loaded.lines
    counts = f"{lines.active} lines active, {lines.kept} kept, {lines.ignored} ignored"
    out = [f"{config}: {counts}"]
    for attachment in loaded.gate.attachments:
        place = attachment.place
        where = "global" if place == GLOBAL else f"interface {place}"
        out.append(f"{where}, class {attachment.class_map}, map {attachment.map_name}:")
        out.append(f"  connections: {_connections(attachment)}")
        out.extend(f"  - {sentence}" for sentence in means(attachment))
    if not loaded.gate.attachments:
        out.append("no inspection is in force: everything passes uninspected")
    asked = _asked(loaded)
    if asked:
        out.append("kept without effect, or ignored:")
        out.extend(
            f"  {word}: line{'s'[: len(at) > 1]} {_some(at)}"
            for word, at in asked.items()
        )
    return out


def document(errors: Sequence[ConfigError], loaded: Loaded | None) -> str:
    """The report for programs; `loaded` None: it could not be loaded."""
    active = kept = ignored = 0
    warnings: Sequence[ConfigError] = ()
    attachments: Sequence[Attachment] = ()
    if loaded is not None:
        lines = loaded.lines
        active, kept, ignored = lines.active, lines.kept, lines.ignored
        warnings = loaded.warnings
        attachments = loaded.gate.attachments
    return json.dumps(
        {
            "errors": [_mistake(error) for error in errors],
            "warnings": [_mistake(error) for error in warnings],
            "lines": {"active": active, "kept": kept, "ignored": ignored},
            "not_honoured": [
                _account(account)
                for account in (loaded.accounts if loaded is not None else ())
                if account.status != ACTIVE
            ],
            "inspections": [_inspection(attachment) for attachment in attachments],
        },
        indent=2,
    )


def mistakes(error: Exception) -> list[ConfigError]:
    """Why a configuration could not be loaded, as data."""
    if isinstance(error, ConfigErrors):
        return error.errors
    text = error.strerror if isinstance(error, OSError) else None
    return [ConfigError(text or str(error))]


def _connections(attachment: Attachment) -> str:
    """Which connections belong to the class."""
    traffic = attachment.traffic
    spans = (
        f"{low}" if low == high else f"{low}-{high}" for low, high in traffic.ports
    )
    said = f"TCP port {', '.join(spans)}" if traffic.ports else "none"
    if traffic.ports == ALL_PORTS:
        said = "TCP, any port"
    if traffic.access_list is None:
        return said
    return f"{said}, as far as access list {traffic.access_list.name} permits"


def _asked(loaded: Loaded) -> dict[str, list[int]]:
    """What the configuration asks for and does not get: the numbers of the
    lines by their first word."""
    out: dict[str, list[int]] = {}
    for account in loaded.accounts:
        if account.status != ACTIVE:
            word = next((w for w in account.text.split() if w != "no"), "no")
            out.setdefault(word, []).append(account.line)
    return out


def _some(numbers: list[int]) -> str:
    """The first of many numbers."""
    shown = ", ".join(map(str, numbers[:_SHOWN_MOST]))
    more = len(numbers) - _SHOWN_MOST
    return f"{shown} and {more} more" if more > 0 else shown


def _account(account: Account) -> Mapping[str, object]:
    return {
        "line": account.line,
        "text": account.text,
        "status": account.status,
        "reason": account.reason,
    }


def _mistake(error: ConfigError) -> Mapping[str, object]:
    return {
        "line": error.line,
        "column": error.column,
        "text": error.text,
        "message": error.message,
    }


def _inspection(attachment: Attachment) -> Mapping[str, object]:
    place = attachment.place
    where = {GLOBAL: True} if place == GLOBAL else {"interface": place}
    return {
        **where,
        "class": attachment.class_map,
        "map": attachment.map_name,
        "means": means(attachment),
    }


def _done(action: int) -> str:
    """The bits of an action in plain words."""
    said = [words for bit, words in _DONE if action & bit]
    return " and ".join(said) or "nothing is done"
