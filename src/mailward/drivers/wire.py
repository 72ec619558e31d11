"""Wire: what an end does with its socket, and no errors that fly.

Knows: receiving, sending, FIN, RST and closing of one socket, without waiting;
accepting.
Does not know: what passes, when there is something to do.
Called by: `drivers.tcp_end`, `drivers.opening`, the loop; `drivers.tcp` makes them.

The compiled build has the same in C (`_wire.c`), for what Python's `socket` spends on
arguments, on the interpreter's lock and on errors that are no news to anybody here
([decision 0024](../../../docs/decisions/0024-a-wire-in-c.md)).
"""

import errno
import socket
import struct
from typing import TYPE_CHECKING, Final, cast, final

# SO_LINGER on, nought seconds: closing sends RST.
_RESET: Final = struct.pack("ii", 1, 0)
_NOW: Final = int(socket.MSG_DONTWAIT)
# What is sent may wait for the FIN that follows at once.
_WITH_FIN: Final = int(socket.MSG_DONTWAIT | socket.MSG_MORE)
#: Octets of one read, a small or a large one: of a speaker that sends commands, and of
#: one that fills it.
SMALL: Final = 32768
LARGE: Final = 262144
# The class below socket.socket: its close has no files to look after.
_Socket: Final = cast("type[socket.socket]", socket.SocketType)

#: An address as the system has it: host and port, for IPv6 two numbers more.
Peer = tuple[str, int] | tuple[str, int, int, int]


def plain_accept(listener: socket.socket) -> tuple[int, Peer]:
    """The next connection of a listener that does not wait, as a descriptor, and who
    it is; OSError for none."""
    made: tuple[int, Peer] = listener._accept()  # type: ignore[attr-defined]  # noqa: SLF001
    return made


@final
class PlainWire:
    """A connected socket by its descriptor, which is the wire's to close.  Nothing
    here raises; when it is closed, everything fails with EBADF."""

    __slots__ = ("_how", "_recv", "_send", "_sock")

    def __init__(self, fd: int) -> None:
        # Whatever the family is: nothing here asks for it.
        self._sock = _Socket(socket.AF_INET, socket.SOCK_STREAM, 0, fd)
        # Bound once: to find them costs a tenth of each call.
        self._recv = self._sock.recv
        self._send = self._sock.send
        self._how = _NOW

    def fileno(self) -> int:
        """The descriptor; -1 when it is closed."""
        return self._sock.fileno()

    def receive(self, large: bool) -> bytes | int:
        """At most LARGE or SMALL octets, none for FIN; or the number of an error."""
        try:
            return self._recv(LARGE if large else SMALL, _NOW)
        except OSError as error:
            return error.errno or errno.EIO

    def send(self, octets: bytes | memoryview) -> int:
        """How many the kernel has taken; or the number of an error, negative."""
        try:
            return self._send(octets, self._how)
        except OSError as error:
            return -(error.errno or errno.EIO)

    def last(self) -> None:
        """FIN follows at once upon what is sent next, and may go in its packet."""
        self._how = _WITH_FIN

    def finish(self) -> None:
        """FIN.  If the socket is broken, the loop will tell."""
        try:  # noqa: SIM105  a context manager costs as much as the call
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def reset(self) -> None:
        """Closing shall send RST, behind all that was sent."""
        try:
            if self._how != _NOW:
                # It lets go of what waits for FIN.
                self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        except OSError:
            pass

    def close(self) -> None:
        """FIN, or RST if octets were not read; at once, whatever was sent."""
        try:  # noqa: SIM105  as above
            self._sock.close()
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
