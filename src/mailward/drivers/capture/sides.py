"""Sides: what came from a speaker of a capture, and what went on of it.

Knows: where the two differ.
Does not know: flows, why they differ.
Called by: `drivers.capture.replay`, and the flows it makes.
"""

from operator import ne
from typing import final

from mailward.drivers.end import End


@final
class Patch:
    """Octets that went on otherwise than they came: at a position of the
    speaker's octets, as they went."""

    __slots__ = ("at", "octets")

    def __init__(self, at: int, octets: bytes) -> None:
        self.at = at
        self.octets = octets


@final
class Side(End):
    """Where the octets of a speaker go: they are compared with those that came.

    `at` is the position of the octet that goes next, `masked` how many went on
    otherwise than they came, `patches` where, if anybody wants to know.
    """

    __slots__ = ("_ahead", "_keep", "at", "left", "masked", "patches")

    def __init__(self, *, patches: bool, left: bool) -> None:
        self._ahead = b""  # came, and has not gone
        self._keep = patches
        self.at = 0
        self.masked = 0
        self.patches: list[Patch] = []
        self.left: list[bytes] | None = [] if left else None

    def came(self, octets: bytes) -> None:
        """The speaker said so."""
        self._ahead = self._ahead + octets if self._ahead else octets

    def lacks(self, length: int) -> None:
        """So many octets are missing."""
        self.at += len(self._ahead) + length
        self._ahead = b""

    def write(self, octets: bytes) -> None:
        """See End: so it goes on."""
        if self.left is not None:
            self.left.append(octets)
        ahead = self._ahead
        if octets is ahead or octets == ahead:
            self._ahead = b""
        else:
            size = len(octets)
            self._ahead = ahead[size:]
            if ahead[:size] != octets:
                self._differ(ahead[:size], octets)
        self.at += len(octets)

    def _differ(self, came: bytes, went: bytes) -> None:
        """Find the lines that differ; of those the octets."""
        at = 0
        while at < len(went):
            end = went.find(b"\n", at) + 1 or len(went)
            line = went[at:end]
            if came[at:end] != line:
                differs = bytes(map(ne, line, came[at:end]))
                self.masked += differs.count(1)
                if self._keep:
                    first = differs.index(1)
                    self.patches.append(Patch(self.at + at + first, line[first:]))
            at = end

    def pause(self) -> None:
        """See End: a capture cannot be held up."""

    def resume(self) -> None:
        """See End."""

    def finish(self) -> None:
        """See End."""

    def close(self) -> None:
        """See End."""

    def abort(self) -> None:
        """See End."""
