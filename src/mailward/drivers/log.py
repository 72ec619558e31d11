"""The log: lines gathered for a moment, written at once.

Knows: how many lines may wait, which were lost, when to try again.
Does not know: records and their text, what is written to (`logfile`, `logpipe`).
Called by: whoever holds a relay, which gives it to the sinks of `audit`.

A line that comes after a pause is written when the turn of the loop is over; where
they come thick, those of a hundredth of a second are written together, for a call
of the system costs more than all that a line costs before.  Mail never waits for a
log.  What is written to takes what it can without blocking;
the rest is kept, at most KEPT octets.  Lines that do not fit are lost and counted,
and once lines are taken again it is told how many they were, and why.
"""

import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol, final

from mailward.drivers.logfile import File
from mailward.drivers.logpipe import Pipe

#: Octets kept for a slow reader or a full disk.
KEPT: Final = 1048576
#: Seconds between two attempts: while something is taken, and at most.
_PAUSE: Final = 0.05
_LONGEST: Final = 1.0
#: Seconds between two writes that go well.
_GATHERED: Final = 0.01
#: Nobody will ever read what is written there.
_GONE: Final = frozenset(
    {errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF, errno.ENXIO}
)

#: At the next turn of a loop; after so many seconds.
Soon = Callable[[Callable[[], None]], object]
Later = Callable[[float, Callable[[], None]], object]


class Target(Protocol):
    """What lines are written to.  `name` is what a record calls it, `complaint`
    what it could not do, until somebody has taken that away."""

    name: str
    complaint: str

    def put(self, octets: bytes) -> int:
        """Write whole lines; how many octets were taken without waiting, all of
        them of whole lines.  Raises OSError when it takes nothing."""

    def reopen(self) -> None:
        """Open again what the name stands for.  Raises OSError, and then stays
        with what was open."""

    def close(self) -> None:
        """Let go of what was opened."""


def _nobody_told(_count: int, _reason: str) -> None:
    """Nobody wants to know."""


def _no_trouble(_text: str) -> None:
    """Nobody wants to know."""


@final
class Log:
    """A stream of lines that never blocks and never raises.

    `written` and `lost` count lines.  `told` hears how many were lost and why, once
    lines are taken again; `trouble` what could not be done with a file.
    """

    def __init__(self, target: Target, soon: Soon, later: Later) -> None:
        self.written = 0
        self.lost = 0
        self.told: Callable[[int, str], None] = _nobody_told
        self.trouble: Callable[[str], None] = _no_trouble
        self._target = target
        self._soon = soon
        self._later = later
        self._turned: Callable[[], None] = self._turn  # bound once
        self._new: list[str] = []  # since then
        self._rest = b""  # what was not taken, whole lines,
        self._left = 0  # and how many
        self._size = 0  # of both, about
        self._asked = False
        self._wrote = 0.0  # when, last
        self._pause = _PAUSE
        self._untold = 0
        self._reason = ""

    @property
    def name(self) -> str:
        """What a record calls it."""
        return self._target.name

    def write(self, text: str) -> int:
        """Keep one line, with its end, for a moment."""
        size = self._size + len(text)
        if size > KEPT:
            self._lose(1, self._reason or "its reader is too slow")
            return 0
        self._new.append(text)
        self._size = size
        if not self._asked:
            self._asked = True
            wait = self._wrote + _GATHERED - time.monotonic()
            if wait > 0.0:
                self._later(wait, self._turned)
            else:
                self._soon(self._turned)
        return len(text)

    def reopen(self) -> None:
        """Write what is kept, then open the file of that name: the old one was
        put aside."""
        self._drain()
        try:
            self._target.reopen()
        except OSError as error:
            self.trouble(f"cannot open it again: {_words(error)}")

    def finish(self, seconds: float) -> None:
        """Write what is kept, waiting at most so long; what is left is lost."""
        end = time.monotonic() + seconds
        while self._drain() and time.monotonic() < end:
            time.sleep(0.01)
        self._lose(self._left, "mailward ended")
        self._rest = b""
        self._left = 0
        self._size = 0
        self._target.close()

    def _turn(self) -> None:
        self._asked = False
        self._wrote = time.monotonic()
        if self._drain():
            self._asked = True
            self._later(self._pause, self._turned)
        elif self._untold:
            count, self._untold = self._untold, 0
            reason, self._reason = self._reason, ""
            self.told(count, reason)

    def _drain(self) -> bool:
        """Write; is something left, to be tried again?"""
        octets = self._rest
        lines = self._left + len(self._new)
        if not lines:
            return False
        if self._new:
            fresh = "".join(self._new).encode("utf-8", "replace")
            octets = octets + fresh if octets else fresh
            self._new = []
        left = lines
        try:
            taken = self._target.put(octets)
        except OSError as error:
            self._reason = _words(error)
            if error.errno in _GONE:
                self._lose(lines, self._reason)
                octets = b""
                left = 0
            self._pause = min(self._pause * 2, _LONGEST)
        else:
            octets = octets[taken:]
            left = octets.count(b"\n") if octets else 0
            self.written += lines - left
            if taken:
                self._pause = _PAUSE
        self._rest = octets
        self._left = left
        self._size = len(octets)
        complaint = self._target.complaint
        if complaint:
            self._target.complaint = ""
            self.trouble(complaint)
        return bool(octets)

    def _lose(self, lines: int, reason: str) -> None:
        self.lost += lines
        self._untold += lines
        self._reason = reason


def _words(error: OSError) -> str:
    """The system's words."""
    return os.strerror(error.errno) if error.errno else str(error)


def target(where: str, size: int = 0, keep: int = 1) -> Target:
    """What `--log` names: a file, a pipe that has a name, or `-` for standard output.
    A file that would have more than `size` octets (0: no limit) is put aside, and
    `keep` of those are kept.  Raises OSError."""
    if where == "-":
        return Pipe("standard output", sys.stdout.fileno())
    path = Path(where)
    if path.exists() and not path.is_file():
        return Pipe.named(where)
    return File(where, size, keep)
