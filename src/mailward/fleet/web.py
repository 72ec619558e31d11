"""Web: `/livez`, `/readyz` and `/metrics` over HTTP, and nothing else.

Knows: as much of HTTP/1.1 as a probe and a scraper speak: GET and HEAD, one
request a connection, bounded in octets and time.
Does not know: what the metrics are.
Called by: cli.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, final

#: A request has no more octets, and no more seconds to come in and to be read.
_MOST: Final = 8192
_SECONDS: Final = 5.0
#: No more connections at once.
_CONNECTIONS: Final = 32
_PLAIN: Final = "text/plain; charset=utf-8"
_REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@final
@dataclass(frozen=True)
class Page:
    """An answer."""

    status: int
    text: bytes
    kind: str = _PLAIN


#: What answers for a path.
Pages = Mapping[str, Callable[[], Awaitable[Page]]]


async def serve(sock: socket.socket, pages: Pages) -> asyncio.Server:
    """Answer at a listening socket until the server is closed."""
    there = 0

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal there
        there += 1
        try:
            if there <= _CONNECTIONS:
                await _answer(reader, writer, pages)
        except (
            TimeoutError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            OSError,
        ):
            pass  # the client has only itself to blame, and is gone
        finally:
            there -= 1
            writer.transport.abort()

    return await asyncio.start_server(answer, sock=sock, limit=_MOST)


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pages: Pages
) -> None:
    async with asyncio.timeout(_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
    method, page = await _page(head, pages)
    writer.write(_written(page, whole=method != "HEAD"))
    writer.close()
    async with asyncio.timeout(_SECONDS):
        await writer.wait_closed()


async def _page(head: bytes, pages: Pages) -> tuple[str, Page]:
    """What is asked for, and how."""
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return "", Page(400, b"bad request\n")
    method, target, _ = words
    if method not in ("GET", "HEAD"):
        return method, Page(405, b"only GET and HEAD\n")
    made = pages.get(target.partition("?")[0])
    if made is None:
        return method, Page(404, b"not found\n")
    try:
        return method, await made()
    except Exception as error:  # noqa: BLE001  a probe must hear of it
        return method, Page(500, f"{type(error).__name__}\n".encode())


def _written(page: Page, *, whole: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {page.status} {_REASONS[page.status]}",
        f"Content-Type: {page.kind}",
        f"Content-Length: {len(page.text)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if page.status == 405:
        lines.append("Allow: GET, HEAD")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (page.text if whole else b"")
