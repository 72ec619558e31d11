"""Every dialogue file, through the engine: whole, and however it is cut."""

import pytest

from mailward.config.factory import FACTORY
from mailward.testing.bench import Bench
from mailward.testing.compare import differences, split_differences
from mailward.testing.dialogue import Dialogue
from tests.harness.files import each_dialogue


@each_dialogue
def test_whole(dialogue: Dialogue) -> None:
    """Handed over segment by segment, all comes out as the file says."""
    bench = Bench.of(dialogue.config_text(FACTORY))

    outcome = bench.carry_out(dialogue.turns)

    assert differences(dialogue, outcome) == []


@pytest.mark.timeout(120)
@each_dialogue
def test_every_split(dialogue: Dialogue) -> None:
    """Octets, verdict, findings, records and counts do not depend on cuts, unless
    the file says so; then they do."""
    bench = Bench.of(dialogue.config_text(FACTORY))

    told = split_differences(dialogue, bench.carry_out)

    assert bool(told) == bool(dialogue.cuts_matter), told
