"""What waits for one log server, and what became of it.

Knows: how many records may wait, what was sent, what was lost.
Does not know: records and their text, sockets.
Called by: `drivers.syslogudp`, `drivers.syslogtcp`.
"""

from collections import deque
from collections.abc import Callable
from typing import Final, final

#: Whatever `logging queue` says, no more octets wait for one server.
MOST: Final = 8_388_608


@final
class Waiting:
    """Framed records in their order.  `most` is how many there may be.

    `told` hears how many were lost and why, when `tell` is called; all counters are
    of records.
    """

    __slots__ = (
        "_queue",
        "_reason",
        "_size",
        "_untold",
        "dropped",
        "most",
        "sent",
        "told",
    )

    def __init__(self, most: int, told: Callable[[int, str], None]) -> None:
        self.most = most
        self.sent = 0
        self.dropped = 0
        self.told = told
        self._queue: deque[bytes] = deque()
        self._size = 0
        self._untold = 0
        self._reason = ""

    def __len__(self) -> int:
        return len(self._queue)

    def has_room(self, octets: int) -> bool:
        """May so many octets more wait?"""
        return len(self._queue) < self.most and self._size + octets <= MOST

    def add(self, record: bytes) -> None:
        """The last of the queue."""
        self._queue.append(record)
        self._size += len(record)

    def back(self, records: list[bytes]) -> None:
        """What was taken and not sent after all: the first of the queue again."""
        self._queue.extendleft(reversed(records))
        self._size += sum(map(len, records))

    def take(self, octets: int) -> list[bytes]:
        """The first ones, until they have so many octets, at least one."""
        taken = []
        while self._queue and octets > 0:
            record = self._queue.popleft()
            octets -= len(record)
            self._size -= len(record)
            taken.append(record)
        return taken

    def lose(self, count: int, reason: str) -> None:
        """So many will never arrive."""
        self.dropped += count
        self._untold += count
        self._reason = reason

    def lose_all(self, reason: str) -> None:
        """None of those that wait will."""
        self.lose(len(self._queue), reason)
        self._queue.clear()
        self._size = 0

    def tell(self) -> None:
        """Records are taken again: tell of those that were lost."""
        if self._untold:
            count, self._untold = self._untold, 0
            self.told(count, self._reason)
