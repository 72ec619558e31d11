"""A log server by TCP, perhaps with TLS: records framed in a stream.

Knows: connecting and connecting again, framing, what was cut by a loss.
Does not know: records and their text, which certificates are trusted.
Called by: `drivers.syslog`.

Theory of operation.  Records wait in a queue and go in batches, each with one call,
as far as the kernel takes them.  What the server says is read and thrown away, so
its FIN is seen.  When a connection is lost, the records of the batch that the kernel
had not taken whole wait again, first of all.  TCP syslog has no acknowledgement: what
the kernels held at that moment is lost, and nobody can count it.
"""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final, final

from mailward.audit.delivery import CONNECTING, DOWN, UP, Server
from mailward.drivers.syslogqueue import Waiting
from mailward.policy.logs import LogHost

#: Octets of a batch.
_BATCH: Final = 65536
#: Seconds until it is tried again: after the first failure, and at most.
_PAUSE: Final = 0.5
_LONGEST: Final = 30.0
#: A connection that stood so long was a good one.
_GOOD: Final = 10.0
#: Seconds that connecting may take, and that octets may go unacknowledged.
_PATIENCE: Final = 10.0
_SILENCE: Final = 60_000


@final
class Stream:
    """One server.  `changed` is called when it was lost or has come back."""

    def __init__(
        self,
        host: LogHost,
        most: int,
        told: Callable[[int, str], None],
        changed: Callable[["Stream"], None],
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`trust`: TLS, and whom to believe."""
        self.waiting = Waiting(most, told)
        self.state = CONNECTING
        self.trouble = ""
        self.host = host
        self._trust = trust
        self._counted = host.counted
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._lost = asyncio.Event()
        self._batch: list[bytes] = []
        self._rest = b""  # what the kernel has not taken of it
        self._blocked = False
        self._asked: asyncio.Handle | None = None
        self._flaps = 0
        self._again = 0
        self._task = self._loop.create_task(self._keep())

    def write(self, line: str) -> None:
        """Send one line soon."""
        record = line.encode("utf-8", "replace")
        record = b"%d %b" % (len(record), record) if self._counted else record + b"\n"
        waiting = self.waiting
        if not waiting.has_room(len(record)):
            if self._socket is not None and not self._blocked:
                self._flush()
            if not waiting.has_room(len(record)):
                waiting.lose(1, self.trouble or "it takes them too slowly")
                return
        waiting.add(record)
        if self._socket is not None and not self._blocked and self._asked is None:
            self._asked = self._loop.call_soon(self._flush)

    @property
    def down(self) -> bool:
        """Was it lost, or never reached?"""
        return self.state == DOWN

    def server(self) -> Server:
        """What became of the records."""
        host = self.host
        return Server(
            host.interface,
            host.address,
            host.protocol,
            host.port,
            host.secure,
            self.state,
            self.waiting.sent,
            0,
            self.waiting.dropped,
            len(self.waiting) + len(self._batch),
            self._flaps,
            self._again,
            self.trouble,
        )

    async def close(self, seconds: float) -> None:
        """Send what waits, for so long at most; the rest is lost."""
        end = self._loop.time() + seconds
        while (len(self.waiting) or self._rest) and self.state == UP:
            if self._loop.time() >= end:
                break
            await asyncio.sleep(0.01)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if isinstance(self._socket, ssl.SSLSocket):
            with contextlib.suppress(OSError):
                self._socket.unwrap()  # says good-bye, and waits for no answer
        self._part()
        self.waiting.lose_all("mailward ended")

    # --- connecting -----------------------------------------------------------

    async def _keep(self) -> None:
        """Connect, for ever."""
        pause = _PAUSE
        while True:
            try:
                await self._connect()
            except (OSError, ValueError) as error:
                self._fail(_words(error))
            else:
                began = self._loop.time()
                self._stand()
                await self._lost.wait()
                self._part()
                self._flaps += 1
                self._fail(self.trouble)
                if self._loop.time() - began > _GOOD:
                    pause = _PAUSE
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST)

    async def _connect(self) -> None:
        host = self.host
        family = socket.AF_INET6 if ":" in host.address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE)
            async with asyncio.timeout(_PATIENCE):
                await self._loop.sock_connect(sock, (host.address, host.port))
                if self._trust is not None:
                    sock = await self._shake_hands(self._trust, sock)
        except BaseException:
            sock.close()
            raise
        self._socket = sock

    async def _shake_hands(
        self, trust: ssl.SSLContext, sock: socket.socket
    ) -> ssl.SSLSocket:
        """TLS on a connection that stands."""
        secure = trust.wrap_socket(
            sock,
            server_hostname=self.host.name or self.host.address,
            do_handshake_on_connect=False,
        )
        try:
            while True:
                try:
                    secure.do_handshake()
                except ssl.SSLWantReadError:
                    await self._ready(self._loop.add_reader, secure)
                except ssl.SSLWantWriteError:
                    await self._ready(self._loop.add_writer, secure)
                else:
                    return secure
        except BaseException:
            secure.close()
            raise

    async def _ready(self, watch: Callable[..., Any], sock: socket.socket) -> None:
        """Until the socket can be read, or written."""
        ready = asyncio.Event()
        watch(sock.fileno(), ready.set)
        try:
            await ready.wait()
        finally:
            self._loop.remove_reader(sock.fileno())
            self._loop.remove_writer(sock.fileno())

    def _stand(self) -> None:
        """The connection stands."""
        assert self._socket is not None
        self._lost.clear()
        self._blocked = False
        self._loop.add_reader(self._socket.fileno(), self._hear)
        was = self.state
        self.state = UP
        self.trouble = ""
        if was == DOWN:
            self._changed(self)
        self._flush()

    def _part(self) -> None:
        """Let go of the connection; what was not sent whole waits again."""
        sock, self._socket = self._socket, None
        if sock is not None:
            self._loop.remove_reader(sock.fileno())
            self._loop.remove_writer(sock.fileno())
            sock.close()
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        left = len(self._rest)
        whole = len(self._batch)
        while left > 0:
            whole -= 1
            left -= len(self._batch[whole])
        if left < 0:
            self._again += 1
        self.waiting.sent += whole
        self.waiting.back(self._batch[whole:])
        self._batch = []
        self._rest = b""

    def _fail(self, trouble: str) -> None:
        was = self.state
        self.state = DOWN
        self.trouble = trouble
        if was != DOWN:
            self._changed(self)

    # --- sending --------------------------------------------------------------

    def _flush(self) -> None:
        """Batch after batch, as far as the kernel takes them."""
        self._asked = None
        sock = self._socket
        if sock is None or self._lost.is_set():
            return
        try:
            while self._more():
                self._rest = self._rest[sock.send(self._rest) :]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            if not self._blocked:
                self._blocked = True
                self._loop.add_writer(sock.fileno(), self._flush)
            return
        except OSError as error:
            self._lose(_words(error))
            return
        if self._blocked:
            self._blocked = False
            self._loop.remove_writer(sock.fileno())
        self.waiting.tell()

    def _more(self) -> bool:
        """Is there something to send?"""
        if not self._rest:
            self.waiting.sent += len(self._batch)
            self._batch = self.waiting.take(_BATCH)
            self._rest = b"".join(self._batch)
        return bool(self._rest)

    def _hear(self) -> None:
        """What a log server says means nothing, but its end does."""
        sock = self._socket
        assert sock is not None
        try:
            said = sock.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError as error:
            self._lose(_words(error))
        else:
            if not said:
                self._lose("it has closed the connection")

    def _lose(self, why: str) -> None:
        if self._socket is not None:
            self._loop.remove_reader(self._socket.fileno())
        self.trouble = why
        self._lost.set()


def _words(error: BaseException) -> str:
    """The system's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(error) or "no answer"
