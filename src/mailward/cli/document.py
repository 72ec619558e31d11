"""What a configuration means, as JSON.

Knows: the document of `mailward check --json`; names are added, never changed.
Does not know: sentences (`cli.report`), files.
Called by: the command `check`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from mailward.cli import plain
from mailward.cli.report import connections, means, verdict, where
from mailward.config.load import Loaded
from mailward.config.running import Account
from mailward.errors import ConfigError, ConfigErrors
from mailward.lang.rows import ACTIVE
from mailward.policy.access import IN, OUT
from mailward.policy.gate import GLOBAL, Attachment
from mailward.policy.places import NEVER, Interface


def document(errors: Sequence[ConfigError], loaded: Loaded | None) -> str:
    """The report for programs; `loaded` None: it could not be loaded."""
    active = kept = ignored = 0
    warnings: Sequence[ConfigError] = ()
    more: dict[str, object] = {}
    attachments: Sequence[Attachment] = ()
    if loaded is not None:
        lines = loaded.lines
        active, kept, ignored = lines.active, lines.kept, lines.ignored
        warnings = loaded.warnings
        attachments = loaded.gate.attachments
        more = _more(loaded)
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
            "inspections": [
                _inspection(attachment, loaded)
                for attachment in attachments
                if loaded is not None
            ],
            **more,
        },
        indent=2,
    )


def mistakes(error: Exception) -> list[ConfigError]:
    """Why a configuration could not be loaded, as data."""
    if isinstance(error, ConfigErrors):
        return error.errors
    text = error.strerror if isinstance(error, OSError) else None
    return [ConfigError(text or str(error))]


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


def _inspection(attachment: Attachment, loaded: Loaded) -> Mapping[str, object]:
    place = attachment.place
    at = {GLOBAL: True} if place == GLOBAL else {"interface": place}
    made = attachment.traffic.access_list
    return {
        **at,
        "policy": attachment.policy_map,
        "class": attachment.class_map,
        "map": attachment.map_name,
        "means": means(attachment),
        "ports": [list(span) for span in attachment.traffic.ports],
        "access_list": made.name if made is not None else None,
        "connections": f"{connections(attachment)}, {where(attachment, loaded)}",
    }


def _more(loaded: Loaded) -> dict[str, object]:
    """What a document has beside inspections."""
    access, logging = loaded.gate.access, loaded.logging
    groups: list[dict[str, object]] = [
        {"interface": at, "way": way, "access_list": made.name}
        for way, lists in ((IN, access.entrances), (OUT, access.exits))
        for at, made in lists.items()
    ]
    if access.everywhere is not None:
        groups.append({GLOBAL: True, "access_list": access.everywhere.name})
    return {
        "verdict": verdict(loaded),
        "interfaces": [_interface(one) for one in loaded.interfaces],
        "access_groups": groups,
        "publications": [asdict(one) for one in loaded.publications],
        "logging": {
            "enabled": logging.enabled,
            "levels": dict(logging.levels),
            "hosts": [asdict(host) for host in logging.hosts],
        },
        "timeouts": {
            name: None if seconds == NEVER else seconds
            for name, seconds in asdict(loaded.timeouts).items()
        },
        "asked": {
            topic: [account.line for account in accounts]
            for topic, accounts in plain.topics(loaded.accounts).items()
        },
    }


def _interface(one: Interface) -> Mapping[str, object]:
    return {
        **asdict(one),
        "addresses": list(one.addresses),
        "networks": list(one.networks),
    }
