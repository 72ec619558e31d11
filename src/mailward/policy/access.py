"""Access groups: which connections may pass at all.

Knows: the lists that filter at interfaces, and the rules that hold by security
level where there is none (reference section 9.6).
Does not know: which inspection a connection gets, how a denial is told.
Called by: `policy.gate`.

The order is the appliance's: interfaces of one level need leave; then the list
of the interface where the connection comes in, then the global list, then the
end, which denies; then the list of the interface where it goes out.  Without a
list at its entrance, a connection may go to a lower level and not to a higher.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, final

from mailward.policy.acl import AccessList, Entry, EntryLog
from mailward.policy.endpoints import Endpoints

IN: Final = "in"
OUT: Final = "out"
EVERYWHERE: Final = "global"
#: No list: the rule that holds by security level.
BY_LEVEL: Final = ""


@final
@dataclass(frozen=True)
class Hit:
    """An entry with `log` decided about a connection."""

    access_list: str
    permit: bool
    log: EntryLog
    mark: int


@final
@dataclass(frozen=True)
class Denial:
    """Why a connection may not pass.

    `way` is IN, OUT or EVERYWHERE for an access list and BY_LEVEL for the rule
    without one; `interface` is where it was denied.  `mark` is that of the
    entry, 0 at the end of a list; `log` is what the entry's `log` asks for.
    """

    interface: str
    way: str = BY_LEVEL
    access_list: str = ""
    mark: int = 0
    log: EntryLog | None = None


@final
@dataclass(frozen=True)
class Access:
    """The access groups: lists by the interface at which they filter, and the
    global one.  `between` lets connections pass between interfaces of one
    level, `within` those that leave where they came."""

    entrances: Mapping[str, AccessList] = field(default_factory=dict)
    exits: Mapping[str, AccessList] = field(default_factory=dict)
    everywhere: AccessList | None = None
    between: bool = False
    within: bool = False

    def lists(self) -> tuple[AccessList, ...]:
        """Every list, each once."""
        found = [*self.entrances.values(), *self.exits.values()]
        if self.everywhere is not None:
            found.append(self.everywhere)
        return tuple(dict.fromkeys(found))

    def admits(
        self,
        ends: Endpoints,
        levels: Mapping[str, int],
        logged: list[Hit] | None = None,
        *,
        by_level: bool = True,
    ) -> Denial | None:
        """Why the connection may not pass; None: it may.

        Entries with `log` that decided are added to `logged`.  Without
        `by_level` nothing is denied but by a list: so it is for a relay whose
        places were given by hand, which no interface of the configuration
        stands for.
        """
        come, go = ends.client_interface, ends.server_interface
        entrance = self.entrances.get(come)
        if by_level and not self._levels_may(come, go, levels):
            return Denial(come)
        if entrance is not None or self.everywhere is not None:
            denial = self._enters(ends, entrance, logged)
            if denial is not None:
                return denial
        elif by_level and levels.get(come, 0) < levels.get(go, 0):
            return Denial(come)
        leaving = self.exits.get(go)
        if leaving is None:
            return None
        return _judged(leaving.decides(ends), leaving, OUT, go, logged)

    def _levels_may(self, come: str, go: str, levels: Mapping[str, int]) -> bool:
        """Interfaces of one level, or one interface, need leave."""
        if come == go:
            return self.within
        return self.between or levels.get(come, 0) != levels.get(go, 0)

    def _enters(
        self, ends: Endpoints, entrance: AccessList | None, logged: list[Hit] | None
    ) -> Denial | None:
        """The list of the interface, then the global one; both at their end, the
        last of them denies."""
        come = ends.client_interface
        if entrance is not None:
            entry = entrance.decides(ends)
            if entry is not None or self.everywhere is None:
                return _judged(entry, entrance, IN, come, logged)
        assert self.everywhere is not None
        entry = self.everywhere.decides(ends)
        return _judged(entry, self.everywhere, EVERYWHERE, come, logged)


def _judged(
    entry: Entry | None,
    by: AccessList,
    way: str,
    interface: str,
    logged: list[Hit] | None,
) -> Denial | None:
    """What the entry of a list that decides, or its end, means."""
    if entry is None:
        return Denial(interface, way, by.name)
    log = entry.log
    if logged is not None and log is not None and not log.silent:
        logged.append(Hit(by.name, entry.permit, log, entry.mark))
    if entry.permit:
        return None
    return Denial(interface, way, by.name, entry.mark, log)
