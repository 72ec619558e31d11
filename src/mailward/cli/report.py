"""What a configuration means, in plain words and as JSON.

Knows: the sentences and the document of `mailward check`.
Does not know: files, exit codes.
Called by: the command `check`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from mailward.config.load import Loaded
from mailward.errors import ConfigError, ConfigErrors
from mailward.policy.gate import GLOBAL, Attachment
from mailward.verdicts import DROPS, LOGS, MASKS, RATES, RESETS

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
        out.extend(f"  - {sentence}" for sentence in means(attachment))
    if not loaded.gate.attachments:
        out.append("no inspection is in force: everything passes uninspected")
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
