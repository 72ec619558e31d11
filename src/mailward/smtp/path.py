"""The argument of MAIL and RCPT: the address, and what is strange in it.

Knows: where the address stands in the line, however it was written, and every
way in which a server may read it (RFC 5321 section 4.1.1.2, appendix C; what
real servers accept, reference peers section 2.10).
Does not know: what is done about a strange character.
Called by: engine.
"""

import re
from typing import Final, final

from mailward.octets import BLANK

_LT: Final = 0x3C
_GT: Final = 0x3E
_WHITE: Final = b" \t"

# An address that every server reads alike, in brackets, with nothing strange in
# the whole line: no quotes, no route, no pipe, no back-quote, no NUL.
_PLAIN: Final = rb":<([\w.!#$%&'*+/=?^{}~@-]*+)>(?: [^|`\0\r\n]*+)?\r\n"
_FROM: Final = re.compile(rb".... [Ff][Rr][Oo][Mm]" + _PLAIN)
_TO: Final = re.compile(rb".... [Tt][Oo]" + _PLAIN)
# How most lines begin and end around an address, and its octets made letters and
# all others blanks: cheaper than to match.
_MAIL_FROM: Final = b"MAIL FROM:<"
_RCPT_TO: Final = b"RCPT TO:<"
_ENDS: Final = b">\r\n"
_LETTERS: Final = bytes(
    0x41 if chr(c).isalnum() or c in b"_.!#$%&'*+/=?^{}~@-" else BLANK
    for c in range(128)
) + bytes((BLANK,) * 128)


@final
class Path:
    """One address in one command line.

    `start`, `end` span the address without its brackets; `stop` is where the
    region of the address ends (the parameters follow).  Offsets count from the
    beginning of the line.  `plain`: nothing in the line is strange, and the
    address has this one reading.
    """

    __slots__ = ("end", "plain", "start", "stop")

    def __init__(self, start: int, end: int, stop: int, plain: bool = False) -> None:
        self.plain = plain
        self.start = start
        self.end = end
        self.stop = stop


def read_path(line: bytes, keyword: bytes) -> Path:
    """The address of a MAIL (`keyword` FROM) or RCPT (TO) line.

    Never fails: where the line is not as it should be, the span is what a
    lenient server would take.  Linear in the line.
    """
    begins = _RCPT_TO if keyword == b"TO" else _MAIL_FROM
    if line.startswith(begins) and line.endswith(_ENDS):
        address = line[len(begins) : -len(_ENDS)]
        if address.translate(_LETTERS).isalnum():
            end = len(line) - len(_ENDS)
            return Path(len(begins), end, end + 1, True)
    seen = (_TO if keyword == b"TO" else _FROM).match(line)
    if seen is not None:
        end = seen.end(1)
        return Path(seen.start(1), end, end + 1, True)
    limit = len(line) - 2
    at = _skip(line, 4, limit)
    if line[at : at + len(keyword)].upper() == keyword:
        colon = _skip(line, at + len(keyword), limit)
        if line[colon : colon + 1] == b":":
            at = _skip(line, colon + 1, limit)
    if at < limit and line[at] == _LT:
        close = _closing(line, at + 1, limit)
        stop = line.find(b" ", close, limit)
        return Path(at + 1, close, limit if stop < 0 else stop)
    stop = line.find(b" ", at, limit)
    stop = limit if stop < 0 else stop
    return Path(at, stop, stop)


def strange(line: bytes, path: Path) -> list[int]:
    """Offsets of characters that must not be in an address.

    A pipe anywhere behind the verb; `<` and `>` that do not delimit the
    address (reference section 5.6).
    """
    found = _all(line, b"|", 4, len(line) - 2)
    opened = line[path.start - 1 : path.start] == b"<"
    first = path.start - 1 if opened else path.start
    for at in _all(line, b"<", first, path.stop):
        if not opened or at != first:
            found.append(at)
    for at in _all(line, b">", first, path.stop):
        if not opened or at != path.end:
            found.append(at)
    found.sort()
    return found


def blanked(line: bytes, offsets: list[int]) -> bytes:
    """The line with blanks at these offsets: the length stays."""
    out = bytearray(line)
    for at in offsets:
        out[at] = BLANK
    return bytes(out)


def readings(line: bytes, path: Path) -> tuple[bytes, ...]:
    """Every mailbox that some server would read here; the plain span first.

    Without a source route (`<@a,@b:u@c>`), with the quotes of the local part
    taken off, and the address in brackets behind a display name.
    """
    plain = line[path.start : path.end]
    if path.plain:
        return (plain,)
    found = [plain]
    if plain[:1] == b"@" and b":" in plain:
        found.append(plain.rsplit(b":", 1)[1])
    if b'"' in plain or b"\\" in plain:
        found.extend(
            [text.replace(b'"', b"").replace(b"\\", b"") for text in tuple(found)]
        )
    if line[path.start - 1 : path.start] != b"<":
        opening = line.find(b"<", path.start)
        if opening >= 0:
            closing = line.find(b">", opening)
            found.append(line[opening + 1 : closing if closing > 0 else -2])
    return tuple(found)


#: A longer number is none (RFC 1870 section 4 has at most 20 digits).
_SIZE_DIGITS: Final = 20
#: What `declared_size` gives where nothing is declared.
NO_SIZE: Final = -1


def declared_size(line: bytes, path: Path) -> int:
    """The number behind SIZE= among the parameters, NO_SIZE if there is none."""
    if path.stop == len(line) - 2:
        return NO_SIZE
    for word in line[path.stop : -2].split(b" "):
        if word[:5].upper() == b"SIZE=":
            digits = word[5:]
            if 0 < len(digits) <= _SIZE_DIGITS and not digits.strip(b"0123456789"):
                return int(digits)
    return NO_SIZE


def domain_of(mailbox: bytes) -> bytes:
    """What stands behind the last at-sign, in lower case, without a final dot."""
    _, at, domain = mailbox.rpartition(b"@")
    return domain.lower().rstrip(b". \t") if at else b""


def routes(mailbox: bytes) -> bool:
    """Does the mailbox name further stations: a source route, a percent, a bang
    path, a second at-sign (reference section 1, mail-relay)?"""
    local, _, domain = mailbox.rpartition(b"@")
    return any(mark in local for mark in (b"@", b"%", b"!", b":")) or (
        b"!" in domain or b"%" in domain
    )


def _skip(line: bytes, at: int, limit: int) -> int:
    """The first offset from `at` that is neither blank nor tab."""
    rest = line[at:limit]
    return limit - len(rest.lstrip(_WHITE))


def _closing(line: bytes, at: int, limit: int) -> int:
    """Where the bracket opened before `at` closes; quoted text is jumped over."""
    plain = line.find(b">", at, limit)
    if line.find(b'"', at, plain if plain >= 0 else limit) >= 0:
        quoted = False
        skip = False
        for offset in range(at, limit):
            octet = line[offset]
            if skip:
                skip = False
            elif octet == 0x5C:
                skip = True
            elif octet == 0x22:
                quoted = not quoted
            elif octet == _GT and not quoted:
                return offset
    return plain if plain >= 0 else limit


def _all(line: bytes, octet: bytes, start: int, stop: int) -> list[int]:
    """The offsets of an octet between `start` and `stop`."""
    found: list[int] = []
    at = line.find(octet, start, stop)
    while at >= 0:
        found.append(at)
        at = line.find(octet, at + 1, stop)
    return found
