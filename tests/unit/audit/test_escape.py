"""Claims about `mailward.audit.escape`."""

from hypothesis import given
from hypothesis import strategies as st

from mailward.audit.escape import escape, escape_text


def test_printable_ascii_stands_as_it_is() -> None:
    """A mail address reads as it was sent."""
    assert escape(b"Joe.O'Neil <joe@example.com>", 320) == (
        "Joe.O'Neil <joe@example.com>"
    )


def test_controls_and_eight_bits_are_numbers() -> None:
    """No control octet and no 8-bit octet reaches a log; a backslash is doubled."""
    assert escape(b"a\r\n\t\0\x1b[2J\x7f\x80\xffb\\n", 320) == (
        "a\\x0d\\x0a\\x09\\x00\\x1b[2J\\x7f\\x80\\xffb\\\\n"
    )


def test_a_long_text_is_cut_and_says_so() -> None:
    """At the limit nothing is cut; one octet more and three dots follow."""
    assert escape(b"abcd", 4) == "abcd"
    assert escape(b"abcde", 4) == "abcd..."


def test_text_of_ours_keeps_its_end() -> None:
    """A traceback is cut at its head and never breaks the line."""
    assert escape_text("one\ntwo", 100) == "one\\x0atwo"
    assert escape_text("one\ntwo", 3) == "...two"
    assert escape_text("\udc80é", 100) == "\\\\udc80\\xc3\\xa9"


@given(st.binary(max_size=400), st.integers(1, 400))
def test_what_comes_out_is_bounded_printable_and_reversible(
    octets: bytes, limit: int
) -> None:
    """Any octets: printable ASCII, bounded, and the octets can be read back."""
    shown = escape(octets, limit)
    assert all(" " <= character <= "~" for character in shown)
    assert len(shown) <= 4 * limit + 3
    kept = shown if len(octets) <= limit else shown.removesuffix("...")
    assert kept.encode().decode("unicode_escape").encode("latin-1") == octets[:limit]
