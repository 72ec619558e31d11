"""Entrances: where clients come in, out of the options.

Knows: which kind of door an option asks for; what is told when a listener cannot
be had.
Does not know: how a door works.
Called by: the command `run`.
"""

import errno
import socket
from typing import Final

import typer

from mailward.cli.files import fail
from mailward.drivers.doors import Entrance

#: The versions of the PROXY header that `--send-proxy` takes.
VERSIONS: Final = {"": 0, "v1": 1, "v2": 2}


def version(text: str) -> int:
    """The version that `--send-proxy` names; 0 for none."""
    if text not in VERSIONS:
        raise typer.BadParameter(f"'{text}' is neither v1 nor v2")
    return VERSIONS[text]


def open_or_exit(entrance: Entrance) -> socket.socket:
    """The listening socket; or one line that says why there is none."""
    try:
        return entrance.listener()
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno == errno.EPERM:
            why = "it needs the capability CAP_NET_RAW"
        elif error.errno == errno.EACCES:
            why = "a port below 1024 needs the capability CAP_NET_BIND_SERVICE"
        elif error.errno == errno.EADDRNOTAVAIL:
            why = "the address is none of this machine's"
        fail(f"cannot listen on {entrance.place}: {why}")
