"""Captures that were cut or spoilt: never a crash, never a loop, and what came before
is told."""

import gzip
import random
import struct
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from mailward.cli.crew import End, Job, Told, work
from mailward.config.factory import FACTORY
from mailward.drivers.capture.feed import Named
from mailward.testing.wire import frame, network, pcap, pcapng
from tests.unit.drivers.capture.kit import Read, mail, read_octets, said

PACKETS = [
    *mail().packets(),
    *mail(("203.0.113.9", 51112)).packets(),
    *mail(("2001:db8::9", 51113), ("2001:db8::25", 587), size=300).packets(),
]
WHOLE = {
    "pcap": pcap(PACKETS),
    "pcapng": pcapng(PACKETS),
    "gzip": gzip.compress(pcap(PACKETS), mtime=0),
    "zstd": zstandard.compress(pcap(PACKETS)),
}
SHAPES = tuple(WHOLE)


def _inspected(file: Path, octets: bytes) -> tuple[list[Told], End]:
    """All that is told of a capture, the end too."""
    file.write_bytes(octets)
    said = list(work(Job((Named(str(file)),), FACTORY, port=25)))
    end = said[-1]
    assert isinstance(end, End)
    return [one for one in said if isinstance(one, Told)], end


@pytest.mark.parametrize("shape", SHAPES)
def test_cut_anywhere(tmp_path: Path, shape: str) -> None:
    """The sessions found so far, and what is wrong; never more than are there."""
    whole = WHOLE[shape]
    before = 0
    for at in range(0, len(whole), 5 if len(whole) < 2000 else 61):
        told, end = _inspected(tmp_path / "x", whole[:at])
        assert len(told) >= before
        before = len(told)
        for trouble in end.troubles:
            assert trouble.startswith(str(tmp_path / "x"))
    assert before == (0 if shape == "zstd" else 3)  # all of it is one block
    told, end = _inspected(tmp_path / "x", whole)
    assert (len(told), end.troubles) == (3, [])


_SPOILT = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.one_of(
            st.binary(min_size=1, max_size=8),
            st.sampled_from(
                (b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f")
            ),
        ),
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=120)
@given(spoilt=_SPOILT)
def test_spoilt_anywhere(
    tmp_path_factory: pytest.TempPathFactory,
    shape: str,
    spoilt: list[tuple[float, bytes, int]],
) -> None:
    """Octets replaced, added, taken away: it ends, and says what it found."""
    octets = bytearray(WHOLE[shape])
    for where, new, gone in spoilt:
        at = int(where * len(octets))
        octets[at : at + gone] = new

    told, end = _inspected(tmp_path_factory.getbasetemp() / "spoilt", bytes(octets))

    assert len(told) <= len(PACKETS)
    assert end.census.packets < 10_000


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(14, 90), st.integers(0, 255)), max_size=6),
       st.integers(0, 2))  # fmt: skip
def test_every_packet_lies(
    tmp_path_factory: pytest.TempPathFactory, lies: list[tuple[int, int]], which: int
) -> None:
    """The same octets of every head of IP and TCP, in all packets of a connection."""
    packets = []
    for time, octets in mail(("203.0.113.9", 50000 + which)).packets():
        spoilt = bytearray(octets)
        for at, octet in lies:
            if at < len(spoilt):
                spoilt[at] = octet
        packets.append((time, bytes(spoilt)))
    _, end = _inspected(tmp_path_factory.getbasetemp() / "lies", pcap(packets))

    assert end.troubles == []
    assert end.census.packets == len(packets)


@pytest.mark.parametrize("snap", [54, 60, 66, 80, 100, 200])
def test_snap_length(tmp_path: Path, snap: int) -> None:
    """What the capture has cut off is a hole of its length: together all octets."""
    packets = mail().packets()
    out = bytearray(pcap(packets)[:24])
    for time, octets in packets:
        head = struct.pack("<IIII", int(time), 0, min(len(octets), snap), len(octets))
        out += head + octets[:snap]
    got = read_octets(tmp_path / "x", bytes(out))
    whole = read_octets(tmp_path / "y", pcap(packets))

    assert got.census.cut == sum(len(octets) > snap for _, octets in packets)
    length = [0, 0]
    for which, one in enumerate((got.one, whole.one)):
        length[which] = sum(len(p.octets) + p.missing for p in one.pieces)
    assert length[0] == length[1]
    assert got.one.ending == whole.one.ending


def test_links_nobody_knows(tmp_path: Path) -> None:
    """Interfaces of unknown kinds among known ones: counted, passed over."""
    packets = mail().packets()
    octets = bytearray(pcapng(packets))
    order = "<" if octets[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    at = 0
    while struct.unpack_from(order + "I", octets, at)[0] != 1:  # the interface's block
        at += struct.unpack_from(order + "I", octets, at + 4)[0]
    struct.pack_into(order + "H", octets, at + 8, 54321)
    (tmp_path / "strange.pcapng").write_bytes(octets)
    (tmp_path / "known.pcap").write_bytes(pcap(packets))

    got = Read(tmp_path / "strange.pcapng", tmp_path / "known.pcap")

    assert got.troubles == []
    assert got.census.foreign == len(packets)
    assert len(got.conversations) == 1


def test_random_overlapping_retransmissions(tmp_path: Path) -> None:
    """An attack: the same places said over and over, otherwise each time."""
    rng = random.Random(1)
    connection = mail()
    first = connection.segments[5][1]
    packets = connection.packets()
    attack = []
    for _ in range(2000):
        segment = type(first)(
            first.source,
            first.target,
            first.seq + rng.randrange(-2000, 6000),
            first.ack,
            first.flags,
            bytes((rng.randrange(256),)) * rng.randrange(1, 1400),
        )
        attack.append((packets[0][0], frame(network(segment))))

    got = read_octets(tmp_path / "x", pcap([*packets, *attack]))
    mixed = read_octets(tmp_path / "y", pcap([*packets[:-4], *attack, *packets[-4:]]))

    assert said(got.conversations[0]) == said(
        read_octets(tmp_path / "z", pcap(packets)).one
    )
    assert mixed.conversations[0].strangeness
