"""Every dialogue file, over real sockets and through the real relay."""

import uvloop

from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.testing.bench import Bench
from mailward.testing.compare import differences
from mailward.testing.dialogue import Dialogue
from mailward.testing.live import carry_out
from tests.harness.files import each_dialogue


@each_dialogue
def test_live(dialogue: Dialogue) -> None:
    """All comes out as the file says, and both ends are left as the verdict asks."""
    loaded = load(dialogue.config_text(FACTORY))

    outcome = uvloop.run(carry_out(dialogue.turns, loaded))

    assert differences(dialogue, outcome) == []


@each_dialogue
def test_live_agrees_with_the_bench(dialogue: Dialogue) -> None:
    """Every record, and every count, is what the bench says without a network."""
    text = dialogue.config_text(FACTORY)

    live = uvloop.run(carry_out(dialogue.turns, load(text)))
    bench = Bench.of(text).carry_out(dialogue.turns)

    assert live.records == bench.records
    assert live.counts == bench.counts
