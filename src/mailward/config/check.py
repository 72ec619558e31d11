"""Checks: names that nobody defined, and what is lawful but odd.

Knows: definitions and references; what an administrator would want to hear.
Does not know: the data plane.
Called by: `console.editing`, `config.load`.
"""

from collections.abc import Iterator
from typing import Final

from mailward.config.groups import Groups
from mailward.config.lines import Line
from mailward.config.objects.access import ACCESS_LIST
from mailward.config.objects.inspections import (
    ACTION_OF,
    CRITERION_OF,
    INSPECTION,
)
from mailward.config.objects.logs import LOG_LIST
from mailward.config.objects.nat import STATIC_LIST
from mailward.config.objects.networks import ADDRESSES, ALIAS, GROUP, OBJECT
from mailward.config.objects.policies import INSPECT_ESMTP, POLICY, SERVICE_POLICY
from mailward.config.objects.settings import GROUP_LINES
from mailward.config.objects.system import INTERFACE_LINE, NAMEIF
from mailward.config.objects.traffic import CLASS_DEFAULT, MATCH_ANY, TRAFFIC_CLASS
from mailward.config.running import Reference, Running
from mailward.criteria.words import REGEX, REGEX_CLASS
from mailward.errors import ConfigError
from mailward.lang.rows import LineRow
from mailward.lang.tokens import Args
from mailward.policy.gate import Gate

#: Kinds of object, as an error calls them.
KINDS: Final = {
    ACCESS_LIST: "access list",
    ADDRESSES: "object or group of addresses",
    ALIAS: "name",
    GROUP: "object-group",
    INSPECTION: "esmtp inspection map",
    LOG_LIST: "logging list",
    OBJECT: "object",
    POLICY: "policy-map",
    REGEX: "regex",
    REGEX_CLASS: "class-map of type regex",
    TRAFFIC_CLASS: "class-map",
}
#: What an access list may name.  Lists serve other ends as well, so a name that
#: nobody defined is a mistake only in a list that selects mail; `config.groups`
#: finds it there.
_OF_LISTS: Final = frozenset((ADDRESSES, ALIAS, GROUP, OBJECT))
#: Rows whose compiler tells of a name that nobody defined.
_TOLD: Final = (*GROUP_LINES, STATIC_LIST)
_SHOWN_MOST: Final = 8


def undefined(running: Running) -> Iterator[ConfigError]:
    """References to names that nobody defined, names of two things, and groups
    that hold themselves."""
    yield from _twice(running)
    yield from Groups(running).loops()
    yield from _undefined(running, grave=True)


def _twice(running: Running) -> Iterator[ConfigError]:
    """Objects and groups share their names, of whatever sort they are."""
    seen: dict[str, Line] = {}
    lines = [*running.definitions(OBJECT), *running.definitions(GROUP)]
    # What was typed just now has no number, and is the second.
    for line in sorted(lines, key=lambda line: (not line.number, line.number)):
        name = line.args.text("name")
        first = seen.setdefault(name, line)
        if first is not line:
            yield line.mistake(
                f"{name} is defined by {first.known_to(line)} already", "name"
            )


def _undefined(running: Running, *, grave: bool) -> Iterator[ConfigError]:
    known: dict[str, dict[str, None]] = {
        kind: dict.fromkeys(_names(running, kind)) for kind in KINDS
    }
    for reference in running.references():
        if _grave(reference) != grave or reference.line.row in _TOLD:
            continue
        names = known[reference.kind]
        if reference.name in names:
            continue
        if reference.kind == TRAFFIC_CLASS and reference.name == CLASS_DEFAULT:
            continue
        shown = tuple(names)[:_SHOWN_MOST]
        more = ("…",) if len(names) > _SHOWN_MOST else ()
        yield reference.line.mistake(
            f"no {KINDS[reference.kind]} is called {reference.name}",
            reference.token,
            (*shown, *more),
        )


def unknown_name(running: Running, row: LineRow, args: Args) -> str:
    """What is wrong with a line, typed where everything that it may name stands
    already, of which a name is unknown; empty if nothing is.  In a text what is
    named may come later, or serve another end."""
    for token, kind in row.refers():
        name = args.text(token) if kind in KINDS and args.has(token) else ""
        always = (kind, name) == (TRAFFIC_CLASS, CLASS_DEFAULT)
        if name and not always and name not in _names(running, kind):
            return f"no {KINDS[kind]} is called {name}"
    return ""


def oddities(running: Running, gate: Gate) -> Iterator[ConfigError]:
    """What is lawful and yet hardly meant, in the order of its lines."""
    found = [
        *_maps(running),
        *_unused(running),
        *_interfaces(running),
        *_undefined(running, grave=False),
    ]
    found.sort(key=lambda oddity: oddity.line)
    if not gate.attachments:
        found.append(
            ConfigError("no service-policy puts `inspect esmtp` in force anywhere")
        )
    return iter(found)


def _grave(reference: Reference) -> bool:
    """Is it a mistake if nobody defined this name, or only odd?"""
    if reference.kind == TRAFFIC_CLASS:
        return any(reference.line.under(INSPECT_ESMTP.line.kind))
    return reference.kind not in _OF_LISTS


def _names(running: Running, kind: str) -> Iterator[str]:
    return (line.args.text("name") for line in running.definitions(kind))


def _maps(running: Running) -> Iterator[ConfigError]:
    """Matches that do nothing, and lines of maps that nobody knows."""
    for line in running.block.lines:
        if line.kind == INSPECTION:
            for child in line.block.walk():
                if child.row is None:
                    yield child.mistake("this line is kept and has no effect")
                elif child.kind in CRITERION_OF and not any(
                    action.kind in ACTION_OF for action in child.block.lines
                ):
                    yield child.mistake("this match has no action, so it does nothing")
        elif line.kind == TRAFFIC_CLASS and not any(
            child.row is not None and child.row.rank == MATCH_ANY.rank
            for child in line.block.lines
        ):
            yield line.mistake("this class has no match, so nothing belongs to it")


def _unused(running: Running) -> Iterator[ConfigError]:
    """Objects that nobody refers to.  Access lists serve other ends as well,
    and lines that nobody knows may refer to anything."""
    used = {(r.kind, r.name) for r in running.references()}
    spoken = {
        word
        for line in running.block.walk()
        if line.row is None or line.args.has("rest")
        for word in line.text.split()
    }
    for kind in (REGEX, REGEX_CLASS, TRAFFIC_CLASS, INSPECTION, POLICY):
        for line in running.definitions(kind):
            name = line.args.text("name")
            mine = running.factory is None or line not in running.factory.lines
            if mine and (kind, name) not in used and name not in spoken:
                yield line.mistake(f"the {KINDS[kind]} {name} is never used", "name")


def _interfaces(running: Running) -> Iterator[ConfigError]:
    """Policies on interfaces that are not there, where any is there at all."""
    lines: list[Line] = running.block.lines
    named = {
        child.args.text("name")
        for line in lines
        if line.kind == INTERFACE_LINE.line.kind
        for child in line.under(NAMEIF.line.kind)
    }
    for line in lines:
        if line.kind == SERVICE_POLICY.line.kind and line.args.has("interface"):
            name = line.args.text("interface")
            if named and name not in named:
                yield line.mistake(f"no interface is named {name}", "interface")
