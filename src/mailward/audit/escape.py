"""Escape: octets of the wire made safe for a human reader.

Knows: which octets may stand in a log line as they are.
Does not know: what the octets mean, which record they enter.
Called by: `audit.auditor` and `audit.sinks`.
"""

from typing import Final

#: One text for each octet: printable ASCII as itself, the backslash doubled,
#: everything else (controls, 8-bit octets) as `\xNN`.  No line feed survives,
#: so one record stays one line.
_TEXT: Final = tuple(
    "\\\\"
    if octet == 0x5C
    else chr(octet)
    if 0x20 <= octet < 0x7F
    else f"\\x{octet:02x}"
    for octet in range(256)
)

#: Stands behind a text that was cut.
CUT: Final = "..."


def escape(octets: bytes, limit: int) -> str:
    """The first `limit` octets as printable ASCII; `...` tells that some were cut.

    At most `4 * limit + 3` characters long.
    """
    shown = "".join([_TEXT[octet] for octet in octets[:limit]])
    return shown + CUT if len(octets) > limit else shown


def escape_text(text: str, limit: int) -> str:
    """As `escape`, for text of ours that may quote the wire (a traceback).

    The *last* `limit` octets are kept: in a traceback the end says what happened.
    """
    octets = text.encode("utf-8", "backslashreplace")
    shown = "".join([_TEXT[octet] for octet in octets[-limit:]])
    return CUT + shown if len(octets) > limit else shown
