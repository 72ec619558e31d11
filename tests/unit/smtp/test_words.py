"""Encoded words and percent coding, as written and as written badly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.smtp.words import from_base64, from_percent, to_utf8, without_words


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        (b"\xe4", b"iso-8859-1", "ä".encode()),
        (b"\xe4", b" ISO-8859-1 ", "ä".encode()),
        (b"+AC4-exe", b"utf-7", b".exe"),
        (b"\0.\0e\0x\0e", b"utf-16be", b".exe"),
        (b"\xff", b"utf-8", "\ufffd".encode()),
        # Unknown, and none that the interpreter alone knows.
        (b"\xe4", b"x-unknown", b"\xe4"),
        (b"616263", b"hex", b"616263"),
        (b"\xe4", b"\xff" * 200, b"\xe4"),
    ],
)
def test_charsets(octets: bytes, charset: bytes, text: bytes) -> None:
    """What the table knows becomes UTF-8, the rest stays."""
    assert to_utf8(octets, charset) == text


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        (b"YS5leGU=", b"a.exe"),
        (b"YS5leGU", b"a.exe"),
        (b"Y!S5@le\r\nGU==", b"a.exe"),
        (b"YS5leGUx=YS5leGUx", b"a.exe1a.exe1"),
        (b"-_-_", b"\xfb\xff\xbf"),
        (b"YS5leGUxY", b"a.exe1"),
        (b"", b""),
    ],
)
def test_base64(text: bytes, octets: bytes) -> None:
    """Junk, early and missing padding, the other alphabet: all is read."""
    assert from_base64(text) == octets


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        (b"a%2eexe", b"a.exe"),
        (b"a%2Eexe%", b"a.exe%"),
        (b"%zz%4", b"%zz%4"),
        (b"%00%fF", b"\0\xff"),
        (b"plain", b"plain"),
    ],
)
def test_percent(text: bytes, octets: bytes) -> None:
    """Two hexadecimal digits make an octet, all else stays."""
    assert from_percent(text) == octets


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        (b"no word", b"no word"),
        (b"=?utf-8?q?a=2Eexe?=", b"a.exe"),
        (b"=?UTF-8?B?YS5leGU=?=", b"a.exe"),
        (b"=?utf-8*en?q?a_b?=", b"a b"),
        # Blanks between words vanish, other text does not.
        (b"=?utf-8?q?a?= \t =?utf-8?q?b?=", b"ab"),
        (b"=?utf-8?q?a?= - =?utf-8?q?b?= c", b"a - b c"),
        (b" =?utf-8?q?a?=", b" a"),
        (b"x=?utf-8?q?a?=y", b"xay"),
        # A character cut in two; two charsets side by side.
        (b"=?utf-8?q?=C3?= =?utf-8?q?=A4?=", "ä".encode()),
        (b"=?iso-8859-1?q?=E4?= =?utf-8?q?=C3=A4?=", "ää".encode()),
        # No words.
        (b"=?utf-8?x?a?=", b"=?utf-8?x?a?="),
        (b"=?utf-8?q?a", b"=?utf-8?q?a"),
        (b"=?" + b"u" * 200 + b"?q?a?=", b"=?" + b"u" * 200 + b"?q?a?="),
        (b"=?=?utf-8?q?a?=", b"=?a"),
        # Empty, and with a quoted octet first.
        (b"=?utf-8?q??=", b""),
        (b"=?utf-8?q?=41?=", b"A"),
    ],
)
def test_words(text: bytes, decoded: bytes) -> None:
    """Words are decoded wherever they stand."""
    assert without_words(text) == decoded


@given(st.binary(max_size=60), st.sampled_from(["utf-7", "utf-16", "hz-gb-2312"]))
def test_total(octets: bytes, charset: str) -> None:
    """No octets raise, whatever they are said to be."""
    to_utf8(octets, charset.encode())
    from_base64(octets)
    for coding in (b"?b?", b"?q?"):
        without_words(b"=?" + charset.encode() + coding + octets + b"?=")

    assert from_percent(octets.replace(b"%", b"")) == octets.replace(b"%", b"")
