"""Whole connections: order, holes, closings, ports, and what is mail."""

import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailward.drivers.capture.conversations import follow, sessions
from mailward.drivers.capture.datagrams import Longs
from mailward.drivers.capture.hearers import (
    EVICTED,
    FINS,
    OPEN,
    REBORN,
    RESET,
    Hearer,
    Opening,
)
from mailward.testing.wire import ACK, PSH, RST, SYN, Connection, Packet, pcap
from tests.unit.drivers.capture.kit import (
    CLIENT,
    SAID,
    SERVER,
    mail,
    read_octets,
    read_packets,
    said,
)

WHOLE = list(SAID)


def _without(connection: Connection, *numbers: int) -> list[Packet]:
    packets = connection.packets()
    return [p for number, p in enumerate(packets) if number not in numbers]


def _payloads(connection: Connection) -> list[int]:
    """The numbers of the segments that say something."""
    return [n for n, (_, s) in enumerate(connection.segments) if s.payload]


def test_cleanly(tmp_path: Path) -> None:
    """What follows goes out as it was said, with all that is known of it."""
    got = read_packets(tmp_path / "a", mail().packets())

    one = got.one
    assert said(one) == WHOLE
    assert one.ending == FINS
    assert [speaker for speaker, _ in one.closings] == [0, 1]
    assert one.opening == Opening(
        1, str(tmp_path / "a"), 1_700_000_000.0, *CLIENT, *SERVER, middle=False
    )


def test_wherever_a_window_ends(tmp_path: Path) -> None:
    """The same, however few octets are read at a time."""
    packets = [
        packet
        for number in range(60)
        for packet in mail((CLIENT[0], 2000 + number), SERVER, size=100).packets()
    ]
    whole = read_octets(tmp_path / "a", pcap(packets))
    less = read_octets(tmp_path / "a", pcap(packets), budget=2 << 20)

    assert len(whole.conversations) == 60
    for one, two in zip(whole.conversations, less.conversations, strict=True):
        assert said(one) == said(two) == WHOLE
        assert one.opening == two.opening


def test_interleaved(tmp_path: Path) -> None:
    """Many connections at once, their segments shuffled into each other."""
    rng = random.Random(1)
    streams = [
        mail((CLIENT[0], 2000 + number), SERVER).packets() for number in range(40)
    ]
    packets = []
    while streams:
        stream = rng.choice(streams)
        packets.append(stream.pop(0))
        if not stream:
            streams.remove(stream)

    got = read_packets(tmp_path / "a", packets)

    assert len(got.conversations) == 40
    assert all(said(one) == WHOLE for one in got.conversations)


@settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(0, 0xFFFFFFFF))
def test_reordered_and_repeated(
    tmp_path_factory: pytest.TempPathFactory, rng: random.Random, isn: int
) -> None:
    """Segments a few places off, and sent again, across a wrap: nothing is lost,
    nothing is told out of turn."""
    connection = mail(size=500, client_isn=isn, server_isn=isn ^ 0x80000000)
    head, packets = connection.packets()[:3], connection.packets()[3:]
    places = [(number + rng.uniform(0, 6), p) for number, p in enumerate(packets)]
    places += [(number + rng.uniform(0, 9), p) for number, p in enumerate(packets)]
    shuffled = [p for _, p in sorted(places, key=lambda x: x[0])]
    folder = tmp_path_factory.mktemp("x")

    got = read_packets(folder / "a", head + shuffled)

    assert said(got.one) == WHOLE
    assert got.one.strangeness == []


def test_the_answer_before_the_question(tmp_path: Path) -> None:
    """A capture of several queues: order is that of cause and effect."""
    packets = mail().packets()
    for number in range(3, len(packets) - 5):
        swapped = packets.copy()
        swapped[number], swapped[number + 2] = swapped[number + 2], swapped[number]
        assert said(read_packets(tmp_path / "a", swapped).one) == WHOLE


@pytest.mark.parametrize("later", [0.0, 5.0])
def test_a_segment_that_is_missing(tmp_path: Path, later: float) -> None:
    """Each in turn: a hole of its length, at its place, and all the rest."""
    places = [
        (place, at)
        for place, (_, octets) in enumerate(SAID)
        for at in range(0, len(octets), 1448)
    ]
    for number in _payloads(mail()):
        connection = mail()
        lost = connection.segments[number][1]
        packets = [
            (t + later * (n > number), o)
            for n, (t, o) in enumerate(connection.packets())
            if n != number
        ]

        got = read_packets(tmp_path / "a", packets)

        holes = [p for p in got.one.pieces if p.is_hole]
        assert [hole.missing for hole in holes] == [len(lost.payload)]
        expected = list(SAID)
        place, at = places.pop(0)
        speaker, octets = SAID[place]
        hole = b"<%d>" % len(lost.payload)
        expected[place] = (
            speaker,
            octets[:at] + hole + octets[at + len(lost.payload) :],
        )
        assert said(got.one) == expected


def test_one_side_only(tmp_path: Path) -> None:
    """Half a capture is heard as half a conversation."""
    for side in (0, 1):
        connection = mail()
        connection.segments = [
            (t, s) for t, s in connection.segments if s.source == (CLIENT, SERVER)[side]
        ]
        got = read_packets(tmp_path / "a", connection.packets())
        octets = b"".join(octets for speaker, octets in SAID if speaker == side)
        assert said(got.one) == [(side, octets)]
        assert got.one.opening.client == CLIENT[0]


def test_met_in_the_middle(tmp_path: Path) -> None:
    """Without its beginning: that is told first, then what is there."""
    connection = mail()
    first = _payloads(connection)[2]
    connection.segments = connection.segments[first:]

    got = read_packets(tmp_path / "a", connection.packets())

    assert got.one.opening.middle
    assert said(got.one) == [
        (0, b"<0>"),
        (1, b"<0>" + SAID[2][1]),
        *SAID[3:],
    ]


def test_cut_at_the_end(tmp_path: Path) -> None:
    """A capture that ends first."""
    got = read_packets(tmp_path / "a", mail().packets()[:9])

    assert got.one.ending == OPEN
    assert said(got.one) == WHOLE[: len(said(got.one))]


def test_keep_alives(tmp_path: Path) -> None:
    """An octet before the next, of whatever value, is nothing said."""
    connection = mail()
    packets = []
    for time, segment in connection.segments:
        probe = replace(segment, seq=segment.seq - 1, payload=b"K", flags=ACK)
        one = Connection(CLIENT, SERVER)
        one.segments = [(time, segment)]
        if segment.flags == ACK:
            one.segments = [(time, probe), (time, segment)]
        packets += one.packets()

    got = read_packets(tmp_path / "a", packets)

    assert said(got.one) == WHOLE
    assert got.one.strangeness == []


def test_data_with_the_syn(tmp_path: Path) -> None:
    """Octets may come with the SYN."""
    connection = Connection(SERVER, CLIENT)
    connection.ends = (CLIENT, SERVER)
    connection.add(0, SYN, b"EHLO a\r\n")
    connection.add(1, SYN | ACK)
    connection.say(1, b"220 hi\r\n")

    got = read_packets(tmp_path / "a", connection.packets())

    assert said(got.one) == [(0, b"EHLO a\r\n"), (1, b"220 hi\r\n")]


def test_reset(tmp_path: Path) -> None:
    """RST ends it, if it is of this connection."""
    connection = mail()
    connection.segments = connection.segments[:6]
    stray = replace(connection.segments[-1][1], flags=RST, seq=0x70000000)
    good = Connection(CLIENT, SERVER)
    good.next = connection.next.copy()
    good.segments = [(1_700_000_001.0, stray)]
    good.add(1, ACK | PSH, b"")
    last = connection.segments[5][1]
    good.segments.append(
        (
            1_700_000_002.0,
            replace(
                last, flags=RST | ACK, seq=last.seq + len(last.payload), payload=b""
            ),
        )
    )

    got = read_packets(tmp_path / "a", connection.packets() + good.packets())

    assert got.one.ending == RESET
    assert got.one.end == 1_700_000_002.0


def test_ports_used_anew(tmp_path: Path) -> None:
    """After its end, and after a SYN that is answered; never by a SYN alone."""
    ended = mail().packets() + mail(client_isn=77_000_000).packets()
    got = read_packets(tmp_path / "a", ended)
    assert [said(one) for one in got.conversations] == [WHOLE, WHOLE]

    broken = mail().packets()[:10] + mail(client_isn=77_000_000).packets()
    got = read_packets(tmp_path / "a", broken)
    assert [one.ending for one in got.conversations] == [REBORN, FINS]
    assert said(got.conversations[1]) == WHOLE

    connection = mail()
    strange = Connection(CLIENT, SERVER, client_isn=123_456_789)
    strange.add(0, SYN)
    packets = connection.packets()
    got = read_packets(tmp_path / "a", packets[:10] + strange.packets() + packets[10:])
    assert said(got.one) == WHOLE


def test_far_away(tmp_path: Path) -> None:
    """A segment that fits no window makes no hole."""
    connection = mail()
    number = _payloads(connection)[3]
    time, segment = connection.segments[number]
    for far in (1 << 29, (1 << 30) + 5, -(1 << 30) - 5):
        spoof = replace(segment, seq=segment.seq + far, payload=b"DATA\r\n")
        segments = connection.segments.copy()
        segments.insert(number, (time, spoof))
        other = Connection(CLIENT, SERVER)
        other.segments = segments
        got = read_packets(tmp_path / "a", other.packets())
        assert said(got.one) == WHOLE


def test_differing_overlaps(tmp_path: Path) -> None:
    """The octets seen first stand, and it is told."""
    connection = mail()
    number = _payloads(connection)[1]
    time, segment = connection.segments[number]
    connection.segments.insert(
        number + 1, (time, replace(segment, payload=b"EHLO b\r\n"))
    )

    got = read_packets(tmp_path / "a", connection.packets())

    assert said(got.one) == WHOLE
    assert got.one.strangeness == [
        (0, "1 octets came again with other contents; those seen first stand")
    ]


@pytest.mark.parametrize(
    ("port", "first", "is_mail"),
    [
        (25, b"anything", True),
        (587, b"anything", True),
        (465, b"220 hi\r\n", False),
        (2525, b"220 hi\r\n", True),
        (2525, b"220-hi\r\n", True),
        (2525, b"HTTP/1.1 200 OK\r\n", False),
        (21, b"220 hi\r\n", False),
    ],
)
def test_what_is_mail(tmp_path: Path, port: int, first: bytes, is_mail: bool) -> None:
    """By its port, or by what both sides say first."""
    connection = Connection(CLIENT, (SERVER[0], port))
    connection.open()
    connection.say(1, first)
    connection.say(0, b"USER a\r\n" if port == 21 else b"EHLO a\r\n")

    got = read_packets(tmp_path / "a", connection.packets())

    assert bool(got.conversations) == is_mail
    if is_mail:
        assert said(got.one) == [(1, first), (0, b"EHLO a\r\n")]


def test_octet_by_octet_is_mail_too(tmp_path: Path) -> None:
    """The greeting in pieces, on any port, met in the middle or not."""
    for begin in (0, 3):
        connection = Connection(CLIENT, (SERVER[0], 40000), size=1)
        connection.open()
        connection.say(1, b"220 hi\r\n")
        connection.say(0, b"EHLO a\r\n")
        connection.segments = connection.segments[begin:]
        got = read_packets(tmp_path / "a", connection.packets())
        assert got.one.opening.server_port == 40000
        assert got.one.opening.middle == bool(begin)


def test_memory_is_bounded(tmp_path: Path) -> None:
    """More connections than the budget bears: the one unused longest ends."""
    packets: list[Packet] = []
    for number in range(60):
        packets += mail((CLIENT[0], 2000 + number), SERVER).packets()[:9]
    got = read_octets(tmp_path / "a", pcap(packets), budget=1 << 19)

    assert got.census.evicted > 20
    assert [one.ending for one in got.conversations].count(EVICTED) > 20
    assert len(got.conversations) == 60


def test_sessions(tmp_path: Path) -> None:
    """The plain road: each conversation, as it ends, and what went wrong."""
    file = tmp_path / "a"
    file.write_bytes(pcap(mail().packets() + mail((CLIENT[0], 9)).packets())[:-1])
    troubles: list[str] = []

    found = list(sessions([str(file)], notice=troubles.append))

    assert [said(one) for one in found] == [WHOLE, WHOLE]
    assert len(troubles) == 1
    found = list(sessions([str(file)], budget=4096))
    assert [one.whole for one in found] == [False, False]


def test_by_segment(tmp_path: Path) -> None:
    """Who wants each segment by itself is told so."""

    class Counting(Hearer):
        by_segment = True

        def __init__(self) -> None:
            self.sizes: list[int] = []

        def heard(self, speaker: int, octets: bytes, now: float) -> None:
            self.sizes.append(len(octets))

    (tmp_path / "a").write_bytes(pcap(mail(size=1000).packets()))
    hearer = Counting()
    follow([str(tmp_path / "a")], lambda _: hearer)

    assert hearer.sizes == [
        len(octets[at : at + 1000])
        for _, octets in SAID
        for at in range(0, len(octets), 1000)
    ]


@pytest.mark.parametrize("port", [25, 2000])
@pytest.mark.parametrize("server", [0, 1])
def test_ends_that_look_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int, server: int
) -> None:
    """Connections whose ends mix into one number are told apart; they go on where
    nobody else looks like them."""
    import numpy as np

    from mailward.drivers.capture import groups

    address = int.from_bytes(bytes(map(int, SERVER[0].split("."))), "big")

    def mixed(ends: Longs, *_: object) -> Longs:
        known = np.array([address], np.uint64) * groups._MIX[1]
        number: Longs = (ends == known).astype(np.uint64) * np.uint64(server)
        return number

    monkeypatch.setattr(groups, "_mixed", mixed)
    mails = [mail((f"10.1.1.{n}", port), SERVER).packets() for n in range(5)]
    together = [p for several in zip(*mails, strict=True) for p in several]
    files = [together[:50], *[one[10:] for one in mails]]
    names = [tmp_path / f"{number}" for number in range(len(files))]
    for name, packets in zip(names, files, strict=True):
        name.write_bytes(pcap(packets))

    got = list(sessions([str(name) for name in names]))

    assert [said(one) for one in got] == [WHOLE] * 5


def test_every_order_of_three_pairs(tmp_path: Path) -> None:
    """Question, answer, question, answer, in all orders of the four segments."""
    connection = Connection(CLIENT, SERVER)
    connection.open()
    for speaker, octets in SAID[:4]:
        connection.add(speaker, PSH | ACK, octets)
    packets = connection.packets()
    for order in itertools.permutations(packets[3:]):
        got = read_packets(tmp_path / "a", packets[:3] + list(order))
        assert said(got.one) == WHOLE[:4]
