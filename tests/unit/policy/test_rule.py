"""A rule is frozen data."""

from mailward.criteria.lengths import BodyLength
from mailward.policy.rule import Rule
from mailward.verdicts import DROPS


def test_equal_rules_are_equal() -> None:
    """Rules compare by what they say."""
    label = "body length gt 1"

    assert Rule(BodyLength(1), DROPS, 1, label, "drop-connection") == Rule(
        BodyLength(1), DROPS, 1, label, "drop-connection"
    )
