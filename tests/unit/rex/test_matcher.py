"""A matcher: search over octets, bounded in time and memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.rex.dialect import PatternError
from mailward.rex.matcher import BudgetError, Matcher


def test_search_is_unanchored_and_case_sensitive() -> None:
    """`@abc\\.com` is found anywhere, also within `@abc.com.au`; case counts."""
    matcher = Matcher([r"@abc\.com"])

    assert matcher.search(b"x@abc.com")
    assert matcher.search(b"x@abc.com.au")
    assert not matcher.search(b"x@ABC.com")
    assert not matcher.search(b"x@abcXcom")
    assert not matcher.search(b"")


def test_any_of_the_patterns() -> None:
    """One of several is enough; none of none."""
    matcher = Matcher(["abc", "^d.g"])

    assert matcher.search(b"d\ng")
    assert matcher.search(b"zabc")
    assert not matcher.search(b"adog")
    assert not Matcher([]).search(b"anything")
    assert matcher.patterns == ("abc", "^d.g")


@given(st.binary(max_size=40))
def test_octets_are_octets(octets: bytes) -> None:
    """Every octet is one character, whatever its value."""
    assert Matcher([r"^[^\x00]"]).search(octets) == (octets[:1] not in (b"", b"\0"))
    assert Matcher(["."]).search(octets) == (octets != b"")


def test_a_bad_pattern_is_refused() -> None:
    """The dialect's refusal passes through."""
    with pytest.raises(PatternError):
        Matcher(["good", "(bad"])


def test_beyond_the_budget() -> None:
    """Patterns that do not fit are an error of the configuration, not a crash."""
    with pytest.raises(BudgetError, match="50 patterns need more than 1000 octets"):
        Matcher(["a" * 100] * 50, budget=1000)


def test_an_evil_pattern_stays_linear() -> None:
    """What makes a backtracking engine stand still is answered at once: ten
    times the octets do not cost a thousand times the steps."""
    evil = Matcher(["(a*)*b", "((a+)+)+$", "(a|a)*c"])

    assert not evil.search(b"a" * 100_000)
