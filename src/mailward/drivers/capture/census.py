"""Census: what was counted on the way through captures.

Knows: the numbers.  Does not know: how they are told.
Called by: the files of this house (count), cli (tells).
"""

from dataclasses import dataclass, fields
from typing import final


@final
@dataclass
class Census:
    """Numbers that add up over files and over workers.

    `packets` read, `segments` of TCP among them, `sessions` of mail; of the
    segments of mail, `wrong` have a checksum that does not fit and `cut` were
    captured in part.  `pieces` are datagrams that never became whole, `foreign`
    packets of a link that is not known here, `astray` segments far outside of
    their connection, `evicted` connections that were given up for want of memory.
    """

    packets: int = 0
    segments: int = 0
    sessions: int = 0
    wrong: int = 0
    cut: int = 0
    pieces: int = 0
    foreign: int = 0
    astray: int = 0
    evicted: int = 0

    def add(self, other: "Census") -> None:
        """Count what another has counted."""
        for one in fields(self):
            name = one.name
            setattr(self, name, getattr(self, name) + getattr(other, name))
