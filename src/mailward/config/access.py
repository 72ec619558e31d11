"""Access groups, compiled: which lists filter where.

Knows: the `access-group` and `same-security-traffic` lines, and what becomes of
a list that is not there.
Does not know: how a list decides, what an entry is.
Called by: `config.compile`.
"""

from typing import Final

from mailward.config.lines import Line
from mailward.config.objects.settings import (
    ACCESS_GROUP,
    ACCESS_GROUP_GLOBAL,
    SAME_SECURITY,
)
from mailward.config.running import Running
from mailward.config.traffic import TrafficCompiler
from mailward.errors import ConfigError
from mailward.policy.access import IN, Access
from mailward.policy.acl import AccessList

_MISSING: Final = "no access list is called {}: nothing passes here"


def access(
    running: Running, traffic: TrafficCompiler, warnings: list[ConfigError]
) -> Access:
    """The lists that filter.  Entries that are not understood are told in
    `warnings`; a list that nobody defined denies everything."""
    entrances: dict[str, AccessList] = {}
    exits: dict[str, AccessList] = {}
    everywhere: AccessList | None = None
    leave: set[str] = set()
    for line in running.block.lines:
        if line.kind == ACCESS_GROUP.line.kind:
            at = entrances if line.args.words("way")[0] == IN else exits
            at[line.args.text("interface")] = _list(line, traffic, warnings)
        elif line.kind == ACCESS_GROUP_GLOBAL.line.kind:
            everywhere = _list(line, traffic, warnings)
        elif line.kind == SAME_SECURITY.line.kind:
            leave.update(line.args.words("where"))
    return Access(
        entrances,
        exits,
        everywhere,
        between="inter-interface" in leave,
        within="intra-interface" in leave,
    )


def _list(
    line: Line, traffic: TrafficCompiler, warnings: list[ConfigError]
) -> AccessList:
    name = line.args.text("access-list")
    made = traffic.filter(name, warnings)
    if made is None:
        warnings.append(line.mistake(_MISSING.format(name), "access-list"))
        made = AccessList(name, ())
    return made
