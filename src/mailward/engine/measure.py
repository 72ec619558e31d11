"""Measuring a message: how long its lines and its body have grown.

Knows: where the header ends, the length of the line and of the body so far,
and at which octet each crosses the next limit of a rule.
Does not know: the end of data (message.py), what a crossing leads to.
Called by: engine.message.

Lengths are taken in bulk, never octet by octet: lines that fit are skipped by
hopping backwards from the farthest place at which a CRLF may begin.

The header ends at an empty line or at the first line that cannot be of a
header, whichever is first, and for that alone a line may also end at a bare
LF: a server that reads it so would else take as body what no rule has counted
as body.  Line lengths know CRLF only (smtp.lines).

An event is told at the octet that proves it; the octets before are accounted
for, that octet is not, so that feeding goes on from it.  Where that is does
not depend on how the octets were cut.
"""

from typing import Final, final

from mailward.octets import CR, LF
from mailward.policy.inspection import Inspection
from mailward.policy.rule import Rule
from mailward.smtp.fields import LONGEST_NAME, NAME, is_mbox, past_lines
from mailward.smtp.lines import CRLF

#: `feed` found no crossing.
NOTHING: Final = -1

_WHITE: Final = b" \t"
_COLON: Final = 0x3A


@final
class Measure:
    """The measures of one message.

    `feed` walks octets and stops at each crossing; `crossing` then holds the
    rules whose limit was passed.  `level` is a place in the octets to be fed up
    to which each line of a body ends within `gap` octets of the next
    (`octets.survey`): none there can cross a limit.
    """

    __slots__ = (
        "_body",
        "_body_fits",
        "_body_line",
        "_body_next",
        "_body_steps",
        "_cr",
        "_first",
        "_header",
        "_header_length",
        "_header_line",
        "_header_next",
        "_header_rules",
        "_line",
        "_line_fits",
        "_line_next",
        "_line_steps",
        "_prefix",
        "_sure",
        "crossing",
        "gap",
        "level",
    )

    def __init__(self, inspection: Inspection) -> None:
        self.crossing: tuple[Rule, ...] = ()
        self._header = True
        # Of the header's current line: it is the message's first; it is surely
        # of the header; or else its octets so far, fewer than a name may have.
        self._first = True
        self._sure = False
        self._prefix = b""
        # Of the current line: its octets so far; a CR at their end is not yet
        # counted, for it may begin the CRLF; the next step to cross.
        self._line = 0
        self._cr = False
        self._line_next = 0
        self._line_steps = inspection.header_line.steps
        self._line_fits = inspection.header_line.fits
        # Octets of the header's lines that have ended, and of the one at hand.
        self._header_rules = inspection.header
        self._header_length = 0
        self._header_line = 0
        self._header_next = 0
        self._body_line = inspection.body_line
        self._body = 0
        self._body_next = 0
        self._body_steps = inspection.body.steps
        self._body_fits = inspection.body.fits
        self.level = 0
        self.gap = 0
        if self._body_line.steps and not self._body_line.fits:
            self.gap = (self._body_line.steps[0][0] + 1) // 2

    def feed(self, data: bytes, start: int, end: int) -> int:
        """Account for data[start:end]; where a limit was passed, or NOTHING.

        After a crossing, feed on from the offset returned.
        """
        while self._header:
            if self._header_passed():
                return start
            if start >= end:
                return NOTHING
            # The octets up to `stop` are of the header, or wait to be known.
            stop, ends = self._extent(data, start, end)
            at = self._lines(data, start, stop)
            upto = stop if at == NOTHING else at
            self._keep(data, start, upto)
            self._header_line += upto - start
            if at != NOTHING:
                return at
            start = stop
            if ends:
                self._leave_header()
                if self._fitting(self._header_rules.fits, self._header_length):
                    return start
            elif data[start - 1] == LF:
                self._header_length += self._header_line
                self._header_line = 0
        return self._feed_body(data, start, end)

    def hole(self, length: int) -> None:
        """So many octets are missing.  They count for the body, and the line in
        which they are is not measured; a header is believed to go on."""
        self._line = 0
        self._line_next = 0
        self._cr = False
        self._prefix = b""
        self._sure = self._header
        if self._header:
            self._header_line += length
        else:
            self._body += length

    def _header_passed(self) -> bool:
        """Has the header, up to its last line that ended, passed a limit?"""
        steps = self._header_rules.steps
        if self._header_next == len(steps):
            return False
        limit, rules = steps[self._header_next]
        if self._header_length <= limit:
            return False
        self._header_next += 1
        self.crossing = rules
        return True

    def finish(self) -> bool:
        """The message is over: does a negated rule hold?  Ask until none does."""
        if self._header:
            self._header = False
            self._body = 0
            if self._fitting(self._header_rules.fits, self._header_length):
                return True
        fits, self._body_fits = self._body_fits, ()
        return self._fitting(fits, self._body)

    def _fitting(self, fits: tuple[tuple[int, Rule], ...], length: int) -> bool:
        """The negated rules that hold for a unit of this length, as `crossing`."""
        self.crossing = tuple([rule for limit, rule in fits if length <= limit])
        return bool(self.crossing)

    # --- the header ---------------------------------------------------------

    def _extent(self, data: bytes, start: int, end: int) -> tuple[int, bool]:
        """How far the header goes in data[start:end], and whether it ends there."""
        prefix, sure, first = self._prefix, self._sure, self._first
        at = start
        if not (sure or prefix or self._header_rules):
            at = past_lines(data, start, end)
            first = first and at == start
        while at < end:
            lf = data.find(b"\n", at, end)
            stop = end if lf < 0 else lf + 1
            if not sure and prefix:
                ended = _header_ends(
                    prefix + data[at : min(stop, at + LONGEST_NAME + 1)], first
                )
                if ended != NOTHING:
                    return at + ended - len(prefix), True
            elif not sure:
                colon = data.find(b":", at, stop)
                # The plain case at once: a name and its colon.
                name = colon - at
                if not 0 < name <= LONGEST_NAME or data[at:colon].strip(NAME):
                    ended = _header_ends(
                        data[at : min(stop, at + LONGEST_NAME + 1)], first
                    )
                    if ended != NOTHING:
                        return at + ended, True
            prefix, sure, first = b"", False, False
            at = stop
            if self._header_rules and lf >= 0:
                break  # one line at a time, to be counted
        return at, False

    def _keep(self, data: bytes, start: int, stop: int) -> None:
        """Remember the beginning of the line in which `stop` falls."""
        lf = data.rfind(b"\n", start, stop)
        if lf >= 0:
            self._first = False
            self._sure = False
            self._prefix = b""
            start = lf + 1
        if self._sure:
            return
        prefix = self._prefix + data[start : min(stop, start + LONGEST_NAME + 1)]
        # It did not end the header, so once it is longer than a name may be, or
        # has its colon, it belongs to it.
        self._sure = len(prefix) > LONGEST_NAME or _COLON in prefix
        self._prefix = b"" if self._sure else prefix

    def _leave_header(self) -> None:
        """The body begins, with what is kept of the line that proved it."""
        begun = len(self._prefix)
        self._header = False
        self._body = begun
        self._cr = self._prefix[-1:] == b"\r"
        self._line = begun - 1 if self._cr else begun
        self._line_next = 0
        self._line_steps = self._body_line.steps
        self._line_fits = self._body_line.fits

    # --- the body -----------------------------------------------------------

    def _feed_body(self, data: bytes, start: int, end: int) -> int:
        stop = end
        crosses = False
        if self._body_next < len(self._body_steps):
            # The octet that makes one more than the limit; a late proof that
            # the header is over may have passed it already.
            limit = self._body_steps[self._body_next][0]
            at = max(start, start + limit - self._body)
            if at < end:
                stop = at
                crosses = True
        line = self._lines(data, start, stop)
        if line != NOTHING:
            self._body += line - start
            return line
        self._body += stop - start
        if not crosses:
            return NOTHING
        # The same octet may cross a limit of its line, which is judged first.
        kept = self._line, self._cr, self._line_next
        if self._lines(data, stop, stop + 1) != NOTHING:
            return stop
        self._line, self._cr, self._line_next = kept
        self.crossing = self._body_steps[self._body_next][1]
        self._body_next += 1
        return stop

    # --- lines --------------------------------------------------------------

    def _lines(self, data: bytes, start: int, end: int) -> int:
        """Account for the lines of data[start:end]; where one passed a limit."""
        if not self._line_fits:
            return self._walk(data, start, end) if self._line_steps else NOTHING
        at = start
        while at < end:
            # Negated rules want every line, one by one.
            length = self._line
            if self._cr and data[at] == LF:
                lf = at
            else:
                lf = data.find(CRLF, at, end) + 1
                if lf == 0:
                    return self._walk(data, at, end)
                length += lf - 1 - at + self._cr
            passed = self._walk(data, at, lf + 1)
            if passed != NOTHING:
                return passed
            at = lf + 1
            # An empty line of the header is its end, not a line of it.
            if (length or not self._header) and self._fitting(self._line_fits, length):
                return at
        return NOTHING

    def _walk(self, data: bytes, start: int, end: int) -> int:
        """Walk whole lines of data[start:end]; where one passed a limit."""
        steps = self._line_steps
        if start >= end:
            return NOTHING
        at = start
        length = self._line
        if self._cr:
            self._cr = False
            if data[at] == LF:
                at += 1
                length = 0
                self._line_next = 0
            else:
                length += 1  # it was an octet of the line after all
        level = 0 if self._header else self.level
        while True:
            if at < level and length == 0:
                at = max(at, data.rfind(CRLF, at, min(level, end)) + 2)
                level = 0
            if self._line_next == len(steps):
                # Nothing more to cross on this line: on to its end.
                crlf = data.find(CRLF, at, end)
            else:
                limit = steps[self._line_next][0]
                if length > limit:
                    return self._passed(at, length)
                room = limit - length
                window = min(at + room + 2, end)
                # Any line that ends in the window fits, so the last one is
                # hopped to; behind the first limit only this line does.
                if self._line_next == 0:
                    crlf = data.rfind(CRLF, at, window)
                else:
                    crlf = data.find(CRLF, at, window)
                if crlf < 0 and end - at > room:
                    at += room
                    length = limit
                    if data[at] != CR:
                        return self._passed(at, length)
                    if at + 1 < end:  # and what follows is no LF
                        at += 1
                        length += 1
                        continue
            if crlf < 0:
                break
            at = crlf + 2
            length = 0
            self._line_next = 0
        self._cr = at < end and data[end - 1] == CR
        self._line = length + end - at - self._cr
        return NOTHING

    def _passed(self, at: int, length: int) -> int:
        """The line passes its next limit at the octet `at`."""
        self.crossing = self._line_steps[self._line_next][1]
        self._line_next += 1
        self._line = length
        return at


def is_short(inspection: Inspection, data: bytes, stop: int) -> bool:
    """Is it plain that a message, data[:stop], which is whole and holds no CR or LF
    alone, keeps every limit, and that no negated rule asks how long it is?

    `Measure` finds no crossing in such a message.
    """
    line = min(inspection.header_line.least, inspection.body_line.least)
    if stop > inspection.header.least or stop > inspection.body.least or line < 0:
        return False
    at = 0
    while stop - at > line:
        # All lines before the last that ends in the window are as short.
        ends = data.rfind(CRLF, at, at + line + 2)
        if ends < 0:
            return False
        at = ends + 2
    return True


def _header_ends(text: bytes, first: bool) -> int:
    """Does the line that begins so end the header, and at which of its octets?

    NOTHING: no, or not known yet.  `first`: it is the first of the message.
    """
    if text[:1] in (b" ", b"\t"):
        return 0 if first else NOTHING  # a fold, unless there is nothing to fold
    name = len(text) - len(text.lstrip(NAME))
    after = len(text) - len(text[name:].lstrip(_WHITE))
    if after > LONGEST_NAME:
        return LONGEST_NAME
    if after == len(text):
        return NOTHING
    if name:
        if text[after] == _COLON or (first and is_mbox(text)):
            return NOTHING
        return after
    if text[0] == LF:
        return 1
    if text[0] == CR:
        if len(text) == 1:
            return NOTHING
        return 2 if text[1] == LF else 1
    return 0
