"""Rounds: one batch of segments on its way to the connections.

Knows: where nothing is out of order, runs of many segments are joined and handed
on as one.
Does not know: files, what the octets mean.
Called by: `drivers.capture.streams`.

The columnar road: all segments of a batch are grouped by connection and end, and
compared with those before them at once.  A connection in which everything
follows, and nothing answers what has not been heard, goes run by run; any other
goes segment by segment through `Link`, for this batch.  Both roads leave a link
in the same state, so it may change roads at every batch.
"""

from typing import TYPE_CHECKING, Final, final

import numpy as np

from mailward.drivers.capture import checksums
from mailward.drivers.capture.datagrams import Flags
from mailward.drivers.capture.files import Batch, Ints
from mailward.drivers.capture.frames import ACK, FIN, RST, SYN, Segments
from mailward.drivers.capture.groups import Groups, Key
from mailward.drivers.capture.hearers import ASKED, MAIL, OTHER, OVER
from mailward.drivers.capture.links import Link

if TYPE_CHECKING:
    from mailward.drivers.capture.streams import Streams

_MASK: Final = 0xFFFFFFFF


@final
class Round:
    """One batch on its way to the links."""

    def __init__(
        self, streams: "Streams", batch: Batch, segments: Segments, groups: Groups
    ) -> None:
        self._streams = streams
        self._batch = batch
        self._segments = segments
        self._groups = groups
        self._links: list[Link | None] = [None] * groups.count
        self._keys: list[Key] = []
        self._first = streams.before + batch.first
        self._slow = np.zeros(groups.count, np.bool_)
        self._times = batch.times[segments.row]
        self._memory = memoryview(segments.octets.data)
        # The segments that say something, by group and end, as they came.
        s = segments
        tells = (s.length > 0) | (s.missing > 0) | (s.flags & (SYN | FIN | RST) != 0)
        self._rows = np.flatnonzero(tells)

    def run(self) -> None:
        """All of it."""
        self._meet()
        rows, first = self._in_order()
        self._causal(rows, first)
        fast = ~self._slow
        live = np.array([link is not None for link in self._links], np.bool_)
        self._deliver(rows[(fast & live)[self._groups.of[rows]]], live & self._slow)
        self._count()

    # --- which links, and what they expect --------------------------------------

    def _meet(self) -> None:
        """Find or make the link of each group; which must go slowly?"""
        s, groups, streams = self._segments, self._groups, self._streams
        rows = self._rows
        of = groups.of[rows]
        flags = s.flags[rows]
        syns = np.zeros(groups.count, np.bool_)
        syns[of[flags & SYN != 0]] = True
        tells = np.zeros(groups.count, np.bool_)
        tells[of] = True
        self._keys = groups.keys(s)
        number = self._batch.first + s.row[groups.first]
        for group, (key, at, now, says, syn) in enumerate(
            zip(
                self._keys,
                number.tolist(),
                self._times[groups.first].tolist(),
                tells.tolist(),
                syns.tolist(),
                strict=True,
            )
        ):
            link = streams.known(key)
            if link is None:
                if not says or not streams.mine(key):
                    continue
                link = streams.link(key, at, now)
            elif link.kind in (OTHER, OVER):
                if not syn:
                    continue
                self._slow[group] = True
            elif link.stuck or (says and link.halves[0].told | link.halves[1].told):
                self._slow[group] = True
            self._links[group] = link

    def _in_order(self) -> tuple[Ints, Ints]:
        """The telling rows by group, as they came, and what each half expects
        before its first: by group and end, -1 if nothing.

        Groups in which a half does not follow go slowly.
        """
        s, groups = self._segments, self._groups
        rows = self._rows
        rows = rows[_order(groups.of[rows], groups.count)]
        half = groups.of[rows] * 2 + groups.end[rows]
        order = _order(half, groups.count * 2)
        sorted_rows = rows[order]
        half = half[order]
        flags = s.flags[sorted_rows]
        seq = s.seq[sorted_rows]
        long = s.length[sorted_rows] + (flags & SYN != 0) + (flags & FIN != 0)
        after = (seq + long) & _MASK
        new = np.ones(len(half), np.bool_)
        new[1:] = half[1:] != half[:-1]
        last = np.ones(len(half), np.bool_)
        last[:-1] = new[1:]
        follows = np.ones(len(half), np.bool_)
        follows[1:] = new[1:] | (seq[1:] == after[:-1])
        bad = ~follows | (s.missing[sorted_rows] > 0) | (flags & RST != 0)
        bad |= (flags & SYN != 0) & ~new
        bad |= (flags & FIN != 0) & ~last
        self._slow[half[bad] >> 1] = True
        expected = np.full(groups.count * 2, -1, np.int64)
        for group, link in enumerate(self._links):
            if link is not None:
                for end in (0, 1):
                    if link.halves[end].known:
                        expected[group * 2 + end] = link.halves[end].seq
        begins = half[new]
        known = expected[begins]
        other = (known != seq[new]) | (flags[new] & SYN != 0)
        self._slow[begins[(known >= 0) & other] >> 1] = True
        return rows, expected

    def _causal(self, rows: Ints, expected: Ints) -> None:
        """Where a segment acknowledges what has not been heard: slowly."""
        if not len(rows):
            return
        s, groups = self._segments, self._groups
        of, end = groups.of[rows], groups.end[rows]
        flags = s.flags[rows]
        long = s.length[rows] + (flags & SYN != 0) + (flags & FIN != 0)
        after = (s.seq[rows] + long) & _MASK
        place = np.arange(len(rows))
        zero = np.maximum.accumulate(np.where(end == 0, place, -1))
        one = np.maximum.accumulate(np.where(end == 1, place, -1))
        before = np.where(end == 0, one, zero)
        # Only of the same group, whose first row is:
        begins = np.ones(len(rows), np.bool_)
        begins[1:] = of[1:] != of[:-1]
        start = np.maximum.accumulate(np.where(begins, place, 0))
        in_batch = before >= start
        heard = np.where(in_batch, after[before], expected[of * 2 + 1 - end])
        ahead = ((s.ack[rows] - heard + (1 << 31)) & _MASK) - (1 << 31)
        bad = (flags & ACK != 0) & (heard >= 0) & (ahead > 0)
        self._slow[of[bad]] = True

    # --- out to the links ---------------------------------------------------------

    def _deliver(self, rows: Ints, slow: Flags) -> None:
        """Runs and single segments, in the order in which they were complete."""
        s, groups = self._segments, self._groups
        of, end = groups.of[rows], groups.end[rows]
        flags = s.flags[rows]
        second = self._times[rows].astype(np.int64)
        new = np.ones(len(rows), np.bool_)
        if len(rows):
            new[1:] = (
                (of[1:] != of[:-1])
                | (end[1:] != end[:-1])
                | (second[1:] != second[:-1])
                | (flags[:-1] & (FIN | SYN) != 0)
            )
        starts = np.flatnonzero(new)
        stops = np.append(starts[1:], len(rows))[: len(starts)]
        singles = np.flatnonzero(slow[groups.of])
        ends = rows[stops - 1]
        when = s.row[np.concatenate((ends, singles))]
        order = np.argsort(when, kind="stable")
        begin = s.start[rows]
        pieces = list(
            map(
                self._memory.__getitem__,
                map(slice, begin.tolist(), (begin + s.length[rows]).tolist()),
            )
        )
        runs = list(
            zip(
                [self._links[group] for group in of[starts].tolist()],
                end[starts].tolist(),
                starts.tolist(),
                stops.tolist(),
                s.seq[rows[starts]].tolist(),
                s.flags[ends].tolist(),
                self._times[ends].tolist(),
                strict=True,
            )
        )
        many = len(runs)
        place = self._streams.place
        numbers = (when[order] + self._first).tolist()
        for place.packet, which in zip(numbers, order.tolist(), strict=True):
            if which >= many:
                self._single(int(singles[which - many]))
                continue
            link, side, low, high, seq, flag, now = runs[which]
            if link is None or link.kind > MAIL:
                continue
            half = link.halves[side]
            if not half.known:
                self._known(link, side, seq, flag)
            if now > link.now:
                link.now = now
            hearer = link.hearer
            if high - low == 1:
                octets = pieces[low].tobytes()
            elif hearer is not None and hearer.by_segment:
                for k in range(low, high):
                    octets = pieces[k].tobytes()
                    if octets:
                        half.passed(octets)
                        link.deliver(side, octets, float(self._times[rows[k]]))
                octets = b""
            else:
                octets = b"".join(pieces[low:high])
            if octets:
                half.passed(octets)
                link.deliver(side, octets, link.now)
            if flag & FIN and link.kind <= MAIL:
                half.fin = half.next
                link.close(side, link.now)

    def _known(self, link: Link, end: int, seq: int, flags: int) -> None:
        """The first segment of a half."""
        half = link.halves[end]
        if flags & SYN:
            half.start(seq + 1)
            if link.kind == ASKED and link.client < 0:
                link.opened(1 - end if flags & ACK else end)
            elif flags & ACK and link.client == 1 - end:
                link.answered()
            return
        half.start(seq)
        if link.kind == ASKED and link.client < 0:
            link.met()

    def _single(self, at: int) -> None:
        """One segment of a connection that goes slowly."""
        s = self._segments
        group = int(self._groups.of[at])
        link = self._links[group]
        if link is None:
            return
        end = int(self._groups.end[at])
        start, length = int(s.start[at]), int(s.length[at])
        flags = int(s.flags[at])
        said = (
            end,
            int(s.seq[at]),
            int(s.ack[at]),
            flags,
            bytes(self._memory[start : start + length]),
            int(s.missing[at]),
            float(self._times[at]),
        )
        if link.kind == ASKED and link.client < 0 and not flags & SYN:
            link.met()
        link.segment(*said)
        if link.again:
            number = self._batch.first + int(s.row[at])
            reborn = link.reborn
            link = self._streams.link(self._keys[group], number, said[-1], link)
            self._links[group] = link
            if flags & ACK and reborn is not None:
                link.halves[reborn[0]].start(reborn[1])
                link.opened(reborn[0])
            link.segment(*said)

    def _count(self) -> None:
        """The cost of every link, and the checksums of what is mail."""
        mail = np.zeros(self._groups.count, np.bool_)
        for group, link in enumerate(self._links):
            if link is not None:
                self._streams.weigh(link)
                mail[group] = link.mail
        rows = np.flatnonzero(mail[self._groups.of])
        census = self._streams.census
        census.cut += int((self._segments.missing[rows] > 0).sum())
        census.wrong += checksums.wrong(self._segments, rows)


def _order(numbers: Ints, count: int) -> Ints:
    """The order in which numbers below `count` ascend, equal ones as they are."""
    # Those of sixteen bits are sorted without being compared.
    kind = np.uint16 if count <= 1 << 16 else np.int64
    return np.argsort(numbers.astype(kind), kind="stable")
