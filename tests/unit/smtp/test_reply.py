"""A server's line."""

import pytest

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
    ],
)
def test_code_of(line: bytes, code: int) -> None:
    """Exactly three ASCII digits, then a blank, a hyphen or the end."""
    assert code_of(line) == code


def test_goes_on() -> None:
    """Only a hyphen behind the code says that more comes."""
    assert goes_on(b"250-a\r\n")
    assert not goes_on(b"250 a\r\n")
    assert not goes_on(b"250\r\n")
