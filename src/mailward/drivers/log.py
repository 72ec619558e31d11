"""The log's stream: lines gathered for one turn of the loop, written at once.

Knows: files, and pipes whose reader is slow.
Does not know: records, their text.
Called by: cli, which gives it to the sinks of `audit`.

Mail never waits for a log.  A regular file is simply written; of anything else
(pipe, terminal) no more is written than it takes without blocking, the rest is
kept, at most KEPT octets, and what does not fit is refused and so counted as
lost by the sink.
"""

import io
import os
import select
import stat
from collections.abc import Callable
from typing import Final, Protocol, final

#: Octets kept for a slow reader.
KEPT: Final = 1048576
#: What a pipe that is ready for writing takes without blocking (POSIX PIPE_BUF).
_PIECE: Final = 4096
#: Seconds between two attempts at a slow reader.
_PAUSE: Final = 0.05


class Soon(Protocol):
    """What the log needs of an event loop."""

    def call_soon(self, callback: Callable[[], None], /) -> object:
        """Call at the next turn."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> object:
        """Call after so many seconds."""


@final
class Log(io.TextIOBase):
    """A text stream on a descriptor that it does not own.

    `write` raises BlockingIOError when KEPT octets wait already; `lost` counts
    octets that the descriptor refused for good (disk full, closed pipe).
    """

    def __init__(self, descriptor: int, loop: Soon) -> None:
        self.lost = 0
        self._descriptor = descriptor
        self._loop = loop
        self._waiting: list[bytes] = []
        self._size = 0
        self._asked = False
        self._poll: select.poll | None = None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLOUT)

    def write(self, text: str) -> int:
        """Keep the text until the turn of the loop is over."""
        octets = text.encode("utf-8", "replace")
        if self._size + len(octets) > KEPT:
            raise BlockingIOError("the log's reader is too slow")
        self._waiting.append(octets)
        self._size += len(octets)
        if not self._asked:
            self._asked = True
            self._loop.call_soon(self._turn)
        return len(text)

    def finish(self, seconds: float) -> None:
        """Write what is kept, waiting at most so long for a slow reader each
        time it takes nothing; what it leaves is lost."""
        self._drain(int(seconds * 1000))
        self.lost += self._size
        self._waiting.clear()
        self._size = 0

    def _turn(self) -> None:
        self._asked = False
        self._drain(0)
        if self._waiting:
            self._asked = True
            self._loop.call_later(_PAUSE, self._turn)

    def _drain(self, patience: int) -> None:
        """Write; for other than files only while it takes some, waiting so many
        milliseconds for it."""
        octets = b"".join(self._waiting)
        try:
            if self._poll is None:
                while octets:
                    octets = octets[os.write(self._descriptor, octets) :]
            else:
                while octets and self._poll.poll(patience):
                    octets = octets[os.write(self._descriptor, octets[:_PIECE]) :]
        except OSError:
            self.lost += len(octets)
            octets = b""
        self._waiting = [octets] if octets else []
        self._size = len(octets)
