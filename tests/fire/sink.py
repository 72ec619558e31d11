"""A mail server that writes down what it accepts, before it says so.

Knows: as much of SMTP as the clients beside it speak, strictly.
Does not know: mailward.
Called by: the tests beside it, as a process: `sink.py JOURNAL`, which prints its port.

A line of the journal is a number and a checksum, in one write at the end of the
file: whoever was told 250 finds the line there.
"""

import asyncio
import os
import re
import sys
from contextlib import suppress
from typing import Final, cast

import uvloop

from tests.fire.mails import checksum, unstuffed

_NUMBER: Final = re.compile(rb"^X-Number: (\d+)\r$", re.MULTILINE)
_REPLIES: Final = {
    b"EHLO": b"250-sink.example\r\n250-SIZE 10000000\r\n250 8BITMIME\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"DATA": b"354 End data with <CR><LF>.<CR><LF>\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
}


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, journal: int) -> None:
        self.journal = journal
        self.held = b""
        self.message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        # A loop's own transport need not descend from asyncio's class.
        self.transport = cast("asyncio.WriteTransport", transport)
        self.transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Commands and messages."""
        self.held += data
        while True:
            end = b"\r\n.\r\n" if self.message else b"\r\n"
            content, found, rest = self.held.partition(end)
            if not found:
                return
            self.held = rest
            if self.message:
                self.message = False
                self.accept(content + b"\r\n")
            else:
                self.obey(content)

    def obey(self, line: bytes) -> None:
        """A command: one of those that the clients say, and nothing else."""
        word = line[:4]
        self.transport.write(_REPLIES.get(word, b"500 5.5.1 What?\r\n"))
        self.message = word == b"DATA"
        if word == b"QUIT":
            self.transport.close()

    def accept(self, wire: bytes) -> None:
        """Write it down, then say so."""
        content = unstuffed(wire)
        number = _NUMBER.search(content)
        name = number[1].decode() if number else "none"
        os.write(self.journal, f"{name} {checksum(content)}\n".encode())
        self.transport.write(b"250 2.0.0 Ok: queued\r\n")


async def main() -> None:
    """Serve until killed."""
    journal = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Session(journal), "127.0.0.1", 0, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        uvloop.run(main())
