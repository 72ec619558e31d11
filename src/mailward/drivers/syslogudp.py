"""A log server by UDP: a record, a datagram.

Knows: sockets that send datagrams, errors that the network sends back.
Does not know: records and their text.
Called by: `drivers.syslog`.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from typing import Final, final

from mailward.audit.delivery import UP, Server
from mailward.drivers.syslogqueue import Waiting
from mailward.policy.logs import LogHost

#: Seconds until it is tried again.
_PAUSE: Final = 0.05
_LONGEST: Final = 5.0


@final
class Datagrams:
    """One server.  `errors` counts records that the system refused to send, and
    news that nobody listens there."""

    def __init__(
        self, host: LogHost, most: int, told: Callable[[int, str], None]
    ) -> None:
        self.waiting = Waiting(most, told)
        self._host = host
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None
        self._pause = _PAUSE
        self._errors = 0
        self._trouble = ""

    def write(self, line: str) -> None:
        """Send one line soon."""
        record = line.encode("utf-8", "replace")
        waiting = self.waiting
        if not waiting.has_room(len(record)):
            if not self._trouble:
                self._send()
            if not waiting.has_room(len(record)):
                waiting.lose(1, self._trouble or "too many at once")
                return
        waiting.add(record)
        if self._timer is None:
            self._timer = self._loop.call_soon(self._turn)

    @property
    def down(self) -> bool:
        """Of datagrams nobody knows."""
        return False

    def server(self) -> Server:
        """What became of the records."""
        host = self._host
        return Server(
            host.interface,
            host.address,
            host.protocol,
            host.port,
            state=UP,
            sent=self.waiting.sent,
            errors=self._errors,
            dropped=self.waiting.dropped,
            waiting=len(self.waiting),
            trouble=self._trouble,
        )

    async def close(self, seconds: float) -> None:
        """Send what waits, once; the rest is lost."""
        if self._timer is not None:
            self._timer.cancel()
        self._send()
        self.waiting.lose_all("mailward ended")
        if self._socket is not None:
            self._socket.close()

    def _turn(self) -> None:
        self._timer = None
        self._send()
        if len(self.waiting):
            self._timer = self._loop.call_later(self._pause, self._turn)
            self._pause = min(self._pause * 2, _LONGEST)
            return
        self._pause = _PAUSE
        if not self._trouble:
            # Not before one was sent: telling sends another.
            self.waiting.tell()

    def _send(self) -> None:
        """As many as the system takes."""
        waiting = self.waiting
        while taken := waiting.take(1):
            try:
                if self._socket is None:
                    self._socket = self._connected()
            except OSError as error:
                self._trouble = os.strerror(error.errno or 0)
                waiting.back(taken)
                return
            try:
                self._one(self._socket, taken[0])
            except BlockingIOError:
                waiting.back(taken)
                return
            except OSError as error:
                self._errors += 1
                self._trouble = os.strerror(error.errno or 0)
                waiting.lose(1, self._trouble)
            else:
                waiting.sent += 1
                self._trouble = ""

    def _one(self, sock: socket.socket, record: bytes) -> None:
        """One datagram.  The first error may be news of the one before it."""
        try:
            sock.send(record)
        except ConnectionRefusedError:
            self._errors += 1
            sock.send(record)

    def _connected(self) -> socket.socket:
        host = self._host
        family = socket.AF_INET6 if ":" in host.address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            sock.connect((host.address, host.port))
        except BaseException:
            sock.close()
            raise
        return sock
