"""The keywords of EHLO replies."""

import pytest

from mailward.smtp.ehlo import (
    AUTH,
    BINARYMIME,
    CHUNKING,
    EIGHTBITMIME,
    KEYWORDS,
    OTHERS,
    OTHERS_CODES,
    SIZE,
    STARTTLS,
    keyword_code,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"SIZE 14680064", SIZE),
        (b"size", SIZE),
        (b"8bitmime", EIGHTBITMIME),
        (b"AUTH GSSAPI NTLM", AUTH),
        (b"AUTH=LOGIN", AUTH),
        (b"AUTH\tLOGIN", AUTH),
        (b"BINARYMIME", BINARYMIME),
        (b"STARTTLS", STARTTLS),
        (b"CHUNKING", CHUNKING),
        (b"X-EXPS=LOGIN", OTHERS),
        (b"SIZED", OTHERS),
        (b"", OTHERS),
        (b"SIZE" + b"x" * 100_000, OTHERS),
    ],
)
def test_keyword_code(text: bytes, code: int) -> None:
    """The first token decides, in any letter case; it may end at `=`."""
    assert keyword_code(text) == code


def test_codes_are_unique() -> None:
    """No two rows share a code, nor a code with `others`."""
    codes = [row.code for row in KEYWORDS] + list(OTHERS_CODES)

    assert len(codes) == len(set(codes))
