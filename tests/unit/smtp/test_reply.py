"""A server's line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.smtp.reply import NO_CODE, code_of, goes_on


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"250 ok\r\n", 250),
        (b"250-ok\r\n", 250),
        (b"250\r\n", 250),
        (b"250ok\r\n", NO_CODE),
        (b"25 ok\r\n", NO_CODE),
        (b"25\r\n", NO_CODE),
        (b"\r\n", NO_CODE),
        (b"2\xb250 ok\r\n", NO_CODE),
        (b"+250 ok\r\n", NO_CODE),
        (b" 50 ok\r\n", NO_CODE),
        (b"25:\r\n", NO_CODE),
        (b"2/0\r\n", NO_CODE),
        (b"250", 250),
        (b"25", NO_CODE),
        (b"", NO_CODE),
        (b"999-\r\n", 999),
    ],
)
def test_code_of(line: bytes, code: int) -> None:
    """Exactly three ASCII digits, then a blank, a hyphen or the end."""
    assert code_of(line) == code


@given(st.lists(st.sampled_from(b"0459/: -\rx\xb2"), max_size=5).map(bytes))
def test_codes(line: bytes) -> None:
    """As a pattern says it."""
    seen = re.match(rb"[0-9]{3}(?=[ \r-]|\Z)", line)

    assert code_of(line) == (int(seen[0]) if seen else NO_CODE)


def test_goes_on() -> None:
    """Only a hyphen behind the code says that more comes."""
    assert goes_on(b"250-a\r\n")
    assert not goes_on(b"250 a\r\n")
    assert not goes_on(b"250\r\n")
    assert not goes_on(b"250")
