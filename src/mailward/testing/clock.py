"""A clock that stands still until it is told that time passes.

Knows: a moment, and that a loop has something to do at some of those that follow.
Does not know: what.
Called by: `mailward.testing.live`, tests of the relay.

On a machine that is busy true time passes where no test expects it: a limit of a
tenth of a second may be over before the first word was said.
"""

from typing import final

from mailward.drivers.loop import Loop


@final
class Clock:
    """`Loop(clock)` goes by it."""

    def __init__(self) -> None:
        self._now = 1000.0

    def __call__(self) -> float:
        """The moment."""
        return self._now

    def passes(self, seconds: float, loop: Loop) -> None:
        """Let time pass for a loop, which has its turn whenever something is due;
        what becomes due by that has its turn too."""
        until = self._now + seconds
        while (due := loop.due()) <= until:
            self._now = max(self._now, due)
            loop.turn(0.0)
        self._now = until
