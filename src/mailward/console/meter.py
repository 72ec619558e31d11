"""Meter: how fast something goes, from counts taken now and then.

Knows: counts with their times, of the last minutes.
Does not know: what is counted, who takes the counts.
Called by: `console.gateway` (keeps one), the shows.
"""

from collections import deque
from collections.abc import Mapping
from typing import Final, final

#: Seconds between two counts, and how far back the oldest lies.
STEP: Final = 20.0
SPAN: Final = 300.0


@final
class Meter:
    """The counts of the last five minutes, by name, and rates a second."""

    __slots__ = ("_taken",)

    def __init__(self) -> None:
        self._taken: deque[tuple[float, Mapping[str, int]]] = deque()

    def take(self, now: float, counts: Mapping[str, int]) -> None:
        """The counts as they are now."""
        self._taken.append((now, counts))
        while len(self._taken) > 2 and self._taken[1][0] <= now - SPAN:
            self._taken.popleft()

    def rate(self, now: float, name: str, count: int, seconds: float) -> int:
        """How much a second it was in so many seconds, the last of which is
        now; a count that was set to nought begins anew."""
        since, before = self.since(now, name, count, seconds)
        passed = now - since
        return int((count - before) / passed) if passed > 0 else 0

    def since(
        self, now: float, name: str, count: int, seconds: float
    ) -> tuple[float, int]:
        """When it was counted last so many seconds ago, and what the count was
        then."""
        since, before = now, count
        for when, counts in reversed(self._taken):
            if when < now - seconds - STEP:
                break
            since, before = when, counts.get(name, 0)
            if before > count:
                before = 0
                break
        return since, before
