"""A server's line: its code, and whether the reply goes on (RFC 5321 4.2).

Knows: one line.  Does not know: the command it answers.
Called by: engine.
"""

from typing import Final

#: What `code_of` gives for a line that is not of a reply.
NO_CODE: Final = 0

_CODES: Final = {
    b"%03d%s" % (code, behind): code
    for code in range(1000)
    for behind in (b" ", b"-", b"\r", b"")
}


def code_of(line: bytes) -> int:
    """The three-digit code of a reply line, NO_CODE if it has none.

    Exactly three digits, followed by a blank, a hyphen or the end of the line.
    """
    return _CODES.get(line[:4], NO_CODE)


def goes_on(line: bytes) -> bool:
    """Is this a line of a multi-line reply with more to come?"""
    return line[3:4] == b"-"
