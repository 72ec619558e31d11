"""The verbs and what is known of each."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.smtp.verbs import (
    BDAT,
    DATA,
    LAST,
    MAIL,
    NOOP,
    RCPT,
    RESETS,
    RSET,
    SENDS,
    STARTTLS,
    UNKNOWN,
    VERBS,
    Verb,
    line_verb,
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


@given(
    st.sampled_from([row.word for row in VERBS] + [b"BDAT", b"", b"X", b"DATAX"]),
    st.sampled_from((bytes.upper, bytes.lower, bytes.title)),
    st.sampled_from((b"", b" ", b" x y", b"x", b"\t", b":")),
)
def test_line_verb(word: bytes, written: Callable[[bytes], bytes], rest: bytes) -> None:
    """Of a line it is the first word, whatever stands behind it."""
    line = written(word) + rest

    assert line_verb(line + b"\r\n") == verb_code(line.partition(b" ")[0])


@pytest.mark.parametrize("behind", [b"\r\n", b" x\r\n"])
@pytest.mark.parametrize("row", VERBS, ids=lambda row: row.word.decode())
def test_a_line_of_each_verb(row: Verb, behind: bytes) -> None:
    """As most write it, alone and with an argument."""
    assert line_verb(row.word + behind) == row.code


@pytest.mark.parametrize("word", [b"DATE", b"EXPN", b"MALI", b"QUIZ", b"RCPS"])
def test_a_letter_does_not_make_a_verb(word: bytes) -> None:
    """Words that begin as the verbs of a plain mail do."""
    assert line_verb(word + b"\r\n") == UNKNOWN


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


def test_senders() -> None:
    """Four commands name a sender."""
    assert [row.word for row in VERBS if SENDS[row.code]] == [
        b"MAIL",
        b"SAML",
        b"SEND",
        b"SOML",
    ]
