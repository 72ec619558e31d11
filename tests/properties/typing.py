"""Configurations drawn from the tables, and what they mean.

Knows: names that exist beforehand, lawful lines of every row in any order, what
of a configuration must be the same after a journey.
Does not know: what any line means.
Called by: test_language.py.
"""

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from mailward.config.load import Loaded, load
from mailward.config.modes import CONFIG
from mailward.config.objects import OBJECTS
from mailward.config.objects.access import ACCESS_LIST
from mailward.config.objects.inspections import INSPECTION
from mailward.config.objects.logs import LOG_LIST
from mailward.config.objects.networks import ADDRESSES, ALIAS, GROUP, OBJECT
from mailward.config.objects.policies import POLICY
from mailward.config.objects.traffic import TRAFFIC_CLASS
from mailward.criteria.words import REGEX, REGEX_CLASS
from mailward.errors import ConfigErrors
from mailward.lang import samples
from mailward.lang.rows import IGNORED, Mode

#: An object of every kind, so that lines have something to name.
BEFORE: Final = r"""
name 192.0.2.50 N_alias
interface e0
 nameif outside
 ip address 192.0.2.1 255.255.255.0
interface e1
 nameif inside
 ip address 10.0.0.1 255.255.255.0
regex N_regex "@abc\.com"
object network N_object
 host 10.0.0.5
object service N_service
 service tcp destination eq smtp
object-group network N_group
 network-object host 10.0.0.6
access-list N_list extended permit tcp any any eq smtp
logging list N_records level errors
class-map type regex match-any N_patterns
 match regex N_regex
class-map N_class
 match access-list N_list
policy-map type inspect esmtp N_map
 match sender-address regex class N_patterns
  log
policy-map N_policy
 class N_class
  inspect esmtp N_map
""".lstrip()

NAMES: Final = {
    ACCESS_LIST: ("N_list",),
    ADDRESSES: ("N_object", "N_group"),
    ALIAS: ("N_alias",),
    GROUP: ("N_group",),
    INSPECTION: ("N_map",),
    LOG_LIST: ("N_records",),
    OBJECT: ("N_object", "N_service"),
    POLICY: ("N_policy",),
    REGEX: ("N_regex",),
    REGEX_CLASS: ("N_patterns",),
    TRAFFIC_CLASS: ("N_class",),
}


def known(kind: str) -> tuple[str, ...]:
    """The names that exist."""
    return NAMES[kind]


def drawn(data: st.DataObject, mode: Mode = CONFIG, depth: int = 0) -> list[str]:
    """Lawful lines of a mode, in any order, each with lawful lines under it."""

    def chooser(n: int) -> int:
        return data.draw(st.integers(0, n - 1))

    rows = [
        row.line
        for row in OBJECTS
        if row.line.mode == mode and row.line.status != IGNORED and not row.refused
    ]
    out: list[str] = []
    for row in data.draw(st.lists(st.sampled_from(rows), max_size=6)) if rows else ():
        negated = row.key >= 0 and data.draw(st.integers(0, 9)) == 0
        line = samples.line(row, chooser, known, negated=negated)
        out.append(" " * depth + line)
        if row.enters is not None and not negated:
            out += drawn(data, row.enters, depth + 1)
    return out


def lawful(lines: list[str]) -> Loaded:
    """The configuration of these lines behind those of BEFORE, without the lines
    that are mistakes there."""
    text = BEFORE.splitlines() + lines
    while True:
        try:
            return load("\n".join([*text, ""]))
        except ConfigErrors as errors:
            wrong = {error.line for error in errors.errors}
            text = [line for n, line in enumerate(text, 1) if n not in wrong]


def meaning(loaded: Loaded) -> list[object]:
    """Everything that a gateway obeys, as far as it can be compared; numbers of
    lines aside."""
    gate = loaded.gate
    lists = {
        (place, name): made.entries
        for place, some in (
            ("in", gate.access.entrances),
            ("out", gate.access.exits),
        )
        for name, made in some.items()
    }
    everywhere = gate.access.everywhere
    return [
        [
            (
                (a.place, a.policy_map, a.class_map, a.map_name),
                a.traffic.ports,
                a.traffic.access_list.entries if a.traffic.access_list else None,
                a.inspection.parameters,
                a.inspection.compat,
                [(r.label, r.action, r.rate, r.negated) for r in a.inspection.rules],
            )
            for a in gate.attachments
        ],
        lists,
        everywhere.entries if everywhere is not None else None,
        (gate.access.between, gate.access.within, gate.both_ways, dict(gate.levels)),
        loaded.interfaces,
        [replace(one, line=0) for one in loaded.publications],
        loaded.timeouts,
        loaded.logging,
        loaded.admission,
        loaded.limits,
    ]
