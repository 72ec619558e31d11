"""The facts at the beginning."""

from mailward.facts import Facts


def test_nothing_is_known_at_first() -> None:
    """Slots begin empty."""
    facts = Facts()

    assert facts.text == b""
    assert not (facts.verb or facts.recipients or facts.refused or facts.keyword)
    assert not (facts.addresses or facts.encoding)
