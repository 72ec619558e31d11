"""How long the parts of a message are, against what can be counted by hand."""

import pytest

from mailward.stages import BODY, BODY_LINE, HEADER, HEADER_LINE
from mailward.story.lengths import MEASURED, measured

MESSAGE = (
    b"Subject: hi\r\nTo: a@b.example\r\n\r\none\r\n..two\r\n" + b"x" * 1000 + b"\r\n"
)


@pytest.mark.parametrize(
    ("stage", "length"),
    [(HEADER_LINE, 15), (HEADER, 30), (BODY_LINE, 1000), (BODY, 5 + 6 + 1002)],
)
@pytest.mark.parametrize("end", [b"", b".\r\n", b".\r\nQUIT\r\n"])
def test_each_quantity(stage: int, length: int, end: bytes) -> None:
    """Line ends as the criteria count them, dots unstuffed, the end not counted."""
    assert measured(stage, MESSAGE + end) == length


@pytest.mark.parametrize("stage", MEASURED)
def test_nothing_is_nought(stage: int) -> None:
    """An empty message has no length."""
    assert measured(stage, b".\r\n") == 0


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 63, 64, 65])
def test_near_powers_of_two(length: int) -> None:
    """The search ends on the octet."""
    assert measured(BODY, b"\r\n" + b"x" * (length - 1) + b"\n.") == length
