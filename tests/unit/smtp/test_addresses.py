"""Counting addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.smtp.addresses import count_addresses


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (b"", 0),
        (b" \r\n ", 0),
        (b"a@x", 1),
        (b"a@x, b@y", 2),
        (b"a@x,\r\n b@y,", 2),
        (b"local", 1),
        (b"A <a@x>, B <b@y>", 2),
        # What hides a comma.
        (b'"Doe, J" <a@x>', 1),
        (b'"Doe \\", J" <a@x>', 1),
        (b"a@x (one, two)", 1),
        (b"<@a,@b:c@d>", 1),
        # Groups.
        (b"undisclosed-recipients:;", 0),
        (b"g: a@x, b@y;, c@z", 3),
        (b"g: a@x; b@y", 2),
        # Missing commas.
        (b"a@x b@y", 2),
        (b"<a@x> <b@y>", 2),
        (b"A <a@x> B <b@y>", 2),
        (b"a @ x", 1),
        (b"a@x <a@x>", 1),
        # Not closed: read as if it were no quote, no comment.
        (b'"Doe, a@x, b@y', 3),
        (b"(a@x, b@y", 2),
        (b"a@x, b@y)", 2),
        (b'"(" <a@x>, b@y', 2),
    ],
)
def test_counts(value: bytes, count: int) -> None:
    """The larger plausible number."""
    assert count_addresses(value) == count


@given(st.binary(max_size=80))
def test_total(value: bytes) -> None:
    """Nothing raises, and no two addresses share an octet."""
    assert 0 <= count_addresses(value) <= len(value)
