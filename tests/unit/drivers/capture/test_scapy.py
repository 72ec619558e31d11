"""Streams that scapy has made: another hand writes the heads, we put them in order.

scapy is for tests only (GPL); without it these are skipped.
"""

import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from mailward.drivers.capture.hearers import FINS
from mailward.testing.wire import pcap
from tests.unit.drivers.capture.kit import Read, read_packets, said

scapy = pytest.importorskip("scapy.all", reason="scapy is not installed")

CLIENT = "198.51.100.7"
SERVER = "192.0.2.25"
GREETING = b"220 mail.example.com ESMTP\r\n"
COMMANDS = b"EHLO client.example.net\r\nMAIL FROM:<a@example.net>\r\nNOOP\r\n"
ENDS = [0x1000, 0xFFFFFFF0, 0x7FFFFFF0]


class Talk:
    """The two ends of a connection; `isn` is that of both."""

    def __init__(self, isn: int, *, six: bool = False) -> None:
        self.isn = isn
        ip = scapy.IPv6 if six else scapy.IP
        hosts = ("2001:db8::7", "2001:db8::25") if six else (CLIENT, SERVER)
        self._heads = [
            ip(src=hosts[0], dst=hosts[1]),
            ip(src=hosts[1], dst=hosts[0]),
        ]
        self._ports = (40000, 25)

    def segment(
        self, speaker: int, at: int, ack: int, flags: str, octets: bytes = b""
    ) -> Any:
        """One, at a place among the octets of its speaker; places behind the SYN."""
        return self._heads[speaker] / scapy.TCP(
            sport=self._ports[speaker],
            dport=self._ports[1 - speaker],
            seq=(self.isn + 1 + at) & 0xFFFFFFFF,
            ack=(self.isn + 1 + ack) & 0xFFFFFFFF if "A" in flags else 0,
            flags=flags,
        ) / scapy.Raw(octets)  # fmt: skip

    def beginning(self) -> list[Any]:
        """Up to the greeting and its acknowledgement."""
        return [
            self.segment(0, -1, 0, "S"),
            self.segment(1, -1, 0, "SA"),
            self.segment(0, 0, 0, "A"),
            self.segment(1, 0, 0, "PA", GREETING),
            self.segment(0, 0, len(GREETING), "A"),
        ]

    def client(self, at: int, octets: bytes) -> Any:
        """Octets of the client."""
        return self.segment(0, at, len(GREETING), "PA", octets)

    def ending(self, length: int) -> list[Any]:
        """All has been heard; both close."""
        heard = len(GREETING)
        return [
            self.segment(1, heard, length, "A"),
            self.segment(0, length, heard, "FA"),
            self.segment(1, heard, length + 1, "FA"),
            self.segment(0, length + 1, heard + 1, "A"),
        ]


def _framed(packets: list[Any]) -> list[tuple[float, bytes]]:
    """As Ethernet has them, a millisecond apart."""
    ether = scapy.Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    return [(1.7e9 + n / 1000, bytes(ether / p)) for n, p in enumerate(packets)]


def _in_order(
    folder: Path, begin: list[Any], middle: list[Any], end: list[Any], order: list[int]
) -> Read:
    packets = _framed(begin) + _framed([middle[n] for n in order]) + _framed(end)
    times = [1.7e9 + n / 1000 for n in range(len(packets))]
    return read_packets(
        folder / "a", [(t, o) for t, (_, o) in zip(times, packets, strict=True)]
    )


@pytest.mark.parametrize("isn", ENDS)
@pytest.mark.parametrize("six", [False, True])
def test_every_permutation(tmp_path: Path, isn: int, six: bool) -> None:
    """Five segments in all 120 orders, across a wrap too, in both IPs."""
    talk = Talk(isn, six=six)
    cuts = [0, 1, 13, 25, 40, len(COMMANDS)]
    middle = [talk.client(a, COMMANDS[a:b]) for a, b in itertools.pairwise(cuts)]
    begin, end = _framed(talk.beginning()), _framed(talk.ending(len(COMMANDS)))
    octets = [one for _, one in _framed(middle)]
    for order in itertools.permutations(octets):
        packets = begin + [(1.7e9 + 1, one) for one in order] + end
        got = read_packets(tmp_path / "a", packets)

        assert said(got.one) == [(1, GREETING), (0, COMMANDS)]
        assert got.one.ending == FINS
        assert got.one.strangeness == []
        assert got.census.wrong == 0


@pytest.mark.parametrize("isn", ENDS)
def test_overlaps_with_different_contents(tmp_path: Path, isn: int) -> None:
    """In all orders: what came first stands, and that it differed is told."""
    talk = Talk(isn)
    segments = [(0, b"aaaaaaaa"), (4, b"bbbbbbbb"), (8, b"cccc"), (2, b"dddd")]
    begin = _framed(talk.beginning())
    end = _framed(talk.ending(12))
    framed = [one for _, one in _framed([talk.client(*one) for one in segments])]
    for order in itertools.permutations(range(4)):
        table: dict[int, int] = {}
        differing = 0
        for number in order:
            at, octets = segments[number]
            for place, octet in enumerate(octets, at):
                differing += table.setdefault(place, octet) != octet
        packets = begin + [(1.7e9 + 1, framed[number]) for number in order] + end
        got = read_packets(tmp_path / "a", packets)

        expected = bytes(table[place] for place in range(12))
        assert said(got.one) == [(1, GREETING), (0, expected)]
        ((speaker, text),) = got.one.strangeness
        assert (speaker, text.split()[0]) == (0, str(differing))


@pytest.mark.parametrize("isn", ENDS)
def test_every_set_of_holes(tmp_path: Path, isn: int) -> None:
    """Any of five segments are missing, and acknowledged all the same."""
    talk = Talk(isn)
    cuts = [0, 1, 13, 25, 40, len(COMMANDS)]
    middle = [talk.client(a, COMMANDS[a:b]) for a, b in itertools.pairwise(cuts)]
    for there in itertools.product((True, False), repeat=5):
        kept = [n for n in range(5) if there[n]]
        got = _in_order(
            tmp_path, talk.beginning(), middle, talk.ending(len(COMMANDS)), kept
        )
        heard = b""
        missing = 0
        for n, (a, b) in enumerate(itertools.pairwise(cuts)):
            if there[n]:
                heard += b"<%d>" % missing if missing else b""
                heard += COMMANDS[a:b]
                missing = 0
            else:
                missing += b - a
        heard += b"<%d>" % missing if missing else b""
        expected = [(1, GREETING), (0, heard)]

        assert said(got.one) == expected
        assert got.one.ending == FINS


@pytest.mark.parametrize("seed", range(20))
def test_retransmitted_otherwise(tmp_path: Path, seed: int) -> None:
    """Cut at other places each time it is sent, shuffled, some of it lost at first."""
    rng = random.Random(seed)
    talk = Talk(rng.choice(ENDS))
    middle = []
    for last in (False, False, True):
        cuts = sorted({0, len(COMMANDS), *rng.sample(range(len(COMMANDS)), 6)})
        pieces = [
            talk.client(a, COMMANDS[a:b])
            for a, b in itertools.pairwise(cuts)
            if last or rng.random() < 0.6
        ]
        rng.shuffle(pieces)
        middle += pieces
    order = list(range(len(middle)))
    got = _in_order(
        tmp_path, talk.beginning(), middle, talk.ending(len(COMMANDS)), order
    )

    assert said(got.one) == [(1, GREETING), (0, COMMANDS)]
    assert got.one.strangeness == []


@pytest.mark.parametrize("size", [16, 64, 200])
def test_fragments(tmp_path: Path, size: int) -> None:
    """Datagrams that scapy has cut, shuffled within each."""
    rng = random.Random(size)
    talk = Talk(ENDS[1])
    packets: list[Any] = []
    whole = [*talk.beginning(), talk.client(0, COMMANDS), *talk.ending(len(COMMANDS))]
    for ident, packet in enumerate(whole, 1):
        packet.id = ident
        pieces = scapy.fragment(packet, fragsize=size)
        rng.shuffle(pieces)
        packets += pieces

    got = read_packets(tmp_path / "a", _framed(packets))

    assert said(got.one) == [(1, GREETING), (0, COMMANDS)]
    assert got.census.pieces == 0


@pytest.mark.parametrize("name", ["a.pcap", "a.pcap.gz", "nano.pcap", "a.pcapng"])
@pytest.mark.parametrize("link", ["ether", "vlan", "qinq", "cooked", "null", "raw"])
def test_files_and_links(tmp_path: Path, name: str, link: str) -> None:
    """Written by scapy: its files, its heads of links."""
    talk = Talk(ENDS[0])
    ether = scapy.Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    heads = {
        "ether": ether,
        "vlan": ether / scapy.Dot1Q(vlan=7),
        "qinq": ether / scapy.Dot1AD(vlan=7) / scapy.Dot1Q(vlan=8),
        "cooked": scapy.CookedLinux(),
        "null": scapy.Loopback(),
        "raw": None,
    }
    packets = [*talk.beginning(), talk.client(0, COMMANDS), *talk.ending(len(COMMANDS))]
    head = heads[link]
    framed = [packet if head is None else head / packet for packet in packets]
    for number, packet in enumerate(framed):
        packet.time = 1.7e9 + number / 1000
    file = tmp_path / name
    if name.endswith("ng"):
        scapy.wrpcapng(str(file), framed)
    else:
        scapy.wrpcap(
            str(file), framed, gz=name.endswith("gz"), nano=name.startswith("nano")
        )

    got = Read(file)

    assert got.troubles == []
    assert said(got.one) == [(1, GREETING), (0, COMMANDS)]
    assert got.one.opening.started == pytest.approx(1.7e9)


def test_options_of_both_heads(tmp_path: Path) -> None:
    """Of IP and TCP, as scapy writes them; and what an extension head hides."""
    talk = Talk(ENDS[0])
    packets = [*talk.beginning(), talk.client(0, COMMANDS), *talk.ending(len(COMMANDS))]
    for packet in packets:
        packet[scapy.IP].options = [scapy.IPOption_RR(length=11)]
        packet[scapy.TCP].options = [("Timestamp", (1, 2)), ("NOP", None)]
    got = read_packets(tmp_path / "a", _framed(packets))
    assert said(got.one) == [(1, GREETING), (0, COMMANDS)]

    six = Talk(ENDS[0], six=True)
    packets = []
    for one in [*six.beginning(), six.client(0, COMMANDS), *six.ending(len(COMMANDS))]:
        ip, tcp = one.copy(), one[scapy.TCP]
        ip.remove_payload()
        packets.append(
            ip
            / scapy.IPv6ExtHdrHopByHop(options=[scapy.PadN(optdata=b"\0\0\0\0")])
            / scapy.IPv6ExtHdrDestOpt(options=[scapy.PadN(optdata=b"\0\0\0\0")])
            / tcp
        )
    file = tmp_path / "b"
    file.write_bytes(pcap(_framed(packets)))
    assert said(Read(file).one) == [(1, GREETING), (0, COMMANDS)]
