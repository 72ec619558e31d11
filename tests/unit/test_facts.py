"""The facts at the beginning."""

from mailward.facts import Facts


def test_nothing_is_known_at_first() -> None:
    """Slots begin empty."""
    facts = Facts()

    assert (facts.sender, facts.senders, facts.recipients, facts.keyword) == (
        b"",
        (),
        0,
        0,
    )
