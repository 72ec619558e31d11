"""One part of a message: what its header says, in every reading.

Knows: the fields that describe a part, and what holds where one is missing.
Does not know: where its header ends, who asks.
Called by: engine.content.
"""

from typing import Final, final

from mailward.smtp.fields import CONTENT_DISPOSITION, CONTENT_ENCODING
from mailward.smtp.mime import (
    DIGEST,
    MESSAGE,
    SEVENBIT,
    STATUSES,
    TEXT_PLAIN,
    ContentType,
    encodings_of,
    names_of,
)

# What is told of a message, in the order of judgement between the kinds of
# match (reference section 3.2).
TO: Final = 1  # a To field is complete: `addresses` has grown
ENCODING: Final = 2  # `encodings` of a part
NAME: Final = 3  # `names` of a part
TYPE: Final = 4  # `types` of a part
OVERFLOW: Final = 5  # a field holds more than is read; the rest is skipped
DEPTH: Final = 6  # more boundaries are open than are remembered

EVENT_NAMES: Final = (
    "nothing",
    "to",
    "encoding",
    "name",
    "type",
    "overflow",
    "depth",
)

#: An event: its kind, and the codes or texts that go with it.
Event = tuple[int, tuple[int, ...], tuple[bytes, ...]]

#: What a reader is woken for, as bits by kind of event.
NEEDS_TO: Final = 1 << TO
NEEDS_ENCODING: Final = 1 << ENCODING
NEEDS_NAME: Final = 1 << NAME
NEEDS_TYPE: Final = 1 << TYPE
NEEDS_MIME: Final = NEEDS_ENCODING | NEEDS_NAME | NEEDS_TYPE

#: A part whose readings are more than this is told before its header has ended.
_ROOM: Final = 262_144
#: What it costs to keep one reading, however short.
_OVERHEAD: Final = 100


@final
class Part:
    """One part, while its header is read.

    `sure`: all programs see a part here, so what it does not say has its
    default.  `wants`: what of it is told, as bits.  `typed`: it has a
    Content-Type.  `nested`: its body begins with a header, `surely` for all
    programs.
    """

    __slots__ = (
        "_digest",
        "_encodings",
        "_names",
        "_size",
        "_types",
        "_vague",
        "_wants",
        "nested",
        "sure",
        "surely",
        "typed",
    )

    def __init__(self, sure: bool, digest: bool, wants: int = NEEDS_MIME) -> None:
        self._wants = wants
        self.sure = sure
        self.typed = False
        self.nested = digest
        self.surely = digest and sure
        self._digest = digest
        self._vague = False
        self._size = 0
        self._encodings: dict[int, None] = {}
        self._names: dict[bytes, None] = {}
        self._types: dict[bytes, None] = {}

    def read(
        self, code: int, value: bytes, told: list[Event]
    ) -> tuple[tuple[bytes, ...], bool]:
        """A Content-* field: the boundaries it names, and if of a digest."""
        if code == CONTENT_ENCODING:
            if self._wants & NEEDS_ENCODING:
                for encoding in encodings_of(value):
                    self._encodings[encoding] = None
            return (), False
        if code == CONTENT_DISPOSITION:
            names, crowded = names_of(value)
            self._add(self._names, names, told)
            if crowded:
                told.append((OVERFLOW, (), ()))
            return (), False
        field = ContentType(value)
        if not self.typed:
            # A digest's default is one of the readings, no more.
            self.nested = self._digest and field.vague
            self.surely = True
        self.typed = True
        self._vague = self._vague or field.vague
        self._add(self._types, field.types, told)
        for text in field.types:
            message = text.startswith(b"message/")
            self.nested = self.nested or message
            self.surely = self.surely and message and text not in STATUSES
        self.surely = self.surely and self.nested and self.sure
        self._add(self._names, field.names, told)
        if field.crowded:
            told.append((OVERFLOW, (), ()))
        return field.boundaries, DIGEST in field.types

    def settle(self, told: list[Event]) -> None:
        """The header is over, for some programs at least: tell what it said.

        What is read after that is told at the next call, without defaults.
        """
        if self.sure:
            self.sure = False
            if not self._encodings:
                self._encodings[SEVENBIT] = None
            if not self.typed or self._vague:
                self._types[MESSAGE if self._digest else TEXT_PLAIN] = None
        if self._encodings:
            if self._wants & NEEDS_ENCODING:
                told.append((ENCODING, tuple(self._encodings), ()))
            self._encodings.clear()
        self._tell(told)

    def _add(
        self, to: dict[bytes, None], texts: tuple[bytes, ...], told: list[Event]
    ) -> None:
        for text in texts:
            if text not in to:
                to[text] = None
                self._size += len(text) + _OVERHEAD
        if self._size > _ROOM:
            self._tell(told)

    def _tell(self, told: list[Event]) -> None:
        """Tell the names and types, and forget them."""
        if self._names:
            if self._wants & NEEDS_NAME:
                told.append((NAME, (), tuple(self._names)))
            self._names.clear()
        if self._types:
            if self._wants & NEEDS_TYPE:
                told.append((TYPE, (), tuple(self._types)))
            self._types.clear()
        self._size = 0
