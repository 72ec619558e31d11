"""pcap and pcapng: every shape is read, every lie is told with its place."""

import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from mailward.drivers.capture.feed import CaptureError, found
from mailward.testing.wire import (
    ACK,
    ETHERNET,
    RAW,
    Connection,
    block,
    enhanced,
    frame,
    interface,
    ip4,
    option,
    pcap,
    pcapng,
    section,
)
from tests.unit.drivers.capture.kit import (
    CLIENT,
    SAID,
    SERVER,
    Read,
    mail,
    read_octets,
    said,
)

WHOLE = list(SAID)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_pcap(tmp_path: Path, order: str, nano: bool) -> None:
    """Both orders, both units of time."""
    got = read_octets(tmp_path / "a", pcap(mail().packets(), order=order, nano=nano))

    assert said(got.one) == WHOLE
    assert got.one.opening.started == 1_700_000_000.0
    assert got.one.opening.number == 1
    assert got.troubles == []


def test_pcap_of_old_kernels(tmp_path: Path) -> None:
    """The variant with eight more octets before each packet."""
    plain = pcap(mail().packets())
    out = bytearray(b"\x34\xcd\xb2\xa1" + plain[4:24])
    at = 24
    while at < len(plain):
        length = int.from_bytes(plain[at + 8 : at + 12], "little")
        out += plain[at : at + 16] + bytes(8) + plain[at + 16 : at + 16 + length]
        at += 16 + length

    assert said(read_octets(tmp_path / "a", bytes(out)).one) == WHOLE


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng(tmp_path: Path, order: str) -> None:
    """Both orders."""
    got = read_octets(tmp_path / "a", pcapng(mail().packets(), order=order))

    assert said(got.one) == WHOLE
    assert got.one.opening.started == 1_700_000_000.0


def test_pcapng_of_everything(tmp_path: Path) -> None:
    """Two sections of different orders, interfaces of different links and units,
    blocks that mean nothing here, packets of all three kinds."""
    packets = mail().packets()
    raw = mail().packets(RAW)
    third = len(packets) // 3
    out = section()
    out += block(4, b"\0\0\0\0")  # names
    out += interface(ETHERNET, option(2, b"eth0") + option(9, b"\x09"))
    out += interface(RAW, option(9, b"\x94") + option(14, b"\x64" + bytes(7)))
    out += block(5, bytes(12))  # statistics
    out += block(0x0BAD, b"\x00\x00\x7e\xd9custom..")
    for packet in packets[:third]:
        out += enhanced(packet, unit=1_000_000_000)
    for time, octets in raw[third : 2 * third]:
        out += enhanced((time - 100, octets), of=1, unit=1 << 20)
    out += section(">") + interface(ETHERNET, order=">")
    half = (len(packets) + 2 * third) // 2
    for time, octets in packets[2 * third : half]:
        ticks = round(time * 1_000_000)
        head = b"\0\0\0\0" + ticks.to_bytes(8, "big") + len(octets).to_bytes(4, "big")
        out += block(2, head + len(octets).to_bytes(4, "big") + octets, ">")
    for _, octets in packets[half:]:
        out += block(3, len(octets).to_bytes(4, "big") + octets, ">")

    got = read_octets(tmp_path / "a", out)

    assert got.troubles == []
    assert said(got.one) == WHOLE
    assert got.one.end == pytest.approx(1_700_000_000.0, abs=0.001)


@pytest.mark.parametrize(
    "resolution", [b"\x00", b"\x03", b"\x7f", b"\xff", b"\x8a", b"\x06"]
)
def test_absurd_units(tmp_path: Path, resolution: bytes) -> None:
    """A unit of time no clock has disturbs nothing but the time."""
    offset = option(14, b"\xff" * 7 + b"\x7f")
    out = section() + interface(ETHERNET, option(9, resolution) + offset)
    out += b"".join(enhanced(packet) for packet in mail().packets())

    got = read_octets(tmp_path / "a", out)

    assert said(got.one) == WHOLE
    assert 0 < got.one.opening.started < 1e11


def test_packed(tmp_path: Path) -> None:
    """gzip and zstd, of several members and frames."""
    plain = pcap(mail().packets())
    for name, packed in (
        ("gz", gzip.compress(plain[:999]) + gzip.compress(plain[999:])),
        ("zst", zstandard.compress(plain[:999]) + zstandard.compress(plain[999:])),
    ):
        assert said(read_octets(tmp_path / name, packed).one) == WHOLE


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_packed_and_cut(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """What can be unpacked is read; then the reading ends with a message."""
    packed = pack(pcap(mail().packets() * 50))
    got = read_octets(tmp_path / "a", packed[:-9])

    assert len(got.troubles) == 1
    assert "cannot be read further" in got.troubles[0] or "ends" in got.troubles[0]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is standard input."""
    stream = io.TextIOWrapper(io.BytesIO(gzip.compress(pcap(mail().packets()))))
    monkeypatch.setattr(sys, "stdin", stream)

    assert said(Read("-").one) == WHOLE


def test_names(tmp_path: Path) -> None:
    """Files, folders, patterns; what is in a folder and no capture is passed over."""
    inner = tmp_path / "sub" / "deep"
    inner.mkdir(parents=True)
    for number, path in enumerate((tmp_path / "a.pcap", inner / "b.pcap")):
        packets = mail(client=("203.0.113.9", 1000 + number)).packets()
        path.write_bytes(pcap(packets))
    (inner / "notes.txt").write_text("nothing")

    assert len(Read(tmp_path).conversations) == 2
    assert Read(tmp_path).reader.passed_over == 1
    assert len(Read(f"{tmp_path}/**/*.pcap").conversations) == 2
    assert len(Read(tmp_path / "a.pcap", tmp_path).conversations) == 2
    with pytest.raises(CaptureError, match="no such file"):
        found([str(tmp_path / "nothing*")])


def test_a_rotated_capture_is_one_story(tmp_path: Path) -> None:
    """A connection goes on in the next file, whatever the files are called."""
    connection = Connection(CLIENT, SERVER)
    connection.open()
    for speaker, octets in SAID:
        connection.say(speaker, octets)
        connection.now += 1.0
    packets = connection.packets()
    (tmp_path / "b").write_bytes(pcap(packets[:9]))
    (tmp_path / "a").write_bytes(pcap(packets[9:]))

    got = Read(tmp_path)

    assert said(got.one) == WHOLE
    assert got.one.opening.file.endswith("b")


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (b"", "is empty"),
        (b"\xd4\xc3", "is no capture"),
        (b"%PDF-1.4 and so on", "is no capture"),
        (pcap([])[:20], "ends within its head"),
        (pcap(mail().packets())[:-1], "ends within packet 27"),
        (pcap(mail().packets())[:-60], "ends within packet 27"),
        (
            pcap(mail().packets()) + b"\0" * 8 + b"\xff\xff\xff\x7f" * 2,
            "packet 28 at octet 6060 claims 2147483647 octets",
        ),
        (pcapng(mail().packets())[:-1], "ends within a block"),
        (section() + b"\6\0\0\0\5\0\0\0" + bytes(20), "claims 5 octets"),
        (section() + b"\6\0\0\0\x10\0\0\0" + bytes(8), "has two lengths"),
        (section()[:8] + bytes(20), "is none"),
        (section() + enhanced((1.0, b"x")), "of interface 0, which was not described"),
        (
            section() + interface() + block(6, bytes(12) + b"\xff" * 8),
            "more than its block has",
        ),
    ],
)
def test_lies(tmp_path: Path, octets: bytes, told: str) -> None:
    """Each is told, and what came before is there."""
    got = read_octets(tmp_path / "a", octets)

    assert len(got.troubles) == 1
    assert told in got.troubles[0]
    if octets.startswith(pcap(mail().packets())[:6000]):
        assert said(got.one) == WHOLE[: len(said(got.one))] != []


def test_a_packet_longer_than_the_window(tmp_path: Path) -> None:
    """The window grows for it."""
    big = bytes(3_000_000)
    for octets in (pcap([(1.0, big)]), section() + interface() + enhanced((1.0, big))):
        got = read_octets(tmp_path / "a", octets, budget=1 << 20)
        assert got.census.packets == 1
        assert got.troubles == []


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    """It is told, and the rest is read."""
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    good = tmp_path / "good"
    good.write_bytes(pcap(mail().packets()))

    got = Read(tmp_path / "gone", good, "/proc/self/mem")

    assert said(got.one) == WHOLE
    assert len(got.troubles) == 2


def test_frames_of_nothing(tmp_path: Path) -> None:
    """Empty packets, heads cut at every octet: nothing is found, nothing breaks."""
    segment = Connection(CLIENT, SERVER).add(0, ACK, b"x")
    whole = frame(ip4(segment), tags=(1, 2))
    packets = [(1.0, whole[:length]) for length in range(len(whole))]

    got = read_octets(tmp_path / "a", pcap(packets))

    assert got.census.packets == len(whole)
    assert got.conversations == []
