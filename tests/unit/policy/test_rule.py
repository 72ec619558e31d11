"""A rule is frozen data."""

from mailward.criteria.lengths import BodyLength
from mailward.policy.rule import Rule
from mailward.verdicts import DROPS, RATES


def test_equal_rules_are_equal() -> None:
    """Rules compare by what they say."""
    label = "body length gt 1"

    assert Rule(BodyLength(1), DROPS, 1, label, "drop-connection") == Rule(
        BodyLength(1), DROPS, 1, label, "drop-connection"
    )


def test_neither_negated_nor_limited_unless_said() -> None:
    """Most rules have no `not` and no rate; one that has is another rule."""
    plain = Rule(BodyLength(1), RATES, 1, "", "")

    assert (plain.negated, plain.rate) == (False, 0)
    assert plain == Rule(BodyLength(1), RATES, 1, "", "", negated=False, rate=0)
    assert plain != Rule(BodyLength(1), RATES, 1, "", "", negated=True)
    assert plain != Rule(BodyLength(1), RATES, 1, "", "", rate=1)
