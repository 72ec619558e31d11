"""Channel: the worker's side of the socket pair.

Knows: frames in and out on a bare loop, that the supervisor is gone.
Does not know: what a message leads to.
Called by: `fleet.worker`.

Sending never waits.  What the supervisor does not take is kept; records for it
are refused once KEPT octets wait, so a supervisor that is busy costs records
(counted), never mail.
"""

import socket
from collections.abc import Callable
from typing import Final, final

from mailward.drivers.loop import READ, WRITE, Loop
from mailward.fleet.wire import DOWN, Decoder, Message, WireError

#: Octets that may wait for the supervisor before records are refused.
KEPT: Final = 4_194_304
_READ: Final = 65536


@final
class Channel:
    """`heard` is called with each message, `gone` once: when the supervisor has
    left, or says what is no message."""

    def __init__(
        self,
        sock: socket.socket,
        loop: Loop,
        heard: Callable[[Message], None],
        gone: Callable[[], None],
    ) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._loop = loop
        self._heard = heard
        self._gone = gone
        self._decoder = Decoder(DOWN)
        self._waiting = b""
        self._closed = False
        loop.watch(sock.fileno(), READ, self._ready)

    @property
    def full(self) -> bool:
        """Does more wait than should?"""
        return len(self._waiting) > KEPT

    def say(self, octets: bytes) -> None:
        """Send, or keep."""
        if self._closed:
            return
        waited = bool(self._waiting)
        self._waiting += octets
        if not waited:
            self._send()
            if self._waiting:
                self._loop.change(self._socket.fileno(), READ | WRITE)

    def flush(self) -> None:
        """Send what waits, waiting for a second at most: we are leaving."""
        if not self._closed and self._waiting:
            self._socket.settimeout(1.0)
            self._send()

    def _ready(self, events: int) -> None:
        if events & WRITE:
            self._send()
            if not self._waiting and not self._closed:
                self._loop.change(self._socket.fileno(), READ)
        if events & ~WRITE and not self._closed:
            self._receive()

    def _receive(self) -> None:
        try:
            octets = self._socket.recv(_READ)
            if not octets:
                self._close()
                return
            for message in self._decoder.feed(octets):
                self._heard(message)
        except BlockingIOError:
            pass
        except (OSError, WireError):
            self._close()

    def _send(self) -> None:
        try:
            while self._waiting:
                self._waiting = self._waiting[self._socket.send(self._waiting) :]
        except BlockingIOError:
            pass
        except OSError:
            self._close()

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._waiting = b""
            self._loop.close(self._socket)
            self._gone()
