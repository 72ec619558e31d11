"""Sessions of captures and of dialogue files, as the commands that explain take them.

Knows: how a conversation of a capture, or what a file says, becomes events.
Does not know: what is made of them.
Called by: the commands `trace` and `replay`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

from mailward.cli.files import notice
from mailward.config.factory import FACTORY
from mailward.config.load import Loaded
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import Gate
from mailward.story.compare import Event
from mailward.story.script import Script, read
from mailward.story.steps import CLOSES, LACKS, SAYS

if TYPE_CHECKING:
    from mailward.drivers.capture.conversations import Conversation

#: When every dialogue begins: seconds since the epoch.
BEGIN: Final = 1_700_000_000.0
#: Who speaks in a dialogue: an address set aside for documents (RFC 5737).
CLIENT_SIDE: Final = ("203.0.113.9", 51111)

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"


@final
@dataclass(frozen=True)
class Between:
    """Between which interfaces sessions take place, and which server policies see:
    `address` and `port` for dialogues; for captures `captured`, a port, nought for
    their own."""

    client_interface: str
    server_interface: str
    address: str = "10.1.1.5"
    port: int = 25
    captured: int = 0

    def ends(
        self, gate: Gate, client: tuple[str, int], server: tuple[str, int]
    ) -> Endpoints:
        """The connection, as the gate is asked about it."""
        ours = gate.levels.get(self.client_interface)
        theirs = gate.levels.get(self.server_interface)
        return Endpoints(
            client_interface=self.client_interface,
            client_address=client[0],
            client_port=client[1],
            server_interface=self.server_interface,
            server_address=server[0],
            server_port=server[1],
            inbound=ours is None or theirs is None or ours <= theirs,
        )


@final
@dataclass(frozen=True)
class Captured:
    """One session: the file in which it begins, its number, its ends, and all that
    happened.  `whole`: it could be kept as a whole."""

    file: str
    number: int
    client: tuple[str, int]
    server: tuple[str, int]
    events: tuple[Event, ...]
    whole: bool = True


def is_capture(path: str) -> bool:
    """Does the file hold packets, plain or packed?  Folders and patterns do."""
    from mailward.drivers.capture.feed import BEGINNINGS

    file = Path(path)
    if path == "-" or not file.is_file():
        return path != "-"
    with file.open("rb") as stream:
        head = stream.read(4)
    return head in BEGINNINGS or head[:2] == _GZIP or head == _ZSTD


def in_captures(
    paths: Sequence[str], between: Between, moan: Callable[[str], None] = notice
) -> Iterator[Captured]:
    """The sessions of captures, as they end; `moan` hears of files that cannot be
    read, or not to their ends.  CaptureError if a name stands for nothing."""
    from mailward.drivers.capture.conversations import sessions

    for conversation in sessions(paths, notice=moan):
        yield _captured(conversation, between)


def in_dialogue(path: str, script: Script, between: Between) -> Captured:
    """What a file says, as a session."""
    now = BEGIN
    events: list[Event] = []
    for said in script.says:
        line = said.pieces[0][0]
        now += said.passes
        if said.closes:
            events.append(Event(CLOSES, said.speaker, now, line=line))
        elif not said.passes:
            octets = b"".join(piece for _, piece in said.pieces)
            events.append(Event(SAYS, said.speaker, now, octets, line=line))
    server = (between.address, between.port)
    return Captured(path, 1, CLIENT_SIDE, server, tuple(events))


def script_in(path: str, octets: bytes) -> Script:
    """What the octets of a file say.  ScriptError if nobody says anything."""
    script = read(octets.decode("utf-8", "surrogateescape"), FACTORY, path)
    if script.skipped:
        notice(f"{path}: {script.skipped} lines that nobody says")
    return script


def levelled(loaded: Loaded) -> Gate:
    """The gate, with the levels that `outside` and `inside` have by habit."""
    levels = {"outside": 0, "inside": 100, **loaded.gate.levels}
    return replace(loaded.gate, levels=levels)


def _captured(conversation: "Conversation", between: Between) -> Captured:
    opening = conversation.opening
    events = [
        Event(LACKS if p.is_hole else SAYS, p.speaker, p.time, p.octets, p.missing)
        for p in conversation.pieces
    ]
    if conversation.whole:
        events += [Event(CLOSES, who, now) for who, now in conversation.closings]
    events.sort(key=lambda event: event.now)
    return Captured(
        opening.file,
        opening.number,
        (opening.client, opening.client_port),
        (opening.server, between.captured or opening.server_port),
        tuple(events),
        conversation.whole,
    )
