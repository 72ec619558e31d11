"""Writers: a capture as it is written.

Knows: pcap in nanoseconds, pcapng.
Does not know: what is in a packet.
Called by: `drivers.capture.rewrite`.
"""

from struct import Struct
from typing import BinaryIO, Final, final

from mailward.drivers.capture.feed import CaptureError

_MASK: Final = 0xFFFFFFFF
_BILLION: Final = 1_000_000_000
_HEAD: Final = Struct("<IHHiIII")
_RECORD: Final = Struct("<IIII")


@final
class Writer:
    """A capture being written: pcap in nanoseconds, or pcapng by its name."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._ng = name.endswith(".pcapng")
        self._links: dict[int, int] = {}
        if self._ng:
            body = Struct("<IHHq").pack(0x1A2B3C4D, 1, 0, -1)
            self._block(0x0A0D0D0A, body)

    def write(self, link: int, ticks: int, octets: bytes, wire: int) -> None:
        """One packet.

        Raises:
            CaptureError: pcap holds one type of link, and this is another.
        """
        of = self._links.get(link)
        if of is None:
            of = self._begin(link)
        if self._ng:
            head = Struct("<IIIII").pack(
                of, ticks >> 32, ticks & _MASK, len(octets), wire
            )
            self._block(6, head + octets)
        else:
            self._file.write(
                _RECORD.pack(ticks // _BILLION, ticks % _BILLION, len(octets), wire)
            )
            self._file.write(octets)

    def finish(self) -> None:
        """No more packets: a capture without any is one all the same."""
        if not self._links:
            self._begin(1)

    def _begin(self, link: int) -> int:
        """The first packet of a type of link."""
        of = len(self._links)
        if self._ng:
            # if_tsresol: nanoseconds; then the end of the options.
            options = b"\x09\0\1\0\x09\0\0\0\0\0\0\0"
            self._block(1, Struct("<HHI").pack(link, 0, 0) + options)
        elif of:
            raise CaptureError(
                f"{self._name}: the captures are of several types of link, for which "
                "pcap has no room: give it a name that ends in .pcapng"
            )
        else:
            self._file.write(_HEAD.pack(0xA1B23C4D, 2, 4, 0, 0, 262144, link))
        self._links[link] = of
        return of

    def _block(self, kind: int, body: bytes) -> None:
        body += bytes(-len(body) % 4)
        length = Struct("<I").pack(len(body) + 12)
        self._file.write(Struct("<I").pack(kind) + length + body + length)
