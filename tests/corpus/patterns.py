"""Patterns that others read the appliance's lines with, as regular expressions.

Knows: Logstash's grok, the templates of Google SecOps.
Does not know: what our lines look like.
Called by: the tests beside it.
"""

import re
from pathlib import Path
from typing import Final

_FIELD: Final = re.compile(r"%\{(\w+)(?::(\w+))?\}")


def grok(folder: Path) -> dict[str, str]:
    """Logstash's patterns by name, those of firewalls and those they rest on."""
    found = {}
    files = [
        *folder.glob("logstash-plugins-*__firewalls"),
        *(folder / "oracle").glob("logstash-plugins-*__grok-patterns"),
    ]
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                name, _, pattern = line.partition(" ")
                found[name] = pattern
    return found


def compiled(patterns: dict[str, str], name: str) -> re.Pattern[str]:
    """One of them; its outermost fields are groups."""
    return re.compile(_expanded(patterns, patterns[name], set()))


def _expanded(patterns: dict[str, str], text: str, used: set[str]) -> str:
    def one(match: re.Match[str]) -> str:
        name, field = match[1], match[2]
        inner = _expanded(patterns, patterns[name], {"*"})
        if field is None or field in used or "*" in used:
            return f"(?:{inner})"
        used.add(field)
        return f"(?P<{field}>{inner})"

    return _FIELD.sub(one, text)


def templates(folder: Path) -> dict[int, re.Pattern[str]]:
    """The templates of Google SecOps, by number."""
    found = {}
    (file,) = folder.glob("google-secops__*")
    for line in file.read_text("utf-8").splitlines():
        number, _, text = line.partition("\t")
        if number.isdigit():
            text = text.replace("<message_text>", "\\S+").replace(" string:", " .+?:")
            found[int(number)] = re.compile(
                re.sub(r"\{(\w+)\}", r"(?P<\1>.+?)", text) + "$"
            )
    return found
