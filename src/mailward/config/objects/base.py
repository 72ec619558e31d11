"""What a row of OBJECTS says beyond the line itself.

Knows: how lines replace each other, where they stand when rendered.
Does not know: any line.
Called by: the files beside it, `config.running`, `config.render`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from mailward.lang.rows import LineRow
from mailward.lang.tokens import Args

# Sections of the running configuration, in the order in which the appliance
# prints them (reference section 9.8).
HEAD: Final = 0
INTERFACES: Final = 1
EARLY: Final = 2
REGEXES: Final = 3
NETWORKS: Final = 4
ACCESS_LISTS: Final = 5
MIDDLE: Final = 6
CLASS_MAPS: Final = 7
POLICY_MAPS: Final = 8
SERVICE_POLICIES: Final = 9
TAIL: Final = 10


#: The order of lines within MIDDLE, by their first word; a word that is not here
#: stands with the line before it, or at the end.
_MIDDLE: Final = (
    *("pager", "logging", "flow-export", "mtu", "ip", "failover"),
    *("monitor-interface", "icmp", "asdm", "arp", "global", "nat", "static"),
    *("access-group", "ipv6", "router", "route", "timeout"),
    *("dynamic-access-policy-record", "user-identity", "aaa-server", "aaa", "http"),
    *("snmp-server", "service", "sysopt", "crypto", "isakmp", "telnet", "ssh"),
    *("console", "vpn", "dhcpd", "threat-detection", "ntp", "ssl", "webvpn"),
    *("group-policy", "username", "tunnel-group"),
)


def rank_in_middle(word: str, more: int = 0) -> int:
    """The rank of a line in MIDDLE that begins with this word; `more` orders
    lines of one word."""
    at = _MIDDLE.index(word) if word in _MIDDLE else len(_MIDDLE)
    return at * 10 + more


def as_typed(args: Args) -> Args:
    """Nothing to tidy."""
    return args


def holds(kind: str) -> bool:
    """Is a line of this kind what an object or a group holds, not only told of
    it?"""
    return not kind.startswith(("description", "nat "))


@final
@dataclass(frozen=True)
class ObjectRow:
    """One configuration line.

    A line typed again replaces or re-opens the line it equals: by the `key`
    tokens of `line`, or by the whole line where `no` needs the whole.  Rows
    that share a `slot` stand at one place: `only` says what is wrong with a
    second, different line there; without it the second replaces the first.  A
    slot may hold `{way}`: the value of that token.
    `ousts` are slots whose lines go when this line comes.  `moves`: a line that
    replaces another stands at the end all the same, as later lines win.
    `place` names the token that says where, among the lines of one name, a new
    line is inserted.  `section` and `rank` order lines at the top, `rank`
    alone orders them within an object.  `tidy` brings arguments to their
    canonical form, `tail` is the blank that the appliance leaves behind the
    line.  `default` is the canonical line that says what holds anyway: shown
    only with `all`, and then always; with `plain` it is shown wherever it was
    typed.  `tells_off`: a `no` of the line is shown
    where nothing stands.  `switch`: the line says what holds anyway, so only
    its `no` ever stands.  `refused` is why the line, though of the language,
    can never stand.  `holds`: what it names is not emptied while it is in use.
    """

    line: LineRow
    section: int = MIDDLE
    rank: int = 0
    slot: str = ""
    only: str = ""
    ousts: tuple[str, ...] = ()
    place: str = ""
    tidy: Callable[[Args], Args] = as_typed
    tail: str = ""
    default: str = ""
    plain: bool = False
    tells_off: bool = False
    switch: bool = False
    moves: bool = False
    refused: str = ""
    holds: bool = False
