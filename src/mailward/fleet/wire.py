"""Wire: what supervisor and worker say to each other, and how it is written.

Knows: the messages, the frame (four octets of length, then one JSON object).
Does not know: sockets, processes, what a message leads to.
Called by: `fleet.post` (the supervisor's side), `fleet.worker`.

A policy travels as configuration text, so both sides compile the same words to
the same gate.  Every question carries a ticket, which its answer brings back.
A frame is bounded; whoever breaks the form is not to be trusted with anything
further, so the channel is given up.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from mailward.errors import MailwardError

#: No frame has more octets: the largest configuration, escaped, and some room.
MOST: Final = 134_217_728
_HEAD: Final = struct.Struct("!I")

#: Which way a message goes.
DOWN: Final = "to the worker"
UP: Final = "to the supervisor"


class WireError(MailwardError):
    """What came is no message; the text says why."""


@final
@dataclass(frozen=True)
class MessageRow:
    """One message: its name, its way, the fields it must have, by type."""

    name: str
    way: str
    fields: tuple[tuple[str, type], ...]
    tells: str


START: Final = "START"
POLICY: Final = "POLICY"
TOTALS: Final = "TOTALS"
CLEAR: Final = "CLEAR"
REOPEN: Final = "REOPEN"
DRAIN: Final = "DRAIN"
END: Final = "END"
DISALLOW: Final = "DISALLOW"
STORY: Final = "STORY"
ACK: Final = "ACK"
ANSWER: Final = "ANSWER"
RECORDS: Final = "RECORDS"

_TICKET: Final = ("ticket", int)
_POLICY: Final = (("generation", int), ("text", str))

MESSAGES: Final = (
    MessageRow(
        START,
        DOWN,
        (_TICKET, ("plan", dict), *_POLICY),
        "The first: what to do, and the policy. ACK: connections are accepted.",
    ),
    MessageRow(
        POLICY,
        DOWN,
        (_TICKET, *_POLICY),
        "Another policy for new connections. ACK: it is in force, or why not.",
    ),
    MessageRow(
        TOTALS,
        DOWN,
        (_TICKET, ("whole", bool)),
        "How far have you counted? The whole has connections and recent records "
        "too. ANSWER; also the sign that a worker lives.",
    ),
    MessageRow(
        CLEAR,
        DOWN,
        (_TICKET, ("what", str), ("which", str)),
        "Counters back to nought: of one kind, those named or all. ACK.",
    ),
    MessageRow(
        DISALLOW,
        DOWN,
        (_TICKET, ("disallow", bool)),
        "Refuse new connections, or take them again: no log server can be reached. "
        "ACK.",
    ),
    MessageRow(
        STORY,
        DOWN,
        (_TICKET, ("number", int)),
        "What was heard of the connection with this number; nought: which can be told. "
        "ANSWER, empty if it is not known.",
    ),
    MessageRow(REOPEN, DOWN, (_TICKET,), "Open the log file again, by its name. ACK."),
    MessageRow(
        DRAIN,
        DOWN,
        (_TICKET, ("seconds", float)),
        "Accept no more and leave when the last connection has ended; what is left "
        "after so many seconds is reset (a negative number: nothing is). ANSWER: "
        "how many there are.",
    ),
    MessageRow(END, DOWN, (), "Reset every connection and leave."),
    MessageRow(ACK, UP, (_TICKET, ("error", str)), "Done; or why not."),
    MessageRow(ANSWER, UP, (_TICKET, ("data", dict)), "What was asked for."),
    MessageRow(
        RECORDS,
        UP,
        (("records", list), ("lost", int)),
        "Records for destinations that the supervisor serves, and how many could "
        "not be kept for it.",
    ),
)
BY_NAME: Final = {row.name: row for row in MESSAGES}


@final
@dataclass(frozen=True)
class Message:
    """A message that came: its name, and its fields as its row promises."""

    name: str
    fields: dict[str, object]

    def text(self, name: str) -> str:
        """A field that is a text."""
        value = self.fields[name]
        assert isinstance(value, str)
        return value

    def number(self, name: str) -> int:
        """A field that is a whole number."""
        value = self.fields[name]
        assert isinstance(value, int)
        return value

    def truth(self, name: str) -> bool:
        """A field that is true or false."""
        value = self.fields[name]
        assert isinstance(value, bool)
        return value

    def seconds(self, name: str) -> float:
        """A field that is a time."""
        value = self.fields[name]
        assert isinstance(value, float)
        return value

    def table(self, name: str) -> dict[str, object]:
        """A field that is a table of names."""
        value = self.fields[name]
        assert isinstance(value, dict)
        return value

    def listed(self, name: str) -> list[object]:
        """A field that is a list."""
        value = self.fields[name]
        assert isinstance(value, list)
        return value


def encode(name: str, **fields: object) -> bytes:
    """A message as it goes over the wire.  Raises WireError."""
    _hold(BY_NAME[name], fields)
    octets = json.dumps([name, fields], separators=(",", ":")).encode("ascii")
    if len(octets) > MOST:
        raise WireError(f"{name}: {len(octets)} octets are more than {MOST}")
    return _HEAD.pack(len(octets)) + octets


@final
class Decoder:
    """Octets to messages, across any cut; `way` is the only one taken."""

    __slots__ = ("_held", "_wanted", "_way")

    def __init__(self, way: str) -> None:
        self._way = way
        self._held = bytearray()
        self._wanted = 0  # of the frame at hand, its head included; 0: unknown

    def feed(self, octets: bytes) -> Iterator[Message]:
        """The messages that are whole by now.  Raises WireError."""
        held = self._held
        held += octets
        while True:
            if not self._wanted:
                if len(held) < _HEAD.size:
                    return
                (size,) = _HEAD.unpack_from(held)
                if size > MOST:
                    raise WireError(f"a frame of {size} octets")
                self._wanted = _HEAD.size + size
            if len(held) < self._wanted:
                return
            frame = bytes(held[_HEAD.size : self._wanted])
            del held[: self._wanted]
            self._wanted = 0
            yield self._message(frame)

    def _message(self, frame: bytes) -> Message:
        try:
            made = json.loads(frame)
        except (ValueError, RecursionError) as error:
            raise WireError("a frame that is no JSON") from error
        if not (isinstance(made, list) and len(made) == 2):
            raise WireError("a frame that is no message")
        name, fields = made
        row = BY_NAME.get(name) if isinstance(name, str) else None
        if row is None or row.way != self._way or not isinstance(fields, dict):
            raise WireError(f"no message {self._way}: {str(name)[:40]}")
        _hold(row, fields)
        return Message(row.name, fields)


def _hold(row: MessageRow, fields: dict[str, object]) -> None:
    """Exactly the fields of the row, each of its type (true is no number)."""
    found = {name: type(value) for name, value in fields.items()}
    if found != dict(row.fields):
        raise WireError(f"{row.name}: fields {sorted(fields)} do not fit")
