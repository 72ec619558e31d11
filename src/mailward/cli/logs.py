"""Logs: the supervisor's own records, and those that workers have for log servers.

Knows: the trail, the senders, what the `logging` lines make of both.
Does not know: workers, consoles.
Called by: `cli.gateway`.
"""

import asyncio
import os
import time
from collections.abc import Callable
from typing import Final, final

from mailward.audit.records import INTERNAL_ERROR, WORKER_BACK, WORKER_LOST
from mailward.audit.totals import Totals
from mailward.audit.travel import unpacked
from mailward.cli.files import fail
from mailward.config.load import Loaded
from mailward.drivers.syslog import Senders
from mailward.drivers.totals import LOGGING, RECORDS
from mailward.fleet.trail import Pen, Trail
from mailward.fleet.wire import Message
from mailward.policy.logs import BUFFERED, TRAP

#: Seconds that logs have for what waits when we leave.
_FAREWELL: Final = 1.0


@final
class Logs:
    """`refuse` hears that connections must be refused for want of a log server, or
    need not any more."""

    def __init__(
        self,
        pen: Pen,
        loop: asyncio.AbstractEventLoop,
        refuse: Callable[[bool], None],
    ) -> None:
        self.senders = Senders(time.time, pen.ca)

        def soon(call: Callable[[], None]) -> None:
            loop.call_soon(call)

        def later(seconds: float, call: Callable[[], None]) -> None:
            loop.call_later(seconds, call)

        try:
            self._trail = Trail(pen, soon, later, self.senders)
        except OSError as error:
            fail(f"{pen.log}: {os.strerror(error.errno or 0)}")
        self.auditor = self._trail.auditor
        self.senders.auditor = self.auditor
        self.senders.refuse = refuse

    @property
    def totals(self) -> Totals:
        """What the supervisor itself has counted."""
        trail = self._trail
        return Totals(
            records=dict(trail.auditor.counts),
            recent=trail.ring.lines,
            written={
                BUFFERED: trail.ring.written,
                TRAP: self.senders.written,
                **trail.written,
            },
            lost=trail.log.lost + self.senders.delivery().lost,
        )

    def follow(self, loaded: Loaded, host: str) -> None:
        """Obey the `logging` lines."""
        self._trail.follow(loaded.logging)
        self.senders.install(loaded.logging, host)

    def clear(self, what: str) -> None:
        """Our own share of a `clear`."""
        if what == LOGGING:
            self._trail.ring.records.clear()
        elif what == RECORDS:
            self.auditor.counts.clear()

    def reopen(self) -> None:
        """Write on to the file that has the log's name now."""
        self._trail.reopen()

    async def finish(self) -> None:
        """Write and send what is kept."""
        await self.senders.close(_FAREWELL)
        self._trail.finish(_FAREWELL)

    # --- what is told -----------------------------------------------------------

    def heard(self, message: Message) -> None:
        """Workers have records for log servers."""
        missed = message.number("lost")
        for plain in message.listed("records"):
            try:
                record = unpacked(plain)
            except (KeyError, TypeError, ValueError):
                missed += 1
            else:
                self.senders.write(record)
        self.senders.miss(missed)

    def worker(self, text: str, bad: bool) -> None:
        """What became of a worker."""
        code = WORKER_LOST if bad else WORKER_BACK
        self.auditor.trouble(code, text, time.time())

    def fault(self, _: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """A fault of ours, somewhere in the supervisor."""
        text = f"{context.get('message')}: {context.get('exception')!r}"
        self.auditor.trouble(INTERNAL_ERROR, text, time.time())
