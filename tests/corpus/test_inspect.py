"""`inspect` beside the oracles of the corpus, and beside the live relay."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

import mailward
from mailward.cli.crew import Job, work
from mailward.cli.crew import Told as Session
from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.drivers.capture.conversations import Conversation, follow, sessions
from mailward.drivers.capture.feed import Named
from mailward.drivers.capture.hearers import FINS, Opening
from mailward.drivers.capture.replay import Policy, Replay, Wants
from mailward.drivers.capture.rewrite import Rewriter
from mailward.drivers.capture.writer import Writer
from mailward.testing.bench import ENDS, Bench, Heard, Written
from mailward.testing.dialogue import Turn
from mailward.testing.live import carry_out
from mailward.verdicts import PASS
from tests.corpus.agreement import agreement, page, rows

pytestmark = pytest.mark.corpus

PAGE = Path(__file__).parents[2] / "docs" / "internals" / "oracles.md"
EXAMPLE = Path(mailward.__file__).parent / "examples" / "email.cfg"


def test_every_capture_agrees_with_its_oracles(corpus: Path) -> None:
    """What differs is what is explained, no more and no less; a line for each."""
    found = [agreement(corpus, row) for row in rows(corpus)]
    for one in found:
        print(f"{one.file}: {one.sessions}, {', '.join(one.compared)}")  # noqa: T201

    for one in found:
        assert set(one.differing) == set(one.explained), (one.file, one.detail)
    assert sum(one.sessions for one in found) > 50
    assert sum(len(one.compared) - len(one.differing) for one in found) > 150


def test_the_page_is_fresh(corpus: Path) -> None:
    """docs/internals/oracles.md is what `python -m tests.corpus.agreement` writes."""
    assert PAGE.read_text("utf-8") == page(corpus)


def _captures(corpus: Path) -> list[Path]:
    return [corpus / "pcap" / row["file"] for row in rows(corpus)]


def _plain(written: Written, client: tuple[str, int], server: tuple[str, int]) -> str:
    """A record as if it were of the two ends of every dialogue, and of no time."""
    text = written.text
    for host, port, to, to_port in (
        (*server, ENDS.server_address, ENDS.server_port),
        (*client, ENDS.client_address, ENDS.client_port),
    ):
        name = re.escape(host)
        text = re.sub(rf"(?<![\d.]){name}/{port}(?!\d)", f"{to}/{to_port}", text)
        way = "in" if to == ENDS.server_address else "out"
        text = re.sub(rf"\b{way} {name}\b", f"{way} {to}", text)
    text = re.sub(r"connection \d+ for", "connection N for", text)
    text = re.sub(r"duration [\d:]+", "duration T", text)
    # How much came at once with the octet that ended it is not the same on sockets.
    text = re.sub(r"bytes \d+ (?=Flow closed by inspection)", "bytes B ", text)
    return f"{written.severity} {written.number} {text}"


def _inspected(file: Path, config: str) -> list[Replay]:
    ended: list[Replay] = []
    policy = Policy(load(config).gate, port=25, level=7)

    def opened(opening: Opening) -> Replay:
        return Replay(policy, opening, Wants(left=True), ended.append)

    follow([str(file)], opened)
    return ended


def _turns(one: Conversation, config: str) -> tuple[Turn, ...]:
    """What was said, and what must come of it by the bench."""
    turns = tuple(
        Turn(0, piece.speaker, piece.octets, False, b"", b"", PASS)
        for piece in one.pieces
    )
    heard = Bench.of(config).carry_out(turns).heard
    return tuple(
        replace(t, to_server=h.to_server, to_client=h.to_client, verdict=h.verdict)
        for t, h in zip(turns, heard, strict=True)
    )


@pytest.mark.parametrize("config", ["factory", "example"])
def test_live_and_captured_are_the_same(corpus: Path, config: str) -> None:
    """The sessions of all captures, said once more through the real relay: verdicts,
    octets that arrive and audit lines are those of `inspect`."""
    text = FACTORY if config == "factory" else EXAMPLE.read_text()
    compared = ended = 0
    for file in _captures(corpus):
        replays = {replay.opening.number: replay for replay in _inspected(file, text)}
        for one in sessions([str(file)]):
            if any(piece.is_hole for piece in one.pieces):
                continue  # nobody can say what is missing
            replay = replays[one.opening.number]
            live = uvloop.run(carry_out(_turns(one, text), load(text)))

            opening = one.opening
            client = (opening.client, opening.client_port)
            server = (opening.server, 25)
            arrived = Heard(
                b"".join(h.to_server for h in live.heard),
                b"".join(h.to_client for h in live.heard),
                live.heard[-1].verdict,
            )
            theirs = Heard(
                b"".join(replay.to_server.left or ()),
                b"".join(replay.to_client.left or ()),
                replay.verdict,
            )
            assert arrived == theirs, file
            ours = [
                _plain(Written(r.number, r.severity, r.text), client, server)
                for r in replay.records
            ]
            said = [
                _plain(r, (ENDS.client_address, ENDS.client_port), server)
                for r in live.records
            ]
            if one.ending != FINS and replay.verdict == PASS:
                # The capture ended first, or a side reset; here both have closed.
                ours = [text for text in ours if " 302014 " not in text]
                said = [text for text in said if " 302014 " not in text]
            assert ours == said, file
            compared += 1
            ended += replay.verdict != PASS
    assert compared > 50
    assert ended > 5


#: What tshark finds wrong with a packet: its head, its sums, its sequence numbers.
_WRONG = (
    "tcp.checksum.status==0 || ip.checksum.status==0 || _ws.malformed"
    " || tcp.analysis.ack_lost_segment || tcp.analysis.lost_segment"
)


def _wrong(file: Path) -> set[str]:
    """The numbers of packets that tshark finds wrong; that it reads all of them."""
    done = subprocess.run(
        [
            *("tshark", "-r", str(file), "-o", "tcp.check_checksum:TRUE"),
            *("-o", "ip.check_checksum:TRUE", "-Y", _WRONG),
            *("-T", "fields", "-e", "frame.time_epoch", "-e", "tcp.seq_raw"),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    trouble = [line for line in done.stderr.splitlines() if "as user" not in line]
    assert trouble == [], file
    return set(done.stdout.splitlines())


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_what_is_written_is_well_formed(corpus: Path, tmp_path: Path) -> None:
    """tshark reads every capture as `--write` leaves it, and finds nothing wrong that
    was not wrong before."""
    changed = 0
    for file in _captures(corpus):
        if file.suffix == ".txt":
            continue
        names = (Named(str(file)),)
        told = [
            one
            for one in work(Job(names, FACTORY, port=25, edits=True))
            if isinstance(one, Session)
        ]
        edits = [one.edit for one in told if one.edit is not None]
        out = tmp_path / f"out{file.suffix}"
        with out.open("wb") as into:
            Rewriter(names, edits, Writer(into, out.name)).run()
        wrong = _wrong(out)
        assert not wrong or wrong <= _wrong(file), file
        changed += any(any(edit.patches) for edit in edits)
    assert changed > 10
