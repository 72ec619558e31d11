"""Many clients, each with its share of numbered messages, none of which it retries.

Knows: SMTP as a plain client speaks it; what it was told of each message.
Does not know: what stands between it and the server.
Called by: the tests beside it, as a process:
`clients.py PORT FIRST COUNT CLIENTS EACH REPORT`, EACH for the messages of one
connection.

The report gets a line for each message: `NUMBER OUTCOME WHY`, where the outcome is
ACKED (250 behind the end of data), REFUSED (any other reply), CUT (no reply) or
SHUT (not even a connection).
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, TextIO

import uvloop

from tests.fire.mails import message, stuffed

ACKED: Final = "ACKED"
REFUSED: Final = "REFUSED"
CUT: Final = "CUT"
SHUT: Final = "SHUT"

_SECONDS: Final = 90.0


class Refused(Exception):
    """A reply that is not the one."""


async def said(reader: asyncio.StreamReader, code: bytes) -> None:
    """The next reply, which must be this one."""
    while True:
        line = await reader.readuntil(b"\r\n")
        if line[3:4] != b"-":
            break
    if not line.startswith(code):
        raise Refused(line.decode("latin-1").strip())


async def send(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
) -> None:
    """One message, up to the server's word."""
    for line, code in (
        (b"MAIL FROM:<sender%d@client.example>\r\n" % number, b"250"),
        (b"RCPT TO:<box@example.com>\r\n", b"250"),
        (b"DATA\r\n", b"354"),
        (stuffed(message(number)), b"250"),
    ):
        writer.write(line)
        await said(reader, code)


async def connection(port: int, numbers: list[int], report: TextIO) -> list[int]:
    """One connection; what it could not begin with is left."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError as error:
        report.write(f"{numbers[0]} {SHUT} {error}\n")
        return numbers[1:]
    left = list(numbers)
    try:
        await said(reader, b"220")
        writer.write(b"EHLO client.example\r\n")
        await said(reader, b"250")
        while left:
            await send(reader, writer, left[0])
            report.write(f"{left.pop(0)} {ACKED} -\n")
        writer.write(b"QUIT\r\n")
        await said(reader, b"221")
    except Refused as error:
        if left:
            report.write(f"{left.pop(0)} {REFUSED} {error}\n")
    except (OSError, asyncio.IncompleteReadError) as error:
        if left:
            report.write(f"{left.pop(0)} {CUT} {type(error).__name__}\n")
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return left


async def client(port: int, numbers: Iterator[int], each: int, report: TextIO) -> None:
    """Message after message, until there are none."""
    while True:
        mine = [number for _, number in zip(range(each), numbers, strict=False)]
        if not mine:
            return
        while mine:
            try:
                async with asyncio.timeout(_SECONDS):
                    mine = await connection(port, mine, report)
            except TimeoutError:
                report.write(f"{mine.pop(0)} {CUT} time\n")


async def main() -> None:
    """All of them at once."""
    port, first, count, clients, each = map(int, sys.argv[1:6])
    numbers = iter(range(first, first + count))
    with open(sys.argv[6], "a", buffering=1) as report:  # noqa: PTH123
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(client(port, numbers, each, report))


if __name__ == "__main__":
    uvloop.run(main())
