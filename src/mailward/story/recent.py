"""Recent: the story of a live session out of what was kept of it.

Knows: how what was kept goes through a session once more, so that the rules can tell
what they saw; what was noticed live stands in its place.
Does not know: how a session is kept, who asks.
Called by: fleet (the worker), console.
"""

from collections.abc import Mapping
from typing import Final, final

from mailward.audit.auditor import Auditor
from mailward.audit.recent import Recent, Recording
from mailward.audit.records import Record
from mailward.policy.findings import CLIENT, Finding
from mailward.policy.rule import Rule
from mailward.story.steps import LACKS, Look, Step, Story
from mailward.story.tell import lines, plain
from mailward.story.walk import Walk
from mailward.story.words import note_of
from mailward.verdicts import PASS, VERDICT_NAMES

_ALIVE: Final = "it is alive"


def retold(recording: Recording) -> Story:
    """The story of a session, as far as it has come.

    A message that was not kept is missing for the session it goes through now, so
    no rule is asked about it; rules that acted on it are told as they were noticed.
    """
    walk = Walk(
        recording.attachment,
        recording.ends,
        recording.wall,
        recording.number,
        captured=True,
    )
    story = walk.so_far
    told = _Told(recording, story)
    for place, (now, speaker, kept, hidden, message) in enumerate(recording.events, 1):
        moment = recording.wall + now - recording.started
        if message or (hidden and not kept and not walk.secret):
            walk.miss(speaker, hidden, moment)
            story.steps[-1].notes.clear()  # that it is missing is plain to see
            if message and kept:
                fields = kept.decode("ascii", "replace")
                story.steps[-1].notes.append(f"a message with the fields {fields}")
        else:
            walk.say(speaker, ((0, kept + _cover(hidden)),), moment)
            if hidden and speaker == CLIENT:
                last = story.steps[-1]
                last.shown = min(last.shown, len(kept))
        told.take(walk.so_far, place)
    if recording.more:
        story.steps[-1].notes.append(f"{recording.more} further segments were not kept")
    if not story.monitor:
        story.verdict = recording.verdict
        story.acted, story.why = told.acted, told.why
        ended = len(story.steps) - 1 if told.ended is None else told.ended
        for step in story.steps[max(ended, 0) :]:
            step.verdict = recording.verdict
        for step in story.steps[ended + 1 :]:
            step.passed = step.freed = b""
    return story


def _cover(hidden: int) -> bytes:
    """What stands for so many octets that were not kept."""
    if hidden < 4:
        return b"*" * max(hidden - 2, 0) + b"\r\n" * (hidden > 1)
    return b" " + b"*" * (hidden - 3) + b"\r\n"


def listed(recent: Recent) -> list[Mapping[str, object]]:
    """The sessions that can be told."""
    return [
        {
            "number": one.number,
            "client": f"{one.ends.client_address}:{one.ends.client_port}",
            "server": f"{one.ends.server_address}:{one.ends.server_port}",
            "map": one.attachment.map_name,
            "verdict": VERDICT_NAMES[one.verdict],
            "alive": not one.over,
            "began": round(one.wall, 3),
        }
        for one in recent.sessions()
    ]


def answer(recent: Recent, number: int) -> dict[str, object]:
    """What a console asks: nought for the list; else a story, as JSON and in lines,
    or nothing if the session is not known."""
    if number == 0:
        return {"sessions": listed(recent)}
    recording = recent.find(number)
    if recording is None:
        return {}
    story = retold(recording)
    return {
        "head": story.head(),
        "steps": [step.data() for step in story.steps],
        "end": story.end(),
        "lines": [plain(line) for line in lines(story)],
    }


@final
class _Told:
    """What was noticed live, and the audit lines that followed."""

    def __init__(self, recording: Recording, story: Story) -> None:
        self._recording = recording
        self._lines: list[str] = []
        self._auditor = Auditor((self,), level=7)
        self._story = story
        self._cleared = 0  # steps whose own audit lines are gone
        self._next = 0
        self.ended: int | None = None  # the place of the step that ended it
        self.acted: Look | None = None
        self.why = "nothing in it ended the connection" if recording.over else _ALIVE

    def write(self, record: Record) -> None:
        """The auditor's sink."""
        self._lines.append(record.line())

    def take(self, story: Story, place: int) -> None:
        """So many events have gone through: what was noticed by then."""
        for step in story.steps[self._cleared :]:
            step.records = []
        self._cleared = len(story.steps)
        one = self._recording
        while self._next < len(one.findings) and one.findings[self._next][0] <= place:
            _, now, finding = one.findings[self._next]
            self._next += 1
            moment = one.wall + now - one.started
            self._auditor.found(one.number, one.ends, one.attachment, finding, moment)
            step, look = self._where(finding.rule)
            step.records += self._lines
            self._lines = []
            if finding.verdict != PASS:
                self.acted, self.why = look, self._why(finding, look)
                self.ended = step.number - 1

    def _where(self, rule: Rule | None) -> tuple[Step, Look | None]:
        """The step that a rule acted on, and its look there; made if no question has
        shown it: then it acted on a message."""
        steps = self._story.steps
        if rule is None:
            return steps[-1], None
        for step in reversed(steps):
            for look in step.looks:
                if look.holds and look.place == rule.place:
                    return step, look
        step = next((s for s in reversed(steps) if s.event == LACKS), steps[-1])
        look = Look(rule.place, rule.label, rule.action_label, "", holds=True)
        step.looks.append(look)
        return step, look

    def _why(self, finding: Finding, look: Look | None) -> str:
        """What ended it, in words."""
        if look is not None:
            return f"class {look.place} of the map: {look.label}, {look.action}"
        compat = self._recording.attachment.inspection.compat
        detail = finding.detail.decode("utf-8", "replace")
        return note_of(finding, compat) or detail or "a parameter of the map"
