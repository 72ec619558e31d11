"""A client that says exactly what it is told, and hears every octet.

Knows: lines and replies of SMTP, as octets.
Does not know: mail.
Called by: the acceptance tests.
"""

import select
import socket
from types import TracebackType
from typing import Final, final

TIMEOUT: Final = 20


@final
class Speaker:
    """One connection to a loopback port; the greeting is read at once."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self._file = self._socket.makefile("rb")
        self.address = self._socket.getsockname()[1]
        self.greeting = self.reply()

    def __enter__(self) -> "Speaker":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._socket.close()

    def reply(self) -> bytes:
        """One whole reply; what there was, if the connection ends before."""
        lines = []
        while line := self._file.readline():
            lines.append(line)
            if line[3:4] != b"-":
                break
        return b"".join(lines)

    def ask(self, line: bytes) -> bytes:
        """Send a line, CRLF added; its reply."""
        self.send(line + b"\r\n")
        return self.reply()

    def send(self, octets: bytes) -> None:
        """Send octets as they are."""
        self._socket.sendall(octets)

    def listen(self, seconds: float) -> bool:
        """Does the other side say something (or end) within the time?"""
        return bool(select.select([self._socket], [], [], seconds)[0])

    def rest(self) -> bytes:
        """All that still comes until the other side ends."""
        return self._file.read()
