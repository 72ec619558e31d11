"""Doors as data: a listening place, and what stands behind it.

Knows: every kind of door, and how one is told to another process.
Does not know: where the places come from (options, a configuration, a plan).
Called by: cli (makes entrances), fleet (sends them to workers), the workers.

An entrance travels as plain JSON values; a worker makes the door of it.
"""

import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, final

from mailward.drivers.door import Door, FixedDoor, Route
from mailward.drivers.door_announced import AnnouncedDoor
from mailward.drivers.door_proxied import ProxiedDoor
from mailward.drivers.door_transparent import TransparentDoor, transparent
from mailward.drivers.tcp import Place, listening
from mailward.drivers.ways import Egress


@final
@dataclass(frozen=True)
class Entrance:
    """Where clients come in.

    With a `route` every connection takes it; without one they are those that
    the kernel diverted, `interface` is where they came in, `devices` the Linux
    devices by interface.  `by_level`: see Door.  `proxied`: a PROXY header precedes
    them; `announced` (a version of it, 0: none) and `xclient`: the servers are told
    who the clients are.
    """

    place: Place
    route: Route | None = None
    interface: str = ""
    devices: Mapping[str, str] = field(default_factory=dict)
    by_level: bool = False
    proxied: bool = False
    announced: int = 0
    xclient: bool = False

    def listener(
        self, prepare: Callable[[socket.socket], None] | None = None
    ) -> socket.socket:
        """A socket that listens there; `prepare` gets it before it is bound.
        OSError when it cannot be."""
        if self.route is not None:
            return listening(self.place, prepare)
        return listening(self.place, partial(_transparent_too, prepare))

    def door(self) -> Door:
        """The door itself; with sockets of its own where the kernel is asked."""
        door: Door
        if self.route is not None:
            door = FixedDoor(self.route, by_level=self.by_level)
        else:
            door = TransparentDoor(self.interface, self.place, Egress(self.devices))
        if self.proxied:
            door = ProxiedDoor(door)
        if self.announced or self.xclient:
            door = AnnouncedDoor(door, self.announced, xclient=self.xclient)
        return door

    def __str__(self) -> str:
        """Where what comes in there goes."""
        if self.route is not None:
            return f"upstream {self.route.upstream}"
        return f"for what comes in through {self.interface}"

    def data(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def entrance(data: Mapping[str, Any]) -> Entrance:
    """What `data` made; KeyError or TypeError for anything else."""
    values = dict(data)
    values["place"] = Place(**values["place"])
    route = values["route"]
    if route is not None:
        ends = {name: Place(**route[name]) for name in ("upstream", "service")}
        values["route"] = Route(**{**route, **ends})
    return Entrance(**values)


def _transparent_too(
    prepare: Callable[[socket.socket], None] | None, sock: socket.socket
) -> None:
    transparent(sock)
    if prepare is not None:
        prepare(sock)
