"""Chronicle: what a conversation was about, for its report.

Knows: commands, envelopes, subjects, the parts of messages.
Does not know: policies; nothing is judged by it.
Called by: `drivers.capture.replay`.

It is told what both sides said, before the engine masks anything, and believes a
server that says 354.  Everything it keeps is bounded, and nothing of an AUTH
exchange or of a body is kept.
"""

from typing import Final, final

from mailward.audit.escape import CUT, escape
from mailward.engine.content import Content
from mailward.engine.measure import NOTHING
from mailward.engine.parts import ENCODING, NAME, NEEDS_MIME, TYPE
from mailward.octets import find
from mailward.policy.findings import CLIENT
from mailward.smtp.mime import ENCODINGS
from mailward.smtp.path import read_path
from mailward.smtp.verbs import (
    AUTH,
    BDAT,
    DATA,
    EHLO,
    HELO,
    MAIL,
    RCPT,
    RSET,
    SAML,
    SEND,
    SOML,
    STARTTLS,
    UNKNOWN,
    VERBS,
    verb_code,
)
from mailward.smtp.words import without_words

#: So many commands, mails, recipients and parts are kept of one conversation.
MOST: Final = 1000
#: So many characters of a text.
_LONG: Final = 320
#: So many octets of a line, and of a header.
_LINE: Final = 4096
_HEADER: Final = 65536

_NAMES: Final = {row.code: row.word.decode() for row in VERBS}
_CODES: Final = {row.code: row.word for row in ENCODINGS}
_SENDERS: Final = (MAIL, SEND, SOML, SAML)
_END: Final = b"\r\n.\r\n"


@final
class Transaction:
    """One mail, or what was to become one.  `accepted` is None where the
    server's answer is not known."""

    __slots__ = (
        "accepted",
        "mail_from",
        "message_id",
        "parts",
        "rcpt_to",
        "size",
        "subject",
    )

    def __init__(self, mail_from: str) -> None:
        self.mail_from = mail_from
        self.rcpt_to: list[str] = []
        self.subject = ""
        self.message_id = ""
        self.size = 0
        self.accepted: bool | None = None
        self.parts: list[dict[str, str]] = []


@final
class Chronicle:
    """What was said, so far."""

    __slots__ = (
        "_alone",
        "_asked",
        "_body",
        "_chunk",
        "_hidden",
        "_lines",
        "_message",
        "_open",
        "_secret",
        "commands",
        "helo",
        "tls",
        "transactions",
    )

    def __init__(self) -> None:
        self.helo = ""
        self.commands: list[str] = []
        self.transactions: list[Transaction] = []
        self.tls = False
        self._lines = [b"", b""]  # by speaker, a line without its end
        self._open: Transaction | None = None
        self._asked: list[int] = []  # verbs without an answer
        self._alone = True  # the server has not been heard
        self._body = False
        self._chunk = 0  # octets of a BDAT that are to come
        self._secret = False
        self._hidden = False
        self._message = _Message()

    def heard(self, speaker: int, octets: bytes) -> None:
        """Octets of a speaker."""
        if self.tls:
            return
        if speaker == CLIENT:
            self._lines[CLIENT] = self._client(self._lines[CLIENT] + octets)
            return
        self._alone = False
        octets = self._lines[speaker] + octets
        self._lines[speaker] = b""
        at = 0
        while not self.tls:
            end = octets.find(b"\n", at)
            if end < 0:
                self._lines[speaker] = octets[at : at + _HEADER]
                break
            self._reply(octets[at:end])
            at = end + 1

    def _client(self, octets: bytes) -> bytes:
        """Octets of the client; those that cannot be read yet."""
        at = 0
        while at < len(octets):
            if self._body:
                at = self._in_body(octets, at)
                continue
            if self._chunk:
                at = self._in_chunk(octets, at)
                continue
            if self._asked[-1:] == [DATA]:
                if not self._alone:
                    # The answer tells what they are.
                    return octets[max(at, len(octets) - _HEADER) :]
                self._go_ahead()
                continue
            end = octets.find(b"\n", at)
            if end < 0:
                return octets[at : at + _HEADER]
            self._command(octets[at:end].rstrip(b"\r"))
            at = end + 1
        return b""

    def _go_ahead(self) -> None:
        """The client's next octets are a message."""
        self._asked.clear()
        self._body = True
        self._message = _Message()

    def missed(self, speaker: int, length: int) -> None:
        """Octets of a speaker are missing."""
        if speaker == CLIENT and self._body:
            self._message.size += length
        self._lines[speaker] = b""
        self._asked.clear()

    def over(self) -> None:
        """Nothing more is said."""
        if self._body:
            self._finish()

    def _command(self, line: bytes) -> None:
        if self._secret:
            self._secret = False
            return
        word = line[:_LINE].split(b" ", 1)[0]
        verb = verb_code(word)
        self._asked.append(verb)
        del self._asked[:-MOST]
        if verb != UNKNOWN:
            # What follows may be a password, or a mail, sent all the same.
            self._hidden = verb in (AUTH, BDAT)
        elif not line or self._hidden:
            return
        if len(self.commands) < MOST:
            known = _NAMES.get(verb)
            self.commands.append(known or escape(word[:32], 32))
        if verb in (EHLO, HELO):
            self.helo = escape(line[5:_LINE].strip(), _LONG)
        elif verb in _SENDERS:
            self._begin(_address(line, b"FROM"))
        elif verb == RCPT:
            mail = self._mail()
            if len(mail.rcpt_to) < MOST:
                mail.rcpt_to.append(_address(line, b"TO"))
        elif verb == RSET:
            self._open = None
        elif verb == BDAT:
            self._bdat(line[:_LINE].split())

    def _begin(self, sender: str) -> None:
        self._open = Transaction(sender)
        if len(self.transactions) < MOST:
            self.transactions.append(self._open)

    def _bdat(self, words: list[bytes]) -> None:
        """A chunk follows, if the command is one."""
        size = words[1] if len(words) > 1 else b""
        if size.isdigit():
            self._chunk = int(size)
            if words[2:3] and words[2].upper() == b"LAST":
                self._asked[-1] = _ANSWER

    def _in_chunk(self, octets: bytes, at: int) -> int:
        """Octets of a chunk from `at`; where what is behind it begins."""
        taken = min(self._chunk, len(octets) - at)
        self._chunk -= taken
        self._mail().size += taken
        return at + taken

    def _mail(self) -> Transaction:
        """The mail at hand; one whose beginning was not seen has no sender."""
        if self._open is None:
            self._begin("")
        assert self._open is not None
        return self._open

    def _reply(self, line: bytes) -> None:
        code = line[:3]
        if not code.isdigit() or line[3:4] == b"-":
            return
        if code == b"354":
            self._go_ahead()
            self._lines[CLIENT] = self._client(self._lines[CLIENT])
            return
        verb = self._asked.pop(0) if self._asked else UNKNOWN
        if code == b"334":
            self._secret = True
            self._asked.insert(0, AUTH)
        elif verb == DATA:
            self._lines[CLIENT] = self._client(self._lines[CLIENT])
        elif verb == STARTTLS and code == b"220":
            self.tls = True
        elif verb == _ANSWER and self.transactions:
            self.transactions[-1].accepted = code[:1] == b"2"
        elif self._body:
            self._finish()  # its end is not in the capture
            self.transactions[-1].accepted = code[:1] == b"2"

    def _in_body(self, octets: bytes, at: int) -> int:
        """Octets of a message from `at`; where what is behind its end begins."""
        end = self._message.take(octets, at)
        if end < 0:
            return len(octets)
        self._finish()
        self._asked.append(_ANSWER)
        return end

    def _finish(self) -> None:
        """The message is over."""
        self._body = False
        mail = self._mail()
        self._message.finish(mail)
        self._open = None


#: Awaited behind the end of a message.
_ANSWER: Final = -2


@final
class _Message:
    """A message as it comes: its size, its header, its parts."""

    __slots__ = ("_content", "_head", "_parts", "_tail", "size")

    def __init__(self) -> None:
        self.size = 0
        self._head: bytes | None = b""
        self._tail = b"\r\n"  # a dot right after 354 ends it
        self._content = Content(NEEDS_MIME)
        self._parts: list[dict[str, str]] = [{}]

    def take(self, octets: bytes, at: int) -> int:
        """Octets of it from `at`; where what is behind its end begins, -1 if that
        has not come."""
        seam = self._tail + octets[at : at + 5]
        place = seam.find(_END)
        if place >= 0:
            end = at + place + 5 - len(self._tail)  # not before the dot
        else:
            place = find(octets, _END, at)
            end = place + 5 if place >= 0 else -1
        if end >= 0:
            self._read(octets[at : max(end - 3, at)])
            return end
        self._read(octets[at:])
        self._tail = (self._tail + octets[max(at, len(octets) - 4) :])[-4:]
        return -1

    def _read(self, octets: bytes) -> None:
        self.size += len(octets)
        if self._head is not None:
            self._head += octets[:_HEADER]
            if len(self._head) >= _HEADER or b"\r\n\r\n" in self._head:
                self._head = self._head[:_HEADER]
        content = self._content
        at = content.feed(octets, 0, len(octets))
        while at != NOTHING:
            self._note()
            at = content.feed(octets, at, len(octets))

    def _note(self) -> None:
        """The reader tells something of the part at hand; its types come last."""
        content = self._content
        part = self._parts[-1]
        if content.event == ENCODING:
            part["encoding"] = "/".join(_CODES[code] for code in content.codes)
        elif content.event == NAME:
            part["filename"] = _text(content.texts[0])
        elif content.event == TYPE:
            part["content_type"] = escape(content.texts[0], _LONG)
            if len(self._parts) <= MOST:
                self._parts.append({})
            else:
                self._parts[-1] = {}

    def finish(self, mail: Transaction) -> None:
        """It is over: what was seen of it."""
        while self._content.finish():
            self._note()
        mail.size = self.size
        mail.parts = [
            {
                "content_type": part.get("content_type", ""),
                "encoding": part.get("encoding", ""),
                "filename": part.get("filename", ""),
            }
            for part in self._parts
            if part
        ]
        head = (self._head or b"").partition(b"\r\n\r\n")[0]
        mail.subject = _field(head, b"subject")
        mail.message_id = _field(head, b"message-id")


def _field(head: bytes, name: bytes) -> str:
    """The first field of this name, folds undone, encoded words read."""
    value: bytes | None = None
    for line in head.split(b"\r\n"):
        if value is not None:
            if line[:1] not in (b" ", b"\t"):
                break
            value += line  # a fold is a CR LF and no more
        elif line[: len(name)].lower() == name:
            rest = line[len(name) :].lstrip()
            if rest[:1] == b":":
                value = rest[1:]
    if value is None:
        return ""
    value = value.strip().replace(b"\t", b" ")
    return _text(without_words(value[:_LINE]))


def _text(octets: bytes) -> str:
    """Octets of a mail as text that can be shown anywhere."""
    text = octets.decode("utf-8", "backslashreplace")
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return shown if len(shown) <= _LONG else shown[:_LONG] + CUT


def _address(line: bytes, keyword: bytes) -> str:
    path = read_path(line[:_LINE] + b"\r\n", keyword)
    return escape(line[path.start : path.end], _LONG)
