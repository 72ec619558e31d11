"""The verbs and what is known of each."""

import pytest

from mailward.smtp.verbs import (
    BDAT,
    DATA,
    LAST,
    MAIL,
    NOOP,
    RCPT,
    RESETS,
    RSET,
    STARTTLS,
    UNKNOWN,
    VERBS,
    verb_code,
)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        (b"MAIL", MAIL),
        (b"mail", MAIL),
        (b"rCpT", RCPT),
        (b"STARTTLS", STARTTLS),
        (b"BDAT", BDAT),
        (b"", UNKNOWN),
        (b"EHL", UNKNOWN),
        (b"EHLO\t", UNKNOWN),
        (b"DATA\0", UNKNOWN),
        (b"X" * 100_000, UNKNOWN),
    ],
)
def test_verb_code(word: bytes, code: int) -> None:
    """A word is a verb whole or not at all, in any letter case."""
    assert verb_code(word) == code


def test_fifteen_and_starttls() -> None:
    """The lawful verbs are the appliance's fifteen, and STARTTLS."""
    words = {row.word.decode() for row in VERBS}

    assert " ".join(sorted(words)) == (
        "AUTH DATA EHLO ETRN HELO HELP MAIL NOOP QUIT RCPT RSET SAML SEND SOML"
        " STARTTLS VRFY"
    )


def test_groups() -> None:
    """RFC 2920: DATA ends a group, NOOP does not; RSET ends a transaction."""
    assert (LAST[DATA], LAST[NOOP], LAST[MAIL]) == (True, False, False)
    assert (RESETS[RSET], RESETS[MAIL], RESETS[RCPT]) == (True, True, False)
