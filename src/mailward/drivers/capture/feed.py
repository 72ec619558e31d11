"""Feeds: names as typed to files, and their octets, unpacked, in order.

Knows: folders, patterns, `-`, gzip and zstd, how to read in bounded memory.
Does not know: what a capture looks like inside.
Called by: `drivers.capture.files`.

Octets are read into one store and never mapped: a mapped file that shrinks
meanwhile kills its reader, mapping was no faster (docs/internals/captures.md),
and so a pipe, a packed file and a plain one take the same road.
"""

import glob
import gzip
import io
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast, final

import numpy as np
import numpy.typing as npt
import zstandard

from mailward.errors import MailwardError

Octets = npt.NDArray[np.uint8]

#: Behind the octets of a window lie at least so many more that may be looked
#: at, though they mean nothing: headers are gathered without asking for ends.
BEYOND: Final = 128

STANDARD_INPUT: Final = "-"
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
#: The most memory that unpacking zstd may ask for, in octets.
_ZSTD_WINDOW: Final = 1 << 27
#: How a capture begins: pcap in both orders, its two variants, pcapng.
BEGINNINGS: Final = (
    b"\xa1\xb2\xc3\xd4",
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",
    b"\x4d\x3c\xb2\xa1",
    b"\xa1\xb2\xcd\x34",
    b"\x34\xcd\xb2\xa1",
    b"\x0a\x0d\x0d\x0a",
)


class CaptureError(MailwardError):
    """A capture that cannot be read, or not to its end; the text says why."""


@final
@dataclass(frozen=True)
class Named:
    """A file to read.  `sure`: it was named; one found in a folder may be
    anything, and is passed over if it is no capture."""

    path: str
    sure: bool = True


def found(names: Sequence[str]) -> list[Named]:
    """The files that names, folders and patterns stand for, each once.

    Raises:
        CaptureError: a name stands for nothing.
    """
    out: dict[str, Named] = {}
    for name in names:
        if name == STANDARD_INPUT:
            out.setdefault(name, Named(name))
            continue
        path = Path(name)
        if path.is_dir():
            inside = sorted(str(p) for p in path.rglob("*") if p.is_file())
            for one in inside:
                out.setdefault(one, Named(one, sure=False))
        elif path.exists():
            out.setdefault(name, Named(name))
        else:
            matched = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - any root
            if not matched:
                raise CaptureError(f"{name}: no such file")
            for one in matched:
                if not Path(one).is_dir():
                    out.setdefault(one, Named(one))
    return list(out.values())


@final
class Feed:
    """The unpacked octets of one file.

    `size` is the size of the file as it lies there, 0 if unknown, `taken` how
    much of that has been read, for a progress bar.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.size = 0
        self._base = 0  # the place in the capture of the store's first octet
        self._filled = 0
        self._store = bytearray(BEYOND)
        self._over = False
        self._fault: CaptureError | None = None
        try:
            if name == STANDARD_INPUT:
                raw: BinaryIO = sys.stdin.buffer
            else:
                raw = Path(name).open("rb")  # noqa: SIM115 - closed by close()
                self.size = Path(name).stat().st_size
        except OSError as error:
            raise CaptureError(f"{name}: {error.strerror}") from error
        self._raw = _Counted(raw)
        self._stream = self._unpacked()

    @property
    def taken(self) -> int:
        """Octets of the file read so far, packed as they are."""
        return self._raw.count

    def close(self) -> None:
        """Let the file go."""
        if self.name != STANDARD_INPUT:
            self._raw.close()

    def window(self, at: int, most: int) -> Octets:
        """The octets from place `at`, `most` of them unless the capture ends.

        `at` never goes back.  The window holds good until the next is asked for;
        BEYOND more octets may be looked at behind it.

        Raises:
            CaptureError: the file cannot be read or unpacked.
        """
        left = max(self._filled - (at - self._base), 0)
        start = self._filled - left
        if len(self._store) < most + BEYOND:
            store = bytearray(most + BEYOND)
            store[:left] = memoryview(self._store)[start : start + left]
            self._store = store
        elif start:
            view = memoryview(self._store)
            view[:left] = bytes(view[start : start + left])
        self._base = at
        self._filled = left
        self._fill(most)
        return np.frombuffer(self._store, np.uint8, self._filled)

    @property
    def store(self) -> bytearray:
        """What lies under the window."""
        return self._store

    def _fill(self, most: int) -> None:
        """Read until so many octets are there or no more come."""
        view = memoryview(self._store)
        while self._filled < most and not self._over:
            try:
                # One read at a time: what was unpacked before a fault is not lost.
                got = self._stream.readinto1(view[self._filled : most])  # type: ignore[attr-defined]
            except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
                # What came before the fault is good; the fault comes back when
                # that has been read.
                self._over = True
                self._fault = CaptureError(f"{self.name}: {_told(error)}")
                return
            self._over = not got
            self._filled += got or 0

    def end(self) -> None:
        """The capture was read to its end: was that the end?

        Raises:
            CaptureError: no; it could be read or unpacked no further.
        """
        if self._fault is not None:
            raise self._fault

    def _unpacked(self) -> BinaryIO:
        """The stream behind gzip or zstd, or the file itself."""
        buffered = io.BufferedReader(cast("io.RawIOBase", self._raw), 1 << 16)
        try:
            start = buffered.peek(4)[:4]
        except OSError as error:
            raise CaptureError(f"{self.name}: {error.strerror}") from error
        if start[:2] == _GZIP:
            return cast("BinaryIO", gzip.GzipFile(fileobj=buffered))
        if start == _ZSTD:
            unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
            return cast(
                "BinaryIO",
                unpacker.stream_reader(buffered, read_across_frames=True),
            )
        return buffered


@final
class _Counted(io.RawIOBase):
    """A file that counts what was read of it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: object) -> int:
        got: int = self._raw.readinto(into)  # type: ignore[attr-defined]
        self.count += got or 0
        return got

    def close(self) -> None:
        self._raw.close()


def is_capture(feed: Feed) -> bool:
    """Does it begin as a capture does?"""
    return bytes(feed.window(0, 4)) in BEGINNINGS


def feeds(names: Sequence[Named]) -> Iterator[Feed]:
    """Each file in turn, opened when its turn comes."""
    for name in names:
        yield Feed(name.path)


def _told(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return f"cannot be read further: {text}"
