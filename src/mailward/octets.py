"""Octets: classes, folding and masks that know nothing of SMTP.

Knows: how a run of octets is covered, folded or found.
Does not know: what a command, a reply or a message is.
Called by: every house above.

What is asked of every octet the compiled build has in C (`_octets.c`;
[decision 0025](../../docs/decisions/0025-octets-in-c.md)).
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import stringzilla

CR: Final = 0x0D
LF: Final = 0x0A
NUL: Final = 0x00
BLANK: Final = 0x20

#: `find(octets, what, start)`: the first place at or after `start`, or -1.
#: SIMD; some thirty times as fast as `bytes.find` where a needle is rare.
find: Final[Callable[[bytes, bytes, int], int]] = stringzilla.find

#: `find_within(octets, what, start, end)`: the same, before `end`.
find_within: Final[Callable[[bytes, bytes, int, int], int]] = stringzilla.find

#: `count(octets, what, start, end)`: how often, without overlaps.
count: Final[Callable[[bytes, bytes, int, int], int]] = stringzilla.count


#: Fewer octets than this are surveyed faster by counting, and more in pieces.
FEW: Final = 8192
_PIECE: Final = 262_144
# Room to work in: what is allocated anew for each piece costs page faults.
_LFS: Final = np.empty(_PIECE, np.bool_)
_CRS: Final = np.empty(_PIECE, np.bool_)


def plain_survey(octets: bytes, stop: int, gap: int) -> tuple[int, int]:
    """The ends of line in octets[:stop]: how many stand alone, and how evenly.

    First the number of CRs that no LF follows and LFs that no CR precedes there.
    Then a place up to which each line ends with CR LF and each stretch of `gap`
    octets holds an end, so that no line there is longer than 2 * `gap` - 3; 0
    where that is not so, is not known, or `gap` is 0.
    """
    if not FEW <= stop <= _PIECE:
        ends = count(octets, b"\r", 0, stop) + count(octets, b"\n", 0, stop)
        return ends - 2 * count(octets, b"\r\n", 0, stop), 0
    found = np.frombuffer(octets, np.uint8, stop)
    lf = np.equal(found, LF, out=_LFS[:stop])
    cr = np.equal(found, CR, out=_CRS[:stop])
    edges = int(lf[0]) + int(cr[-1])
    alone = int(np.count_nonzero(np.not_equal(lf[1:], cr[:-1], out=cr[:-1])))
    level = 0
    if gap and not alone:
        level = stop - stop % gap
        begins = np.arange(0, level, gap)
        if level and not np.logical_or.reduceat(lf[:level], begins).all():
            level = 0
    return alone + edges, level


def plain_is_line(octets: bytes) -> bool:
    """Do these octets end with CR LF, and is there no CR or LF before?"""
    # To ask for a number is much cheaper than to search for octets.
    if not octets.endswith(b"\r\n"):
        return False
    text = octets[:-2]
    return CR not in text and LF not in text


try:
    from mailward._octets import is_line as _is_line, survey as _survey  # isort: skip
except ImportError:
    _is_line = plain_is_line
    _survey = plain_survey

#: `survey(octets, stop, gap)` and `is_line(octets)`: what `plain_survey` and
#: `plain_is_line` tell, by whatever this build has.
survey: Final[Callable[[bytes, int, int], tuple[int, int]]] = _survey
is_line: Final[Callable[[bytes], bool]] = _is_line


def crossed(length: int) -> bytes:
    """`length` octets of X, the appliance's cover for what must not be read."""
    return b"X" * length


def starred(length: int) -> bytes:
    """`length` asterisks, the appliance's cover for a banner."""
    return b"*" * length
