"""What a message says of itself: addressees, and its parts with their names.

Knows: where headers and parts begin, however the octets were cut.
Does not know: rules, what a field means (statements.py), which lines delimit
(boundaries.py).
Called by: engine.message.

Theory of operation.  Mail programs disagree on where a header ends, on what
ends a line, on which boundary is in force; a rule must hold for whichever
program reads the mail in the end.  So the reader follows no program but takes
the union: a field or delimiter that any of them would see is seen.

A header is read until an empty line.  At the first line that is of no field it
is over for some and goes on for others: what it has said is told with the
defaults for what it has not, then reading goes on without defaults.  A line ends
at LF; behind a CR alone a field or delimiter may begin too, but nothing ends.
What follows a closing delimiter is read as a part without defaults, and what
follows a message/* header as a header.

A body is jumped over from one line that begins like a delimiter to the next.
It is not decoded: of a message or multipart in base64 or quoted-printable, which
RFC 2045 section 6.4 forbids, only the header outside is read.

What is held: a field of `ROOM` octets, a line begun, readings, boundaries.
"""

from typing import Final, final

from mailward.engine.boundaries import LONGEST, NOWHERE
from mailward.engine.parts import OVERFLOW
from mailward.engine.statements import Statements
from mailward.octets import CR, LF
from mailward.smtp.fields import (
    LONGEST_NAME,
    OTHER,
    is_field,
    is_mbox,
    past_unread,
    read_field,
)
from mailward.smtp.fields import TO as TO_FIELD
from mailward.smtp.lines import CRLF

NOTHING: Final = -1

ROOM: Final = 65_536  # octets of one field that are read

# Where the next octet stands.
_START: Final = 0  # at the beginning of a header's line, behind an LF
_LINE: Final = 1  # in a header's line, before its colon
_FIELD: Final = 2  # in the value of a field that is read
_SKIP: Final = 3  # in the rest of a header's line that is not
_DASHES: Final = 4  # in a body's line that may be a delimiter
_BODY: Final = 5  # elsewhere in a body
_ASLEEP: Final = 6  # nothing more can come

#: A line's beginning is held until it has a colon or is longer than this.
_LONGEST: Final = max(LONGEST_NAME + 2, LONGEST)
_NEAR: Final = 4096  # ends of lines are searched for so far at once in headers,
_WINDOW: Final = 32_768  # and so far in bodies


@final
class Content:
    """The reader of one message.

    `event` is the kind of the last event (engine.parts).  With TO comes as its
    only code the number of addresses in all To fields so far; with ENCODING all
    `codes` (smtp.mime), with NAME and TYPE all `texts` that one header may mean.
    """

    __slots__ = (
        "_boundaries",
        "_code",
        "_cr",
        "_folds",
        "_hard",
        "_line",
        "_queue",
        "_said",
        "_state",
        "_value",
        "codes",
        "event",
        "texts",
    )

    def __init__(self, needs: int) -> None:
        self.event = 0
        self.codes: tuple[int, ...] = ()
        self.texts: tuple[bytes, ...] = ()
        self._said = Statements(needs)
        self._queue = self._said.queue
        self._boundaries = self._said.boundaries
        self._state = _START if needs else _ASLEEP
        self._folds = False  # a line came before, so a blank folds it
        self._code = OTHER  # the field that is being read
        self._value = bytearray()
        self._line = b""  # the beginning of the line at hand
        self._hard = True  # it began behind an LF
        self._cr = False  # a CR came last, and what it means is open

    def feed(self, data: bytes, start: int, end: int) -> int:
        """Read data[start:end]: where the next event is proven, or NOTHING.

        The octets before that offset are accounted for, the one there is not:
        feed on from it.  Several events may be proven at one octet.
        """
        at = start
        while at < end or self._queue:
            if self._queue:
                self._tell()
                return at
            state = self._state
            if state == _BODY:
                at = self._body(data, at, end)
            elif state == _ASLEEP:
                break
            elif state == _FIELD:
                at = self._field(data, at, end)
            elif state == _SKIP:
                at = self._skip(data, at, end)
            elif state == _START:
                at = self._start(data, at, end)
            elif state == _LINE:
                at = self._begin(data, at, end)
            else:
                at = self._dashes(data, at, end)
        return NOTHING

    def finish(self) -> bool:
        """The message is over: was there one more event?  Ask until there is none."""
        if not self._queue and self._state <= _SKIP:
            self._complete()
            self._said.settle()
            self._state = _ASLEEP
        if not self._queue:
            return False
        self._tell()
        return True

    def _tell(self) -> None:
        self.event, self.codes, self.texts = self._queue.pop(0)

    # --- a header -----------------------------------------------------------

    def _start(self, data: bytes, at: int, end: int) -> int:
        """A line begins behind an LF."""
        white = data[at] in b" \t"
        if white and self._folds:
            self._state = _FIELD if self._code else _SKIP
            return at
        self._complete()
        if white or self._queue:
            past = at
        else:
            past = self._fields(data, at, end)
            if self._queue:
                return past
            if data.startswith(CRLF, past) and past + 2 <= end:
                return self._empty(past)
            if past != at:
                self._folds = True
                if past == end or data[past] in b" \t":
                    return past
        self._line = b""
        self._hard = True
        self._state = _LINE
        return past

    def _fields(self, data: bytes, at: int, end: int) -> int:
        """Past the fields, whole and plainly written, that begin here; behind one
        that tells something."""
        said = self._said
        past = past_unread(data, at, end, said.to)
        while (field := read_field(data, past, end)) is not None:
            code, value, stop = field
            if len(value) > ROOM:
                break
            self._folds = True
            if said.to if code == TO_FIELD else said.wants:
                said.read(code, value)
                if self._queue:
                    return stop
            past = past_unread(data, stop, end, said.to)
        return past

    def _empty(self, at: int) -> int:
        """An empty line, by CR LF, ends the header."""
        self._said.settle()
        if self._queue:
            # Proven by the LF.
            self._line = b""
            self._hard = True
            self._state = _LINE
            return at + 1
        self._leave()
        return at + 2

    def _begin(self, data: bytes, at: int, end: int) -> int:
        """In the beginning of a line: up to its colon or its end."""
        if self._cr:
            self._cr = False
            if data[at] != LF:
                return self._soft(at)
        elif data[at] != LF:
            stop = min(end, at + _LONGEST - len(self._line))
            colon = data.find(b":", at, stop)
            if colon >= 0:
                name = self._line + data[at:colon]
                if is_field(name) and name[:2] != b"--":
                    return self._named(name, colon + 1)
            lf = data.find(b"\n", at, stop)
            over = stop if lf < 0 else lf
            cr = data.find(b"\r", at, over)
            if cr >= 0:
                over = cr
            self._line += data[at:over]
            if over == stop:
                return stop if stop == end else self._odd(stop)
            if data[over] == CR:
                self._cr = True
                return over + 1
            at = over
        # At the LF that ends the line.
        if self._line:
            return self._odd(at)
        if self._hard:
            self._said.settle()
            if self._queue:
                self._cr = False
                return at
            self._leave()
        else:
            self._state = _START
        return at + 1

    def _soft(self, at: int) -> int:
        """Behind a CR alone: a field or a delimiter may begin, nothing ends."""
        begins = self._line[:2] == b"--" and self._delimiter()
        if self._hard and not begins and (self._folds or not is_mbox(self._line)):
            self._said.settle()
        self._folds = True
        self._hard = False
        self._line = b""
        self._state = _LINE
        return at

    def _odd(self, at: int) -> int:
        """A line without a field's name, up to here, is over or too long."""
        if self._line[:2] == b"--" and self._delimiter():
            return at
        name, colon, rest = self._line.partition(b":")
        if (
            self._hard
            and (self._folds or not is_mbox(self._line))
            and not (colon and is_field(name))
        ):
            self._said.settle()
        self._folds = True
        self._state = _SKIP
        if colon:
            self._named(name, at)
            if self._code:
                self._value += rest
        return at

    def _named(self, name: bytes, at: int) -> int:
        """A field's name and colon are complete; its value begins."""
        self._folds = True
        self._code = self._said.wanted(name)
        self._state = _FIELD if self._code else _SKIP
        return at

    def _field(self, data: bytes, at: int, end: int) -> int:
        """In the value of a field that is read."""
        lf = data.find(b"\n", at, end)
        stop = end if lf < 0 else lf + 1
        room = ROOM - len(self._value)
        if stop - at > room:
            stop = at + room
            self._value += data[at:stop]
            self._queue.append((OVERFLOW, (), ()))
            self._complete()
            self._state = _SKIP
            return stop
        self._value += data[at:stop]
        if lf >= 0:
            self._state = _START
        return stop

    def _skip(self, data: bytes, at: int, end: int) -> int:
        """In a line that is not read: on to its end."""
        if self._cr:
            self._cr = False
            if data[at] == LF:
                self._state = _START
                return at + 1
            self._line = b""
            self._hard = False
            self._state = _LINE
            return at
        stop = min(end, at + _NEAR)
        lf = data.find(b"\n", at, stop)
        cr = data.find(b"\r", at, stop if lf < 0 else lf)
        if cr >= 0 and cr + 1 != lf:
            self._cr = True
            return cr + 1
        if lf < 0:
            return stop
        self._state = _START
        return lf + 1

    def _complete(self) -> None:
        """The field that was being read is complete."""
        if self._code == OTHER:
            return
        value = bytes(self._value)
        self._value.clear()
        self._said.read(self._code, value)
        self._code = OTHER
        # For some programs a CR alone ends a line, so more may hide here.
        for piece in value.replace(b"\r\n", b"\n").split(b"\r")[1:]:
            self._hard = False
            self._line = piece.partition(b"\n")[0][:LONGEST]
            if self._line[:2] == b"--" and self._delimiter():
                continue
            name, colon, rest = piece.partition(b":")
            if colon:
                self._said.read(self._said.wanted(name), rest)

    def _leave(self) -> None:
        """The header is over for all."""
        self._line = b""
        self._hard = True
        if self._said.leave():
            self._folds = False
            self._state = _START
        elif len(self._boundaries):
            self._state = _DASHES
        else:
            self._state = _ASLEEP

    def _delimiter(self) -> bool:
        """Does the line begun begin a part?  Then it is begun."""
        if not self._said.delimit(self._line, self._hard):
            return False
        self._folds = False
        self._state = _SKIP
        return True

    def _dashes(self, data: bytes, at: int, end: int) -> int:
        """In a body's line that may be a delimiter."""
        prefix = self._boundaries.prefix
        if (
            not self._line
            and end - at > len(prefix)
            and not data.startswith(prefix, at)
        ):
            self._state = _BODY
            return self._body(data, at, end)
        stop = min(end, at + LONGEST - len(self._line))
        line = self._line + data[at:stop]
        if not line.startswith(prefix) and not prefix.startswith(line):
            self._state = _BODY
            return at
        over = len(line.partition(b"\n")[0].partition(b"\r")[0])
        if over == len(line) < LONGEST:
            self._line = line
            return stop
        where = at + over - len(self._line)
        self._line = line[:over]
        if not self._delimiter():
            self._state = _BODY
        return where

    def _body(self, data: bytes, at: int, end: int) -> int:
        """In a body: on to the next line that may be a delimiter."""
        stop = min(end, at + _WINDOW)
        found = self._boundaries.seek(data, at, stop)
        if found == NOWHERE:
            return stop
        self._line = b""
        self._hard = data[found] == LF
        self._state = _DASHES
        return found + 1
