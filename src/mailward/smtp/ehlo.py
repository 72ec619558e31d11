"""KEYWORDS: the service extensions that a server announces by EHLO.

Knows: which announced word belongs to which word of the configuration
language (`ehlo-reply-parameter`; reference section 2.1).
Does not know: what is masked, who asks.
Called by: criteria (the configuration words), engine (the announced ones).
"""

from dataclasses import dataclass
from typing import Final, final

EIGHTBITMIME: Final = 0
AUTH: Final = 1
BINARYMIME: Final = 2
CHECKPOINT: Final = 3
DSN: Final = 4
ENHANCEDSTATUSCODES: Final = 5
ETRN: Final = 6
PIPELINING: Final = 7
SIZE: Final = 8
VRFY: Final = 9
#: Anything else; STARTTLS and CHUNKING are of these, with codes of their own
#: because parameters and the engine treat them apart.
OTHERS: Final = 10
STARTTLS: Final = 11
CHUNKING: Final = 12


@final
@dataclass(frozen=True)
class Keyword:
    """One extension: its code, the configuration's word, the announced word
    in upper case, and the help of the configuration's word."""

    code: int
    cli: str
    wire: bytes
    help: str


KEYWORDS: Final = (
    Keyword(EIGHTBITMIME, "8bitmime", b"8BITMIME", "8-bit MIME transport (RFC 6152)"),
    Keyword(AUTH, "auth", b"AUTH", "Authentication (RFC 4954)"),
    Keyword(BINARYMIME, "binaryname", b"BINARYMIME", "Binary MIME (RFC 3030)"),
    Keyword(CHECKPOINT, "checkpoint", b"CHECKPOINT", "Checkpoint/restart (RFC 1845)"),
    Keyword(DSN, "dsn", b"DSN", "Delivery status notifications (RFC 3461)"),
    Keyword(
        ENHANCEDSTATUSCODES,
        "ecode",
        b"ENHANCEDSTATUSCODES",
        "Enhanced status codes (RFC 2034)",
    ),
    Keyword(ETRN, "etrn", b"ETRN", "Remote queue start (RFC 1985)"),
    Keyword(PIPELINING, "pipelining", b"PIPELINING", "Command pipelining (RFC 2920)"),
    Keyword(SIZE, "size", b"SIZE", "Message size declaration (RFC 1870)"),
    Keyword(VRFY, "vrfy", b"VRFY", "Verify a user (RFC 5321)"),
)

#: The word of the configuration for everything that KEYWORDS does not list.
OTHERS_CLI: Final = "others"
OTHERS_CODES: Final = (OTHERS, STARTTLS, CHUNKING)

_BY_WIRE: Final = {
    **{row.wire: row.code for row in KEYWORDS},
    b"STARTTLS": STARTTLS,
    b"CHUNKING": CHUNKING,
}


def keyword_code(text: bytes) -> int:
    """The code of an announced line's text (what follows `250-`).

    The keyword ends at a blank, a tab or an equals sign, so `AUTH=LOGIN` counts
    as AUTH; letter case does not matter (RFC 5321 section 4.1.1.1).
    """
    code = _BY_WIRE.get(text)
    if code is not None:
        return code
    word = text[:24].replace(b"=", b" ", 1).replace(b"\t", b" ").split(b" ", 1)[0]
    return _BY_WIRE.get(word.upper(), OTHERS)
