"""Policy routing: the rule and the route that keep diverted packets here.

Knows: rtnetlink, by pyroute2; the two families; what was there before.
Does not know: nftables, which traffic is diverted.
Called by: `network.kernel`.

Packets that bear our mark are looked up in our table, and there every address is
this machine's own.
"""

import errno
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from mailward.network.plan import NUMBER, NetworkError

#: Family, its name for `ip`, every address of it.
_FAMILIES: Final[tuple[tuple[int, str, str], ...]] = (
    (socket.AF_INET, "ip", "0.0.0.0/0"),
    (socket.AF_INET6, "ip -6", "::/0"),
)
#: Where the kernel says that it knows IPv6.
_SIX: Final = Path("/proc/net/if_inet6")
#: The type of a route to the machine itself (RTN_LOCAL).
_LOCAL: Final = 2


def commands() -> str:
    """What `add` does, in the words of `ip`."""
    lines = []
    for _, program, every in _families():
        lines.append(f"{program} rule add fwmark {_mark()} {_wanted()}")
        lines.append(f"{program} route add local {every} dev lo table {NUMBER}")
    return "\n".join(lines) + "\n"


def removals() -> str:
    """What `remove` does, in the words of `ip`."""
    lines = []
    for _, program, every in _families():
        lines.append(f"{program} rule del fwmark {_mark()} {_wanted()}")
        lines.append(f"{program} route del local {every} dev lo table {NUMBER}")
    return "\n".join(lines) + "\n"


def add() -> list[tuple[str, int]]:
    """Make what is not there yet; what was made, for `undo`.  Raises
    NetworkError, and then nothing was made."""
    made: list[tuple[str, int]] = []
    with _netlink() as link:
        try:
            for family, _, every in _families():
                for what in ("route", "rule"):
                    if not _there(link, what, family):
                        _change(link, "add", what, family, every)
                        made.append((what, family))
        except NetlinkError as error:
            _undo(link, made)
            raise NetworkError(f"routes: {_words(error)}") from error
    return made


def undo(made: list[tuple[str, int]]) -> None:
    """Take away what `add` made."""
    with _netlink() as link:
        _undo(link, made)


def remove() -> None:
    """Take away all that is ours; no harm if nothing is."""
    with _netlink() as link:
        for family, _, every in _families():
            for what in ("rule", "route"):
                try:
                    while _there(link, what, family):
                        _change(link, "del", what, family, every)
                except NetlinkError as error:
                    raise NetworkError(f"routes: {_words(error)}") from error


def standing() -> list[str]:
    """Which of the commands are in force, one of `ip` each."""
    out = []
    with _netlink() as link:
        for family, program, every in _families():
            if _there(link, "rule", family):
                out.append(f"{program} rule: fwmark {_mark()} {_wanted()}")
            if _there(link, "route", family):
                out.append(f"{program} route: local {every} dev lo table {NUMBER}")
    return out


def devices() -> set[str]:
    """The network devices of this machine."""
    return {name for _, name in socket.if_nameindex()}


def _families() -> Iterator[tuple[int, str, str]]:
    """The families that the kernel knows."""
    for family in _FAMILIES:
        if family[0] == socket.AF_INET or _SIX.exists():
            yield family


def _netlink() -> IPRoute:
    try:
        return IPRoute()
    except OSError as error:
        raise NetworkError(f"rtnetlink: {error}") from error


def _change(link: IPRoute, do: str, what: str, family: int, every: str) -> None:
    if what == "rule":
        link.rule(do, family=family, priority=NUMBER, fwmark=NUMBER, table=NUMBER)
    else:
        link.route(
            do,
            family=family,
            dst=every,
            oif=socket.if_nametoindex("lo"),
            table=NUMBER,
            type="local",
            scope="host" if family == socket.AF_INET else "universe",
        )


def _there(link: IPRoute, what: str, family: int) -> bool:
    """Is our rule, our route, in force?"""
    if what == "rule":
        return any(
            rule.get_attr("FRA_PRIORITY") == NUMBER
            and rule.get_attr("FRA_FWMARK") == NUMBER
            and rule.get_attr("FRA_TABLE") == NUMBER
            for rule in link.get_rules(family=family)
        )
    return any(
        route["type"] == _LOCAL
        for route in link.get_routes(family=family, table=NUMBER)
    )


def _undo(link: IPRoute, made: list[tuple[str, int]]) -> None:
    every = {family: all_of_it for family, _, all_of_it in _FAMILIES}
    for what, family in reversed(made):
        _change(link, "del", what, family, every[family])


def _words(error: NetlinkError) -> str:
    if error.code == errno.ENETDOWN:
        return "the device lo is down (ip link set lo up)"
    if error.code in (errno.EAFNOSUPPORT, errno.EOPNOTSUPP):
        return "this kernel has no policy routing (CONFIG_IP_MULTIPLE_TABLES)"
    return str(error)


def _mark() -> str:
    return f"{NUMBER:#x}"


def _wanted() -> str:
    return f"lookup {NUMBER} pref {NUMBER}"
