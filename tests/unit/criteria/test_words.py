"""Words that several match lines share."""

from mailward.criteria.words import ENDS, MOST, limit
from mailward.lang.tokens import Number, Word
from mailward.verdicts import DROPS, LOGS, RESETS


def test_limit() -> None:
    """`gt` and a number from 1 to the largest 32-bit value."""
    assert limit("Length") == (
        Word("gt", "Greater than"),
        Number("limit", 1, 4294967295, "Length"),
    )
    assert MOST == 4294967295


def test_ends_allows_no_mask() -> None:
    """Most matches may end the connection or log, nothing else."""
    assert ENDS == DROPS | RESETS | LOGS
