"""Trail: where one process writes its records.

Knows: the log, the ring of recent records, the auditor that feeds both.
Does not know: which process it is, what a record says.
Called by: `fleet.worker`, cli (the supervisor has records of its own).

Every process writes the log itself: whole lines, so that they do not mix.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO, cast, final

from mailward.audit.auditor import Auditor
from mailward.audit.dress import for_place
from mailward.audit.records import LOG_TROUBLE
from mailward.audit.routes import Outlet
from mailward.audit.sinks import JsonSink, Sink, TextSink
from mailward.drivers.log import Log, target
from mailward.drivers.totals import Ring
from mailward.policy.logs import BUFFERED, CONSOLE, TRAP, Logging


@final
@dataclass(frozen=True)
class Pen:
    """`log` is a file or `-`; it is put aside when it has `size` octets (0:
    never), and `keep` of those are kept.  `level` is the least severe level that
    is written, `ca` a file of certificates that log servers may have."""

    log: str = "-"
    size: int = 0
    keep: int = 1
    json: bool = False
    level: int = 6
    ca: str = ""


@final
class Trail:
    """The records of one process.  Making one raises OSError when the log cannot be
    opened."""

    def __init__(
        self,
        pen: Pen,
        soon: Callable[[Callable[[], None]], object],
        later: Callable[[float, Callable[[], None]], object],
        servers: Sink,
    ) -> None:
        """`servers` gets what the configuration wants for log servers."""
        self.log = Log(target(pen.log, pen.size, pen.keep), soon, later)
        self.ring = Ring()
        self._where = CONSOLE if pen.log == "-" else "file"
        text = cast("TextIO", self.log)
        self._text = None if pen.json else TextSink(text)
        sink: Sink = self._text or JsonSink(text)
        outlets = [Outlet(servers, TRAP), Outlet(self.ring, BUFFERED, by_level=True)]
        sinks: tuple[Sink, ...] = (sink,)
        if pen.log == "-":
            # `logging console` is about standard output.
            outlets.append(Outlet(sink, CONSOLE, by_level=True))
            sinks = ()
        self.auditor = Auditor(sinks, pen.level, outlets)
        self.log.told = self._lost
        self.log.trouble = self._trouble

    @property
    def written(self) -> dict[str, int]:
        """How many records the log has taken, by the name of the destination."""
        return {self._where: self.log.written}

    def follow(self, logging: Logging) -> None:
        """Obey the `logging` lines of another configuration."""
        self.auditor.configure(logging)
        self.ring.dress = for_place(logging)
        if self._text is not None:
            self._text.dress = for_place(logging)

    def reopen(self) -> None:
        """Write on to the file that has the log's name now."""
        self.log.reopen()

    def finish(self, seconds: float) -> None:
        """Write what is kept, waiting at most so long."""
        self.log.finish(seconds)

    def _lost(self, count: int, reason: str) -> None:
        self.auditor.lost(count, self.log.name, reason, time.time())

    def _trouble(self, text: str) -> None:
        words = {"place": self.log.name, "text": text}
        self.auditor.noted(LOG_TROUBLE, words, time.time())
