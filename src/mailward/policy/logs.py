"""Logging: which records go where, under which severity, behind which header.

Knows: destinations, levels, lists, classes, and what is off.
Does not know: what a record says, sockets, files.
Called by: config (makes it), audit and drivers (ask it for each record),
console (shows it).

A record goes to a destination if its class has a level there, by that level;
else by the level or the list of the destination itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, final

CONSOLE: Final = "console"
MONITOR: Final = "monitor"
BUFFERED: Final = "buffered"
TRAP: Final = "trap"
ASDM: Final = "asdm"
HISTORY: Final = "history"
MAIL: Final = "mail"
#: In the order in which `show logging` tells them.
DESTINATIONS: Final = (CONSOLE, MONITOR, BUFFERED, TRAP, HISTORY, MAIL, ASDM)

LEVELS: Final = (
    "emergencies",
    "alerts",
    "critical",
    "errors",
    "warnings",
    "notifications",
    "informational",
    "debugging",
)

#: Class -> the numbers of its records, less their last three digits.  The
#: appliance's list has no class for 507; it stands where the other records of
#: inspected connections stand, and so do ours.
CLASSES: Final[dict[str, tuple[int, ...]]] = {
    "auth": (109, 113),
    "bridge": (110, 220),
    "ca": (717,),
    "citrix": (723,),
    "config": (111, 112, 208, 308),
    "csd": (724,),
    "dap": (734,),
    "eap": (333, 334),
    "eigrp": (336,),
    "email": (719,),
    "ha": (101, 102, 103, 104, 105, 210, 311, 709),
    "ids": (400, 401, 420, 733),
    "ip": (209, 215, 313, 317, 408),
    "np": (319,),
    "ospf": (318, 409, 503, 613),
    "rip": (107, 312),
    "rm": (321,),
    "session": (
        *(106, 108, 201, 202, 204, 302, 303, 304, 305, 314, 405, 406, 407, 500, 502),
        *(507, 607, 608, 609, 616, 620, 703, 710, 900),
    ),
    "snmp": (212,),
    "ssl": (725,),
    "svc": (722,),
    "sys": (
        *(199, 211, 214, 216, 306, 307, 315, 414, 604, 605, 606, 610, 612, 614, 615),
        *(701, 711, 741),
    ),
    "vm": (730,),
    "vpdn": (213, 403, 603),
    "vpn": (316, 320, 402, 404, 501, 602, 702, 713, 714, 715),
    "vpnc": (611,),
    "vpnfo": (720,),
    "vpnlb": (718,),
    "webfo": (721,),
    "webvpn": (716,),
}
_CLASS_OF: Final = {
    number: name for name, numbers in CLASSES.items() for number in numbers
}

#: The class of every record that no class names.
NO_CLASS: Final = ""


def class_of(number: int) -> str:
    """The class of a record; empty if it has none."""
    return _CLASS_OF.get(number // 1000, NO_CLASS)


@final
@dataclass(frozen=True)
class LogHost:
    """A server of records behind an interface.  `protocol` is `udp` or `tcp`;
    `secure`: TLS, to a server of this `name` (empty: of this address).  `form` is
    empty (the appliance's own), `rfc5424` or `json`; `counted`: in a stream each
    record begins with its length, instead of ending with a line end."""

    interface: str
    address: str
    protocol: str = "udp"
    port: int = 514
    emblem: bool = False
    secure: bool = False
    form: str = ""
    counted: bool = False
    name: str = ""


@final
@dataclass(frozen=True)
class Wanted:
    """One line of a list: records from `low` to `high`, or those of a class
    (empty: any) up to a level."""

    level: int = 7
    group: str = ""
    low: int = 0
    high: int = 0

    def holds(self, number: int, severity: int) -> bool:
        """Is the record one of these?"""
        if self.high:
            return self.low <= number <= self.high
        return severity <= self.level and self.group in ("", class_of(number))


@final
@dataclass(frozen=True)
class RateLimit:
    """No more than `count` records in so many `seconds`: of one number, or of
    one level where `number` is 0."""

    count: int
    seconds: int
    number: int = 0
    level: int = -1


@final
@dataclass(frozen=True)
class Logging:
    """What the `logging` lines of a configuration ask for.

    `timestamp` is empty, `legacy` or `rfc5424`; `device_id` the text that names
    the appliance in each record (empty: none), `device_id_from` how the line
    said it (`hostname`, `ipaddress inside`).  `levels` has, by destination, a
    level or the name of a list; what has none gets nothing.  `classes` has
    levels by (class, destination).  `disabled` are numbers that are off,
    `changed` the severities of those that have another than their own.
    `buffer_size` is in octets; `queue` counts records.  `stop_on_failure`: no new
    connection while no server can be reached over TCP, unless `permit_hostdown`.
    """

    enabled: bool = False
    timestamp: str = ""
    device_id: str = ""
    device_id_from: str = ""
    emblem: bool = False
    facility: int = 20
    queue: int = 512
    permit_hostdown: bool = False
    stop_on_failure: bool = False
    buffer_size: int = 4096
    hosts: tuple[LogHost, ...] = ()
    levels: Mapping[str, int | str] = field(default_factory=dict)
    lists: Mapping[str, tuple[Wanted, ...]] = field(default_factory=dict)
    classes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    disabled: frozenset[int] = frozenset()
    changed: Mapping[int, int] = field(default_factory=dict)
    rate_limits: tuple[RateLimit, ...] = ()

    def severity(self, number: int, severity: int) -> int | None:
        """Under which severity a record is written whose own is `severity`;
        None: it is switched off."""
        if number in self.disabled:
            return None
        return self.changed.get(number, severity)

    def wanted(self, destination: str, number: int, severity: int) -> bool:
        """Does a record of its own `severity` go to this destination?"""
        if not self.enabled or number in self.disabled:
            return False
        told = self.changed.get(number, severity)
        level = self.classes.get((class_of(number), destination))
        if level is not None:
            return told <= level
        asked = self.levels.get(destination, -1)
        if isinstance(asked, int):
            return told <= asked
        return any(one.holds(number, told) for one in self.lists.get(asked, ()))
