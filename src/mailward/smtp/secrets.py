"""Secrets: what of a client's lines may be shown to a reader.

Knows: AUTH and what may follow it (RFC 4954); that a client whose AUTH was refused
may send its password all the same, which then looks like a command.
Does not know: where the dialogue stands (the caller says what is secret for sure).
Called by: audit, story.
"""

import re
from typing import Final, final

from mailward.octets import BLANK, is_line
from mailward.smtp.verbs import UNKNOWN, verb_code

#: AUTH and its mechanism, at the beginning of what any server takes for a line.
_AUTH: Final = re.compile(
    rb"(?:^|(?<=[\r\n]))[ \t]*AUTH[^ \t\r\n]*(?:[ \t]+[^ \t\r\n]*)?", re.IGNORECASE
)
#: As numbers, the octets that a line with AUTH begins with.
_A: Final = 0x41
_SMALL_A: Final = 0x61
_TAB: Final = 0x09
#: A line that came in pieces is told apart by so many of its octets.
_KEPT: Final = 64


def is_plain(octets: bytes) -> bool:
    """Are they one line, whole, that is surely not AUTH?"""
    return is_line(octets) and octets[0] not in (_A, _SMALL_A, BLANK, _TAB)


@final
class Discretion:
    """Looks at one client's lines in their order."""

    __slots__ = ("_begun", "_wary")

    def __init__(self) -> None:
        self._begun = b""  # of the line whose end has not come
        self._wary = False  # AUTH went by and no lawful command since

    @property
    def wary(self) -> bool:
        """Must the next octets be looked at with care?"""
        return self._wary or self._begun != b""

    def shown(self, piece: bytes, *, secret: bool = False) -> int:
        """How many octets at the beginning of a line, or of the next piece of it,
        may be shown.  `secret`: it is known to belong to a secret."""
        begun = self._begun
        if not (begun or secret or self._wary) and is_plain(piece):
            return len(piece)
        line = begun + piece
        self._begun = b"" if piece[-1:] == b"\n" else line[:_KEPT]
        if secret:
            return 0
        found = _AUTH.search(line)
        if found is not None:
            self._wary = True
            end = found.end()
            return max(end - len(begun), 0) if line[end:].strip() else len(piece)
        if verb_code(line.strip().partition(b" ")[0]) != UNKNOWN:
            self._wary = False
        return 0 if self._wary else len(piece)
