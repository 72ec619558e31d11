"""Replies: pair with the queue, mask the banner and the keywords of EHLO.

Knows: what may leave of one server line, given the inspection.
Does not know: framing across segments, the client's octets.
Called by: engine.session.
"""

from typing import Final, final

from mailward.engine.dialogue import NOBODY, Dialogue
from mailward.engine.judge import Judge
from mailward.octets import crossed, starred
from mailward.policy.announced import Masked
from mailward.policy.findings import BARE_IN_REPLY, SERVER, STRAY_REPLY, UNEXPECTED
from mailward.smtp.ehlo import (
    AUTH,
    CHUNKING,
    OTHERS,
    PIPELINING,
    STARTTLS,
    VRFY,
    keyword_code,
)
from mailward.smtp.lines import has_bare
from mailward.smtp.reply import NO_CODE, code_of, goes_on
from mailward.smtp.verbs import EHLO, GREETING, RCPT
from mailward.verdicts import PASS

_SERVICE_CLOSES: Final = 421
_LETTER_A: Final = 0x41
_LETTERS: Final = 26
#: No more octets of a reply are shown than this.
_SHOWN: Final = 64

#: PIX 5.1 and later: every octet but `2` and `0` (reference section 5.2).
_PIX: Final = bytes(c if c in b"20" else 0x2A for c in range(256))

#: `line` returns this when no reply has been completed.
NOT_YET: Final = -2


@final
class ServerLines:
    """The server's side of the dialogue."""

    __slots__ = (
        "_announced",
        "_code",
        "_dialogue",
        "_hits",
        "_judge",
        "_lesson",
        "_masked",
        "_told",
        "answered",
    )

    def __init__(self, dialogue: Dialogue, judge: Judge) -> None:
        self._dialogue = dialogue
        self._judge = judge
        self._code = NO_CODE  # of the multi-line reply in progress
        self._masked = 0  # lines of this EHLO reply that were masked
        self._announced = False  # PIPELINING stood in it and stayed visible
        # The keywords of an EHLO reply that is not known yet, what the rules
        # had counted before it, and how many findings there were.
        self._lesson = b""
        self._hits: tuple[int, ...] = ()
        self._told = 0
        #: The verb that the last completed reply answered (NOBODY: none);
        #: NOT_YET after a line that completes none.
        self.answered = NOT_YET

    def known(self, segment: bytes) -> bytes:
        """What leaves of a whole reply to EHLO whose keywords came before in
        another connection under this inspection; nothing if they did not.

        A server announces the same to every client, but for the first line.
        """
        if self._dialogue.awaited != EHLO or segment[:4] != b"250-":
            return b""
        first = segment.find(b"\n") + 1
        if segment.find(b"\r") != first - 2 or self._code != NO_CODE:
            return b""
        keywords = segment[first:]
        judge = self._judge
        known = judge.inspection.announced.known.get(keywords)
        if known is None:
            self._lesson = keywords
            self._hits = tuple(judge.tally.rules)
            self._told = len(judge.findings)
            return b""
        for place, hits in known.hits:
            judge.tally.rules[place] += hits
        self.answered = self._dialogue.answered(250)
        self._dialogue.pipelining = known.pipelining
        return segment[:first] + known.masked

    def hole(self) -> None:
        """Octets of replies are missing: another reply may be under way now."""
        self._code = NO_CODE
        self._lesson = b""

    @property
    def learning(self) -> bool:
        """Is a reply to EHLO under way that `known` did not know?"""
        return self._lesson != b""

    def learn(self, out: bytes) -> None:
        """The segment that `known` did not know has left as `out`.

        It is remembered if it was the reply as a whole, and all that followed
        from it is what rules have counted.
        """
        keywords, self._lesson = self._lesson, b""
        judge = self._judge
        if (
            self.answered != EHLO
            or judge.verdict != PASS
            or len(judge.findings) != self._told
        ):
            return
        hits = [
            (place, after - before)
            for place, (before, after) in enumerate(
                zip(self._hits, judge.tally.rules, strict=True)
            )
            if after != before
        ]
        judge.inspection.announced.remember(
            keywords, Masked(out[-len(keywords) :], tuple(hits), self._announced)
        )

    def reply(self, line: bytes) -> bytes:
        """What leaves of a complete line; nothing once the connection ends."""
        if has_bare(line):
            self._judge.note(BARE_IN_REPLY, SERVER, line[:_SHOWN])
            line = line[:-2].replace(b"\r", b" ").replace(b"\n", b" ") + b"\r\n"
        return self.clean(line)

    def clean(self, line: bytes) -> bytes:
        """`reply`, of a line without a CR or an LF alone."""
        judge = self._judge
        dialogue = self._dialogue
        self.answered = NOT_YET
        code = code_of(line)
        awaited = dialogue.awaited
        if code == NO_CODE:
            judge.note(STRAY_REPLY, SERVER, line[:_SHOWN], b"no reply code")
            return self._starred(line, 0) if awaited == GREETING else line
        first = self._code == NO_CODE
        if not first and code != self._code:
            judge.note(STRAY_REPLY, SERVER, line[:_SHOWN], b"code changes in a reply")
        if not dialogue.lawful(code):
            judge.drop(UNEXPECTED, SERVER, line[:_SHOWN])
            return b""
        if (
            awaited == NOBODY
            and first
            and code != _SERVICE_CLOSES
            and not dialogue.doubt
        ):
            judge.note(STRAY_REPLY, SERVER, line[:_SHOWN], b"nothing was asked")
        more = goes_on(line)  # a mask may cover the hyphen
        line = self._inspected(line, code, awaited, first)
        if judge.verdict != PASS:
            return b""
        if more:
            self._code = code
            return line
        self._code = NO_CODE
        self.answered = dialogue.answered(code)
        if awaited == EHLO and code == 250:
            dialogue.pipelining = self._announced
        return line

    def _inspected(self, line: bytes, code: int, awaited: int, first: bool) -> bytes:
        """One line of a lawful reply: masked, and judged by the rules on replies."""
        judge = self._judge
        if awaited == GREETING and code == 220:
            if first and judge.inspection.parameters.mask_banner:
                judge.tally.mask_banner += 1
            return self._starred(line, 4)
        if awaited == EHLO and code == 250:
            if not first:
                return self._keyword(line)
            self._masked = 0
            self._announced = False
        elif awaited == RCPT and 500 <= code < 600 and not goes_on(line):
            judge.facts.refused += 1
            judge.ask(judge.inspection.refused, SERVER, line[:_SHOWN])
        return line

    def _starred(self, line: bytes, kept: int) -> bytes:
        """A line of the greeting under asterisks, but for its code."""
        if not self._judge.inspection.parameters.mask_banner:
            return line
        if self._judge.inspection.compat.pix_banner:
            return line[:-2].translate(_PIX) + b"\r\n"
        return line[:kept][: len(line) - 2] + starred(len(line) - 2 - kept) + b"\r\n"

    def _keyword(self, line: bytes) -> bytes:
        """One announced extension, masked where the inspection says so."""
        judge = self._judge
        text = line[4:-2]
        if not text:
            return line
        compat = judge.inspection.compat
        code = keyword_code(text)
        if (code == VRFY and compat.vrfy_others) or (
            code == AUTH and compat.auth_equals_others and text[4:5] == b"="
        ):
            code = OTHERS
        visible_tls = code == STARTTLS and judge.inspection.parameters.allow_tls
        judge.facts.keyword = code
        if visible_tls:
            masked = False  # allow-tls exempts it from `others`
        else:
            masked = judge.ask(judge.inspection.keyword, SERVER, line[:_SHOWN])
            masked = masked or code == STARTTLS
            masked = masked or (code == CHUNKING and not compat.chunking_by_map)
        if not masked:
            self._announced = self._announced or code == PIPELINING
            return line
        letter = _LETTER_A + self._masked % _LETTERS
        self._masked += 1
        return line[:4] + crossed(len(text) - 1) + bytes((letter,)) + b"\r\n"
