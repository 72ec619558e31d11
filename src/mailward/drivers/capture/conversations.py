"""Conversations: the mail of captures, for whoever wants to hear it.

Knows: the way from names of files to hearers, in bounded memory.
Does not know: what a hearer does.
Called by: cli, tests.

`follow` tells hearers as it reads, and holds nothing.  `sessions` gathers each
conversation, and hands it over when it has ended.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final, final

from mailward.drivers.capture.census import Census
from mailward.drivers.capture.feed import CaptureError, Feed, Named, found, is_capture
from mailward.drivers.capture.files import batches
from mailward.drivers.capture.fragments import Fragments
from mailward.drivers.capture.frames import decode
from mailward.drivers.capture.hearers import OPEN, Hearer, Open, Opening
from mailward.drivers.capture.streams import Shard, Streams

#: Octets of memory that may be used for conversations, unless told otherwise.
BUDGET: Final = 256 << 20
#: Octets that are read at a time, at most.
WINDOW: Final = 4 << 20

Notice = Callable[[str], None]


@final
class Reader:
    """Captures on their way to hearers.

    `census` counts, `feed` is the file that is read now, `troubles` are the
    files that could not be read, or not to their ends.
    """

    def __init__(
        self,
        names: Sequence[Named],
        open_: Open,
        budget: int = BUDGET,
        shard: Shard | None = None,
    ) -> None:
        self._names = names
        self.census = Census()
        self._streams = Streams(open_, budget, self.census, shard)
        self._fragments = Fragments(self.census)
        self._window = max(min(WINDOW, budget // 16), 1 << 16)
        # Each of them may be a connection, and memory is looked at behind them.
        self._packets = max(budget >> 14, 512)
        self.feed: Feed | None = None
        self._taken = 0
        self.troubles: list[str] = []
        self.passed_over = 0  # files of folders that are no captures

    @property
    def horizon(self) -> int:
        """Between rounds: no conversation with a lower number ends any more."""
        return self._streams.horizon

    @property
    def taken(self) -> int:
        """Octets of files read so far."""
        return self._taken + (self.feed.taken if self.feed is not None else 0)

    def rounds(self) -> Iterator[None]:
        """Read; a round is a window of a file."""
        for name in in_time(self._names):
            try:
                yield from self._file(name)
            except CaptureError as error:
                self.troubles.append(str(error))
        self._fragments.finish()
        self._streams.finish()
        yield

    def run(self) -> None:
        """Read it all."""
        for _ in self.rounds():
            pass

    def _file(self, name: Named) -> Iterator[None]:
        feed = Feed(name.path)
        self.feed = feed
        packets = 0
        try:
            if not name.sure and not is_capture(feed):
                self.passed_over += 1
                return
            self._streams.begin(name.path)
            for batch in batches(feed, self._window, self._packets):
                packets = batch.first + len(batch) - 1
                segments = decode(batch, self._fragments, self.census)
                self._streams.take(batch, segments)
                yield
        finally:
            self._streams.end(packets)
            self._taken += feed.taken
            self.feed = None
            feed.close()


def in_time(names: Sequence[Named]) -> list[Named]:
    """Files in the order of their first packets: a rotated capture is one story.

    Those without a packet, and standard input, keep their places at the end.
    """
    if len(names) < 2:
        return list(names)
    return sorted(names, key=_first_time)


def _first_time(name: Named) -> float:
    if name.path == "-":
        return float("inf")
    try:
        feed = Feed(name.path)
    except CaptureError:
        return float("inf")
    try:
        for batch in batches(feed, 1 << 16):
            return float(batch.times[0])
    except CaptureError:
        pass
    finally:
        feed.close()
    return float("inf")


@final
class Piece:
    """What a speaker said, or octets of it that are missing: then `octets` is
    empty and `missing` their number, nought if nobody knows it."""

    __slots__ = ("missing", "octets", "speaker", "time")

    def __init__(self, speaker: int, octets: bytes, missing: int, time: float) -> None:
        self.speaker = speaker
        self.octets = octets
        self.missing = missing
        self.time = time

    @property
    def is_hole(self) -> bool:
        """Are octets missing here?"""
        return not self.octets


@final
class Conversation(Hearer):
    """One conversation, gathered.  `whole` is false when it outgrew the budget:
    `pieces` then end early.  `closings` are speakers and times of their FINs."""

    __slots__ = ("_over", "closings", "end", "ending", "opening", "pieces", "reset_by",
                 "room", "strangeness", "whole")  # fmt: skip

    def __init__(
        self, opening: Opening, room: int, over: Callable[["Conversation"], None]
    ) -> None:
        self.opening = opening
        self.pieces: list[Piece] = []
        self.closings: list[tuple[int, float]] = []
        self.strangeness: list[tuple[int, str]] = []
        self.end = opening.started
        self.ending = OPEN
        self.reset_by = -1
        self.whole = True
        self.room = room
        self._over = over

    def heard(self, speaker: int, octets: bytes, now: float) -> None:
        """See Hearer."""
        self.end = now
        if len(octets) > self.room:
            self.whole = False
            self.room = 0
        elif self.whole:
            self.room -= len(octets)
            self.pieces.append(Piece(speaker, octets, 0, now))

    def missed(self, speaker: int, length: int, now: float) -> None:
        """See Hearer."""
        self.end = now
        if self.whole:
            self.pieces.append(Piece(speaker, b"", length, now))

    def closed(self, speaker: int, now: float) -> None:
        """See Hearer."""
        self.end = now
        self.closings.append((speaker, now))

    def strange(self, speaker: int, text: str, now: float) -> None:
        """See Hearer."""
        self.strangeness.append((speaker, text))

    def over(self, ending: int, speaker: int, now: float) -> None:
        """See Hearer."""
        self.end = now
        self.ending = ending
        self.reset_by = speaker
        self._over(self)


def sessions(
    paths: Sequence[str], budget: int = BUDGET, notice: Notice | None = None
) -> Iterator[Conversation]:
    """Each conversation of mail in these captures, as they end.

    One holds at most a quarter of the budget.  `notice` takes a line for each
    file that could not be read, or not to its end.

    Raises:
        CaptureError: a name stands for nothing.
    """
    ended: deque[Conversation] = deque()

    def opened(opening: Opening) -> Hearer:
        return Conversation(opening, budget // 4, ended.append)

    reader = Reader(found(paths), opened, budget // 2)
    for _ in reader.rounds():
        while ended:
            yield ended.popleft()
    while ended:
        yield ended.popleft()
    if notice is not None:
        for trouble in reader.troubles:
            notice(trouble)


def follow(
    paths: Sequence[str], open_: Open, budget: int = BUDGET
) -> tuple[Census, list[str]]:
    """Tell the hearers that `open_` makes of each conversation, as it is read;
    what was counted, and the files that could not be read to their ends.

    Raises:
        CaptureError: a name stands for nothing.
    """
    reader = Reader(found(paths), open_, budget)
    reader.run()
    return reader.census, reader.troubles
