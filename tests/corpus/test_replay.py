"""Yesterday's traffic of other people under two policies: all of it adds up."""

from pathlib import Path

import pytest

import mailward
from mailward.cli.captured import Between, Captured, in_captures, levelled
from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.policy.gate import Gate
from mailward.story.compare import Side, compare, story_of
from mailward.story.walk import spoken

pytestmark = pytest.mark.corpus

BETWEEN = Between("outside", "inside", captured=25)
EXAMPLE = Path(mailward.__file__).parent / "examples" / "email.cfg"


@pytest.fixture(scope="module")
def sessions(corpus: Path) -> list[Captured]:
    """Every session of mail in the captures."""
    found = list(in_captures((str(corpus / "pcap"),), BETWEEN))
    assert len(found) > 40
    return found


@pytest.fixture(scope="module")
def gates() -> tuple[Gate, Gate]:
    """The factory policy, and the example that this project begins with."""
    return levelled(load(FACTORY)), levelled(load(EXAMPLE.read_text()))


def test_stories_are_what_happens(
    sessions: list[Captured], gates: tuple[Gate, Gate]
) -> None:
    """Line by line the same octets arrive as segment by segment, and the same verdict
    falls."""
    for session in sessions:
        for gate in gates:
            ends = BETWEEN.ends(gate, session.client, session.server)
            attachment = gate.choose(ends)
            side = Side(attachment, session.events)
            story = story_of(attachment, ends, session.events)
            data = side.data()

            assert story.verdict == side.verdict, session.file
            server, client = spoken(story)
            assert (data["to_server"], data["to_client"]) == (len(server), len(client))
            assert story.why


def test_between_factory_and_example(
    sessions: list[Captured], gates: tuple[Gate, Gate]
) -> None:
    """A session changes if, and only if, a verdict or what arrives does; then a line
    is named, and what each policy does with it; no policy differs from itself."""
    changed = 0
    for session in sessions:
        ends = BETWEEN.ends(gates[0], session.client, session.server)
        ours, theirs = (gate.choose(ends) for gate in gates)
        told = compare(ours, theirs, ends, session.events)

        same = told.before.outcome == told.after.outcome
        assert (told.parting is None) == same, session.file
        assert compare(ours, ours, ends, session.events).parting is None
        if told.parting is not None:
            changed += 1
            assert all(told.parting.reasons)
            assert told.parting.reasons[0] != told.parting.reasons[1], session.file
    assert 0 < changed < len(sessions)
