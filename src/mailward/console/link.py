"""Link: a conversation over the control socket.

Knows: the objects that go to and fro, one a line, as JSON.
Does not know: terminals, what a line means.
Called by: `console.control` (serves), `console.local` (asks), tests.

The asking side loads neither an event loop nor the language.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from mailward.console.control import LIMIT, SECONDS, SESSION, ControlError, connected

if TYPE_CHECKING:
    import asyncio

    from mailward.console.gateway import Gateway
    from mailward.console.session import Session

#: So long, in seconds, an answer may take: a large configuration compiles.
PATIENCE: Final = 120.0

_HUNG_UP: Final = "the gateway has hung up: it was upgraded, or has ended"
#: What can be asked for, each with a text.
LINE: Final = "line"
HELP: Final = "help"
WORDS: Final = "words"
INTERRUPT: Final = "interrupt"
TOP: Final = "top"


@final
@dataclass(frozen=True)
class State:
    """What came back: the text (for WORDS one a line), and how things stand."""

    text: str
    prompt: str
    secret: bool
    closed: bool
    pager: int


@final
class Link:
    """The asking side.  Everything raises ControlError when the gateway is
    gone."""

    __slots__ = ("_file", "_path", "_socket", "state")

    def __init__(self, path: str, seconds: float = PATIENCE) -> None:
        self._path = path
        self._socket = connected(path, SECONDS)
        self._socket.settimeout(seconds)
        self._file = self._socket.makefile("rwb")
        try:
            self._file.write(SESSION)
            self._file.flush()
            self.state = self._read()
        except BaseException:
            self.close()
            raise

    def ask(self, what: str, text: str = "") -> State:
        """Ask for LINE, HELP, WORDS, INTERRUPT or TOP."""
        question = json.dumps([what, text]).encode() + b"\n"
        if len(question) > LIMIT:
            raise ControlError(f"a line may have {LIMIT} octets at most")
        try:
            self._file.write(question)
            self._file.flush()
        except OSError as error:
            raise self._lost(error) from error
        self.state = self._read()
        return self.state

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError):  # what was not sent is of no use
            self._file.close()
        self._socket.close()

    def _read(self) -> State:
        try:
            line = self._file.readline()
        except OSError as error:
            raise self._lost(error) from error
        if not line.endswith(b"\n"):
            raise ControlError(f"{self._path}: {_HUNG_UP}")
        return State(**json.loads(line))

    def _lost(self, error: OSError) -> ControlError:
        gone = isinstance(error, ConnectionError)
        why = _HUNG_UP if gone else error.strerror or error
        return ControlError(f"{self._path}: {why}")


async def converse(
    reader: "asyncio.StreamReader",
    writer: "asyncio.StreamWriter",
    gateway: "Gateway",
) -> None:
    """The serving side: one conversation, to its end.

    Raises asyncio.IncompleteReadError when the other side is gone, OSError;
    asyncio.LimitOverrunError and ValueError when it does not keep to the form.
    """
    from mailward.console.home import work
    from mailward.console.session import Session

    session = Session(gateway)
    text = ""
    while True:
        state = {
            "text": text,
            "prompt": session.prompt,
            "secret": session.secret,
            "closed": session.closed,
            "pager": session.desk.pager,
        }
        writer.write(json.dumps(state).encode() + b"\n")
        await writer.drain()
        if session.closed:
            return
        asked = json.loads(await reader.readuntil(b"\n"))
        if not (isinstance(asked, list) and [type(x) for x in asked] == [str, str]):
            raise ValueError("no question")
        text = await work(_answered, session, asked[0], asked[1])


def _answered(session: "Session", what: str, text: str) -> str:
    match what:
        case "line":
            return session.line(text)[1]
        case "help":
            return session.help(text)
        case "words":
            return "\n".join(session.words(text))
        case "interrupt":
            session.interrupt()
        case "top":
            session.interrupt()
            session.top()
    return ""
