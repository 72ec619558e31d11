"""VERBS: the commands that may pass, one row each.

Knows: the fifteen lawful verbs and STARTTLS (reference section 5.1), which of
them end a pipelined group (RFC 2920 section 3.1), which open a transaction anew.
Does not know: order, policy, replies.
Called by: `smtp.command`, engine, documentation.
"""

from dataclasses import dataclass
from typing import Final, final

from mailward.octets import BLANK, CR

UNKNOWN: Final = 0
HELO: Final = 1
EHLO: Final = 2
MAIL: Final = 3
RCPT: Final = 4
DATA: Final = 5
RSET: Final = 6
NOOP: Final = 7
QUIT: Final = 8
AUTH: Final = 9
ETRN: Final = 10
HELP: Final = 11
SAML: Final = 12
SEND: Final = 13
SOML: Final = 14
VRFY: Final = 15
STARTTLS: Final = 16
#: Never lawful: its payload would be read as commands (RFC 3030 section 2).
BDAT: Final = 17
#: Not commands, but awaited like one: the greeting, a line of an AUTH
#: exchange, the end of a message.
GREETING: Final = 18
SECRET: Final = 19
MESSAGE: Final = 20


@final
@dataclass(frozen=True)
class Verb:
    """One lawful command.

    `last`: it must be the last of a pipelined group; `resets`: a positive
    reply to it ends the transaction that was open.
    """

    code: int
    word: bytes
    last: bool
    resets: bool
    doc: str


VERBS: Final = (
    Verb(HELO, b"HELO", True, True, "Greet the server (RFC 5321 4.1.1.1)"),
    Verb(EHLO, b"EHLO", True, True, "Greet, and ask for extensions"),
    Verb(MAIL, b"MAIL", False, True, "Open a transaction, name the sender"),
    Verb(RCPT, b"RCPT", False, False, "Name a recipient"),
    Verb(DATA, b"DATA", True, False, "Send the message"),
    Verb(RSET, b"RSET", False, True, "Abort the transaction"),
    Verb(NOOP, b"NOOP", False, False, "Do nothing"),
    Verb(QUIT, b"QUIT", True, False, "Close"),
    Verb(AUTH, b"AUTH", True, False, "Authenticate (RFC 4954)"),
    Verb(ETRN, b"ETRN", False, False, "Start a queue (RFC 1985)"),
    Verb(HELP, b"HELP", False, False, "Ask for help"),
    Verb(SAML, b"SAML", False, True, "Send and mail (RFC 821)"),
    Verb(SEND, b"SEND", False, True, "Send to a terminal (RFC 821)"),
    Verb(SOML, b"SOML", False, True, "Send or mail (RFC 821)"),
    Verb(VRFY, b"VRFY", False, False, "Verify a user"),
    Verb(STARTTLS, b"STARTTLS", True, False, "Begin TLS (RFC 3207)"),
)

_CODES: Final = {**{row.word: row.code for row in VERBS}, b"BDAT": BDAT}
_LONGEST: Final = 8

# With these letters the verbs of a plain mail begin.
_D: Final = 0x44
_E: Final = 0x45
_M: Final = 0x4D
_Q: Final = 0x51
_R: Final = 0x52

#: By code: must it be the last of its group, does it end a transaction, does it
#: name a sender?
LAST: Final = tuple(any(r.code == c and r.last for r in VERBS) for c in range(21))
RESETS: Final = tuple(any(r.code == c and r.resets for r in VERBS) for c in range(21))

SENDS: Final = tuple(code in (MAIL, SAML, SEND, SOML) for code in range(21))


def verb_code(word: bytes) -> int:
    """The code of a command's first word, UNKNOWN if it is none of VERBS."""
    if len(word) > _LONGEST:
        return UNKNOWN
    return _CODES.get(word.upper(), UNKNOWN)


def line_verb(line: bytes) -> int:
    """The code of the verb that a whole line, without a CR or an LF alone, begins
    with; UNKNOWN if it is none."""
    if len(line) > 4 and line[4] in (BLANK, CR):
        code = _usual(line)
        if code != UNKNOWN:
            return code
    blank = line.find(b" ")
    return verb_code(line[: blank if blank >= 0 else -2])


def _usual(line: bytes) -> int:
    """The code of a verb of a plain mail, as most write it, UNKNOWN for others.

    One letter tells which it can be: cheaper than to look a word up.
    """
    letter = line[0]
    if letter == _M:
        return MAIL if line.startswith(b"MAIL") else UNKNOWN
    if letter == _R:
        return RCPT if line.startswith(b"RCPT") else UNKNOWN
    if letter == _D:
        return DATA if line.startswith(b"DATA") else UNKNOWN
    if letter == _E:
        return EHLO if line.startswith(b"EHLO") else UNKNOWN
    if letter == _Q:
        return QUIT if line.startswith(b"QUIT") else UNKNOWN
    return UNKNOWN
