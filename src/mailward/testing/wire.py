"""Wires: frames and captures made by hand, for tests and benchmarks.

Knows: the heads of links, IP and TCP as they are written; both capture files.
Does not know: how any of it is read.
Called by: the harness of captures, tests, benchmarks.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Final, final

FIN: Final = 0x01
SYN: Final = 0x02
RST: Final = 0x04
PSH: Final = 0x08
ACK: Final = 0x10

NULL: Final = 0
ETHERNET: Final = 1
RAW: Final = 101
LOOP: Final = 108
COOKED: Final = 113
COOKED2: Final = 276

_MACS: Final = b"\x02\0\0\0\0\2\x02\0\0\0\0\1"
_MASK: Final = 0xFFFFFFFF


@final
@dataclass(frozen=True)
class Segment:
    """One TCP segment to be.  `wrong` spoils its checksum."""

    source: tuple[str, int]
    target: tuple[str, int]
    seq: int
    ack: int
    flags: int
    payload: bytes = b""
    options: bytes = b""
    wrong: bool = False

    def datagram(self) -> bytes:
        """The TCP head and payload."""
        head = (20 + len(self.options)) // 4
        out = struct.pack(
            ">HHIIBBHHH",
            self.source[1],
            self.target[1],
            self.seq & _MASK,
            self.ack & _MASK,
            head << 4,
            self.flags,
            65535,
            0,
            0,
        )
        out += self.options + self.payload
        addresses = _packed(self.source[0]) + _packed(self.target[0])
        pseudo = addresses + struct.pack(">II", 6, len(out))
        found = checksum(pseudo + out) ^ (0x5555 if self.wrong else 0)
        return out[:16] + struct.pack(">H", found) + out[18:]


def checksum(octets: bytes) -> int:
    """The Internet checksum."""
    octets += b"\0" * (len(octets) & 1)
    total: int = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _packed(address: str) -> bytes:
    return ip_address(address).packed


def ip4(
    segment: Segment,
    payload: bytes | None = None,
    *,
    ident: int = 1,
    pieces: int = 0,
    options: bytes = b"",
    zero_length: bool = False,
) -> bytes:
    """An IPv4 datagram; `pieces` is its field of fragments."""
    body = segment.datagram() if payload is None else payload
    head = 20 + len(options)
    out = struct.pack(
        ">BBHHHBBH4s4s",
        0x40 | head // 4,
        0,
        0 if zero_length else head + len(body),
        ident,
        pieces,
        64,
        6,
        0,
        _packed(segment.source[0]),
        _packed(segment.target[0]),
    )
    out += options
    return out[:10] + struct.pack(">H", checksum(out)) + out[12:] + body


def ip6(
    segment: Segment,
    payload: bytes | None = None,
    *,
    extensions: bytes = b"",
    first: int = 6,
) -> bytes:
    """An IPv6 datagram; `first` is the kind of the first of `extensions`."""
    body = extensions + (segment.datagram() if payload is None else payload)
    return (
        struct.pack(">IHBB", 6 << 28, len(body), first, 64)
        + _packed(segment.source[0])
        + _packed(segment.target[0])
        + body
    )


def network(segment: Segment) -> bytes:
    """The datagram of whichever version the addresses are."""
    return ip6(segment) if ":" in segment.source[0] else ip4(segment)


def frame(datagram: bytes, link: int = ETHERNET, tags: Sequence[int] = ()) -> bytes:
    """A datagram on a link; `tags` are VLANs, the outer first."""
    kind = 0x86DD if datagram[0] >> 4 == 6 else 0x0800
    if link == ETHERNET:
        out = _MACS
        for number, tag in enumerate(tags):
            outer = number == 0 and len(tags) > 1
            out += struct.pack(">HH", 0x88A8 if outer else 0x8100, tag)
        return out + struct.pack(">H", kind) + datagram
    if link == COOKED:
        return b"\0\0\0\1\0\6\2\0\0\0\0\1\0\0" + struct.pack(">H", kind) + datagram
    if link == COOKED2:
        return struct.pack(">HHIHBB8s", kind, 0, 1, 1, 0, 6, b"\2") + datagram
    if link == NULL:
        return struct.pack("<I", 2 if kind == 0x0800 else 30) + datagram
    if link == LOOP:
        return struct.pack(">I", 2 if kind == 0x0800 else 30) + datagram
    return datagram


#: A packet of a capture: seconds since the epoch, its octets.
Packet = tuple[float, bytes]


def pcap(
    packets: Iterable[Packet],
    link: int = ETHERNET,
    *,
    order: str = "<",
    nano: bool = False,
    snap: int = 262144,
) -> bytes:
    """The old shape; what is longer than `snap` is cut."""
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    unit = 1_000_000_000 if nano else 1_000_000
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap, link)]
    for time, octets in packets:
        ticks = round(time * unit)
        kept = octets[:snap]
        out.append(
            struct.pack(
                order + "IIII", ticks // unit, ticks % unit, len(kept), len(octets)
            )
        )
        out.append(kept)
    return b"".join(out)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """A block of the new shape."""
    body += b"\0" * (-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str = "<") -> bytes:
    """The block that begins a section."""
    body = struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)
    return block(0x0A0D0D0A, body, order)


def interface(
    link: int = ETHERNET, options: bytes = b"", order: str = "<", snap: int = 0
) -> bytes:
    """The block that describes an interface."""
    return block(1, struct.pack(order + "HHI", link, 0, snap) + options, order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    """An option of a block."""
    padded = value + b"\0" * (-len(value) % 4)
    return struct.pack(order + "HH", code, len(value)) + padded


def enhanced(
    packet: Packet, of: int = 0, order: str = "<", unit: int = 1_000_000
) -> bytes:
    """The block of a packet."""
    time, octets = packet
    ticks = round(time * unit)
    head = struct.pack(
        order + "IIIII",
        of,
        ticks >> 32,
        ticks & _MASK,
        len(octets),
        len(octets),
    )
    return block(6, head + octets, order)


def pcapng(packets: Iterable[Packet], link: int = ETHERNET, order: str = "<") -> bytes:
    """The new shape: a section, an interface, its packets."""
    out = [section(order), interface(link, order=order)]
    out += [enhanced(packet, order=order) for packet in packets]
    return b"".join(out)


@final
class Connection:
    """A TCP connection being written down: `segments` with their times.

    Client and server number their octets from the given ISNs.
    """

    def __init__(
        self,
        client: tuple[str, int],
        server: tuple[str, int],
        now: float = 1_700_000_000.0,
        *,
        client_isn: int = 1000,
        server_isn: int = 5000,
        size: int = 1448,
    ) -> None:
        self.ends = (client, server)
        self.now = now
        self.size = size
        self.next = [client_isn & _MASK, server_isn & _MASK]
        self.segments: list[tuple[float, Segment]] = []

    def add(self, speaker: int, flags: int, payload: bytes = b"") -> Segment:
        """One segment of a speaker (0 client, 1 server), as it follows."""
        ack = self.next[1 - speaker] if flags & ACK else 0
        segment = Segment(
            self.ends[speaker],
            self.ends[1 - speaker],
            self.next[speaker],
            ack,
            flags,
            payload,
        )
        taken = len(payload) + (flags & SYN != 0) + (flags & FIN != 0)
        self.next[speaker] = (self.next[speaker] + taken) & _MASK
        self.segments.append((self.now, segment))
        return segment

    def open(self) -> None:
        """SYN, SYN ACK, ACK."""
        self.add(0, SYN)
        self.add(1, SYN | ACK)
        self.add(0, ACK)

    def say(self, speaker: int, octets: bytes) -> None:
        """Octets, in as many segments as they need, then their ACK."""
        for at in range(0, len(octets), self.size):
            self.add(speaker, PSH | ACK, octets[at : at + self.size])
        self.add(1 - speaker, ACK)

    def close(self, speaker: int) -> None:
        """FIN and its ACK."""
        self.add(speaker, FIN | ACK)
        self.add(1 - speaker, ACK)

    def spoilt(self) -> None:
        """Every checksum wrong, as where the card is to compute it."""
        self.segments = [(t, replace(s, wrong=True)) for t, s in self.segments]

    def packets(self, link: int = ETHERNET, tags: Sequence[int] = ()) -> list[Packet]:
        """All of it, framed."""
        return [(time, frame(network(s), link, tags)) for time, s in self.segments]
