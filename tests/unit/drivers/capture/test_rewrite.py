"""Rewriting: what comes out is what the engine let through, and well formed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.drivers.capture.conversations import follow
from mailward.drivers.capture.feed import CaptureError, Named
from mailward.drivers.capture.hearers import FINS, RESET, Opening
from mailward.drivers.capture.replay import Policy, Replay, Wants
from mailward.drivers.capture.rewrite import Rewriter, edit_of
from mailward.drivers.capture.writer import Writer
from mailward.testing.capture import written
from mailward.testing.dialogue import Dialogue
from mailward.testing.wire import (
    COOKED,
    ETHERNET,
    Packet,
    frame,
    ip4,
    network,
    pcap,
)
from mailward.verdicts import DROP, PASS
from tests.harness.files import each_dialogue
from tests.unit.drivers.capture.kit import SAID, Read, mail, said

TSHARK = shutil.which("tshark")
RESETS = "policy-map type inspect esmtp M\n match body length gt 3000\n  reset\n"
ATTACHED = (
    "policy-map G\n class inspection_default\n  inspect esmtp M\n"
    "service-policy G global\n"
)


def rewritten(
    folder: Path, octets: bytes, config: str = FACTORY, name: str = "out.pcap"
) -> tuple[Path, list[Replay], int]:
    """Write a capture, inspect it, write it anew."""
    source = folder / "in.pcap"
    source.write_bytes(octets)
    ended: list[Replay] = []
    policy = Policy(load(config).gate)

    def opened(opening: Opening) -> Replay:
        return Replay(policy, opening, Wants(patches=True, left=True), ended.append)

    follow([str(source)], opened)
    edits = [edit for replay in ended if (edit := edit_of(replay)) is not None]
    out = folder / name
    with out.open("wb") as file:
        rewriter = Rewriter([Named(str(source))], edits, Writer(file, name))
        rewriter.run()
    return out, ended, rewriter.left


def checked(out: Path) -> None:
    """tshark reads it, and finds every checksum good."""
    if TSHARK is None:
        return
    done = subprocess.run(
        [
            *(TSHARK, "-r", str(out), "-o", "tcp.check_checksum:TRUE"),
            *("-o", "ip.check_checksum:TRUE", "-Y"),
            "tcp.checksum.status==0 || ip.checksum.status==0 || _ws.malformed",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout == ""


def _left(read: Read) -> tuple[bytes, bytes]:
    """What client and server say in a capture."""
    out = [b"", b""]
    for speaker, octets in said(read.one):
        out[speaker] += octets
    return out[0], out[1]


@each_dialogue
def test_every_dialogue(dialogue: Dialogue, tmp_path: Path) -> None:
    """Read again, both sides say what the engine let through."""
    text = dialogue.config_text(FACTORY)
    packets = written(dialogue.turns, size=700).packets()
    if any(turn.passes for turn in dialogue.turns):
        pytest.skip("a command that waits is written where it stood")
    if dialogue.cuts_matter:
        pytest.skip("cuts matter")

    out, (replay,), _ = rewritten(tmp_path, pcap(packets), text)

    client, server = _left(Read(out))
    to_server = b"".join(replay.to_server.left or ())
    to_client = b"".join(replay.to_client.left or ())
    # What was held when both sides closed stands where it was said.
    if replay.verdict == PASS:
        assert client.startswith(to_server)
        assert server.startswith(to_client)
    else:
        assert (client, server) == (to_server, to_client)
        assert Read(out).one.ending == (FINS if replay.verdict == DROP else RESET)


@pytest.mark.parametrize("name", ["out.pcap", "out.pcapng"])
@pytest.mark.parametrize("six", [False, True])
def test_masks(tmp_path: Path, name: str, six: bool) -> None:
    """Masked octets stand in their places; checksums are good, times kept."""
    ends = {"client": ("2001:db8::9", 51111), "server": ("2001:db8:1::5", 25)}
    connection = mail(ends["client"], ends["server"], size=300) if six else mail()

    out, (replay,), _ = rewritten(tmp_path, pcap(connection.packets()), name=name)

    checked(out)
    read = Read(out)
    expected = [(who, o.replace(b"220 mail", b"220 ****")) for who, o in SAID]
    assert said(read.one) == expected
    assert read.one.opening.started == replay.opening.started
    assert read.census.packets == len(connection.segments)
    assert read.census.wrong == 0


def test_cut(tmp_path: Path) -> None:
    """Ended in the midst of a message: cut there, RST of both sides, no more."""
    connection = mail(size=500)
    others = mail(("203.0.113.10", 9), ("10.1.1.5", 40025))

    out, (replay, *_), _ = rewritten(
        tmp_path, pcap(connection.packets() + others.packets()), RESETS + ATTACHED
    )

    checked(out)
    read = Read(out)
    first = next(c for c in read.conversations if c.opening.server_port == 25)
    assert first.ending == RESET
    message = SAID[5][1]
    begin = message.index(b"\r\n\r\n") + 4
    assert said(first) == [*SAID[:5], (0, message[: begin + 3000])]
    assert replay.packet > 10
    assert read.census.packets > len(others.segments)


def test_retransmissions(tmp_path: Path) -> None:
    """What is sent twice is masked twice."""
    packets = [p for packet in mail(size=100).packets() for p in (packet, packet)]

    out, _, _ = rewritten(tmp_path, pcap(packets))

    checked(out)
    assert b"220 mail" not in out.read_bytes()
    assert Read(out).one.strangeness == []


def test_fragments_stay(tmp_path: Path) -> None:
    """They are left as they came, and counted."""
    packets: list[Packet] = []
    for time, segment in mail().segments:
        if segment.payload[:3] != b"220":
            packets.append((time, frame(network(segment))))
            continue
        body = segment.datagram()
        packets.append((time, frame(ip4(segment, body[:24], pieces=0x2000))))
        packets.append((time, frame(ip4(segment, body[24:], pieces=3))))

    out, _, left = rewritten(tmp_path, pcap(packets))

    assert left == 1
    assert said(Read(out).one)[0] == SAID[0]


def test_several_links(tmp_path: Path) -> None:
    """pcap has no room for them; pcapng has."""
    for name in ("a.pcap", "a.pcapng"):
        with (tmp_path / name).open("wb") as file:
            writer = Writer(file, name)
            writer.write(ETHERNET, 1, bytes(60), 60)
            if name == "a.pcap":
                with pytest.raises(CaptureError, match="several types of link"):
                    writer.write(COOKED, 1, bytes(60), 60)
            else:
                writer.write(COOKED, 1, bytes(60), 60)
                writer.finish()
    assert Read(tmp_path / "a.pcapng").census.packets == 2


def test_nothing_at_all(tmp_path: Path) -> None:
    """A capture without a packet is one all the same."""
    out, _, _ = rewritten(tmp_path, pcap([]))

    assert Read(out).troubles == []
