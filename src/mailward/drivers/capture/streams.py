"""Streams: all connections of the captures that are read one after another.

Knows: which stand, what they cost, which is given up when memory is short.
Does not know: files, how segments are put in order.
Called by: `drivers.capture.conversations`.
"""

import ipaddress
from typing import Final, final

from mailward.drivers.capture.census import Census
from mailward.drivers.capture.files import Batch
from mailward.drivers.capture.frames import Segments
from mailward.drivers.capture.groups import Groups, Key
from mailward.drivers.capture.hearers import (
    ASKED,
    EVICTED,
    MAIL,
    OPEN,
    REBORN,
    Ends,
    Hearer,
    Open,
    Opening,
    Place,
)
from mailward.drivers.capture.links import Link
from mailward.drivers.capture.rounds import Round

#: About what a link takes in memory, in octets: while it is asked what it is, as
#: mail with its session, as anything else, when it is over.
COSTS: Final = (4096, 24576, 1024, 1024)


@final
class Shard:
    """A share of all connections: the `number`-th of `of`."""

    __slots__ = ("number", "of")

    def __init__(self, number: int, of: int) -> None:
        self.number = number
        self.of = of


@final
class Streams:
    """All connections of the captures that are read one after another.

    `open_` is asked for a hearer of each conversation of mail.  `most` octets of
    memory, about, may be used.
    """

    def __init__(
        self, open_: Open, most: int, census: Census, shard: Shard | None = None
    ) -> None:
        self._open = open_
        self._most = most
        self.census = census
        self._shard = shard
        self._links: dict[Key, Link] = {}
        self._live: list[Link] = []  # those that may be told, and some that were
        self._cost = 0
        self.before = 0  # packets in the files before
        self.place = Place()

    def begin(self, file: str) -> None:
        """Another file is read now."""
        self.place.file = file

    def end(self, packets: int) -> None:
        """It has been read, and had so many packets."""
        self.before += packets

    @property
    def horizon(self) -> int:
        """No conversation with a lower number will begin or end any more."""
        live = [link.number for link in self._live if link.kind <= MAIL]
        return min(live, default=1 << 62)

    def finish(self) -> None:
        """No more is read: what is still open ends."""
        for link in sorted(self._links.values(), key=lambda link: link.number):
            link.ended(OPEN)
            self._close(link)
        self._links.clear()
        self._cost = 0

    def take(self, batch: Batch, segments: Segments) -> None:
        """The segments of a batch."""
        if not len(segments):
            return
        self._live = [link for link in self._live if link.kind <= MAIL]
        groups = Groups(segments)
        Round(self, batch, segments, groups).run()
        self._bound()

    # --- links ------------------------------------------------------------------

    def link(self, key: Key, number: int, now: float, old: Link | None = None) -> Link:
        """A new link for these ends."""
        if old is not None:
            old.ended(REBORN)
            self._forget(key, old)
        ends = Ends((_text(key[0]), _text(key[2])), (key[1], key[3]))
        self.place.packet = self.before + number
        link = Link(ends, self.place, now, self._opened)
        self._links[key] = link
        self._live.append(link)
        return link

    def _opened(self, opening: Opening) -> Hearer | None:
        """A link turned out to be mail."""
        self.census.sessions += 1
        return self._open(opening)

    def known(self, key: Key) -> Link | None:
        """The link of these ends, which is now the one used last."""
        link = self._links.pop(key, None)
        if link is not None:
            self._links[key] = link
        return link

    def mine(self, key: Key) -> bool:
        """Is a connection of our share?"""
        if self._shard is None:
            return True
        mixed = sum(key[0]) + sum(key[2]) + (key[1] + key[3]) * 31
        return mixed % self._shard.of == self._shard.number

    def weigh(self, link: Link) -> None:
        """Count what a link holds now."""
        cost = COSTS[link.kind]
        for half in link.halves:
            cost += half.waits + half.remembered
        self._cost += cost - link.counted
        link.counted = cost

    def _forget(self, key: Key, link: Link) -> None:
        self._cost -= link.counted
        self._close(link)
        del self._links[key]

    def _close(self, link: Link) -> None:
        self.census.astray += link.halves[0].astray + link.halves[1].astray

    def _bound(self) -> None:
        """Memory is short: what was not used for longest goes first."""
        if self._cost <= self._most:
            return
        for link in self._links.values():
            for half in link.halves:
                half.forget()
            self.weigh(link)
        while self._cost > self._most and self._links:
            key = next(iter(self._links))
            link = self._links[key]
            if link.kind in (ASKED, MAIL):
                self.census.evicted += link.kind == MAIL
                link.ended(EVICTED)
            self._forget(key, link)


def _text(address: bytes) -> str:
    return str(ipaddress.ip_address(address))
