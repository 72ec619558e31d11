"""The control socket: questions and answers over a UNIX socket.

Knows: the protocol (a line in; a status line and a text out; then the end; or
the line that begins a conversation), the socket's file.
Does not know: what can be asked (`console.session`), how one converses
(`console.link`).
Called by: cli (`run` serves, `show` asks), tests.

The asking side loads neither an event loop nor the language, so that
`mailward show` starts at once: what only the serving side needs is imported
when it serves.
"""

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

from mailward.errors import MailwardError

if TYPE_CHECKING:
    import asyncio

    from mailward.console.gateway import Gateway

#: No more octets of a question than this are read, line feed included.
LIMIT: Final = 4096
#: So long, in seconds, either side waits for the other.
SECONDS: Final = 5.0
#: Read and write for owner and group, nothing for others.
_UMASK: Final = 0o117

#: Begins a conversation; as a question it would be a comment.
SESSION: Final = b": session\n"
#: Asks for the program on disk to take over; the answer comes when it has, or not.
UPGRADE: Final = ": upgrade"

DONE: Final = 0
REFUSED: Final = 1


class ControlError(MailwardError):
    """The control socket cannot be served or asked; the text says why."""


def ask(path: str, line: str, seconds: float = SECONDS) -> tuple[int, str]:
    """Ask the gateway that serves `path`: its status (DONE, REFUSED) and text.

    Blocks, at most `seconds` for each step.  Raises ControlError.
    """
    question = line.replace("\n", " ").encode("utf-8", "replace") + b"\n"
    if len(question) > LIMIT:
        raise ControlError(f"a question may have {LIMIT} octets at most")
    with connected(path, seconds) as link:
        try:
            link.sendall(question)
            answer = b"".join(iter(lambda: link.recv(65536), b""))
        except OSError as error:
            raise ControlError(f"{path}: {error.strerror or error}") from error
    status, _, text = answer.partition(b"\n")
    if status not in (b"0", b"1"):
        raise ControlError(f"{path}: closed without an answer")
    return int(status), text.decode("utf-8", "replace")


def connected(path: str, seconds: float) -> socket.socket:
    """A socket to whoever serves `path`; each step on it takes `seconds` at
    most.  Raises ControlError."""
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(seconds)
    try:
        link.connect(path)
    except OSError as error:
        link.close()
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            why = f"nobody answers at {path}: is mailward running?"
        else:
            why = f"{path}: {error.strerror or error}"
        raise ControlError(why) from error
    return link


@final
class Control:
    """A control socket being served; `close` ends it."""

    __slots__ = ("_mark", "_measuring", "_path", "_server")

    def __init__(
        self, path: Path, server: "asyncio.Server", measuring: "asyncio.Task[None]"
    ) -> None:
        self._measuring = measuring
        self._path = path
        self._mark = _mark(path)
        self._server = server

    def close(self) -> None:
        """Take no more questions; remove the socket's file if it is still ours.

        Answers on their way still go out.
        """
        self._server.close()
        self._measuring.cancel()
        try:
            if _mark(self._path) == self._mark:
                self._path.unlink()
        except FileNotFoundError:
            pass


async def serve(
    path: str, gateway: "Gateway", seconds: float = SECONDS, *, over: bool = False
) -> Control:
    """Serve `path` (mode 0660) until the Control is closed.

    A socket file that nobody answers is replaced, with `over` also one that somebody
    answers, at one stroke: whoever asks finds the one or the other.  Each client has
    `seconds` to ask and again to read; a conversation takes what it takes.  Raises
    ControlError.
    """
    import asyncio

    file = Path(path)
    link = _bound_over(file) if over else _bound(file)

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await _answer(reader, writer, gateway, seconds)

    server = await asyncio.start_unix_server(answer, sock=link, limit=LIMIT)
    return Control(file, server, asyncio.ensure_future(_measure(gateway)))


async def _measure(gateway: "Gateway") -> None:
    """Now and then take the counts from which rates are told."""
    import asyncio

    from mailward.console.home import work
    from mailward.console.meter import STEP

    while True:
        with suppress(TimeoutError):
            await work(gateway.measure)
        await asyncio.sleep(STEP)


async def _answer(
    reader: "asyncio.StreamReader",
    writer: "asyncio.StreamWriter",
    gateway: "Gateway",
    seconds: float,
) -> None:
    """One client: a bounded question, an answer, the end.  Nothing waits for a
    client that is slow to ask or to read."""
    import asyncio

    from mailward.console.home import work
    from mailward.console.link import converse

    try:
        async with asyncio.timeout(seconds):
            question = await _question(reader)
        if question == SESSION:
            await converse(reader, writer, gateway)
        else:
            status, text = await work(_answered, question, gateway)
            writer.write(b"%d\n" % status + text.encode("utf-8", "replace"))
        writer.close()
        async with asyncio.timeout(seconds):
            await writer.wait_closed()
    except (
        TimeoutError,
        asyncio.IncompleteReadError,
        asyncio.LimitOverrunError,
        OSError,
        ValueError,
    ):
        pass  # the client has only itself to blame, and is gone
    finally:
        writer.transport.abort()


async def _question(reader: "asyncio.StreamReader") -> bytes:
    """A line; empty if it is too long."""
    import asyncio

    try:
        return await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError:
        return b""


def _answered(question: bytes, gateway: "Gateway") -> tuple[int, str]:
    """The answer to a single question."""
    from mailward.console.session import respond

    if not question:
        return REFUSED, f"ERROR: more than {LIMIT} octets in a line\n"
    words = question.decode("utf-8", "replace").rstrip("\r\n")
    if words == UPGRADE:
        try:
            return DONE, f"{gateway.upgrade()}\n"
        except MailwardError as error:
            return REFUSED, f"ERROR: {error}\n"
    done, text = respond(words, gateway)
    return DONE if done else REFUSED, text


def _mark(path: Path) -> tuple[int, int, int]:
    """What tells this file from a later one of the same name: not the inode
    alone, which is used again; a change of owner or mode does not matter."""
    status = path.lstat()
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _bound(path: Path) -> socket.socket:
    """A socket bound to the path, with its mode from the first moment on."""
    link = socket.socket(socket.AF_UNIX)
    try:
        _make_way(path)
        before = os.umask(_UMASK)
        try:
            link.bind(str(path))
        finally:
            os.umask(before)
    except OSError as error:
        link.close()
        raise ControlError(f"{path}: {error.strerror or error}") from error
    except ControlError:
        link.close()
        raise
    return link


def _bound_over(path: Path) -> socket.socket:
    """The same, in the place of a socket that is being served."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    link = _bound(aside)
    link.listen()
    try:
        aside.rename(path)
    except OSError as error:
        link.close()
        raise ControlError(f"{path}: {error.strerror}") from error
    return link


def _make_way(path: Path) -> None:
    """Remove a socket that nobody serves; anything else there is not ours."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise ControlError(f"{path}: is there and is not a socket")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise ControlError(f"{path}: another mailward answers there")
