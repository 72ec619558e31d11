"""Compare: one session under two policies.

Knows: when two policies treat a session differently, and which line of it shows the
difference first.
Does not know: files, captures, how a difference is printed.
Called by: cli.

Both policies hear what client and server really said.  Under another policy they might
have said something else: a server answers a covered command otherwise, and a client to
whom an extension is not shown does not use it.  So a difference is told where the
policies part; what comes behind it is of no consequence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import zip_longest
from typing import Final, final

from mailward.audit.escape import escape
from mailward.engine.session import Session
from mailward.parameters import PACKET
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT
from mailward.policy.gate import Attachment
from mailward.policy.tally import Tally
from mailward.story.steps import CLOSES, LACKS, Look, Step, Story
from mailward.story.walk import Walk
from mailward.verdicts import PASS, VERDICT_NAMES

#: No more octets of a line are told than this.
_SHOWN: Final = 60


@final
@dataclass(frozen=True)
class Event:
    """Something that happened in a session: `what` is SAYS, CLOSES or LACKS (octets
    are `missing`; nought: nobody knows how many).  `line` is that of a file."""

    what: int
    speaker: int
    now: float
    octets: bytes = b""
    missing: int = 0
    line: int = 0


@final
class Side:
    """A session under one policy: its verdict, and what each listener received."""

    __slots__ = ("_lengths", "_prints", "attachment", "verdict")

    def __init__(self, attachment: Attachment | None, events: Sequence[Event]) -> None:
        self.attachment = attachment
        self.verdict = PASS
        # By listener: a digest of what was received, and its length.
        self._prints = (blake2b(digest_size=16), blake2b(digest_size=16))
        self._lengths = [0, 0]
        if attachment is None:
            for event in events:
                self._received(1 - event.speaker, event.octets)
            return
        session = Session(attachment.inspection, Tally(attachment.inspection))
        for event in events:
            self._take(session, event)
        self.verdict = session.verdict

    def _take(self, session: Session, event: Event) -> None:
        speaker, now = event.speaker, event.now
        if event.what == LACKS:
            left = session.hole(speaker, event.missing, now)
        elif event.what == CLOSES:
            left = b""
        elif speaker == CLIENT:
            left = session.from_client(event.octets, now)
        else:
            left = session.from_server(event.octets, now)
        self._received(1 - speaker, left)
        while session.due > 0.0:
            # What waits for its rate goes all the same: time is not compared.
            self._received(1 - CLIENT, session.on_time(max(session.due, now)))
        session.findings.clear()

    def _received(self, listener: int, octets: bytes) -> None:
        self._prints[listener].update(octets)
        self._lengths[listener] += len(octets)

    @property
    def outcome(self) -> tuple[int, bytes, bytes]:
        """All that is compared."""
        client, server = self._prints
        return self.verdict, client.digest(), server.digest()

    def data(self) -> dict[str, object]:
        """As JSON has it."""
        to_client, to_server = self._lengths
        return {
            "verdict": VERDICT_NAMES[self.verdict],
            "map": self.attachment.map_name if self.attachment is not None else None,
            "to_client": to_client,
            "to_server": to_server,
        }


@final
@dataclass(frozen=True)
class Parting:
    """Where two policies part: `step` is the first line that they treat otherwise;
    `looks` the rules or parameters that acted there, by policy, None where none did;
    `reasons` what each policy did, in words."""

    step: Step
    looks: tuple[Look | None, Look | None]
    reasons: tuple[str, str]

    @property
    def sent(self) -> str:
        """The line, as far as it may be shown."""
        return escape(self.step.said[: self.step.shown].rstrip(b"\r\n"), _SHOWN)


@final
@dataclass(frozen=True)
class Comparison:
    """One session under two policies; `parting` is None if they treat it alike."""

    before: Side
    after: Side
    parting: Parting | None

    def data(self) -> dict[str, object]:
        """As JSON has it."""
        parting = self.parting
        sides: list[dict[str, object]] = []
        for which, side in enumerate((self.before, self.after)):
            data = side.data()
            if parting is not None:
                look = parting.looks[which]
                data["acted"] = look.data() if look is not None else None
                data["why"] = parting.reasons[which]
            sides.append(data)
        out: dict[str, object] = {"before": sides[0], "after": sides[1]}
        if parting is not None:
            step = parting.step
            out["step"] = step.number
            out["speaker"] = step.speaks
            out["phase"] = step.phase
            out["sent"] = parting.sent
        return out


def compare(
    before: Attachment | None,
    after: Attachment | None,
    ends: Endpoints,
    events: Sequence[Event],
) -> Comparison:
    """A session under two policies."""
    one, two = Side(before, events), Side(after, events)
    if one.outcome == two.outcome:
        return Comparison(one, two, None)
    whole = any(
        a is not None and a.inspection.compat.unknown == PACKET for a in (before, after)
    )
    ours = story_of(before, ends, events, whole=whole, joins=False)
    theirs = story_of(after, ends, events, whole=whole, joins=False)
    return Comparison(one, two, _parting(ours, theirs))


def story_of(
    attachment: Attachment | None,
    ends: Endpoints,
    events: Sequence[Event],
    number: int = 1,
    *,
    whole: bool = False,
    joins: bool = True,
) -> Story:
    """The story of a session.  `whole`, `joins`: see Walk."""
    started = events[0].now if events else 0.0
    walk = Walk(
        attachment, ends, started, number, whole=whole, captured=True, joins=joins
    )
    for event in events:
        if event.what == LACKS:
            walk.miss(event.speaker, event.missing, event.now)
        elif event.what == CLOSES:
            walk.close(event.speaker, event.line)
        else:
            walk.say(event.speaker, ((event.line, event.octets),), event.now)
    return walk.finish()


def _parting(before: Story, after: Story) -> Parting:
    """The first steps that are not alike, and what each policy did."""
    for one, two in zip_longest(before.steps, after.steps):
        if one is None or two is None or _mark(one) != _mark(two):
            break
    step = one if one is not None else two
    assert step is not None
    (our_look, ours), (their_look, theirs) = _did(one, before), _did(two, after)
    reasons = (_later(one, before, ours), _later(two, after, theirs))
    return Parting(step, (our_look, their_look), reasons)


def _later(step: Step | None, story: Story, words: str) -> str:
    """What a policy did with a line, and what it brought the session to afterwards."""
    if step is None or step.verdict != PASS or story.verdict == PASS:
        return words
    return f"{words}; later {VERDICT_NAMES[story.verdict]}: {story.why}"


def _mark(step: Step) -> tuple[object, ...]:
    return step.said, step.passed, step.freed, step.verdict


def _did(step: Step | None, story: Story) -> tuple[Look | None, str]:
    """What a policy did with a line: the rule or parameter, and a sentence."""
    if step is None:
        return None, "it had ended before"
    if not story.map_name:
        return None, story.why
    if step.verdict != PASS:
        return story.acted, f"{VERDICT_NAMES[step.verdict]}: {story.why}"
    for look in step.looks:
        if look.holds and look.action != "log":
            name = f"class {look.place}: {look.label}" if look.place else look.label
            return look, f"{name}, {look.action}".rstrip(", ")
    if step.notes:
        return None, step.notes[0]
    if step.unchanged:
        return None, "passes"
    return None, "changed" if step.passed else "waits"
