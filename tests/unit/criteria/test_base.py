"""What every criterion is."""

from mailward.criteria.base import Step
from mailward.facts import Facts


def test_a_step_is_never_asked() -> None:
    """Steps are crossed by the engine; asked, they say no."""
    assert Step().holds(Facts()) is False
