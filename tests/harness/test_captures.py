"""Every dialogue file, written down as a capture and inspected."""

from pathlib import Path

import pytest

from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.testing.bench import Bench, Heard, Outcome
from mailward.testing.capture import carry_out
from mailward.testing.dialogue import Dialogue
from tests.harness.files import each_dialogue


def _together(outcome: Outcome) -> Heard:
    """What arrived in all turns."""
    return Heard(
        b"".join(heard.to_server for heard in outcome.heard),
        b"".join(heard.to_client for heard in outcome.heard),
        outcome.heard[-1].verdict,
    )


@each_dialogue
def test_captured(dialogue: Dialogue, tmp_path: Path) -> None:
    """What would have arrived, findings, records and counts are the bench's."""
    text = dialogue.config_text(FACTORY)

    captured = carry_out(dialogue.turns, load(text), tmp_path / "dialogue.pcap")
    bench = Bench.of(text).carry_out(dialogue.turns)

    assert captured.heard == (_together(bench),)
    assert captured.findings == bench.findings
    assert captured.records == bench.records
    assert captured.counts == bench.counts


@each_dialogue
def test_captured_in_small_segments(dialogue: Dialogue, tmp_path: Path) -> None:
    """The same in segments of seven octets, unless cuts matter."""
    if dialogue.cuts_matter or sum(len(turn.sent) for turn in dialogue.turns) > 20000:
        pytest.skip("cuts matter, or it is long")
    text = dialogue.config_text(FACTORY)

    whole = carry_out(dialogue.turns, load(text), tmp_path / "a.pcap")
    small = carry_out(dialogue.turns, load(text), tmp_path / "b.pcap", size=7)

    assert small == whole
