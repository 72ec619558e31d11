"""The boundaries of a message, and which of its lines is one of them.

Knows: delimiters of RFC 2046 section 5.1.1, whole, closing, or only begun.
Does not know: where a line begins, what a part holds.
Called by: engine.content.

There is no tree.  A line is compared with every boundary that has been named,
for programs disagree on which of them are still in force; so it does not matter
which reading of a Content-Type was right, nor that one boundary begins with
another.  Nesting is known only well enough to forget what is surely closed.
"""

from typing import Final, final

from mailward.octets import find_within
from mailward.smtp.params import LONGEST_BOUNDARY

#: What `meaning` tells of a line, as bits; 0 when no part begins behind it.
BEGINS: Final = 1  # some program begins a part here
SURELY: Final = 2  # every program does
DIGEST: Final = 4  # the part is a message unless it says otherwise

#: So many boundaries are remembered that have not been closed.
MOST: Final = 100
#: So much of a line is enough to know its meaning.
LONGEST: Final = LONGEST_BOUNDARY + 64

_WHITE: Final = b" \t"

#: `seek` found nothing.
NOWHERE: Final = -1


@final
class Boundaries:
    """The boundaries named so far, outermost first.

    `prefix` is what all their delimiters begin with; empty when there is none.
    """

    __slots__ = (
        "_closers",
        "_delimiters",
        "_digests",
        "_open",
        "_places",
        "_tuple",
        "prefix",
    )

    def __init__(self) -> None:
        self.prefix = b""
        self._delimiters: list[bytes] = []
        self._digests: list[bool] = []
        self._open: list[bool] = []
        self._places: dict[bytes, int] = {}
        self._tuple: tuple[bytes, ...] = ()
        self._closers: tuple[bytes, ...] = ()

    def __len__(self) -> int:
        return len(self._delimiters)

    def remember(self, boundary: bytes, digest: bool) -> bool:
        """One more boundary; False if there is no room for it.

        `digest`: its parts are messages by default (RFC 2046 section 5.1.5).
        """
        delimiter = b"--" + boundary
        place = self._places.get(delimiter, -1)
        if place >= 0:
            self._open[place] = True
            self._digests[place] = self._digests[place] or digest
            return True
        if len(self._delimiters) == MOST:
            if all(self._open):
                return False
            place = self._open.index(False)
            del self._delimiters[place], self._digests[place], self._open[place]
        self._delimiters.append(delimiter)
        self._digests.append(digest)
        self._open.append(True)
        self._places = {text: at for at, text in enumerate(self._delimiters)}
        self._tuple = tuple(self._delimiters)
        self._closers = tuple([text + b"--" for text in self._delimiters])
        self.prefix = _common(min(self._delimiters), max(self._delimiters))
        return True

    def seek(self, data: bytes, at: int, stop: int) -> int:
        """The first end of line (LF or CR) in data[at:stop] behind which a
        delimiter may begin, NOWHERE if there is none."""
        prefix = self.prefix
        lf = find_within(data, b"\n" + prefix, at, stop)
        cr = find_within(data, b"\r" + prefix, at, stop if lf < 0 else lf)
        found = lf if cr < 0 else cr
        if found < 0:
            # The beginning of one may be cut off.
            near = max(at, stop - len(prefix))
            found = max(data.rfind(b"\n", near, stop), data.rfind(b"\r", near, stop))
            if found < 0 or not prefix.startswith(data[found + 1 : stop]):
                return NOWHERE
        return found

    def meaning(self, line: bytes) -> int:
        """What a line means, given its first `LONGEST` octets without its end.

        A line that only begins with a delimiter is one to the letter of RFC
        2046.  Behind a closing delimiter no part should begin, but some read on.
        """
        if not line.startswith(self._tuple):
            return 0
        line = line.rstrip(_WHITE)
        place = self._places.get(line, -1)
        if place >= 0:
            # Whatever was named within is over.
            self._open[place] = True
            within = len(self._open) - place - 1
            self._open[place + 1 :] = [False] * within
            return BEGINS | SURELY | (DIGEST if self._digests[place] else 0)
        meaning = BEGINS | (DIGEST if True in self._digests else 0)
        if not line.startswith(self._closers):
            return meaning | SURELY
        place = self._places.get(line[:-2], -1)
        if place >= 0:
            self._open[place:] = [False] * (len(self._open) - place)
        return meaning


def _common(one: bytes, two: bytes) -> bytes:
    """What both begin with."""
    if two.startswith(one):  # one boundary, or readings of one
        return one
    same = 0
    while one[same] == two[same]:
        same += 1
    return one[:same]
