"""The reader of messages driven by hand, for the tests."""

from itertools import pairwise

from mailward.engine.content import NOTHING, Content
from mailward.engine.parts import NEEDS_MIME, NEEDS_TO

#: An event as a test sees it: offset in the message, kind, what was read.
Seen = tuple[int, int, tuple[int, ...] | tuple[bytes, ...]]


def read(
    data: bytes, cuts: tuple[int, ...] = (), needs: int = NEEDS_TO | NEEDS_MIME
) -> list[Seen]:
    """All events of a message that comes in pieces."""
    content = Content(needs)
    seen: list[Seen] = []
    for start, end in pairwise((0, *sorted(cuts), len(data))):
        piece = data[start:end]
        at = content.feed(piece, 0, len(piece))
        while at != NOTHING:
            assert 0 <= at < len(piece)
            seen.append((start + at, content.event, told(content)))
            at = content.feed(piece, at, len(piece))
    while content.finish():
        seen.append((len(data), content.event, told(content)))
    return seen


def told(content: Content) -> tuple[int, ...] | tuple[bytes, ...]:
    """What came with the last event."""
    return content.codes or content.texts
