"""An inspection whose rules tell what they were asked."""

from mailward.config.load import load
from mailward.criteria.base import Saw
from mailward.policy.rule import Rule
from mailward.story.watch import watched
from tests.unit.engine.kit import Talk
from tests.unit.story.kit import ENDS, policy


def test_answers_are_told_and_unchanged() -> None:
    """Plain and negated; what the session does is what it did."""
    config = policy("match cmd verb NOOP", " log", "match not cmd verb NOOP", " log")
    attachment = load(config).gate.choose(ENDS)
    assert attachment is not None
    told: list[tuple[int, Saw, bool]] = []

    def watch(rule: Rule, saw: Saw, holds: bool) -> None:
        told.append((rule.place, saw, holds))

    talk = Talk(watched(attachment.inspection, watch))
    plain = Talk(attachment.inspection)
    for one in (talk, plain):
        one.greeted()
        assert one.client(b"NOOP\r\n") == b"NOOP\r\n"

    assert told == [
        (1, b"EHLO", False),
        (2, b"EHLO", True),
        (1, b"NOOP", True),
        (2, b"NOOP", False),
    ]
    assert talk.tally.rules == plain.tally.rules == [1, 1]
