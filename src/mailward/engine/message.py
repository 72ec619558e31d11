"""The message: its octets until the end of data, wherever they are cut.

Knows: the one end of data, CRLF.CRLF (RFC 5321 section 4.1.1.4), what only
looks like it, and when a rule on lengths must be asked.
Does not know: how lengths are taken (measure.py), the dialogue around.
Called by: engine.session.

A look-alike is disarmed in place: a dot that follows a CR or LF, is followed
by a CR, LF or NUL, and is not the exact end, becomes a blank.  So no server,
whatever it takes for an end of line, sees an end that was not seen here (SMTP
smuggling; the shapes are in reference peers section 4.1).

Nothing is held but a dot whose meaning is open: at most two octets.
"""

from typing import Final, final

from mailward.engine.content import Content
from mailward.engine.judge import Judge
from mailward.engine.measure import NOTHING, Measure, is_short
from mailward.engine.parts import (
    ENCODING,
    NAME,
    NEEDS_ENCODING,
    NEEDS_NAME,
    NEEDS_TO,
    NEEDS_TYPE,
    OVERFLOW,
    TO,
    TYPE,
)
from mailward.engine.statements import is_silent
from mailward.octets import CR, FEW, LF, NUL, find, survey
from mailward.policy.findings import (
    BARE_IN_MESSAGE,
    CLIENT,
    LOOKALIKE,
    SIZE_EXCEEDED,
    UNREADABLE,
)
from mailward.smtp.path import NO_SIZE
from mailward.verdicts import DROP, PASS

# What stands before the next octet.
_OTHER: Final = 0
_AFTER_CR: Final = 1
_AFTER_LF: Final = 2
_AFTER_CRLF: Final = 3
_ENDS: Final = (b"", b"\r", b"\n", b"\r\n")

# What a dot behind a CR or LF means.
_PLAIN: Final = 0  # nothing: an octet of the message
_STUFFED: Final = 1  # the sender doubled it; it is not of the message
_FALSE: Final = 2  # somebody may take it for an end
_END: Final = 3  # the end of data
_OPEN: Final = 4  # the octets that tell have not come


@final
class Message:
    """One message on its way.

    `ended` turns true with the end of data; `rest` is then what came behind
    it in the same segment.
    """

    __slots__ = (
        "_bare",
        "_before",
        "_begun",
        "_content",
        "_declared",
        "_held",
        "_judge",
        "_measure",
        "_size",
        "ended",
        "rest",
    )

    def __init__(self, judge: Judge, declared: int = NO_SIZE) -> None:
        self.ended = False
        self.rest = b""
        self._judge = judge
        self._declared = declared  # octets, as MAIL said
        self._held = b""
        self._bare = 0  # CRs and LFs that stood alone
        self._before = _AFTER_CRLF  # a dot right after DATA ends the message
        self._size = 0  # octets of the message so far
        self._begun = False  # the two that follow are as they will be
        self._measure: Measure | None = None
        self._content: Content | None = None

    @property
    def held(self) -> int:
        """Octets that wait: a dot whose meaning is open."""
        return len(self._held)

    def pass_on(self, segment: bytes) -> bytes:
        """What leaves of a segment; all before the offence when a rule ends it."""
        data = self._held + segment if self._held else segment
        self._held = b""
        size = len(data)
        # Each place is searched once, however many dots there are.
        lf_dot = find(data, b"\n.", 0) + 1 or size
        bare = self._surveyed(data, lf_dot)  # of all
        parts: list[bytes] = []
        sent = 0  # octets before it are in `parts`
        fed = 0  # octets before it are measured
        cr_dot = size if bare == 0 else -1  # no CR stands before a dot
        at = 0
        if self._before != _OTHER and data[:1] == b".":
            dot = 0
        else:
            dot = -1
            at = 1
        while True:
            if dot < 0:
                if lf_dot < at:
                    lf_dot = find(data, b"\n.", at - 1) + 1 or size
                if cr_dot < at:
                    cr_dot = find(data, b"\r.", at - 1) + 1 or size
                dot = min(lf_dot, cr_dot)
            before = self._standing(data, dot)
            meaning = self._meaning(data, dot, before)
            if meaning != _PLAIN:
                # A false end stays in the message; the other dots do not.
                upto = dot + 1 if meaning == _FALSE else dot
                stop = self._measured(data, fed, upto)
                if stop != NOTHING:
                    parts.append(data[sent:stop])
                    return b"".join(parts)
                fed = upto
            if meaning == _OPEN:
                break
            if meaning == _END:
                self._count_bare(data, dot, bare)
                if not self._finished():
                    parts.append(data[sent:dot])
                    return b"".join(parts)
                self.ended = True
                self.rest = data[dot + 3 :]
                parts.append(data[sent : dot + 3])
                return b"".join(parts)
            if meaning == _FALSE:
                self._judge.note(LOOKALIKE, CLIENT, _ENDS[before] + data[dot : dot + 2])
                parts.append(data[sent:dot])
                parts.append(b" ")
                sent = dot + 1
            elif meaning == _STUFFED:
                fed = dot + 1
            at = dot + 1
            dot = -1
        self._count_bare(data, dot, bare)
        self._before = before
        self._held = data[dot:]
        if sent == 0 and dot == size:
            return data
        parts.append(data[sent:dot])
        return b"".join(parts)

    def hole(self, length: int) -> bytes:
        """So many octets are missing: what was held and goes now.

        What follows them is not taken for the beginning of a line: were it one, and
        the end of data, the server's answer would tell (`Dialogue.caught_up`).
        """
        held, self._held = self._held, b""
        if not self._begun:
            self._begin(held, NOTHING)
        self._before = _OTHER
        self._size += length + len(held)
        if self._measure is not None:
            self._measure.hole(length + len(held))
        return held

    def _begin(self, data: bytes, end: int) -> None:
        """Begin with what is asked of a message, given the first octets, and the end
        of data if it is among them and no CR or LF alone, or else NOTHING.

        Who would find nothing in a message that came whole need not look at it.
        """
        inspection = self._judge.inspection
        whole = end != NOTHING
        self._begun = True
        if not (whole and is_short(inspection, data, end)) and (
            inspection.header_line
            or inspection.header
            or inspection.body_line
            or inspection.body
        ):
            self._measure = Measure(inspection)
        needs = NEEDS_TO if inspection.addresses else 0
        if inspection.encoding:
            needs |= NEEDS_ENCODING
        if inspection.file_name:
            needs |= NEEDS_NAME
        if inspection.file_type:
            needs |= NEEDS_NAME | NEEDS_TYPE
        if needs and not (whole and is_silent(needs, data)):
            self._content = Content(needs)

    def _surveyed(self, data: bytes, dot: int) -> int:
        """How many CRs and LFs of the octets stand alone, and, for the measure,
        how evenly the others.  `dot`: the first behind an LF."""
        few = len(data) < FEW
        bare = survey(data, len(data), 0)[0] if few else 0
        if not self._begun:
            whole = few and not bare and data[:1] != b"."
            ends = whole and self._meaning(data, dot, _AFTER_CRLF) == _END
            self._begin(data, dot if ends else NOTHING)
        measure = self._measure
        if few:
            if measure is not None:
                measure.level = 0
            return bare
        if measure is None:
            return survey(data, len(data), 0)[0]
        bare, measure.level = survey(data, len(data), measure.gap)
        return bare

    def _count_bare(self, data: bytes, stop: int, bare: int) -> None:
        """Count the CRs and LFs of data[:stop] that are no part of a CRLF, given
        how many of all are if nothing came before."""
        # Where none stands alone in all, none does before `stop`: there begins a dot.
        if bare and stop != len(data):
            bare = survey(data, stop, 0)[0]
        if stop and self._before == _AFTER_CR and data[0] == LF:
            bare -= 2  # the one before was counted
        self._bare += bare

    def _standing(self, data: bytes, at: int) -> int:
        """What stands before offset `at`, over the edge of the segment too."""
        if at == 0:
            return self._before
        last = data[at - 1]
        if last == CR:
            return _AFTER_CR
        if last != LF:
            return _OTHER
        if at == 1:
            return _AFTER_CRLF if self._before == _AFTER_CR else _AFTER_LF
        return _AFTER_CRLF if data[at - 2] == CR else _AFTER_LF

    def _meaning(self, data: bytes, dot: int, before: int) -> int:
        """What the dot at an offset means; past the end, that all is read."""
        if dot + 1 >= len(data):
            return _OPEN
        follows = data[dot + 1]
        if follows == CR and before == _AFTER_CRLF:
            if dot + 2 == len(data):
                return _OPEN
            return _END if data[dot + 2] == LF else _FALSE
        if follows in (CR, LF, NUL):
            return _FALSE
        return _STUFFED if before == _AFTER_CRLF else _PLAIN

    def _measured(self, data: bytes, start: int, stop: int) -> int:
        """Measure, read and judge data[start:stop]; where it ended the connection.

        What one octet proves of a length is judged before what it proves of
        the content.
        """
        self._size += stop - start
        measure = self._measure
        length = measure.feed(data, start, stop) if measure else NOTHING
        crossing = measure.crossing if measure else ()
        while True:
            upto = stop if length == NOTHING else length
            read = self._read(data, start, upto)
            if read != NOTHING:
                return read
            if measure is None or length == NOTHING:
                return NOTHING
            self._judge.cross(crossing, CLIENT, b"")
            if self._judge.verdict != PASS:
                return length
            start = length
            length = measure.feed(data, start, stop)
            crossing = measure.crossing

    def _read(self, data: bytes, start: int, stop: int) -> int:
        """Read and judge the content of data[start:stop]; where it ended the
        connection."""
        content = self._content
        if content is None:
            return NOTHING
        at = content.feed(data, start, stop)
        while at != NOTHING:
            self._judge_content(content)
            if self._judge.verdict != PASS:
                return at
            at = content.feed(data, at, stop)
        return NOTHING

    def _finished(self) -> bool:
        """The end of data has come: may it pass?"""
        judge = self._judge
        if self._bare:
            judge.note(BARE_IN_MESSAGE, CLIENT, count=self._bare)
        if self._content is not None:
            while judge.verdict == PASS and self._content.finish():
                self._judge_content(self._content)
        if self._measure is not None:
            while judge.verdict == PASS and self._measure.finish():
                judge.cross(self._measure.crossing, CLIENT, b"")
        if judge.verdict == PASS and NO_SIZE < self._declared < self._size:
            declared = b"%d" % self._declared
            judge.note(SIZE_EXCEEDED, CLIENT, detail=declared, count=self._size)
        return judge.verdict == PASS

    def _judge_content(self, content: Content) -> None:
        """The rules on what the reader has told."""
        judge = self._judge
        inspection = judge.inspection
        event = content.event
        if event == TO:
            judge.facts.addresses = content.codes[0]
            judge.ask(inspection.addresses, CLIENT, b"")
        elif event == ENCODING:
            for code in content.codes:
                judge.facts.encoding = code
                judge.ask(inspection.encoding, CLIENT, b"")
                if judge.verdict != PASS:
                    return
        elif event == NAME:
            names = content.texts
            judge.ask(inspection.file_name, CLIENT, names[0], names)
            if judge.verdict == PASS:
                judge.ask(inspection.file_type, CLIENT, names[0], names)
        elif event == TYPE:
            types = content.texts
            judge.ask(inspection.file_type, CLIENT, types[0], types)
        else:
            detail = b"field too long" if event == OVERFLOW else b"parts too deep"
            verdict = DROP if inspection.must_read else PASS
            judge.note(UNREADABLE, CLIENT, detail=detail, verdict=verdict)
