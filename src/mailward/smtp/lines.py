"""Lines: where one ends, decided here and, of a whole one, by `octets.is_line`.

Knows: a line ends with CR LF and with nothing else (RFC 5321 section 2.3.8).
A CR or LF alone is an ordinary octet to this file; `has_bare` tells of it.
Does not know: whether a line is a command or a reply.
Called by: engine.
"""

from collections import deque
from typing import Final, final

from mailward.octets import find, is_line

CRLF: Final = b"\r\n"


def has_bare(line: bytes) -> bool:
    """Does a line (its CRLF included) hold a CR or an LF alone?"""
    # The first CRLF ends a line, so any CR or LF before it is alone.
    return not is_line(line)


@final
class LineBuffer:
    """Octets in, lines out; remembers how far it has searched.

    `pending` octets wait for their end of line.  The bound is the caller's:
    it looks at `pending` after `take` has found no line.  With `edges` it
    remembers where segments met, and `pieced` says whether the line last taken
    came in several.
    """

    __slots__ = ("_at", "_base", "_edges", "_octets", "_searched", "pieced")

    def __init__(self, edges: bool = False) -> None:
        self.pieced = False
        # Where segments met, and where `_octets` begins, in octets ever added.
        self._edges: deque[int] | None = deque() if edges else None
        self._base = 0
        self._octets = b""
        self._at = 0  # where the next line begins
        self._searched = 0  # no CRLF begins before this place

    @property
    def pending(self) -> int:
        """How many octets are held."""
        return len(self._octets) - self._at

    def add(self, segment: bytes) -> None:
        """Octets that follow what is held."""
        if self._edges is not None:
            self._edges.append(self._base + len(self._octets))
        if self._at == len(self._octets):
            self._base += self._at
            self._octets = segment
            self._at = 0
            self._searched = 0
        else:
            rest = self._octets[self._at :] if self._at else self._octets
            self._octets = rest + segment
            self._base += self._at
            self._searched -= self._at
            self._at = 0

    def take(self) -> bytes:
        """The next line with its CRLF, or nothing while it is incomplete."""
        if self._at == len(self._octets):
            return b""
        end = find(self._octets, CRLF, self._searched)
        if end < 0:
            # A CR at the very end may be half of the next CRLF.
            self._searched = max(self._at, len(self._octets) - 1)
            return b""
        line = self._octets[self._at : end + 2]
        if self._edges is not None:
            begins = self._base + self._at
            while self._edges and self._edges[0] <= begins:
                self._edges.popleft()
            self.pieced = bool(self._edges) and self._edges[0] < self._base + end + 2
        self._at = self._searched = end + 2
        return line

    def peek(self, most: int) -> bytes:
        """The first `most` held octets, left where they are."""
        return self._octets[self._at : self._at + most]

    def drain(self) -> bytes:
        """All that is held, whether or not a line has ended."""
        rest = self._octets[self._at :] if self._at else self._octets
        if self._edges is not None:
            self._edges.clear()
        self._base += len(self._octets)
        self._octets = b""
        self._at = 0
        self._searched = 0
        return rest
