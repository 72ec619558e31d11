"""Looks: which rule and which parameter looked at a line, and what they saw.

Knows: what questions tell by themselves (story.watch), what only counters tell
(lengths, parameters), and what the engine does without being asked.
Does not know: records, how a session is driven.
Called by: story.walk.
"""

from typing import Final, final

from mailward.audit.escape import escape
from mailward.criteria.base import Saw
from mailward.engine.dialogue import BODY, COMMANDS, PHASE_NAMES
from mailward.engine.session import Session
from mailward.policy.findings import CLIENT, MATCHED, SERVER, Finding
from mailward.policy.gate import Attachment
from mailward.policy.rule import Rule
from mailward.smtp.ehlo import CHUNKING, STARTTLS, keyword_code
from mailward.smtp.path import read_path
from mailward.smtp.verbs import MAIL, RCPT, SAML, SEND, SOML, verb_code
from mailward.stages import BODY_LINE, COMMAND_LINE, GROWING, HEADER_LINE
from mailward.story.lengths import measured
from mailward.story.steps import Look, Step
from mailward.story.watch import watched
from mailward.story.words import note_of, parameter_action
from mailward.verdicts import MASKS, PASS

#: No more of what was looked at is told.
_SAW: Final = 200
_BODY: Final = PHASE_NAMES[BODY]
_COMMANDS: Final = PHASE_NAMES[COMMANDS]
_ADDRESSED: Final = (MAIL, RCPT, SEND, SOML, SAML)


@final
class Looks:
    """Gathers the looks of one session, step by step."""

    def __init__(self, attachment: Attachment) -> None:
        self._inspection = attachment.inspection
        self._tally = attachment.tally
        self._growing = sorted(
            [r for r in self._inspection.rules if r.criterion.stage in GROWING],
            key=lambda rule: rule.criterion.stage,
        )
        self.watched = watched(self._inspection, self._asked)
        self._step: Step | None = None
        self._counts = self._counted()
        self._ahead = b""  # of the client, not yet judged
        self._front = b""  # the same, as the step at hand found it
        self._line = b""  # the line of a message whose end has not come
        self._message: list[bytes] | None = None
        self._hits: set[int] = set()  # places, of this message
        self._ending: Finding | None = None

    def begin(self, step: Step) -> None:
        """A step begins: what is asked from now on is asked because of it."""
        self._step = step
        self._counts = self._counted()

    def heed(self, session: Session, step: Step, *, fresh: bool) -> None:
        """What a call of the session has left behind.  `fresh`: the verdict fell."""
        for finding in session.findings:
            self._own(finding)
            if fresh and finding.verdict != PASS:
                self._ending = finding
        judged = self._judged(step)
        self._read_message(session, step)
        self._hit_rules(step)
        self._command_lines(step, judged)
        self._parameters(session, step, judged)
        self._end_message(session, step)
        for finding in session.findings:
            note = note_of(finding, self._inspection.compat)
            if note and note not in step.notes:
                step.notes.append(note)
        self._own_ways(session, step)
        self._counts = self._counted()

    def reason(self, step: Step) -> tuple[Look | None, str]:
        """Why the connection ended in this step."""
        found = self._ending
        if found is not None and found.kind == MATCHED and found.rule is not None:
            place = found.rule.place
            look = next(k for k in step.looks if k.holds and k.place == place)
            return look, f"class {place} of the map: {look.label}, {look.action}"
        note = note_of(found, self._inspection.compat) if found is not None else ""
        if note:
            return None, note
        look = next(k for k in reversed(step.looks) if k.holds and not k.place)
        return look, f"the parameter {look.label}, {look.action}"

    def missed(self) -> None:
        """Octets are missing: the message at hand cannot be measured."""
        self._message = None

    # --- rules ----------------------------------------------------------------

    def _asked(self, rule: Rule, saw: Saw, holds: bool) -> None:
        """A question was asked (story.watch)."""
        assert self._step is not None
        self._look(self._step, rule, _text(saw), holds=holds)

    def _look(
        self, step: Step, rule: Rule, saw: str, *, holds: bool, times: int = 1
    ) -> None:
        for look in step.looks:
            if (look.place, look.saw, look.holds) == (rule.place, saw, holds):
                look.times += times
                return
        step.looks.append(
            Look(rule.place, rule.label, rule.action_label, saw, holds, times)
        )

    def _own(self, finding: Finding) -> None:
        """A finding names our copy of a rule: it shall name the original."""
        if finding.rule is not None:
            finding.rule = self._inspection.rules[finding.rule.place - 1]

    def _hit_rules(self, step: Step) -> None:
        """Rules that held without having been asked: lengths."""
        for rule in self._growing:
            times = self._tally.rules[rule.place - 1] - self._counts[rule.place - 1]
            if times:
                self._hits.add(rule.place)
                saw = str(self._length(rule))
                self._look(step, rule, saw, holds=True, times=times)

    def _length(self, rule: Rule) -> int:
        """What a rule on a length has seen by now."""
        stage = rule.criterion.stage
        if stage == COMMAND_LINE:
            lengths = [len(line) for line in self._front.splitlines(keepends=True)]
            return (min if rule.negated else max)(lengths, default=0)
        line = self._line
        if stage in (HEADER_LINE, BODY_LINE) and line.count(b"\n") <= 1:
            stuffed = stage == BODY_LINE and line.startswith(b".")
            return len(line.removesuffix(b"\r\n")) - stuffed
        return measured(stage, b"".join(self._message or ()))

    def _command_lines(self, step: Step, judged: list[bytes]) -> None:
        """Rules on the length of commands that these lines did not pass."""
        first = [
            Look(rule.place, rule.label, rule.action_label, str(len(line)), False)
            for line in judged
            for rule in self._growing
            if rule.criterion.stage == COMMAND_LINE
            and not any(look.place == rule.place for look in step.looks)
        ]
        step.looks[:0] = first

    # --- what the client has said ------------------------------------------------

    def _judged(self, step: Step) -> list[bytes]:
        """The command lines that this step let go, as the client said them."""
        left = len(step.freed)
        if step.speaker == CLIENT:
            self._ahead += step.said
            left += len(step.passed)
        self._front = self._ahead
        gone, self._ahead = self._ahead[:left], self._ahead[left:]
        if step.phase != _COMMANDS or step.said.startswith(b"354"):
            return []
        return gone.splitlines(keepends=True)

    def _read_message(self, session: Session, step: Step) -> None:
        """Octets of a message, as far as they have come."""
        begins = step.said.startswith(b"354") and step.phase == _COMMANDS
        if step.speaker == SERVER and begins and (step.freed or session.phase == BODY):
            self._message = [step.freed + self._ahead]
            self._line = self._message[0]
            self._hits = set()
        elif step.speaker == CLIENT and step.phase == _BODY:
            if self._message is not None:
                self._message.append(step.said)
            whole = self._line[-2:] == b"\r\n"
            self._line = step.said if whole else self._line + step.said

    def _end_message(self, session: Session, step: Step) -> None:
        """The message is over: what of it no rule on a length has minded."""
        if self._message is None:
            return
        if session.verdict == PASS and session.phase == BODY:
            return
        message = b"".join(self._message)
        self._message = None
        for rule in self._growing:
            stage = rule.criterion.stage
            if stage != COMMAND_LINE and rule.place not in self._hits:
                self._look(step, rule, str(measured(stage, message)), holds=False)

    # --- parameters -------------------------------------------------------------

    def _parameters(self, session: Session, step: Step, judged: list[bytes]) -> None:
        """What the parameters saw; their counters tell what they did."""
        set_ = self._inspection.parameters
        banner, relay, special, tls = (
            now - then
            for now, then in zip(self._counted()[-4:], self._counts[-4:], strict=True)
        )
        verbs = [(verb_code(line[:4]), line) for line in judged]
        if banner:
            self._param(step, "mask-banner", step.said.rstrip(), holds=True)
        if set_.mail_relay:
            name = f"mail-relay {set_.local_domain.decode('utf-8', 'replace')}"
            does = parameter_action(set_.mail_relay)
            if relay:
                self._param(step, name, _address(step.said), holds=True, does=does)
            for verb, line in verbs:
                if verb == RCPT and not relay:
                    self._param(step, name, _address(line), holds=False, does=does)
        if set_.special_character:
            does = parameter_action(set_.special_character)
            name = "special-character"
            if special:
                self._param(step, name, _address(step.said), holds=True, does=does)
            for verb, line in verbs:
                if verb in _ADDRESSED and not special:
                    self._param(step, name, _address(line), holds=False, does=does)
        if tls:
            self._param(step, "allow-tls", b"220 to STARTTLS", holds=True)
        elif set_.allow_tls and _announces(step) == STARTTLS and step.unchanged:
            self._param(step, "allow-tls", b"STARTTLS", holds=True)

    def _param(
        self, step: Step, name: str, saw: bytes, *, holds: bool, does: str = ""
    ) -> None:
        step.looks.append(Look(0, name, does, escape(saw, _SAW), holds))

    def _own_ways(self, session: Session, step: Step) -> None:
        """What is done though no rule asks for it."""
        if session.verdict != PASS:
            return
        if step.speaker == SERVER and not step.unchanged:
            self._covered(step)
        elif step.speaker == CLIENT and session.due > 0.0 and not step.passed:
            step.notes.append("it waits until its rate allows it")
        elif step.held and step.speaker == CLIENT and step.passed != step.said:
            step.notes.append("held until the server has answered")

    def _covered(self, step: Step) -> None:
        """Why a line of the server was covered, if no rule has done it."""
        masks = {r.place for r in self._inspection.rules if r.action & MASKS}
        if any(look.holds and look.place in masks for look in step.looks):
            return
        keyword = _announces(step)
        if keyword == STARTTLS:
            step.notes.append("STARTTLS is covered: the map has no allow-tls")
        elif keyword == CHUNKING:
            step.notes.append("CHUNKING is always covered: BDAT cannot be inspected")
        elif not step.looks and not step.notes:
            step.notes.append("mask-banner covers every line of the greeting")

    def _counted(self) -> list[int]:
        tally = self._tally
        return [
            *tally.rules,
            tally.mask_banner,
            tally.mail_relay,
            tally.special_character,
            tally.allow_tls,
        ]


def _announces(step: Step) -> int:
    """The keyword that a line of a reply to EHLO announces, -1 for none."""
    if step.speaker == CLIENT or step.said[:3] != b"250":
        return -1
    return keyword_code(step.said[4:].rstrip())


def _address(line: bytes) -> bytes:
    """The address of a MAIL or RCPT command."""
    keyword = b"TO" if verb_code(line[:4]) == RCPT else b"FROM"
    path = read_path(line, keyword)
    return line[path.start : path.end]


def _text(saw: Saw) -> str:
    return str(saw) if isinstance(saw, int) else escape(saw, _SAW)
