"""Entrances: where clients come in, out of the options.

Knows: which kind of door an option asks for; what is told when a listener cannot
be had.
Does not know: how a door works.
Called by: the command `run`.
"""

import errno
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import typer

from mailward.cli.files import fail
from mailward.drivers.doors import Entrance
from mailward.fleet.sockets import Sockets, opened

#: The versions of the PROXY header that `--send-proxy` takes.
VERSIONS: Final = {"": 0, "v1": 1, "v2": 2}


def version(text: str) -> int:
    """The version that `--send-proxy` names; 0 for none."""
    if text not in VERSIONS:
        raise typer.BadParameter(f"'{text}' is neither v1 nor v2")
    return VERSIONS[text]


def open_or_exit(entrance: Entrance, count: int) -> list[socket.socket]:
    """So many listening sockets; or one line that says why there are none."""

    def make(port: int, prepare: Callable[[socket.socket], None]) -> socket.socket:
        place = replace(entrance.place, port=port or entrance.place.port)
        return replace(entrance, place=place).listener(prepare)

    try:
        return opened(count, make)
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno == errno.EPERM:
            why = "it needs the capability CAP_NET_RAW"
        elif error.errno == errno.EACCES:
            why = "a port below 1024 needs the capability CAP_NET_BIND_SERVICE"
        elif error.errno == errno.EADDRNOTAVAIL:
            why = "the address is none of this machine's"
        fail(f"cannot listen on {entrance.place}: {why}")


def mail_sockets(
    sockets: Sockets, entrance: Entrance, count: int
) -> list[socket.socket]:
    """The sockets of an entrance: handed over, or opened now, so many."""
    place = entrance.place
    name = f"mail {place}"
    found = sockets.take(name) or sockets.take_at(name, place.host, place.port)
    if not found:
        found = open_or_exit(entrance, count)
        sockets.hold(name, found)
    return found
