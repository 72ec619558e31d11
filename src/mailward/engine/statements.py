"""Statements: what the fields of a message say, part by part.

Knows: which fields are read, what they add up to, which part is at hand.
Does not know: where a field or a header ends (content.py).
Called by: engine.content, engine.message (asks whether it need be read at all).
"""

from typing import Final, final

from mailward.engine.boundaries import BEGINS, DIGEST, LONGEST, SURELY, Boundaries
from mailward.engine.parts import (
    DEPTH,
    NEEDS_MIME,
    NEEDS_NAME,
    NEEDS_TO,
    TO,
    Event,
    Part,
)
from mailward.octets import find
from mailward.smtp.addresses import count_addresses
from mailward.smtp.fields import OTHER, field_code
from mailward.smtp.fields import TO as TO_FIELD

#: Every field that tells of a part has it in its name.
_MARK: Final = b"content-"


def is_silent(needs: int, data: bytes) -> bool:
    """Is it plain that of a message, with which these octets begin, which is whole
    and holds no CR or LF alone, nothing is to be told?

    Where only names of files are wanted, a header must have a field that may hold
    one, and without such a field there is no header but the first.
    """
    if needs != NEEDS_NAME:
        return False
    end = find(data, b"\r\n\r\n", 0)
    return find(data[: end if end >= 0 else len(data)].lower(), _MARK, 0) < 0


@final
class Statements:
    """What one message has said so far.

    `queue` holds what has not been told, `part` is the part whose header is read,
    `to` and `wants` say what is read: To fields, and which Content-* fields.
    """

    __slots__ = ("_count", "_deep", "boundaries", "part", "queue", "to", "wants")

    def __init__(self, needs: int) -> None:
        self.to = bool(needs & NEEDS_TO)
        self.wants = needs & NEEDS_MIME
        self.queue: list[Event] = []
        self.boundaries = Boundaries()
        self._deep = False  # DEPTH has been told
        self._count = 0  # addresses, told or not
        self.part = Part(True, False, self.wants)

    def wanted(self, name: bytes) -> int:
        """The code of a field's name, if it is read."""
        code = field_code(name)
        wanted = self.to if code == TO_FIELD else self.wants != 0
        return code if wanted else OTHER

    def read(self, code: int, value: bytes) -> None:
        """A field, complete: tell or remember what it says."""
        if code == TO_FIELD:
            self._count += count_addresses(value)
            self.queue.append((TO, (self._count,), ()))
        elif code != OTHER:
            boundaries, digest = self.part.read(code, value, self.queue)
            for boundary in boundaries:
                if not self.boundaries.remember(boundary, digest) and not self._deep:
                    self._deep = True
                    self.queue.append((DEPTH, (), ()))

    def settle(self) -> None:
        """The header is over for some program: tell what it has said."""
        if self.wants:
            self.part.settle(self.queue)

    def leave(self) -> bool:
        """The header is over for all: does its body begin with another?"""
        self.to = False
        if self.wants and self.part.nested:
            self.part = Part(self.part.surely, False, self.wants)
            return True
        return False

    def delimit(self, line: bytes, hard: bool) -> bool:
        """Does a part begin behind this line?  Then it is the one at hand.

        `hard`: the line began behind an LF.
        """
        meaning = self.boundaries.meaning(line[:LONGEST])
        if not meaning & BEGINS:
            return False
        self.settle()
        sure = bool(meaning & SURELY) and hard
        self.part = Part(sure, bool(meaning & DIGEST), self.wants)
        return True
