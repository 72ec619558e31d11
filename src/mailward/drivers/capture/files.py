"""Files: pcap and pcapng, walked block by block into columns of packets.

Knows: the shapes of both, the order of octets, the units of time.
Does not know: what is in a packet.
Called by: `drivers.capture.conversations`, `drivers.capture.rewrite`.

A lie about a length ends the reading of that file, with the place: neither
shape has marks at which one could find one's way again.
"""

from collections.abc import Iterator
from struct import Struct
from typing import Final, final

import numpy as np
import numpy.typing as npt

from mailward.drivers.capture.feed import BEYOND, CaptureError, Feed, Octets

Ints = npt.NDArray[np.int64]

#: No packet is longer; what says so is a lie.
LONGEST: Final = 1 << 24
#: The end of time: 31 December 9999.
_LATEST: Final = 253_402_300_799
_BILLION: Final = 1_000_000_000
_NANOSECONDS: Final = frozenset((b"\xa1\xb2\x3c\x4d", b"\x4d\x3c\xb2\xa1"))
_SHORT: Final = 24  # the head of a pcap file
_RECORD: Final = 16  # the head of a packet in it
_RECORD_MODIFIED: Final = 24  # ... as some old kernels wrote it

_SECTION: Final = 0x0A0D0D0A
_INTERFACE: Final = 1
_OBSOLETE: Final = 2
_SIMPLE: Final = 3
_ENHANCED: Final = 6
_RESOLUTION: Final = 9  # options of an interface
_OFFSET: Final = 14


@final
class Batch:
    """Packets that lie in one window, as columns.

    `octets` is the window with BEYOND octets behind it that may be looked at,
    `starts` where each packet begins in it, `captured` and `wires` its lengths as
    captured and as sent, `links` its link type, `ticks` nanoseconds since the
    epoch.  `first` is the number of the first packet in its file, from 1.
    """

    __slots__ = ("captured", "first", "links", "octets", "starts", "ticks", "wires")

    def __init__(
        self,
        octets: Octets,
        starts: Ints,
        captured: Ints,
        wires: Ints,
        links: Ints,
        ticks: Ints,
        first: int,
    ) -> None:
        self.octets = octets
        self.starts = starts
        self.captured = captured
        self.wires = wires
        self.links = links
        self.ticks = ticks
        self.first = first

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """Seconds since the epoch, always positive."""
        seconds: npt.NDArray[np.float64] = np.maximum(self.ticks, 1) / 1e9
        return seconds


def batches(feed: Feed, size: int, most: int = 1 << 16) -> Iterator[Batch]:
    """The packets of a capture, as many at a time as lie in `size` octets, and no
    more than `most`.

    Raises:
        CaptureError: it is no capture, or cannot be read to its end; what came
        before has been handed out.
    """
    start = bytes(feed.window(0, 4))
    if start == b"\n\r\r\n":
        yield from _Ng(feed, size, most).batches()
    elif len(start) == 4 and start in _PCAP:
        yield from _pcap(feed, size, most, start)
    else:
        feed.end()
        what = "is empty" if not start else "is no capture (neither pcap nor pcapng)"
        raise CaptureError(f"{feed.name}: {what}")
    feed.end()


_PCAP: Final = {
    b"\xa1\xb2\xc3\xd4": (">", _RECORD),
    b"\xd4\xc3\xb2\xa1": ("<", _RECORD),
    b"\xa1\xb2\x3c\x4d": (">", _RECORD),
    b"\x4d\x3c\xb2\xa1": ("<", _RECORD),
    b"\xa1\xb2\xcd\x34": (">", _RECORD_MODIFIED),
    b"\x34\xcd\xb2\xa1": ("<", _RECORD_MODIFIED),
}


def words(octets: Octets, at: Ints, order: str) -> Ints:
    """The 32-bit numbers at these places, wherever they lie."""
    view: npt.NDArray[np.uint32] = np.ndarray(
        (max(len(octets) - 3, 0),), f"{order}u4", buffer=octets.data, strides=(1,)
    )
    return view[at].astype(np.int64)


def _pcap(feed: Feed, size: int, most: int, start: bytes) -> Iterator[Batch]:
    """The old shape: a head, then packets."""
    order, head = _PCAP[start]
    window = feed.window(0, _SHORT)
    if len(window) < _SHORT:
        raise CaptureError(f"{feed.name}: ends within its head")
    link = Struct(order + "I").unpack_from(window.data, 20)[0] & 0xFFFF
    unit = 1 if start in _NANOSECONDS else 1000
    unpack = Struct(order + "I").unpack_from
    at = _SHORT
    number = 1
    while True:
        window = feed.window(at, size)
        store = feed.store
        end = len(window)
        here = 0
        last = end - head
        bounds = [0]  # between the packets, their heads with them
        while here <= last and len(bounds) <= most:
            here += unpack(store, here + 8)[0] + head
            bounds.append(here)
        places = np.array(bounds, np.int64)
        captured = np.diff(places) - head
        lies = np.flatnonzero(captured > LONGEST)
        lie = int(captured[lies[0]]) if len(lies) else 0
        many = int(lies[0]) if len(lies) else len(captured) - (here > end)
        here = bounds[many]
        heads = places[:many]
        if many:
            octets = np.frombuffer(store, np.uint8, end + BEYOND)
            ticks = words(octets, heads, order) * _BILLION
            ticks += words(octets, heads + 4, order) * unit
            yield Batch(
                octets,
                heads + head,
                captured[:many],
                words(octets, heads + 12, order),
                np.full(many, link, np.int64),
                ticks,
                number,
            )
        number += many
        at += here
        if lie:
            raise CaptureError(
                f"{feed.name}: packet {number} at octet {at} claims {lie} octets; "
                "what follows cannot be read"
            )
        if not many:
            if end < size:
                break
            size *= 2  # a packet longer than the window
    if end:
        feed.end()
        raise CaptureError(f"{feed.name}: ends within packet {number}")


@final
class _Interface:
    """What a pcapng section says of one interface."""

    __slots__ = ("link", "offset", "per_second", "snap")

    def __init__(self, link: int, snap: int) -> None:
        self.link = link
        self.snap = snap
        self.per_second = 1_000_000.0
        self.offset = 0

    def option(self, code: int, value: bytes, order: str) -> None:
        """if_tsresol and if_tsoffset; the others change nothing here."""
        if code == _RESOLUTION and len(value) == 1:
            power = value[0] & 0x7F
            self.per_second = float(2 if value[0] & 0x80 else 10) ** power
        elif code == _OFFSET and len(value) == 8:
            self.offset = int.from_bytes(
                value, "little" if order == "<" else "big", signed=True
            )


@final
class _Ng:
    """The new shape: blocks in sections, packets of several interfaces."""

    def __init__(self, feed: Feed, size: int, most: int) -> None:
        self._feed = feed
        self._size = size
        self._most = most
        self._order = "<"
        self._interfaces: list[_Interface] = []
        self._number = 1
        self._last = 0  # the time of the packet before, for one that has none
        self._fault = ""
        self._clear()

    def _clear(self) -> None:
        self._starts: list[int] = []
        self._captured: list[int] = []
        self._wires: list[int] = []
        self._of: list[int] = []
        self._stamps: list[int] = []

    def batches(self) -> Iterator[Batch]:
        """See `batches`."""
        at = 0
        size = self._size
        while True:
            window = self._feed.window(at, size)
            end = len(window)
            here = self._walk(end, at)
            if self._starts:
                yield self._batch(end)
            at += here
            if self._fault:
                raise CaptureError(f"{self._feed.name}: {self._fault}")
            if not here:
                if end < size:
                    break
                size *= 2
        if end:
            self._feed.end()
            raise CaptureError(f"{self._feed.name}: ends within a block")

    def _walk(self, end: int, base: int) -> int:
        """Take the whole blocks of the window; where the first other begins."""
        store = self._feed.store
        pair = Struct(self._order + "II").unpack_from
        one = Struct(self._order + "I").unpack_from
        enhanced = Struct(self._order + "5I").unpack_from
        here = 0
        while here + 12 <= end and len(self._starts) < self._most:
            if store[here : here + 4] == b"\n\r\r\n":
                if self._starts:
                    break  # their interfaces are of the section before
                magic = bytes(store[here + 8 : here + 12])
                if magic not in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a"):
                    self._fault = f"the section at octet {base + here} is none"
                    break
                self._order = ">" if magic == b"\x1a\x2b\x3c\x4d" else "<"
                self._interfaces = []
                pair = Struct(self._order + "II").unpack_from
                one = Struct(self._order + "I").unpack_from
                enhanced = Struct(self._order + "5I").unpack_from
            kind, length = pair(store, here)
            if length < 12 or length > LONGEST or length & 3:
                self._fault = (
                    f"the block at octet {base + here} claims {length} octets; "
                    "what follows cannot be read"
                )
                break
            after = here + length
            if after > end:
                break
            if one(store, after - 4)[0] != length:
                self._fault = f"the block at octet {base + here} has two lengths"
                break
            if kind == _ENHANCED and length >= 32:
                of, high, low, captured, wire = enhanced(store, here + 8)
                self._take(here + 28, after - 4, captured, wire, of, high << 32 | low)
            elif kind == _INTERFACE and length >= 20:
                self._interface(store, here, after - 4)
            elif kind == _SIMPLE and length >= 16:
                wire = one(store, here + 8)[0]
                snap = self._interfaces[0].snap if self._interfaces else 0
                captured = min(wire, snap or wire, after - 4 - here - 12)
                self._take(here + 12, after - 4, captured, wire, 0, -1)
            elif kind == _OBSOLETE and length >= 32:
                of = Struct(self._order + "H").unpack_from(store, here + 8)[0]
                _, high, low, captured, wire = enhanced(store, here + 8)
                self._take(here + 28, after - 4, captured, wire, of, high << 32 | low)
            if self._fault:
                self._fault += f" (block at octet {base + here})"
                break
            here = after
        return here

    def _take(
        self, start: int, end: int, captured: int, wire: int, of: int, stamp: int
    ) -> None:
        """One packet."""
        if start + captured > end:
            self._fault = f"a packet claims {captured} octets, more than its block has"
        elif of >= len(self._interfaces):
            self._fault = f"a packet is of interface {of}, which was not described"
        else:
            self._starts.append(start)
            self._captured.append(captured)
            self._wires.append(wire)
            self._of.append(of)
            self._stamps.append(stamp)

    def _interface(self, store: bytearray, here: int, end: int) -> None:
        """A description of an interface, with its options."""
        link = Struct(self._order + "H").unpack_from(store, here + 8)[0]
        snap = Struct(self._order + "I").unpack_from(store, here + 12)[0]
        interface = _Interface(link, snap)
        option = Struct(self._order + "HH").unpack_from
        at = here + 16
        while at + 4 <= end:
            code, length = option(store, at)
            at += 4
            if code == 0 or at + length > end:
                break
            interface.option(code, bytes(store[at : at + length]), self._order)
            at += (length + 3) & ~3
        self._interfaces.append(interface)

    def _batch(self, end: int) -> Batch:
        """What was walked, as columns."""
        of = np.array(self._of, np.int64)
        stamps = np.array([stamp & 0xFFFFFFFFFFFFFFFF for stamp in self._stamps], "u8")
        timed = np.array(self._stamps) != -1
        ticks = np.zeros(len(of), np.int64)
        links = np.zeros(len(of), np.int64)
        for number, interface in enumerate(self._interfaces):
            mine = of == number
            links[mine] = interface.link
            if mine.any():
                ticks[mine] = _nanoseconds(stamps[mine], interface)
        if not timed.all():
            # A packet without a time came when the one before it did.
            places = np.where(timed, np.arange(len(of)), -1)
            places = np.maximum.accumulate(places)
            ticks = np.where(places >= 0, ticks[places], self._last)
        self._last = int(ticks[-1])
        batch = Batch(
            np.frombuffer(self._feed.store, np.uint8, end + BEYOND),
            np.array(self._starts, np.int64),
            np.array(self._captured, np.int64),
            np.array(self._wires, np.int64),
            links,
            ticks,
            self._number,
        )
        self._number += len(of)
        self._clear()
        return batch


def _nanoseconds(stamps: npt.NDArray[np.uint64], interface: _Interface) -> Ints:
    """Stamps in the units of an interface, as nanoseconds since the epoch."""
    per_second = interface.per_second
    if per_second < 2**63:
        unit = np.uint64(int(per_second))
        seconds = (stamps // unit).astype(np.float64)
        rest = (stamps % unit).astype(np.float64) * (_BILLION / per_second)
    else:
        seconds = stamps.astype(np.float64) / per_second
        rest = (seconds - np.floor(seconds)) * _BILLION
    seconds = np.clip(np.floor(seconds) + interface.offset, 0, 9_000_000_000)
    ticks: Ints = seconds.astype(np.int64) * _BILLION
    return ticks + np.rint(rest).astype(np.int64)
