"""Wire: what an end does with its socket, and no errors that fly.

Knows: receiving, sending, FIN and RST on one socket, without waiting; accepting.
Does not know: what passes, when there is something to do.
Called by: `drivers.tcp_end`, `drivers.tcp`.

The compiled build has the same in C (`_wire.c`), for what Python's `socket` spends on
arguments, on the interpreter's lock and on errors that are no news to anybody here
([decision 0024](../../../docs/decisions/0024-a-wire-in-c.md)).
"""

import errno
import socket
import struct
from typing import TYPE_CHECKING, Final, final

# SO_LINGER on, nought seconds: closing sends RST.
_RESET: Final = struct.pack("ii", 1, 0)
_NOW: Final = socket.MSG_DONTWAIT
#: Octets of one read, a small or a large one: of a speaker that sends commands, and of
#: one that fills it.
SMALL: Final = 32768
LARGE: Final = 262144


#: An address as the system has it: host and port, for IPv6 two numbers more.
Peer = tuple[str, int] | tuple[str, int, int, int]


def plain_accept(listener: socket.socket) -> tuple[int, Peer]:
    """The next connection of a listener that does not wait, as a descriptor, and who
    it is; OSError for none."""
    made: tuple[int, Peer] = listener._accept()  # type: ignore[attr-defined]  # noqa: SLF001
    return made


@final
class PlainWire:
    """A connected socket, which stays its owner's to close; nobody may use the wire
    afterwards, for its number may be another's then.  Nothing here raises."""

    __slots__ = ("_recv", "_send", "_sock")

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # Bound once: to find them costs a tenth of each call.
        self._recv = sock.recv
        self._send = sock.send

    def receive(self, large: bool) -> bytes | int:
        """At most LARGE or SMALL octets, none for FIN; or the number of an error."""
        try:
            return self._recv(LARGE if large else SMALL, _NOW)
        except OSError as error:
            return error.errno or errno.EIO

    def send(self, octets: bytes | memoryview) -> int:
        """How many the kernel has taken; or the number of an error, negative."""
        try:
            return self._send(octets, _NOW)
        except OSError as error:
            return -(error.errno or errno.EIO)

    def finish(self) -> None:
        """FIN.  If the socket is broken, the loop will tell."""
        try:  # noqa: SIM105  a context manager costs as much as the call
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def reset(self) -> None:
        """Closing shall send RST."""
        try:  # noqa: SIM105  as above
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        except OSError:
            pass


if TYPE_CHECKING:
    accept = plain_accept
    Wire = PlainWire
else:
    try:
        from mailward.drivers._wire import Wire, accept
    except ImportError:
        accept = plain_accept
        Wire = PlainWire
