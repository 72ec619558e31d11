"""Captures made to be costly: what is kept stays small, and nothing goes round."""

import gc
from pathlib import Path

import pytest

from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.drivers.capture.census import Census
from mailward.drivers.capture.chronicle import Chronicle
from mailward.drivers.capture.conversations import Reader, follow
from mailward.drivers.capture.feed import Named
from mailward.drivers.capture.fragments import Datagram, Fragments
from mailward.drivers.capture.hearers import Hearer, Opening
from mailward.drivers.capture.replay import Policy, Replay, Wants
from mailward.policy.findings import CLIENT, SERVER
from mailward.testing.wire import ACK, RST, SYN, Connection, Packet, pcap
from tests.unit.drivers.capture.kit import mail, read_packets, said


def _strangers(count: int, flags: int, payload: bytes = b"") -> list[Packet]:
    """So many connections of one packet each."""
    packets: list[Packet] = []
    for number in range(count):
        client = (f"10.1.{number >> 8 & 255}.{number & 255}", 1024 + number)
        connection = Connection(client, ("10.9.9.9", 25))
        connection.add(0, flags, payload)
        packets += connection.packets()
    return packets


def test_a_scan_is_no_session(tmp_path: Path) -> None:
    """A SYN without an answer, or answered by RST, is no connection."""
    scan = _strangers(50, SYN)
    refused = Connection(("10.2.0.1", 1024), ("10.9.9.9", 25))
    refused.add(0, SYN)
    refused.add(1, RST | ACK)

    got = read_packets(tmp_path / "a", scan + refused.packets() + mail().packets())

    assert got.census.sessions == len(got.conversations) == 1


@pytest.mark.parametrize("only", [0, 1, 2])
def test_what_is_enough_to_be_one(tmp_path: Path, only: int) -> None:
    """An answer; or octets of the client; also where a window ends between."""
    connection = Connection(("10.2.0.1", 1024), ("10.9.9.9", 25))
    connection.add(0, SYN)
    if only != 1:
        connection.add(1, SYN | ACK)
    if only != 2:
        connection.add(0, ACK, b"EHLO a\r\n")
    packets = connection.packets()

    got = read_packets(tmp_path / "a", packets)
    apart = read_packets(tmp_path / "b", [packets[0], *mail().packets(), *packets[1:]])

    assert not got.one.opening.middle
    assert said(got.one) == ([] if only == 2 else [(0, b"EHLO a\r\n")])
    assert len(apart.conversations) == 2


def test_memory_is_looked_at_often(tmp_path: Path) -> None:
    """However many connections lie in a window: those given up are few at a time."""
    file = tmp_path / "a"
    file.write_bytes(pcap(_strangers(3000, ACK, b"MAIL FROM:<a@b>\r\n")))
    live = most = 0

    class Counted(Hearer):
        def over(self, ending: int, speaker: int, now: float) -> None:
            nonlocal live
            live -= 1

    def opened(_: Opening) -> Hearer:
        nonlocal live, most
        live += 1
        most = max(most, live)
        return Counted()

    reader = Reader([Named(str(file))], opened, 8 << 20)
    reader.run()

    assert (reader.census.sessions, live) == (3000, 0)
    assert most < 1000
    assert reader.census.evicted > 2000


def test_nothing_is_left_to_the_collector(tmp_path: Path) -> None:
    """A conversation that is over leaves no circles: memory comes back at once."""
    file = tmp_path / "a"
    file.write_bytes(
        pcap([p for n in range(40) for p in mail(("10.1.1.1", 2000 + n)).packets()])
    )
    policy = Policy(load(FACTORY).gate)
    over: list[int] = []

    def opened(opening: Opening) -> Replay:
        return Replay(policy, opening, Wants(), lambda r: over.append(r.packet))

    gc.collect()
    gc.disable()
    try:
        follow([str(file)], opened)
        left = [one for one in gc.get_objects() if isinstance(one, Replay)]
    finally:
        gc.enable()

    assert len(over) == 40
    assert left == []


@pytest.mark.parametrize("every", [2, 3, 10])
def test_many_holes(tmp_path: Path, every: int) -> None:
    """A capture that lost every so many packets: each hole is one, and what is
    there is heard, though holes come faster than patience goes."""
    connection = Connection(("10.2.0.1", 1024), ("10.9.9.9", 25))
    connection.open()
    connection.say(1, b"220 mail\r\n")
    for _ in range(3000):
        connection.add(0, ACK, b"HELO a\r\n")
        connection.add(1, ACK)
    message = connection.packets()
    lost = range(9, len(message) - 8, 2 * every)
    kept = [p for number, p in enumerate(message) if number not in lost]

    got = read_packets(tmp_path / "a", kept)
    whole = read_packets(tmp_path / "b", message)

    assert got.census.astray == 0
    heard = sum(len(piece.octets) for piece in got.one.pieces)
    missing = sum(piece.missing for piece in got.one.pieces)
    assert heard + missing == sum(len(piece.octets) for piece in whole.one.pieces)
    assert missing > 0


def test_fragments_once_more_and_once_more() -> None:
    """Copies of a fragment cost what one costs, and what waits is bounded."""
    fragments = Fragments(Census())
    piece = Datagram(1, b"a", b"b", 1, 0, True, bytes(1480), 1480)
    last = Datagram(1, b"a", b"b", 1, 65504, False, bytes(8), 8)
    assert fragments.take(last) is None
    held = fragments.octets
    for _ in range(20_000):
        assert fragments.take(piece) is None
    assert fragments.octets == held <= 65536


def test_a_fragment_that_lies() -> None:
    """All but the last are whole eights of octets; contents seen first stand."""
    census = Census()
    fragments = Fragments(census)
    assert fragments.take(Datagram(1, b"a", b"b", 1, 0, True, b"x" * 9, 9)) is None
    assert census.pieces == 1
    one = Datagram(1, b"a", b"b", 1, 8, True, b"1" * 16, 16)
    two = Datagram(1, b"a", b"b", 1, 0, True, b"2" * 16, 16)
    end = Datagram(1, b"a", b"b", 1, 16, False, b"3" * 11, 11)
    assert fragments.take(one) is None
    assert fragments.take(two) is None
    whole = fragments.take(end)
    assert whole is not None
    assert whole.payload == b"2" * 8 + b"1" * 16 + b"3" * 3
    assert fragments.octets == 0


def test_very_many_lines() -> None:
    """Reading them for the report is linear: both sides, mails of no octets too."""
    story = Chronicle()
    story.heard(CLIENT, b"\r\n" * 200_000)
    story.heard(SERVER, b"250 ok\r\n" * 60_000)
    assert story.commands == []
    story = Chronicle()
    story.heard(CLIENT, b"DATA\r\n.\r\n" * 60_000)
    assert len(story.commands) == len(story.transactions) == 1000
