"""Reception: listeners, and backing off when nothing can be accepted.

Knows: which listener belongs to which door.
Does not know: what becomes of who was accepted.
Called by: `drivers.relay`, the loop.
"""

import math
import socket
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, final

from mailward.drivers.door import Door
from mailward.drivers.loop import READ, Loop
from mailward.drivers.tcp import accepted, reason
from mailward.drivers.wire import Peer, Wire

#: How long no connection is accepted after accepting has failed, in seconds.
_BACK_OFF: Final = 1.0
#: That it fails is told no more often than this, in seconds.
_MOAN: Final = 60.0


@final
class Reception:
    """Accepts, and hands over to `arrived`.  `notice` takes one line for the
    operator."""

    def __init__(
        self,
        loop: Loop,
        arrived: Callable[[Wire, Peer, Door], None],
        notice: Callable[[str], None],
    ) -> None:
        self._loop = loop
        self._arrived = arrived
        self._notice = notice
        self._doors: dict[socket.socket, Door] = {}
        self._moaned = -math.inf  # when a failure was last told

    @property
    def doors(self) -> Iterable[Door]:
        """All doors."""
        return self._doors.values()

    def listen(self, listener: socket.socket, door: Door) -> None:
        """Accept at a listening, non-blocking socket; it is ours from now on."""
        # What is accepted inherits it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._doors[listener] = door
        self._hear(listener, door)

    def close(self) -> None:
        """Accept no more: the listeners are closed."""
        for listener in self._doors:
            # Other processes may have it too: closing would not end the watch.
            self._loop.forget(listener.fileno())
            self._loop.close(listener)
        self._doors.clear()

    def _hear(self, listener: socket.socket, door: Door) -> None:
        call = partial(self._accept, listener, door)
        self._loop.watch(listener.fileno(), READ, call)

    def _accept(self, listener: socket.socket, door: Door, events: int) -> None:
        """One connection a call: the loop calls again while there are more."""
        try:
            wire, peer = accepted(listener)
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            self._back_off(listener, error)
            return
        self._arrived(wire, peer, door)

    def _back_off(self, listener: socket.socket, error: OSError) -> None:
        """No descriptors, no memory: leave clients to the kernel for a while."""
        now = self._loop.now
        if now - self._moaned >= _MOAN:
            self._moaned = now
            self._notice(f"cannot accept connections: {reason(error)}; trying again")
        self._loop.forget(listener.fileno())
        self._loop.at(now + _BACK_OFF, partial(self._try_again, listener))

    def _try_again(self, listener: socket.socket) -> None:
        door = self._doors.get(listener)
        if door is not None:
            self._hear(listener, door)
