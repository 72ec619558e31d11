"""Hearers: who is told what a conversation of a capture says.

Knows: what is told, in which order.
Does not know: packets; what a hearer makes of it.
Called by: `links` (tells), `conversations` and `replay` (listen), cli.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, final

# What a link is; up to MAIL somebody may still hear of it.
ASKED: Final = 0  # nobody knows yet
MAIL: Final = 1
OTHER: Final = 2  # not mail; nothing is kept of it
OVER: Final = 3

# How a conversation ended.
FINS: Final = 0  # both sides had said all they had to say
RESET: Final = 1  # by a side
OPEN: Final = 2  # the capture ended first
EVICTED: Final = 3  # given up for want of memory
REBORN: Final = 4  # the same ports were used anew
ENDING_NAMES: Final = ("fins", "reset", "open", "evicted", "reborn")


@final
class Place:
    """Where in the captures the reading is: the file, the packet at hand."""

    __slots__ = ("file", "packet")

    def __init__(self) -> None:
        self.file = ""
        self.packet = 0


@final
@dataclass(frozen=True)
class Opening:
    """A conversation that has begun.

    `number` is that of its first packet, over all files as they are read;
    `file` where that packet is, `started` its time; `middle`: its beginning is
    not in the capture.  Addresses are text.  `place` goes on with the reading.
    """

    number: int
    file: str
    started: float
    client: str
    client_port: int
    server: str
    server_port: int
    middle: bool
    place: Place = field(compare=False, repr=False, default_factory=Place)


class Hearer:
    """One who listens to one conversation.  Speakers are CLIENT and SERVER
    (`policy.findings`), times seconds since the epoch."""

    __slots__ = ()

    #: Each segment is to be heard by itself, however cleanly it follows.
    by_segment: bool = False

    def heard(self, speaker: int, octets: bytes, now: float) -> None:
        """Octets of a speaker, never none, in the order in which they were said."""

    def missed(self, speaker: int, length: int, now: float) -> None:
        """So many octets of a speaker are not in the capture, right here.

        Nought: nobody knows how many (the conversation was met in the middle).
        """

    def closed(self, speaker: int, now: float) -> None:
        """The speaker has said all it had to say."""

    def strange(self, speaker: int, text: str, now: float) -> None:
        """Something about the segments of a speaker that is worth a notice."""

    def numbered(self, client: int, server: int) -> None:
        """Right before the end: the sequence numbers of the first octets of both,
        -1 of one that was never seen."""

    def over(self, ending: int, speaker: int, now: float) -> None:
        """Nothing more will be heard; `speaker` is who reset it, if one did."""


#: Asked for a hearer of each conversation; None: nobody wants to hear it.
Open = Callable[[Opening], Hearer | None]


@final
class Ends:
    """The two ends of a link, `0` and `1`, as text and port."""

    __slots__ = ("hosts", "ports")

    def __init__(self, hosts: tuple[str, str], ports: tuple[int, int]) -> None:
        self.hosts = hosts
        self.ports = ports
