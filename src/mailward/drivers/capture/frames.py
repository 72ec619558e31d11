"""Frames: columns of packets to columns of TCP segments.

Knows: the head of TCP; all packets of a batch are decoded at once, a column a
field.
Does not know: files, what a segment belongs to.
Called by: `drivers.capture.streams`, `drivers.capture.rewrite`.

What cannot be a TCP segment is passed over.
"""

from typing import Final, final

import numpy as np

from mailward.drivers.capture.census import Census
from mailward.drivers.capture.datagrams import (
    IP4,
    IP6,
    Datagrams,
    Flags,
    Longs,
    View,
    network,
)
from mailward.drivers.capture.feed import BEYOND, Octets
from mailward.drivers.capture.files import Batch, Ints
from mailward.drivers.capture.fragments import Datagram, Fragments

FIN: Final = 0x01
SYN: Final = 0x02
RST: Final = 0x04
ACK: Final = 0x10


@final
class Segments:
    """TCP segments, a row each, in the order of their packets.

    `row` is the packet in its batch; addresses are two numbers of 64 bits, and
    `six` says which are IPv6; `start`, `length`, `missing`: where the payload
    lies in `octets`, how much of it, and how much more there was on the wire;
    `at` is where the TCP head begins, `ip` that of IP; -1 for one out of fragments.
    """

    __slots__ = (
        "ack",
        "at",
        "dst_high",
        "dst_low",
        "dst_port",
        "flags",
        "ip",
        "length",
        "missing",
        "octets",
        "row",
        "seq",
        "six",
        "src_high",
        "src_low",
        "src_port",
        "start",
    )

    octets: Octets
    row: Ints
    six: Flags
    src_high: Longs
    src_low: Longs
    dst_high: Longs
    dst_low: Longs
    src_port: Ints
    dst_port: Ints
    seq: Ints
    ack: Ints
    flags: Ints
    at: Ints
    ip: Ints
    start: Ints
    length: Ints
    missing: Ints

    def __len__(self) -> int:
        return len(self.row)

    def address(self, at: int, *, source: bool) -> bytes:
        """An address of a row, as 4 or 16 octets."""
        high = int((self.src_high if source else self.dst_high)[at])
        low = int((self.src_low if source else self.dst_low)[at])
        if self.six[at]:
            return high.to_bytes(8, "big") + low.to_bytes(8, "big")
        return low.to_bytes(4, "big")


def decode(batch: Batch, fragments: Fragments, census: Census) -> Segments:
    """All TCP segments of a batch, with those whose last fragment came in it."""
    census.packets += len(batch)
    four = Datagrams()
    six = Datagrams()
    links = batch.links
    if (links == links[0]).all():
        links = links[:1]
    for link in np.unique(links).tolist():
        rows = np.flatnonzero(batch.links == link)
        at, kinds, rows = network(batch, rows, link, census)
        of_four = kinds == IP4
        if of_four.all():
            four.add_four(batch, rows, at)
            continue
        four.add_four(batch, rows[of_four], at[of_four])
        six.add_six(batch, rows[kinds == IP6], at[kinds == IP6])
    whole: list[Datagram] = []
    for these in (four, six):
        for fragment in these.fragments:
            datagram = fragments.take(fragment)
            if datagram is not None:
                whole.append(datagram)
    out = _segments(batch, four, six, whole)
    census.segments += len(out)
    return out


def _segments(
    batch: Batch, four: Datagrams, six: Datagrams, whole: list[Datagram]
) -> Segments:
    """The columns of TCP."""
    octets = batch.octets
    rows = np.concatenate((four.rows, six.rows))
    at = np.concatenate((four.at, six.at))
    ip = np.concatenate((four.ip, six.ip))
    stop = np.concatenate((four.stop, six.stop))
    end = batch.starts[rows] + batch.captured[rows]
    out = Segments()
    view = View(octets)
    zero = np.zeros(len(four.rows), np.uint64)
    out.src_high = np.concatenate((zero, view.eight[six.ip + 8]))
    out.dst_high = np.concatenate((zero, view.eight[six.ip + 24]))
    low = np.uint64
    out.src_low = np.concatenate(
        (view.four[four.ip + 12].astype(low), view.eight[six.ip + 16])
    )
    out.dst_low = np.concatenate(
        (view.four[four.ip + 16].astype(low), view.eight[six.ip + 32])
    )
    out.six = np.zeros(len(rows), np.bool_)
    out.six[len(four.rows) :] = True
    own = np.ones(len(rows), np.bool_)
    if whole:
        # What was put together lies behind the window, as if it had been there.
        base = len(octets) - BEYOND
        blob = b"".join(d.payload for d in whole)
        octets = np.concatenate(
            (octets[:base], np.frombuffer(blob + bytes(BEYOND), np.uint8))
        )
        view = View(octets)
        lengths = np.array([len(d.payload) for d in whole], np.int64)
        places = base + np.cumsum(lengths) - lengths
        rows = np.concatenate((rows, np.array([d.row for d in whole], np.int64)))
        at = np.concatenate((at, places))
        stop = np.concatenate((stop, places + lengths))
        end = np.concatenate((end, places + lengths))
        ip = np.concatenate((ip, places))
        own = np.concatenate((own, np.zeros(len(whole), np.bool_)))
        wide = [d.source.rjust(16, b"\0") + d.target.rjust(16, b"\0") for d in whole]
        numbers = np.frombuffer(b"".join(wide), ">u8").reshape(-1, 4)
        numbers = numbers.astype(np.uint64)
        out.src_high = np.concatenate((out.src_high, numbers[:, 0]))
        out.src_low = np.concatenate((out.src_low, numbers[:, 1]))
        out.dst_high = np.concatenate((out.dst_high, numbers[:, 2]))
        out.dst_low = np.concatenate((out.dst_low, numbers[:, 3]))
        longer = np.array([len(d.source) == 16 for d in whole], np.bool_)
        out.six = np.concatenate((out.six, longer))
    reach = np.minimum(at, len(octets) - 20)  # rows that reach further are dropped
    head = (view.one[reach + 12] >> 4).astype(np.int64) * 4
    good = (at + 20 <= end) & (head >= 20) & (at + head <= stop)
    out.octets = octets
    out.row, out.at, out.ip = rows, at, ip
    if len(six.rows) or whole or not good.all():
        order = np.argsort(rows, kind="stable")
        order = order[good[order]]
        at, stop, end, head = at[order], stop[order], end[order], head[order]
        out.row = rows[order]
        for name in ("six", "src_high", "src_low", "dst_high", "dst_low"):
            setattr(out, name, getattr(out, name)[order])
        out.at = np.where(own[order], at, -1)
        out.ip = np.where(own[order], ip[order], -1)
    ports = view.four[at].astype(np.int64)
    out.src_port = ports >> 16
    out.dst_port = ports & 0xFFFF
    out.seq = view.four[at + 4].astype(np.int64)
    out.ack = view.four[at + 8].astype(np.int64)
    out.flags = view.one[at + 13].astype(np.int64)
    start = at + head
    out.start = np.minimum(start, end)
    out.length = np.minimum(stop, end) - out.start
    np.maximum(out.length, 0, out=out.length)
    out.missing = stop - start - out.length
    return out
