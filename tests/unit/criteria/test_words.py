"""Words that several match lines share."""

import pytest

from mailward.criteria.words import (
    ENDS,
    MOST,
    PATTERN,
    REGEX,
    REGEX_CLASS,
    limit,
    mask_of,
    matcher_of,
)
from mailward.lang.rows import leaves
from mailward.lang.tokens import Args, Names, Number, Ref, Word
from mailward.rex.matcher import Matcher
from mailward.verdicts import DROPS, LOGS, RESETS


class Known(Names):
    """One pattern of each kind, and what is none."""

    def compiled(self, kind: str, name: str) -> object:
        """The matcher of a known name."""
        if name == "none":
            return "no matcher"
        return Matcher([f"{kind} {name}"])


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


def test_a_pattern_by_name_or_by_class() -> None:
    """Each form asks for a name of its own kind."""
    refs = [leaf for leaf in leaves(PATTERN) if isinstance(leaf, Ref)]

    assert [(leaf.name, leaf.kind) for leaf in refs] == [
        ("class", REGEX_CLASS),
        ("regex", REGEX),
    ]
    assert matcher_of(Args({"regex": "x"}), Known()).patterns == ("regex x",)
    assert matcher_of(Args({"class": "x"}), Known()).patterns == (
        "class-map type regex x",
    )


def test_what_is_no_matcher() -> None:
    """Names that keep something else under a kind of pattern are a bug."""
    with pytest.raises(AssertionError):
        matcher_of(Args({"regex": "none"}), Known())


def test_mask_of() -> None:
    """Each code is a bit; a code twice is the same bit."""
    assert mask_of([0, 3, 3]) == 0b1001
    assert mask_of([]) == 0
