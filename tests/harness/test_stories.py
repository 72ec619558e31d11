"""Every dialogue file, told: the story is what happened."""

from pathlib import Path

from mailward.config.factory import FACTORY
from mailward.config.load import Loaded, load
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT, SERVER
from mailward.story.script import Said, read
from mailward.story.steps import Step, Story
from mailward.story.walk import Walk, spoken
from mailward.testing.bench import ENDS, NOW, Bench
from mailward.testing.dialogue import Dialogue
from mailward.verdicts import PASS, verdict_of
from tests.harness.files import each_dialogue
from tests.harness.test_monitor import watched


def told(loaded: Loaded, says: tuple[Said, ...]) -> tuple[Story, list[int]]:
    """The story of a dialogue, and where each of its turns begins."""
    levels = loaded.gate.levels
    inbound = levels.get("outside", 0) <= levels.get("inside", 0)
    ends = Endpoints(*ENDS.plain[:6], inbound or "inside" not in levels)
    walk = Walk(loaded.gate.choose(ENDS), ends, NOW)
    starts: list[int] = []
    for said in says:
        starts.append(len(walk.so_far.steps))
        if said.passes:
            walk.wait(said.passes)
        elif said.closes:
            walk.close(said.speaker)
        else:
            walk.say(said.speaker, said.pieces)
    return walk.finish(), starts


@each_dialogue
def test_the_story_is_what_happened(dialogue: Dialogue) -> None:
    """Octets, verdict and audit lines are those of the dialogue, and the rule that
    it names is the one that acted."""
    text = Path(dialogue.file).read_text("utf-8")
    script = read(text, FACTORY)
    assert script.config is not None
    loaded = load(script.config)
    # A story tells what the map would do: of monitor mode it says no more than that.
    outcome = Bench(watched(loaded, monitor=False)).carry_out(dialogue.turns)

    story, starts = told(loaded, script.says)

    lines = [line for step in story.steps for line in step.records]
    lines = [*story.opening, *lines, *story.closing]
    assert [line.partition(": ")[2] for line in lines] == [
        record.text for record in outcome.records
    ]
    assert story.verdict == outcome.heard[-1].verdict
    server = b"".join(heard.to_server for heard in outcome.heard)
    client = b"".join(heard.to_client for heard in outcome.heard)
    assert spoken(story) == (server, client)
    assert said_by(story.steps) == (
        b"".join(t.sent for t in dialogue.turns if t.speaker == CLIENT),
        b"".join(t.sent for t in dialogue.turns if t.speaker == SERVER),
    )
    assert len(starts) == len(dialogue.turns)
    assert acted(story) == counted(outcome.counts)
    if story.verdict != PASS:
        assert story.why
        ending = [key for key in outcome.findings if key[2] != PASS]
        if ending and ending[0][0] == "matched":
            assert story.acted is not None
            assert story.acted.place == ending[0][5]
            chosen = loaded.gate.choose(ENDS)
            assert chosen is not None
            rule = chosen.inspection.rules[story.acted.place - 1]
            assert verdict_of(rule.action) == story.verdict
            assert rule.label == story.acted.label


def said_by(steps: list[Step]) -> tuple[bytes, bytes]:
    """What the client and what the server said."""
    return (
        b"".join(step.said for step in steps if step.speaker == CLIENT),
        b"".join(step.said for step in steps if step.speaker == SERVER),
    )


def acted(story: Story) -> dict[int, int]:
    """How often each rule held, as the story tells it."""
    out: dict[int, int] = {}
    for step in story.steps:
        for look in step.looks:
            if look.holds and look.place:
                out[look.place] = out.get(look.place, 0) + look.times
    return out


def counted(counts: tuple[int, ...]) -> dict[int, int]:
    """How often each rule held, as the tally has it."""
    rules = counts[:-4]
    return {place: count for place, count in enumerate(rules, 1) if count}
