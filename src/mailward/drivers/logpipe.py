"""A log that was given to us: a pipe, a terminal, a socket (the journal), a file.

Knows: how to write there without waiting, line by line whole.
Does not know: lines that wait, what was lost.
Called by: `drivers.log`.

The descriptor was given to us, and whoever gave it shares its flags: it is not made
non-blocking.  A pipe or a terminal is opened again for ourselves; a socket is told
with each call not to wait; where neither can be, it is asked whether it is ready.
No more than PIECE octets go with one call, and they end with a line: so many a pipe
takes whole, and no line runs into another process's.  A file is written as it is:
it takes all at once, and where it is written to is shared with whoever else has it.
"""

import os
import select
import socket
import stat
import sys
from pathlib import Path
from typing import Final, final

#: What a pipe takes whole (POSIX PIPE_BUF).
PIECE: Final = 4096

_FLAGS: Final = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@final
class Pipe:
    """A place for lines that may have no room.  See `log.Target`."""

    def __init__(self, name: str, descriptor: int, *, ours: bool = False) -> None:
        """`ours`: nobody else has it, and it does not block."""
        self.name = name
        self.complaint = ""
        self._socket: socket.socket | None = None
        self._poll: select.poll | None = None
        self._ours = descriptor if ours else -1
        mode = os.fstat(descriptor).st_mode
        self._piece = sys.maxsize if stat.S_ISREG(mode) else PIECE
        if not ours and stat.S_ISSOCK(mode):
            self._socket = socket.socket(fileno=os.dup(descriptor))
        elif not ours and not stat.S_ISREG(mode):
            try:
                self._ours = os.open(f"/proc/self/fd/{descriptor}", _FLAGS)
            except OSError:
                self._poll = select.poll()
                self._poll.register(descriptor, select.POLLOUT)
        self._descriptor = self._ours if self._ours >= 0 else descriptor

    @classmethod
    def named(cls, path: str) -> "Pipe":
        """A pipe or a device that has a name; a pipe needs no reader yet."""
        flags = _FLAGS
        if Path(path).is_fifo():
            flags = flags & ~os.O_WRONLY | os.O_RDWR
        return cls(path, os.open(path, flags), ours=True)

    def put(self, octets: bytes) -> int:
        """See Target."""
        taken = 0
        while taken < len(octets):
            end = octets.rfind(b"\n", taken, taken + self._piece) + 1
            try:
                wrote = self._write(octets[taken : end or taken + self._piece])
            except OSError:
                if not taken:
                    raise
                break  # it will say so again
            if not wrote:
                break
            taken += wrote
        return taken

    def reopen(self) -> None:
        """See Target: there is nothing that could have been put aside."""

    def close(self) -> None:
        """See Target: what was given to us stays open."""
        if self._socket is not None:
            self._socket.close()
        if self._ours >= 0:
            os.close(self._ours)

    def _write(self, piece: bytes) -> int:
        """How much of a piece is taken at once."""
        try:
            if self._socket is not None:
                return self._socket.send(piece, socket.MSG_DONTWAIT)
            if self._poll is not None and not self._poll.poll(0):
                return 0
            return os.write(self._descriptor, piece)
        except BlockingIOError:
            return 0
