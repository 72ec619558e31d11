"""A log file: whole lines at its end, put aside when it is full.

Knows: files, several processes that write to one.
Does not know: lines that wait, what was lost.
Called by: `drivers.log`.

Theory of operation.  Every process has the file open for appending and writes whole
lines with one call, so no line runs into another's.  A process that would make the
file too large takes a lock on it, looks whether the name still stands for the file
it has open, and if so renames it; the others see that the name stands for another
file now, and open that.  A line that a full disk cuts is closed with a line end and
written again in full.
"""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import Final, final

_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
_MODE: Final = 0o640
_write: Final = os.write


@final
class File:
    """One file by its name.  `size` is the most octets (0: any number), unless one
    call has more; `keep` how many that were put aside are kept, `NAME.1` the
    youngest."""

    def __init__(self, path: str, size: int = 0, keep: int = 1) -> None:
        self.name = path
        self.complaint = ""
        self._path = Path(path)
        self._size = size
        self._keep = max(keep, 1)
        self._failed = False
        self._torn = b""
        self._descriptor = os.open(path, _FLAGS, _MODE)

    def put(self, octets: bytes) -> int:
        """See Target."""
        if self._size:
            self._mind(len(octets))
        torn = self._torn
        if torn:
            taken = _write(self._descriptor, torn + octets) - len(torn)
            self._torn = b""
        else:
            taken = _write(self._descriptor, octets)
        if taken < len(octets):
            whole = octets.rfind(b"\n", 0, max(taken, 0)) + 1
            if whole != taken:
                self._torn = b"\n"
            taken = whole
        return taken

    def reopen(self) -> None:
        """See Target."""
        fresh = os.open(self.name, _FLAGS, _MODE)
        os.close(self._descriptor)
        self._descriptor = fresh
        self._torn = b""

    def close(self) -> None:
        """See Target."""
        os.close(self._descriptor)

    def _mind(self, more: int) -> None:
        """Before so many octets are written: is it still the file of that name, and
        have they room?  A file that is too long is better than none."""
        try:
            if not self._named():
                self.reopen()
            elif 0 < os.fstat(self._descriptor).st_size > self._size - more:
                self._put_aside()
        except OSError as error:
            if not self._failed:
                self._failed = True
                self.complaint = f"cannot put it aside: {os.strerror(error.errno or 0)}"
        else:
            self._failed = False

    def _named(self) -> bool:
        """Does the name stand for the file that is open?"""
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(there, os.fstat(self._descriptor))

    def _put_aside(self) -> None:
        """Rename it and begin another, unless somebody is just doing that."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        try:
            if self._named():
                for number in range(self._keep - 1, -1, -1):
                    # Somebody without a lock may take any of them away meanwhile.
                    with contextlib.suppress(FileNotFoundError):
                        self._aside(number).rename(self._aside(number + 1))
            self.reopen()
        finally:
            # On the new file this does nothing; the old one was closed.
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _aside(self, number: int) -> Path:
        """The name of one that was put aside; 0 is the file itself."""
        return Path(f"{self.name}.{number}") if number else self._path
