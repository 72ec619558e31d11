"""The dialect: what it accepts, what it means, where it refuses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.rex.dialect import PATTERN_MOST, PatternError, translate


def spelled(text: str) -> str:
    """Each character as the translation writes it."""
    return "".join(f"\\x{ord(c):02x}" for c in text)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"@abc\.com", spelled("@abc.com")),
        ("d.g", spelled("d") + "(?s:.)" + spelled("g")),
        ("d(o|a)g", r"\x64(?:\x6f|\x61)\x67"),
        ("ab(xy){3}z", r"\x61\x62(?:\x78\x79){3}\x7a"),
        ("a{3,}", r"\x61{3,}"),
        ("a{0,}", r"\x61{0,}"),
        ("a{007}", r"\x61{7}"),
        ("a?b*c+", r"\x61?\x62*\x63+"),
        ("^a", r"^\x61"),
        ("a]}", spelled("a]}")),
        ("[abc]", r"[\x61\x62\x63]"),
        ("[^a-c]", r"[^\x61-\x63]"),
        ("[-a]", r"[\x2d\x61]"),
        ("[a-]", r"[\x61\x2d]"),
        ("[a-z-]", r"[\x61-\x7a\x2d]"),
        (r"[\]\x41-\102]", r"[\x5d\x41-\x42]"),
        ("[a[]", r"[\x61\x5b]"),
        (r"\r\n\t\f", r"\x0d\x0a\x09\x0c"),
        (r"\xfF\040\377", r"\xff\x20\xff"),
        (r"\$\@", spelled("$@")),
    ],
)
def test_translation(pattern: str, expected: str) -> None:
    """Each construct of the appliance leaves as RE2's word for it."""
    assert translate(pattern).re2 == expected.encode()


def test_dollar_is_a_character() -> None:
    """`$` stands for itself, and its places are told."""
    assert translate(r"a$b$\$").re2 == spelled("a$b$$").encode()
    assert translate(r"a$b$\$").dollars == (1, 3)


@pytest.mark.parametrize(
    ("pattern", "offset", "message"),
    [
        ("", 0, "empty"),
        ("x" * (PATTERN_MOST + 1), PATTERN_MOST, "101 characters"),
        ("a(b", 1, "never closed"),
        ("a)", 1, "no parenthesis"),
        ("(?i)a", 0, "not of this dialect"),
        ("()", 1, "everything"),
        ("a|", 1, "everything"),
        ("(|a)", 1, "everything"),
        ("*a", 0, "could repeat"),
        ("a**", 2, "could repeat"),
        ("a+?", 2, "could repeat"),
        ("^*", 1, "could repeat"),
        ("(*a)", 1, "could repeat"),
        ("a|+", 2, "could repeat"),
        ("a{1,3}", 1, "not a repeat"),
        ("a{", 1, "not a repeat"),
        ("a{}", 1, "not a repeat"),
        ("a{\u0663}", 1, "not a repeat"),
        ("a{0}", 2, "a repeat of 0"),
        ("a{256}", 2, "a repeat of 256"),
        ("a(b{20}c){20}", 9, "400 copies"),
        ("((a{20}){2}b){20}", 13, "800 copies"),
        ("(a{20}|b){20}", 9, "400 copies"),
        ("[ab", 0, "never closed"),
        ("[a-", 2, "only first or last"),
        ("[a-\\", 3, "backslash"),
        ("[]a]", 1, "empty set"),
        ("[z-a]", 2, "backwards"),
        ("[a-c-e]", 4, "only first or last"),
        ("[[:alpha:]]", 1, "named sets"),
        ("[\u00e9]", 1, "outside ASCII"),
        ("\u00e9", 0, "outside ASCII"),
        ("\\\u20ac", 1, "outside ASCII"),
        ("a\\", 1, "follows the backslash"),
        (r"\d", 0, "not of this dialect"),
        (r"\x4", 0, "hexadecimal"),
        (r"\xg1", 0, "hexadecimal"),
        (r"\x1g", 0, "hexadecimal"),
        (r"\12", 0, "octal"),
        (r"\189", 0, "octal"),
        (r"\400", 0, "octal"),
    ],
)
def test_refusal(pattern: str, offset: int, message: str) -> None:
    """What is not of the dialect is refused at its place, with a way out."""
    with pytest.raises(PatternError, match=re.escape(message)) as caught:
        translate(pattern)

    assert caught.value.offset == offset
    assert caught.value.expected != ()


@given(st.text(alphabet="ab(|)[]^-{}12,*+?.$\\x", max_size=30))
def test_total(pattern: str) -> None:
    """Whatever is typed is translated, into something that Python's own engine
    reads as well, or refused within the pattern."""
    offset = 0
    try:
        re.compile(translate(pattern).re2)
    except PatternError as error:
        offset = error.offset
    assert 0 <= offset <= len(pattern)
