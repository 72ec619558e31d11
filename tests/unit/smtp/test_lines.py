"""Where a line ends."""

import pytest

from mailward.smtp.lines import LineBuffer, has_bare


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        (b"\r\n", False),
        (b"NOOP\r\n", False),
        (b"\r\r\n", True),
        (b"a\nb\r\n", True),
        (b"a\rb\r\n", True),
        (b"\n\r\n", True),
    ],
)
def test_has_bare(line: bytes, bare: bool) -> None:
    """A CR or LF before the line's own CRLF stands alone."""
    assert has_bare(line) == bare


_TEXT = b"\r\nEHLO a\r\r\n\nb\rc\r\n\r\r\n last"
_LINES = [b"\r\n", b"EHLO a\r\r\n", b"\nb\rc\r\n", b"\r\r\n"]


@pytest.mark.parametrize("cut", range(len(_TEXT) + 1))
def test_lines_at_every_split(cut: int) -> None:
    """The lines, and what is pending, do not depend on the cut."""
    buffer = LineBuffer()
    lines = []
    for segment in (_TEXT[:cut], _TEXT[cut:]):
        buffer.add(segment)
        while line := buffer.take():
            lines.append(line)

    assert lines == _LINES
    assert buffer.pending == len(b" last")
    assert buffer.peek(3) == b" la"
    assert buffer.drain() == b" last"
    assert buffer.pending == 0


def test_octet_by_octet() -> None:
    """One octet at a time gives the same lines."""
    buffer = LineBuffer()
    lines = []
    for at in range(len(_TEXT)):
        buffer.add(_TEXT[at : at + 1])
        while line := buffer.take():
            lines.append(line)

    assert lines == _LINES


def test_drain_after_a_line() -> None:
    """What follows a taken line can be drained, and lines go on after it."""
    buffer = LineBuffer()
    buffer.add(b"a\r\nb")
    buffer.take()

    assert buffer.drain() == b"b"
    buffer.add(b"c\r\n")
    assert buffer.take() == b"c\r\n"


def _pieced(segments: list[bytes]) -> list[bool]:
    """For each line, whether it came in several segments."""
    buffer = LineBuffer(edges=True)
    found = []
    for segment in segments:
        buffer.add(segment)
        while buffer.take():
            found.append(buffer.pieced)
    return found


@pytest.mark.parametrize(
    ("segments", "pieced"),
    [
        ([b"a\r\nb\r\n"], [False, False]),
        ([b"a\r\n", b"b\r\n"], [False, False]),
        ([b"a", b"b\r\nc\r\n"], [True, False]),
        ([b"a\r", b"\n"], [True]),
        ([b"a\r\nb", b"c", b"\r\nd\r\n"], [False, True, False]),
        ([b"", b"a\r\n"], [False]),
    ],
)
def test_lines_in_pieces(segments: list[bytes], pieced: list[bool]) -> None:
    """A line that two segments share is told apart from one that fits in one."""
    assert _pieced(segments) == pieced


def test_held_lines_keep_their_edges() -> None:
    """Lines taken late are told as they came; a drain forgets the edges."""
    buffer = LineBuffer(edges=True)
    for segment in (b"a\r\nb", b"b\r\n", b"c\r\n"):
        buffer.add(segment)
    taken = [(buffer.take(), buffer.pieced) for _ in range(3)]

    assert taken == [(b"a\r\n", False), (b"bb\r\n", True), (b"c\r\n", False)]
    buffer.add(b"x")
    buffer.add(b"y")
    buffer.drain()
    buffer.add(b"z\r\n")
    assert (buffer.take(), buffer.pieced) == (b"z\r\n", False)
