"""Octets: classes, folding and masks that know nothing of SMTP.

Knows: how a run of octets is covered, folded or found.
Does not know: what a command, a reply or a message is.
Called by: every house above.
"""

from collections.abc import Callable
from typing import Final

import stringzilla

CR: Final = 0x0D
LF: Final = 0x0A
NUL: Final = 0x00
BLANK: Final = 0x20

#: `find(octets, what, start)`: the first place at or after `start`, or -1.
#: SIMD; some thirty times as fast as `bytes.find` where a needle is rare.
find: Final[Callable[[bytes, bytes, int], int]] = stringzilla.find

#: `count(octets, what, start, end)`: how often, without overlaps.
count: Final[Callable[[bytes, bytes, int, int], int]] = stringzilla.count


def crossed(length: int) -> bytes:
    """`length` octets of X, the appliance's cover for what must not be read."""
    return b"X" * length


def starred(length: int) -> bytes:
    """`length` asterisks, the appliance's cover for a banner."""
    return b"*" * length
