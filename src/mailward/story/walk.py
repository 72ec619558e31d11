"""Walk: one session, line by line, with everything that came of each.

Knows: how a driver treats a session and what it then tells the audit; which rule
was asked because of which line.
Does not know: files, sockets, how a story is printed.
Called by: cli (trace, replay), console.

What comes of a session does not depend on how its octets are cut, so each line is
handed over by itself, and what follows belongs to it.  Under `mailward compat
unknown-command packet`, where it does depend, segments stay whole.
"""

from dataclasses import replace
from typing import Final, final

from mailward.audit.auditor import FINS, INSPECTION, Auditor
from mailward.audit.escape import escape
from mailward.audit.records import Record
from mailward.engine.dialogue import BODY, COMMANDS, EXCHANGE, PHASE_NAMES
from mailward.engine.session import Session
from mailward.parameters import PACKET
from mailward.policy.ear import OPEN
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT, SERVER
from mailward.policy.gate import Attachment
from mailward.smtp.secrets import Discretion
from mailward.story.looks import Looks
from mailward.story.steps import CLOSES, LACKS, SAYS, WAITS, Step, Story
from mailward.verdicts import PASS

#: The phase of a session that nobody inspects.
UNINSPECTED: Final = "uninspected"
#: A segment is cut into so many lines; the rest of it is handed over whole.
_LINES: Final = 20_000


@final
class Walk:
    """A session on its way.  `now` is in seconds since the epoch; `number` that of
    the connection.  `whole`: segments are not cut into lines; `captured`: the server
    has answered what waits here for its rate, so then it waits no more; `joins`:
    lines of a message of which nothing is to be told are one step."""

    def __init__(
        self,
        attachment: Attachment | None,
        ends: Endpoints,
        now: float,
        number: int = 1,
        *,
        whole: bool = False,
        captured: bool = False,
        joins: bool = True,
    ) -> None:
        self._ends = ends
        self._number = number
        self._started = self._now = now
        self._octets = 0
        self._records: list[str] = []
        self._auditor = Auditor((self,), level=7)
        self._attachment = None if attachment is None else _fresh(attachment)
        self._looks: Looks | None = None
        self._session: Session | None = None
        if self._attachment is not None:
            self._looks = Looks(self._attachment)
            watched, tally = self._looks.watched, self._attachment.tally
            self._session = Session(watched, tally)
        self._whole = whole or (
            attachment is None or attachment.inspection.compat.unknown == PACKET
        )
        self._captured = captured
        self._joining = joins
        self._discretion = Discretion()
        self._hid = False  # something was not shown
        self._quiet: list[bytes] = []  # lines that belong to the last step
        self._story = Story(
            f"{ends.client_interface}:{ends.client_address}/{ends.client_port}",
            f"{ends.server_interface}:{ends.server_address}/{ends.server_port}",
        )
        if attachment is not None and self._attachment is not None:
            self._story.monitor = attachment.inspection.monitor
            self._story.place = self._attachment.place
            self._story.policy = self._attachment.policy_map
            self._story.class_map = self._attachment.class_map
            self._story.map_name = self._attachment.map_name
        self._auditor.built(number, ends, now)
        self._story.opening = self._taken()

    def write(self, record: Record) -> None:
        """The auditor's sink."""
        self._records.append(record.line())

    # --- what happens ---------------------------------------------------------

    def say(
        self, speaker: int, pieces: tuple[tuple[int, bytes], ...], now: float = 0.0
    ) -> None:
        """A segment: its pieces with their lines in a file.  `now` 0.0: the clock
        stands."""
        self._now = max(self._now, now)
        if speaker == SERVER:
            self._answered()
        if self._story.verdict == PASS:
            self._octets += sum(len(octets) for _, octets in pieces)
        for line, octets in self._cut(pieces):
            self._step(speaker, SAYS, line, octets)

    def close(self, speaker: int, line: int = 0) -> None:
        """A speaker says no more."""
        self._step(speaker, CLOSES, line, b"")

    def miss(self, speaker: int, length: int, now: float) -> None:
        """So many octets of a speaker are not in the capture; nought: nobody knows."""
        self._now = max(self._now, now)
        if speaker == SERVER:
            self._answered()
        step = self._begin(speaker, LACKS, 0, b"")
        step.unknown = length
        session = self._session
        if session is not None:
            left = session.hole(speaker, length, self._now)
            self._hid = True  # what was held is not ours to show
            if self._looks is not None:
                self._looks.missed()
            if speaker == CLIENT:
                step.freed = left
            else:
                step.passed = left
            self._heed(session, step)
        self._end(step)

    def _answered(self) -> None:
        """What still waits for its rate has gone in truth."""
        session = self._session
        while self._captured and session is not None and session.due > 0.0:
            self._now = max(self._now, session.due)
            self.wait(0.0)

    def wait(self, seconds: float, line: int = 0) -> None:
        """The clock moves on, and stops at each moment the session has named."""
        step = self._begin(SERVER, WAITS, line, b"")
        session = self._session
        until = self._now + seconds
        if session is not None:
            while 0.0 < session.due <= until:
                self._now = max(self._now, session.due)
                step.freed += session.on_time(self._now)
                self._heed(session, step)
        self._now = until
        self._end(step)

    def finish(self) -> Story:
        """Both sides close: the whole story."""
        self._answered()
        self._join()
        story = self._story
        self._auditor.ended(
            self._number,
            self._ends,
            self._attachment,
            story.verdict,
            FINS if story.verdict == PASS else INSPECTION,
            self._octets,
            self._started,
            self._now,
        )
        story.closing = self._taken()
        if self._attachment is None:
            story.why = "no inspection is in force for this connection"
        elif story.verdict == PASS:
            story.why = "nothing in it ends the connection"
        return story

    @property
    def secret(self) -> bool:
        """Is the client's next line of an AUTH exchange?"""
        return self._session is not None and self._session.phase == EXCHANGE

    @property
    def so_far(self) -> Story:
        """The story up to the last step."""
        self._join()
        return self._story

    # --- one step -------------------------------------------------------------

    def _cut(self, pieces: tuple[tuple[int, bytes], ...]) -> list[tuple[int, bytes]]:
        """A segment in its lines."""
        whole = b"".join(octets for _, octets in pieces)
        if self._whole:
            return [(pieces[0][0], whole)]
        out: list[tuple[int, bytes]] = []
        for line, octets in pieces:
            at = 0
            while at < len(octets):
                end = octets.find(b"\r\n", at) + 2
                if end < 2 or len(out) >= _LINES:
                    end = len(octets)
                out.append((line, octets[at:end]))
                at = end
        return out

    def _begin(self, speaker: int, event: int, line: int, octets: bytes) -> Step:
        session = self._session
        phase = UNINSPECTED
        if session is not None and session.opaque:
            phase = "opaque"
        elif session is not None:
            phase = PHASE_NAMES[session.phase]
        step = Step(
            number=len(self._story.steps) + 1,
            line=line,
            at=self._now - self._started,
            speaker=speaker,
            event=event,
            phase=phase,
            said=octets,
            shown=len(octets),
        )
        if self._looks is not None:
            self._looks.begin(step)
        return step

    def _step(self, speaker: int, event: int, line: int, octets: bytes) -> None:
        """Hand over one line, and tell what came of it."""
        step = self._begin(speaker, event, line, octets)
        session = self._session
        if session is None:
            step.passed = octets
            self._end(step)
            return
        private = session.secrecy != OPEN
        before = session.phase
        step.shown = self._shown(session, speaker, octets)
        if event == CLOSES and speaker == CLIENT:
            step.passed = session.client_closed(self._now)
        elif event == CLOSES:
            step.passed = session.server_closed(self._now)
        elif speaker == CLIENT:
            step.passed = session.from_client(octets, self._now)
        else:
            step.passed = session.from_server(octets, self._now)
        if 0.0 < session.due <= self._now:
            step.freed = session.on_time(self._now)
        self._hid = self._hid or step.shown < len(octets)
        if step.freed and not private and not self._hid:
            # Else they may be of a message or of a secret.
            step.freed_shown = len(step.freed)
        self._heed(session, step)
        if self._joins(step, before):
            self._quiet.append(octets)
            return
        self._end(step)

    def _shown(self, session: Session, speaker: int, octets: bytes) -> int:
        """How much of a line may be shown: nothing of AUTH, nothing of TLS."""
        if session.opaque:
            return 0
        if speaker == SERVER:
            return 4 if octets.startswith(b"334") else len(octets)
        if session.phase == BODY:
            return len(octets)
        secret = session.phase != COMMANDS
        return self._discretion.shown(octets, secret=secret)

    def _heed(self, session: Session, step: Step) -> None:
        """Findings go to the auditor, and what they say into the step."""
        assert self._looks is not None
        assert self._attachment is not None
        story = self._story
        fresh = session.verdict != PASS and story.verdict == PASS
        step.held = session.waiting
        self._looks.heed(session, step, fresh=fresh)
        for finding in session.findings:
            self._auditor.found(
                self._number, self._ends, self._attachment, finding, self._now
            )
        session.findings.clear()
        step.records += self._taken()
        step.verdict = story.verdict = session.verdict
        if fresh:
            story.acted, story.why = self._looks.reason(step)

    def _joins(self, step: Step, before: int) -> bool:
        """Is it one more line of a message, of which nothing is to be told?"""
        if (
            not self._joining
            or not self._story.steps
            or step.looks
            or step.records
            or step.notes
        ):
            return False
        last = self._story.steps[-1]
        if last.looks or last.records or last.notes or not last.unchanged:
            return False
        return (
            step.event == SAYS
            and step.speaker == last.speaker == CLIENT
            and step.unchanged
            and step.verdict == PASS
            and before == BODY
            and self._session is not None
            and self._session.phase == BODY
            and last.phase == PHASE_NAMES[BODY]
        )

    def _end(self, step: Step) -> None:
        self._join()
        step.number = len(self._story.steps) + 1
        self._story.steps.append(step)

    def _join(self) -> None:
        """Lines of which nothing is to be told belong to the step before."""
        if self._quiet:
            last = self._story.steps[-1]
            last.lines += len(self._quiet)
            last.said = last.passed = last.said + b"".join(self._quiet)
            last.shown = len(last.said)
            self._quiet.clear()

    def _taken(self) -> list[str]:
        taken = self._records
        self._records = []
        return taken


def _fresh(attachment: Attachment) -> Attachment:
    """The same attachment, in force and counting from nought."""
    return Attachment(
        attachment.place,
        attachment.policy_map,
        attachment.class_map,
        attachment.traffic,
        replace(attachment.inspection, monitor=False),
    )


def spoken(story: Story, start: int = 0) -> tuple[bytes, bytes]:
    """What the server and what the client received, from a step on."""
    steps = story.steps[start:]
    server = [(s.passed if s.speaker == CLIENT else b"") + s.freed for s in steps]
    client = [s.passed for s in steps if s.speaker == SERVER]
    return b"".join(server), b"".join(client)


def shown_octets(octets: bytes) -> str:
    """Octets of the wire, for a sentence."""
    return escape(octets, 200)
