"""Rewriting: a capture as it would have been behind the firewall.

Knows: the second reading of captures, patches in place, connections cut, checksums.
Does not know: how what is to be changed was found out.
Called by: cli.

Whatever is of no changed conversation is copied.  Since what goes on keeps its
length, a patch is put where its octets were, in each segment that carries them.
Where the inspection ended a connection, the segment that brought it is cut to what
went on, FIN or RST of both sides follow, and the rest of the connection is left out.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from struct import Struct
from typing import Final, final

import numpy as np

from mailward.drivers.capture.census import Census
from mailward.drivers.capture.checksums import of as checksum
from mailward.drivers.capture.conversations import WINDOW, in_time
from mailward.drivers.capture.feed import CaptureError, Feed, Named, is_capture
from mailward.drivers.capture.files import Batch, batches
from mailward.drivers.capture.fragments import Fragments
from mailward.drivers.capture.frames import ACK, FIN, RST, SYN, Segments, decode
from mailward.drivers.capture.groups import Groups, Key
from mailward.drivers.capture.replay import Replay
from mailward.drivers.capture.writer import Writer
from mailward.verdicts import DROP, PASS

_MASK: Final = 0xFFFFFFFF
_HALF: Final = 1 << 31


@final
@dataclass
class Edit:
    """What is to be changed of a conversation.

    `number` is that of its first packet; `ends` are client and server, each an
    address as octets and a port.  By speaker (0 client, 1 server): `firsts` are
    the sequence numbers of the first octets, `upto` the positions up to which
    octets went on, `patches` positions and octets.  `verdict` fell at packet `last`.
    """

    number: int
    ends: tuple[tuple[bytes, int], tuple[bytes, int]]
    firsts: tuple[int, int]
    verdict: int
    last: int
    upto: tuple[int, int]
    patches: tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]] = field(
        default_factory=lambda: ([], [])
    )

    @property
    def key(self) -> tuple[tuple[bytes, int], ...]:
        """Its ends, whoever is the client."""
        return tuple(sorted(self.ends))


def edit_of(replay: Replay) -> Edit | None:
    """What a replay would have changed; None: nothing."""
    sides = replay.to_server, replay.to_client
    if replay.verdict == PASS and not any(side.patches for side in sides):
        return None
    opening = replay.opening
    return Edit(
        opening.number,
        (
            (ip_address(opening.client).packed, opening.client_port),
            (ip_address(opening.server).packed, opening.server_port),
        ),
        replay.firsts,
        replay.verdict,
        replay.packet,
        (sides[0].at, sides[1].at),
        (
            [(patch.at, patch.octets) for patch in sides[0].patches],
            [(patch.at, patch.octets) for patch in sides[1].patches],
        ),
    )


@final
class Rewriter:
    """The second reading.  `left` counts packets that should have been changed
    and could not: those in fragments."""

    def __init__(
        self, names: Sequence[Named], edits: Sequence[Edit], writer: Writer
    ) -> None:
        self._names = names
        self._writer = writer
        self._by_ends: dict[tuple[tuple[bytes, int], ...], list[_Cutting]] = {}
        for edit in sorted(edits, key=lambda edit: edit.number):
            self._by_ends.setdefault(edit.key, []).append(_Cutting(edit, writer))
        self.left = 0

    def run(self) -> None:
        """Read it all once more, and write.

        Raises:
            CaptureError: see Writer.
            OSError: the file cannot be written.
        """
        before = 0
        for name in in_time(self._names):
            last = 0
            for batch in _read(name):
                self._batch(batch, before)
                last = batch.first + len(batch) - 1
            before += last
        for cuttings in self._by_ends.values():
            for cutting in cuttings:
                cutting.finish()
        self._writer.finish()

    def _batch(self, batch: Batch, before: int) -> None:
        changed = self._changed(batch)
        write = self._writer.write
        memory = memoryview(batch.octets.data)
        for row, (start, length, wire, link, ticks) in enumerate(
            zip(
                batch.starts.tolist(),
                batch.captured.tolist(),
                batch.wires.tolist(),
                batch.links.tolist(),
                batch.ticks.tolist(),
                strict=True,
            )
        ):
            octets = bytes(memory[start : start + length])
            found = changed.get(row)
            if found is None:
                write(link, ticks, octets, wire)
                continue
            segment, cuttings = found
            number = before + batch.first + row
            mine = [one for one in cuttings if one.edit.number <= number]
            if not mine:
                write(link, ticks, octets, wire)
            elif segment.at < 0:
                self.left += 1
                write(link, ticks, octets, wire)
            else:
                mine[-1].take(segment, number, link, ticks, octets, wire)

    def _changed(self, batch: Batch) -> "dict[int, tuple[_Found, list[_Cutting]]]":
        """The packets that are of a conversation that is to be changed."""
        segments = decode(batch, Fragments(Census()), Census())
        out: dict[int, tuple[_Found, list[_Cutting]]] = {}
        if not len(segments):
            return out
        groups = Groups(segments)
        wanted: dict[int, list[_Cutting]] = {}
        for group, key in enumerate(groups.keys(segments)):
            cuttings = self._by_ends.get(_sorted(key))
            if cuttings:
                wanted[group] = cuttings
        if not wanted:
            return out
        for at in np.flatnonzero(np.isin(groups.of, list(wanted))).tolist():
            row = int(segments.row[at])
            found = _Found(segments, at, int(batch.starts[row]))
            out[row] = found, wanted[int(groups.of[at])]
        return out


def _sorted(key: Key) -> tuple[tuple[bytes, int], ...]:
    return tuple(sorted(((key[0], key[1]), (key[2], key[3]))))


def _read(name: Named) -> Iterator[Batch]:
    """The packets of a file, as far as it can be read."""
    try:
        feed = Feed(name.path)
        try:
            if name.sure or is_capture(feed):
                yield from batches(feed, WINDOW)
        finally:
            feed.close()
    except CaptureError:
        return  # it was told at the first reading


@final
class _Found:
    """One segment, and where its heads are in its packet."""

    __slots__ = ("at", "flags", "ip", "length", "missing", "seq", "source", "start")

    def __init__(self, segments: Segments, at: int, start: int) -> None:
        self.source = (
            segments.address(at, source=True),
            int(segments.src_port[at]),
        )
        self.seq = int(segments.seq[at])
        self.flags = int(segments.flags[at])
        own = int(segments.at[at]) >= 0
        self.at = int(segments.at[at]) - start if own else -1
        self.ip = int(segments.ip[at]) - start
        self.start = int(segments.start[at]) - start
        self.length = int(segments.length[at])
        self.missing = int(segments.missing[at])


@final
class _Cutting:
    """One conversation being rewritten."""

    def __init__(self, edit: Edit, writer: Writer) -> None:
        self.edit = edit
        self._writer = writer
        self._next = [0, 0]  # positions, to tell those that wrap
        self._cut = False
        self._closed = [0, 0]  # a FIN was seen: it is acknowledged as an octet is
        self._ticks = 0
        self._heads: list[tuple[int, bytes, int, int] | None] = [None, None]

    def take(
        self,
        found: _Found,
        number: int,
        link: int,
        ticks: int,
        octets: bytes,
        wire: int,
    ) -> None:
        """A packet of it."""
        self._ticks = ticks
        if self._cut:
            return
        edit = self.edit
        speaker = 0 if found.source == edit.ends[0] else 1
        if edit.verdict != PASS:
            octets = self._heard_of(found, 1 - speaker, octets)
            self._closed[speaker] |= found.flags & FIN
        self._heads[speaker] = (link, octets[: found.at + 20], found.ip, found.at)
        at = self._place(speaker, found)
        end = at + found.length + found.missing
        upto = edit.upto[speaker]
        if edit.verdict != PASS and end > upto:
            kept = max(upto - at, 0)
            if kept:
                self._write(found, speaker, at, kept, link, ticks, octets, wire)
        elif any(self._patches(speaker, at, end)):
            self._write(found, speaker, at, found.length, link, ticks, octets, wire)
        else:
            self._writer.write(link, ticks, octets, wire)
        if edit.verdict != PASS and number >= edit.last:
            self._end(ticks)

    def _patches(self, speaker: int, at: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Those that touch these positions; they are in order, and apart."""
        patches = self.edit.patches[speaker]
        first = max(bisect_right(patches, at, key=_place_of) - 1, 0)
        for number in range(first, len(patches)):
            place, patch = patches[number]
            if place >= end:
                return
            if max(place, at) < min(place + len(patch), end):
                yield place, patch

    def _heard_of(self, found: _Found, other: int, octets: bytes) -> bytes:
        """The packet, which acknowledges no more of the other than went on."""
        first, upto = self.edit.firsts[other], self.edit.upto[other]
        if first < 0 or not found.flags & ACK or found.missing or found.at < 0:
            return octets
        words = Struct(">I")
        ack = words.unpack_from(octets, found.at + 8)[0]
        if not self._closed[other] < (ack - first - upto) & _MASK < _HALF:
            return octets
        out = bytearray(octets)
        words.pack_into(out, found.at + 8, (first + upto) & _MASK)
        _rechecksum(out, found.ip, found.at, found.start + found.length)
        return bytes(out)

    def finish(self) -> None:
        """The captures are over."""
        if self.edit.verdict != PASS and not self._cut:
            self._end(self._ticks)

    def _place(self, speaker: int, found: _Found) -> int:
        """The position of a segment among the octets of its speaker."""
        first = self.edit.firsts[speaker]
        seq = found.seq + (1 if found.flags & SYN else 0)
        near = self._next[speaker]
        at = near + ((seq - first - near + _HALF) & _MASK) - _HALF
        self._next[speaker] = max(near, at + found.length)
        return at

    def _write(
        self,
        found: _Found,
        speaker: int,
        at: int,
        kept: int,
        link: int,
        ticks: int,
        octets: bytes,
        wire: int,
    ) -> None:
        """The packet with its patches, cut to so many octets of payload."""
        out = bytearray(octets)
        for place, patch in self._patches(speaker, at, at + found.length):
            low, high = max(place, at), min(place + len(patch), at + found.length)
            to = found.start + low - at
            out[to : to + high - low] = patch[low - place : high - place]
        if kept < found.length:
            del out[found.start + kept :]
            wire = len(out)
            out[found.at + 13] &= ~FIN
            _relength(out, found.ip)
        if not found.missing or kept < found.length:
            end = found.start + min(kept, found.length)
            _rechecksum(out, found.ip, found.at, end)
        self._writer.write(link, ticks, bytes(out), wire)

    def _end(self, ticks: int) -> None:
        """FIN or RST of both sides."""
        self._cut = True
        edit = self.edit
        flags = FIN | ACK if edit.verdict == DROP else RST | ACK
        for speaker in (0, 1):
            head = self._heads[speaker]
            if head is None:
                continue  # that side is not in the capture at all
            link, octets, ip, tcp = head
            out = bytearray(octets)
            words = Struct(">I")
            seq = edit.firsts[speaker] + edit.upto[speaker]
            ack = edit.firsts[1 - speaker] + edit.upto[1 - speaker]
            words.pack_into(out, tcp + 4, seq & _MASK)
            words.pack_into(out, tcp + 8, ack & _MASK)
            out[tcp + 12] = 5 << 4
            out[tcp + 13] = flags
            out[tcp + 18 : tcp + 20] = b"\0\0"
            _relength(out, ip)
            _rechecksum(out, ip, tcp, len(out))
            self._writer.write(link, ticks, bytes(out), len(out))


def _place_of(patch: tuple[int, bytes]) -> int:
    return patch[0]


def _relength(out: bytearray, ip: int) -> None:
    """The length of the datagram is what is left of it."""
    if out[ip] >> 4 == 4:
        Struct(">H").pack_into(out, ip + 2, len(out) - ip)
        head = ip + (out[ip] & 15) * 4
        out[ip + 10 : ip + 12] = b"\0\0"
        Struct(">H").pack_into(out, ip + 10, checksum(out[ip:head]))
    else:
        Struct(">H").pack_into(out, ip + 4, len(out) - ip - 40)


def _rechecksum(out: bytearray, ip: int, tcp: int, end: int) -> None:
    """The checksum of TCP is made anew."""
    addresses = out[ip + 12 : ip + 20] if out[ip] >> 4 == 4 else out[ip + 8 : ip + 40]
    out[tcp + 16 : tcp + 18] = b"\0\0"
    pseudo = bytes(addresses) + Struct(">II").pack(6, end - tcp)
    Struct(">H").pack_into(out, tcp + 16, checksum(pseudo + bytes(out[tcp:end])))
