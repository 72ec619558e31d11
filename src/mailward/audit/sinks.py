"""Sinks: where records go, as lines in the dress that is asked for.

Knows: streams that take text, and what is lost when they fail.
Does not know: when a record is due, what the stream behind it is.
Called by: `audit.auditor`; made by whoever opens the stream.

A sink never stops mail: what cannot be written is counted as lost.
"""

from typing import Protocol, TextIO, final

from mailward.audit.dress import BARE, Dress
from mailward.audit.ecs import Ecs
from mailward.audit.records import Record


class Sink(Protocol):
    """Takes records, and never raises on account of the world."""

    def write(self, record: Record) -> None:
        """Write one record, or count it as lost."""


class TextSink:
    """Lines of text, one for each record.

    `dress` may be replaced at any time; `lost` counts records that could not be
    written.
    """

    __slots__ = ("_stream", "dress", "lost")

    def __init__(self, stream: TextIO, dress: Dress = BARE) -> None:
        self._stream = stream
        self.dress = dress
        self.lost = 0

    def write(self, record: Record) -> None:
        """One line; OSError and ValueError of the stream are counted."""
        try:
            self._stream.write(f"{self.dress.line(record)}\n")
        except (OSError, ValueError):
            self.lost += 1


@final
class JsonSink(TextSink):
    """One JSON object a line, with nested names of Elastic Common Schema."""

    __slots__ = ()

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream, Ecs())
