"""What every criterion is."""

from mailward.criteria.base import Step, crossed
from mailward.facts import Facts


def test_a_step_is_never_asked() -> None:
    """Steps are crossed by the engine; asked, they say no."""
    assert Step().holds(Facts()) is False


def test_no_fact_tells_of_a_step() -> None:
    """What a step looked at is not among the facts."""
    assert crossed(Facts()) == b""
