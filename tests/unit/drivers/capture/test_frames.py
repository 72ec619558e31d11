"""Frames: every link, every version of IP, whole or in fragments."""

import itertools
import struct
from pathlib import Path

import pytest

from mailward.testing.wire import (
    COOKED,
    COOKED2,
    ETHERNET,
    LOOP,
    NULL,
    RAW,
    Connection,
    frame,
    ip4,
    ip6,
    pcap,
)
from tests.unit.drivers.capture.kit import SAID, mail, read_octets, read_packets, said

WHOLE = list(SAID)
SIX = {"client": ("2001:db8::9", 51111), "server": ("2001:db8:1::5", 25)}


def _mails() -> list[Connection]:
    return [mail(), mail(SIX["client"], SIX["server"])]


@pytest.mark.parametrize("link", [ETHERNET, COOKED, COOKED2, RAW, NULL, LOOP])
@pytest.mark.parametrize("version", [0, 1])
def test_links(tmp_path: Path, link: int, version: int) -> None:
    """Each link carries both versions."""
    got = read_packets(tmp_path / "a", _mails()[version].packets(link), link)

    assert said(got.one) == WHOLE
    assert got.one.opening.server == ("10.1.1.5", "2001:db8:1::5")[version]
    assert got.census.wrong == 0


def test_the_other_order_of_null(tmp_path: Path) -> None:
    """A null head is of the order of the machine that captured."""
    packets = [
        (time, octets[3::-1] + octets[4:]) for time, octets in mail().packets(NULL)
    ]

    assert said(read_packets(tmp_path / "a", packets, NULL).one) == WHOLE


@pytest.mark.parametrize("tags", [(7,), (7, 8), (7, 8, 9)])
def test_tags(tmp_path: Path, tags: tuple[int, ...]) -> None:
    """802.1Q and what is stacked on it."""
    for connection in _mails():
        got = read_packets(tmp_path / "a", connection.packets(tags=tags))
        assert said(got.one) == WHOLE


def test_pppoe(tmp_path: Path) -> None:
    """A dialled line."""
    packets = [
        (t, o[:12] + b"\x88\x64\x11\0\0\1\0\0\0\x21" + o[14:])
        for t, o in mail().packets()
    ]

    assert said(read_packets(tmp_path / "a", packets).one) == WHOLE


def test_options_and_extensions(tmp_path: Path) -> None:
    """IPv4 with options, IPv6 with extension heads, TCP with options."""
    connection = mail()
    four = [(t, frame(ip4(s, options=b"\x01" * 8))) for t, s in connection.segments]
    hops = b"\x2b\0" + bytes(6) + b"\x3c\0" + bytes(6) + b"\x06\1" + bytes(14)
    six = [
        (t, frame(ip6(s, extensions=hops, first=0)))
        for t, s in mail(SIX["client"], SIX["server"]).segments
    ]
    atom = b"\x06\0\0\0\0\0\0\1"
    atoms = [
        (t, frame(ip6(s, extensions=atom, first=44)))
        for t, s in mail(SIX["client"], SIX["server"]).segments
    ]

    for packets in (four, six, atoms):
        assert said(read_packets(tmp_path / "a", packets).one) == WHOLE


def test_lengths_left_to_the_card(tmp_path: Path) -> None:
    """Segmentation offload leaves the length of IPv4 at nought."""
    packets = [(t, frame(ip4(s, zero_length=True))) for t, s in mail().segments]

    assert said(read_packets(tmp_path / "a", packets).one) == WHOLE


def test_padding_is_not_said(tmp_path: Path) -> None:
    """What fills a short frame is no octet of TCP."""
    packets = [(t, o.ljust(60, b"P") + b"P") for t, o in mail().packets()]

    assert said(read_packets(tmp_path / "a", packets).one) == WHOLE


def _fragments4(size: int = 24) -> list[list[bytes]]:
    out = []
    for ident, (_, segment) in enumerate(mail().segments, 1):
        body = segment.datagram()
        cuts = range(0, len(body), size * 8)
        out.append(
            [
                frame(
                    ip4(
                        segment,
                        body[at : at + size * 8],
                        ident=ident,
                        pieces=at // 8 | (0x2000 if at + size * 8 < len(body) else 0),
                    )
                )
                for at in cuts
            ]
        )
    return out


def _fragments6(size: int = 24) -> list[list[bytes]]:
    out = []
    for ident, (_, segment) in enumerate(mail(SIX["client"], SIX["server"]).segments):
        body = segment.datagram()
        pieces = []
        for at in range(0, len(body), size * 8):
            more = at + size * 8 < len(body)
            head = struct.pack(">BBHI", 6, 0, at | more, ident)
            part = body[at : at + size * 8]
            pieces.append(frame(ip6(segment, part, extensions=head, first=44)))
        out.append(pieces)
    return out


@pytest.mark.parametrize("version", [0, 1])
def test_fragments(tmp_path: Path, version: int) -> None:
    """In order, backwards, twice."""
    made = (_fragments4, _fragments6)[version]()
    for step, times in ((1, 1), (-1, 1), (1, 2)):
        packets = [(1.0, o) for pieces in made for o in pieces[::step] * times]
        got = read_packets(tmp_path / "a", packets)
        assert said(got.one) == WHOLE


def test_every_order_of_fragments(tmp_path: Path) -> None:
    """One datagram of four fragments, in all its orders."""
    connection = Connection(("1.1.1.1", 9), ("2.2.2.2", 25))
    segment = connection.add(1, 0x18, bytes(range(256)) * 3)
    body = segment.datagram()
    cuts = [0, 200, 400, 600, len(body)]
    pieces = [
        frame(
            ip4(
                segment,
                body[a:b],
                pieces=a // 8 | (0x2000 if b < len(body) else 0),
            )
        )
        for a, b in itertools.pairwise(cuts)
    ]
    for order in itertools.permutations(pieces):
        got = read_packets(tmp_path / "a", [(1.0, o) for o in order])
        assert said(got.one)[-1] == (1, b"<0>" + bytes(range(256)) * 3)


def test_fragments_that_never_come(tmp_path: Path) -> None:
    """They are counted, and do not stay."""
    packets = [(1.0, pieces[0]) for pieces in _fragments4() if len(pieces) > 1]

    got = read_packets(tmp_path / "a", packets)

    assert got.census.pieces == len(packets) > 0
    assert got.conversations == []


def test_wrong_checksums(tmp_path: Path) -> None:
    """They are counted, and all is heard."""
    connection = mail()
    connection.spoilt()

    got = read_packets(tmp_path / "a", connection.packets())

    assert said(got.one) == WHOLE
    assert got.census.wrong == len(connection.segments)


@pytest.mark.parametrize("shift", range(4))
def test_checksums_at_any_place(tmp_path: Path, shift: int) -> None:
    """Wherever segments lie in the file, right ones are right."""
    packets = [(1.0, bytes(shift))]
    for connection in _mails():
        packets += connection.packets()
        for number in range(4):
            other = Connection(("9.9.9.9", 5000 + number), ("8.8.8.8", 25))
            other.say(1, b"220 " + b"x" * number + b"\r\n")
            packets += other.packets()

    assert read_packets(tmp_path / "a", packets).census.wrong == 0


def test_cut_packets(tmp_path: Path) -> None:
    """What a capture cut off is a hole, of the right length."""
    got = read_octets(tmp_path / "a", pcap(mail().packets(), snap=154))

    message = SAID[5][1]
    heard = dict(enumerate(said(got.one)))[5][1]
    kept = 100
    sizes = [min(1448, len(message) - at) for at in range(0, len(message), 1448)]
    assert heard == b"".join(
        message[1448 * n : 1448 * n + kept] + b"<%d>" % (size - kept)
        for n, size in enumerate(sizes)
    )
    assert got.census.cut == len(sizes)


def test_links_nobody_knows(tmp_path: Path) -> None:
    """They are counted."""
    got = read_packets(tmp_path / "a", mail().packets(), 147)

    assert got.census.foreign == got.census.packets > 0
