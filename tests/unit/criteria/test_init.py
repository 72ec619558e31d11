"""CRITERIA: the table as a whole."""

from mailward.criteria import CRITERIA
from mailward.criteria.command import VerbIn
from mailward.criteria.ehlo import EhloKeyword
from mailward.criteria.envelope import (
    RecipientCount,
    RefusedCount,
    SenderLength,
    SenderRegex,
)
from mailward.criteria.lengths import (
    BodyLength,
    BodyLineLength,
    CommandLineLength,
    HeaderLength,
    HeaderLineLength,
)
from mailward.criteria.message import (
    AddressCount,
    EncodingIn,
    FileNameLength,
    FileType,
)
from mailward.criteria.words import ENDS
from mailward.verdicts import MASKS, RATES


def test_order_of_judgement() -> None:
    """The rows stand in the appliance's order (reference section 3.2)."""
    assert [row.kind for row in CRITERIA] == [
        CommandLineLength,
        VerbIn,
        SenderLength,
        SenderRegex,
        RecipientCount,
        EhloKeyword,
        RefusedCount,
        HeaderLineLength,
        HeaderLength,
        AddressCount,
        EncodingIn,
        FileNameLength,
        FileType,
        BodyLineLength,
        BodyLength,
    ]


def test_what_each_allows() -> None:
    """Verbs take every action, announced extensions may be covered, all others
    end the connection or tell (reference section 2.4)."""
    assert {row.kind: row.allows for row in CRITERIA if row.allows != ENDS} == {
        VerbIn: ENDS | MASKS | RATES,
        EhloKeyword: ENDS | MASKS,
    }
