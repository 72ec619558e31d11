"""A mail server that takes everything and remembers who called and what came.

Knows: as much SMTP as an honest client needs; one thread for all connections.
Does not know: what a mail is worth.
Called by: the tests that need more connections than Postfix has processes.
"""

import selectors
import socket
import threading
from collections import Counter
from contextlib import suppress
from typing import Final, final

_GREETING: Final = b"220 sink.example.com ESMTP\r\n"
_EHLO: Final = b"250-sink.example.com\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
_END: Final = b"\r\n.\r\n"


@final
class _Caller:
    """One connection: what came and is not yet read, and the mail at hand."""

    def __init__(self) -> None:
        self.held = b""
        self.mail: bytes | None = None


@final
class Sink:
    """Serves a listening socket until `stop`.

    `callers` are the addresses that called; `mails` counts the messages that were
    acknowledged, by their octets.  A message is in it before its reply is sent.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.callers: list[tuple[str, int]] = []
        self.mails: Counter[bytes] = Counter()
        self._listener = listener
        self._stopping, self._wake = socket.socketpair()
        self._open: dict[socket.socket, _Caller] = {}
        listener.setblocking(False)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close everything."""
        self._wake.send(b"x")
        self._thread.join(20)
        for sock in (*self._open, self._listener, self._stopping, self._wake):
            sock.close()

    @property
    def open(self) -> int:
        """How many connections stand."""
        return len(self._open)

    def _serve(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._listener, selectors.EVENT_READ)
            ready.register(self._stopping, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    sock = key.fileobj
                    assert isinstance(sock, socket.socket)
                    if sock is self._stopping:
                        return
                    if sock is self._listener:
                        self._accept(ready)
                    elif not self._hear(sock):
                        ready.unregister(sock)
                        del self._open[sock]
                        sock.close()

    def _accept(self, ready: selectors.BaseSelector) -> None:
        with suppress(OSError):
            sock, peer = self._listener.accept()
            self.callers.append(peer[:2])
            self._open[sock] = _Caller()
            ready.register(sock, selectors.EVENT_READ)
            sock.sendall(_GREETING)

    def _hear(self, sock: socket.socket) -> bool:
        """False: the connection is over."""
        caller = self._open[sock]
        try:
            octets = sock.recv(1 << 20)
            caller.held += octets
            going_on = True
            answer = b""
            while going_on and (said := self._answer(caller)):
                answer += said
                going_on = not said.startswith(b"221")
            if answer:
                sock.sendall(answer)
        except OSError:
            return False
        return bool(octets) and going_on

    def _answer(self, caller: _Caller) -> bytes:
        """The reply to the next command or mail; empty: more must come."""
        if caller.mail is not None:
            # A message that is empty ends with the line that ends DATA.
            caller.mail += caller.held
            caller.held = b""
            at = (b"\r\n" + caller.mail).find(_END)
            if at < 0:
                return b""
            whole = caller.mail[:at]
            caller.held = caller.mail[at + 3 :]
            caller.mail = None
            self.mails[whole] += 1
            return b"250 2.0.0 Ok: taken\r\n"
        line, end, rest = caller.held.partition(b"\r\n")
        if not end:
            return b""
        caller.held = rest
        verb = line[:4].upper()
        if verb == b"EHLO":
            return _EHLO
        if verb == b"DATA":
            caller.mail = b""
            return b"354 Go on\r\n"
        return b"221 2.0.0 Bye\r\n" if verb == b"QUIT" else b"250 2.0.0 Ok\r\n"
