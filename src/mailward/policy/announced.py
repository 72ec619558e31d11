"""Announced: what became of replies to EHLO, so that it need not be found again.

Knows: the keywords of a reply, octet by octet, and what left in their place.
Does not know: how they were judged.
Called by: `policy.inspection` (keeps it), engine (asks and fills it).

A mail server announces the same to every client.  What an inspection makes of
it depends on nothing else, so it is found once.  Bounded: the server chooses
the octets.
"""

from typing import Final, final

#: So many replies are known at once; one more, and all are forgotten.
MOST: Final = 32
#: Keywords of more octets are not remembered.
LONGEST: Final = 1024


@final
class Masked:
    """What leaves instead of the keywords, by place - 1 how often rules hold,
    and whether PIPELINING stays visible."""

    __slots__ = ("hits", "masked", "pipelining")

    def __init__(
        self, masked: bytes, hits: tuple[tuple[int, int], ...], pipelining: bool
    ) -> None:
        self.masked = masked
        self.hits = hits
        self.pipelining = pipelining


@final
class Announced:
    """The replies known to one inspection: `known`, by their keyword lines.

    `most` are known at once; with none, each reply is judged anew.
    """

    __slots__ = ("_most", "known")

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.known: dict[bytes, Masked] = {}

    def remember(self, keywords: bytes, masked: Masked) -> None:
        """One more reply; nothing if it is too long."""
        if len(keywords) > LONGEST or not self._most:
            return
        if len(self.known) >= self._most:
            self.known.clear()
        self.known[keywords] = masked
