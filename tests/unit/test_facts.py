"""The facts at the beginning."""

from mailward.facts import Facts


def test_nothing_is_known_at_first() -> None:
    """Slots begin empty."""
    facts = Facts()

    known = (facts.verb, facts.recipients, facts.refused, facts.keyword)

    assert facts.text == b""
    assert known == (0, 0, 0, 0)
    assert (facts.addresses, facts.encoding) == (0, 0)
