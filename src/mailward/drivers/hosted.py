"""Hosted: a loop of ours as the guest of asyncio's.

Knows: when asyncio must give the guest a turn.
Does not know: what hangs on either.
Called by: cli and testing, where consoles or scripted ends share the process.
"""

import asyncio
import contextlib
import math
from collections.abc import Iterator
from typing import final

from mailward.drivers.loop import Loop
from mailward.drivers.relay import Relay


@contextlib.contextmanager
def hosted(loop: Loop) -> Iterator[None]:
    """The running asyncio loop turns the guest whenever there is something to
    do, until the end of the block."""
    hosting = _Hosting(loop)
    hosting.begin()
    try:
        yield
    finally:
        hosting.end()


async def drained(relay: Relay, seconds: float) -> None:
    """Drain a relay whose loop is hosted."""
    empty = asyncio.Event()
    relay.drain(seconds, empty.set)
    await empty.wait()


@final
class _Hosting:
    """One guest of one host."""

    def __init__(self, guest: Loop) -> None:
        self._guest = guest
        self._host = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._set_for = math.inf  # the moment that the timer was set for

    def begin(self) -> None:
        self._host.add_reader(self._guest.fileno(), self._turn)
        self._guest.asked = self._arm
        self._arm()

    def end(self) -> None:
        self._guest.asked = None
        self._host.remove_reader(self._guest.fileno())
        if self._timer is not None:
            self._timer.cancel()

    def _turn(self) -> None:
        self._guest.turn(0.0)
        self._arm()

    def _arm(self) -> None:
        """See to it that the guest has a turn when its next call is due."""
        due = self._guest.due()
        if due >= self._set_for:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._set_for = due
        self._timer = self._host.call_later(
            max(due - self._guest.clock(), 0.0), self._ring
        )

    def _ring(self) -> None:
        self._timer = None
        self._set_for = math.inf
        self._turn()
