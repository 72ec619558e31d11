"""The harness of captures: a dialogue written down as packets, and read again.

Knows: how a dialogue becomes a TCP connection in a capture.
Does not know: how a capture is read.
Called by: tests.

A capture does not show which turn brought what, so what arrived is told once for
all turns.
"""

from pathlib import Path
from typing import Final

from mailward.config.load import Loaded
from mailward.drivers.capture.conversations import follow
from mailward.drivers.capture.hearers import Opening
from mailward.drivers.capture.replay import Policy, Replay, Wants
from mailward.testing.bench import ENDS, NOW, Heard, Outcome, Written, counts_of
from mailward.testing.dialogue import Turn
from mailward.testing.wire import Connection, pcap

#: Octets of one segment: as many as IPv4 bears, so that a turn is not cut.
_SIZE: Final = 65000


def written(turns: tuple[Turn, ...], *, size: int = _SIZE) -> Connection:
    """The turns as a connection: each segment as it was said, then both FINs."""
    connection = Connection(
        (ENDS.client_address, ENDS.client_port),
        (ENDS.server_address, ENDS.server_port),
        NOW,
        size=size,
    )
    connection.open()
    closed: list[int] = []
    for turn in turns:
        if turn.passes:
            connection.now += turn.passes
        elif turn.closes:
            connection.close(turn.speaker)
            closed.append(turn.speaker)
        else:
            connection.say(turn.speaker, turn.sent)
    for speaker in (0, 1):
        if speaker not in closed:
            connection.close(speaker)
    return connection


def carry_out(
    turns: tuple[Turn, ...], loaded: Loaded, file: Path, *, size: int = _SIZE
) -> Outcome:
    """Write the turns down in `file`, inspect that; all arrived in one turn."""
    file.write_bytes(pcap(written(turns, size=size).packets()))
    return inspected(file, loaded)


def inspected(file: Path, loaded: Loaded) -> Outcome:
    """What the inspection makes of the one conversation in a capture."""
    ended: list[Replay] = []
    policy = Policy(loaded.gate, level=7, as_if=False)

    def opened(opening: Opening) -> Replay:
        return Replay(policy, opening, Wants(left=True), ended.append)

    follow([str(file)], opened)
    (replay,) = ended
    return Outcome(
        heard=(
            Heard(
                b"".join(replay.to_server.left or ()),
                b"".join(replay.to_client.left or ()),
                replay.verdict,
            ),
        ),
        findings=tuple(finding.key() for _, finding in replay.found),
        records=tuple(
            Written(record.number, record.severity, record.text)
            for record in replay.records
        ),
        counts=counts_of(replay.attachment),
    )
