"""Counting the addresses of a list (RFC 5322 section 3.4).

Knows: commas, groups, quoted text, comments, and lists without commas.
Does not know: what an address is worth, how many are too many.
Called by: engine.content.
"""

import re
from typing import Final

from mailward.smtp.fields import unfolded, without_comments

_QUOTED: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_ANGLE: Final = re.compile(rb"<[^<>]*+>")


def count_addresses(value: bytes) -> int:
    """How many addresses the value of a To field names: the larger reading.

    Quoted text and comments hide commas; where one is not closed, it is also
    read as if it were none.  A missing comma does not hide an address.
    """
    text = unfolded(value)
    bare = _QUOTED.sub(b"q", text)
    found = _count(_QUOTED.sub(b"q", without_comments(text)))
    if b'"' in bare or bare.count(b"(") != bare.count(b")"):
        found = max(found, _count(text))
    return found


def _count(text: bytes) -> int:
    """How many addresses, without quoted text and comments."""
    # A comma inside brackets is of a source route.
    text = _ANGLE.sub(b" \0 ", text)
    text = b"@".join([piece.strip() for piece in text.split(b"@")])
    found = 0
    for item in text.replace(b";", b",").split(b","):
        words = item.rpartition(b":")[2].split()  # a group's name stands before
        if words:
            angles = words.count(b"\0")
            found += max(1, angles, len([word for word in words if b"@" in word]))
    return found
