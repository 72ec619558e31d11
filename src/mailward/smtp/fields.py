"""Header fields: which of them are read, folding, comments.

Knows: what RFC 5322 section 2.2 calls a field, and the layers that lie over
its value: folds, comments, quoted text.
Does not know: media types, addresses, where a header begins or ends.
Called by: smtp.mime, smtp.addresses, engine.content.

Everything is linear in the value; the caller has bounded it.
"""

import re
from typing import Final

from mailward.octets import CR, LF
from mailward.smtp.words import without_words

OTHER: Final = 0
TO: Final = 1
CONTENT_TYPE: Final = 2
CONTENT_ENCODING: Final = 3
CONTENT_DISPOSITION: Final = 4

_CODES: Final = {
    b"to": TO,
    b"content-type": CONTENT_TYPE,
    b"content-transfer-encoding": CONTENT_ENCODING,
    b"content-disposition": CONTENT_DISPOSITION,
}

#: What a field name is made of (RFC 5322 section 3.6.8).
NAME: Final = bytes(c for c in range(33, 127) if c != 0x3A)
_NOT_NAME: Final = bytes(c for c in range(256) if c not in NAME)
_WHITE: Final = b" \t"
#: A longer name is none: RFC 5322 section 2.1.1 bounds the line it is in.
LONGEST_NAME: Final = 998

_FOLD: Final = re.compile(rb"\r*\n[ \t]*|\r+")
#: Whole lines of fields that are not read, folds among them, without a CR or an
#: LF alone save an LF that ends one.
_UNREAD_BUT: Final = (
    rb"(?:(?:[!-,.-9;-BD-SU-bd-su-~][!-9;-~]{0,997}+:"
    rb"|(?!--|(?i:%scontent-(?:type|transfer-encoding|disposition):))"
    rb"[!-9;-~]{1,998}+:|[ \t])[^\r\n]*+\r?+\n){0,500}"
)
_UNREAD: Final = re.compile(_UNREAD_BUT % b"")
_UNREAD_NOR_TO: Final = re.compile(_UNREAD_BUT % b"to:|")
#: A field that is read, as nearly all are written, with its folds and the octet behind
#: it that shows there are no more.
_READ: Final = re.compile(
    rb"(to|content-(?:type|transfer-encoding|disposition)):"
    rb"([^\r\n]*+\r?+\n(?:[ \t][^\r\n]*+\r?+\n){0,500})(?=[^ \t])",
    re.IGNORECASE,
)
#: Lines that begin as a header's do, a fold only behind another.
_HEADER: Final = re.compile(rb"(?:[!-9;-~]{1,998}+:.*+\n(?:[ \t].*+\n)*+){0,500}")
#: In fewer octets there are no 500 lines.
_SURELY_LESS: Final = 1000
#: What matters to somebody who looks for comments: brackets, quotes, pairs,
#: and runs of all else.
_PIECE: Final = re.compile(rb'[^()"\\]++|\\.|.', re.DOTALL)


def field_code(name: bytes) -> int:
    """The code of a field's name; OTHER for all that is not read.

    Blanks before the colon are allowed (RFC 5322 section 4.5), and octets that
    are of no name are passed over at either end, as programs do that stop at,
    or skip, a NUL.
    """
    return _CODES.get(name.strip(_NOT_NAME).lower(), OTHER)


def is_field(name: bytes) -> bool:
    """May this, the text before a colon, name a field?"""
    name = name.rstrip(b" \t")
    return 0 < len(name) <= LONGEST_NAME and not name.strip(NAME)


def is_mbox(line: bytes) -> bool:
    """An envelope line of a mailbox file?  As a message's first line, servers
    take it for part of the header."""
    return line.startswith((b"From ", b">From "))


def past_unread(data: bytes, at: int, end: int, to: bool = True) -> int:
    """Past the whole lines of fields that are not read, folds and all.

    `at` is where a field may begin; what comes back is the first line that
    wants a closer look, or whose end is not in data[at:end].  `to`: To fields
    are read.
    """
    return _past(_UNREAD_NOR_TO if to else _UNREAD, data, at, end)


def read_field(data: bytes, at: int, end: int) -> tuple[int, bytes, int] | None:
    """The field that is read and begins at `at`, without a CR or an LF alone save an
    LF that ends a line: its code, its value, where it ends.

    None where there is none, where it is not whole, or where its name is not
    written plainly: then it wants a closer look.
    """
    seen = _READ.match(data, at, end)
    if seen is None:
        return None
    return _CODES[seen[1].lower()], seen[2], seen.end()


def past_lines(data: bytes, at: int, end: int) -> int:
    """Past the whole lines that surely are of a header, each ended by an LF.

    `at` is where a field may begin.
    """
    return _past(_HEADER, data, at, end)


def _past(lines: re.Pattern[bytes], data: bytes, at: int, end: int) -> int:
    """Past as many of these lines as there are; some hundred at once, for the
    matcher remembers where each began."""
    while True:
        seen = lines.match(data, at, end)
        assert seen is not None  # no line at all is a match too
        begun, at = at, seen.end()
        if at - begun < _SURELY_LESS:
            return at


def unfolded(value: bytes) -> bytes:
    """The value on one line: ends of line vanish, blanks stay (section 2.2.3)."""
    if LF not in value and CR not in value:
        return value
    return value.replace(b"\r", b"").replace(b"\n", b"")


def refolded(value: bytes) -> bytes:
    """The value on one line, each fold with its blanks made one blank."""
    return _FOLD.sub(b" ", value)


def closefolded(value: bytes) -> bytes:
    """The value on one line, each fold vanished with its blanks."""
    return _FOLD.sub(b"", value)


def without_comments(value: bytes) -> bytes:
    """The value with each comment made a blank (RFC 5322 section 3.2.2).

    Comments nest; quoted text holds none; what is opened and never closed goes
    to the end.
    """
    if b"(" not in value:
        return value
    out: list[bytes] = []
    depth = 0
    quoted = False
    for piece in _PIECE.findall(value):
        if piece == b"(" and not quoted:
            depth += 1
        elif piece == b")" and depth:
            depth -= 1
            if not depth:
                out.append(b" ")
        elif not depth:
            if piece == b'"':
                quoted = not quoted
            out.append(piece)
    return b"".join(out)


def layers(value: bytes) -> tuple[bytes, ...]:
    """The value on one line as the several programs see it: as it stands,
    without comments, with encoded words decoded before anything else.
    """
    seen = {unfolded(value): None}
    if LF in value or CR in value:
        seen[refolded(value)] = None
        seen[closefolded(value)] = None
    for text in tuple(seen):
        seen[without_words(text)] = None
    for text in tuple(seen):
        seen[without_comments(text)] = None
    return tuple(seen)
