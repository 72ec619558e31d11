"""CRITERIA: the table as a whole."""

from mailward.criteria import CRITERIA
from mailward.criteria.ehlo import EhloKeyword
from mailward.criteria.envelope import RecipientCount, SenderLength, SenderRegex
from mailward.criteria.lengths import (
    BodyLength,
    BodyLineLength,
    CommandLineLength,
    HeaderLineLength,
)


def test_order_of_judgement() -> None:
    """The rows stand in the appliance's order (reference section 3.2)."""
    assert [row.kind for row in CRITERIA] == [
        CommandLineLength,
        SenderLength,
        SenderRegex,
        RecipientCount,
        EhloKeyword,
        HeaderLineLength,
        BodyLineLength,
        BodyLength,
    ]
