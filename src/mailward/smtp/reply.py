"""A server's line: its code, and whether the reply goes on (RFC 5321 4.2).

Knows: one line.  Does not know: the command it answers.
Called by: engine.
"""

from typing import Final

from mailward.octets import BLANK, CR

#: What `code_of` gives for a line that is not of a reply.
NO_CODE: Final = 0

_HYPHEN: Final = 0x2D
_NOUGHT: Final = 0x30
_NINE: Final = 0x39


def code_of(line: bytes) -> int:
    """The three-digit code of a reply line, NO_CODE if it has none.

    Exactly three digits, followed by a blank, a hyphen or the end of the line.
    """
    if len(line) > 3:
        behind = line[3]
        if behind not in (BLANK, _HYPHEN, CR):
            return NO_CODE
    elif len(line) < 3:
        return NO_CODE
    # Numbers, not octets: neither a slice is made nor a text looked up.
    hundreds, tens, ones = line[0], line[1], line[2]
    if (
        _NOUGHT <= hundreds <= _NINE
        and _NOUGHT <= tens <= _NINE
        and _NOUGHT <= ones <= _NINE
    ):
        return hundreds * 100 + tens * 10 + ones - _NOUGHT * 111
    return NO_CODE


def goes_on(line: bytes) -> bool:
    """Is this a line of a multi-line reply with more to come?"""
    return len(line) > 3 and line[3] == _HYPHEN
