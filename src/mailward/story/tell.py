"""Tell: a story as lines for a reader, in colours or without.

Knows: the layout, which words deserve a colour.
Does not know: terminals, what a colour is made of.
Called by: cli, console.

The letters are those of dialogue files: `C:` and `S:` say, `s:` and `c:` receive.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from mailward.audit.escape import escape
from mailward.policy.findings import CLIENT
from mailward.story.steps import CLOSES, LACKS, WAITS, Look, Step, Story
from mailward.verdicts import PASS, VERDICT_NAMES

# What a run of text is, so that it can be coloured.
PLAIN: Final = ""
QUIET: Final = "quiet"
SAID: Final = "said"
CHANGED: Final = "changed"
HOLDS: Final = "holds"
NOTE: Final = "note"
RECORD: Final = "record"
ENDED: Final = "ended"
PASSED: Final = "passed"

#: One line: runs of text, each with what it is.
Line = tuple[tuple[str, str], ...]

#: No more octets of one line are printed than this.
_MOST: Final = 120
_INDENT: Final = " " * 8
_ENDS: Final = ("passes", "is closed", "is reset")


def lines(story: Story) -> Iterator[Line]:
    """The whole story."""
    yield ((f"{story.client} -> {story.server}", PLAIN),)
    if story.map_name:
        place = story.place if story.place == "global" else f"interface {story.place}"
        named = f"map {story.map_name}, class {story.class_map}"
        yield ((f"{named}, policy {story.policy}, {place}", QUIET),)
        if story.monitor:
            yield (("monitor mode: nothing of this is done to live mail", NOTE),)
    yield from _records(story.opening)
    phase = ""
    verdict = PASS
    for step in story.steps:
        if step.phase != phase:
            phase = step.phase
            yield ((f"--- {phase} ---", QUIET),)
        yield from _step(step)
        if step.verdict != verdict:
            verdict = step.verdict
            yield ((f"     !  {VERDICT_NAMES[verdict]}: {story.why}", ENDED),)
    yield ()
    yield from _records(story.closing)
    ended = PASSED if story.verdict == PASS else ENDED
    yield (
        (f"{VERDICT_NAMES[story.verdict]}: ", ended),
        (f"the connection {_ENDS[story.verdict]}; {story.why}", PLAIN),
    )


def plain(line: Line) -> str:
    """A line without colours."""
    return "".join(text for text, _ in line).rstrip()


def _step(step: Step) -> Iterator[Line]:
    letter = "C" if step.speaker == CLIENT else "S"
    number = f"{step.number:4} "
    if step.event == WAITS:
        yield ((number, QUIET), ("@  the clock moves on", NOTE))
    elif step.event == LACKS:
        much = f"{step.unknown} octets" if step.unknown else "octets"
        yield ((number, QUIET), (f"{letter}  {much} that are not here", NOTE))
    elif step.event == CLOSES:
        yield ((number, QUIET), (f"{letter} closes", SAID))
    else:
        yield ((number, QUIET), (f"{letter}: ", SAID), *_said(step))
        yield from _received(step)
    if step.freed:
        shown = _cut(step.freed[: step.freed_shown], len(step.freed))
        yield (("     s: ", SAID), (shown, PLAIN))
    yield from (_look(look) for look in step.looks)
    yield from (((_INDENT, PLAIN), (note, NOTE)) for note in step.notes)
    yield from _records(step.records)


def _said(step: Step) -> Line:
    """What was said, on one line."""
    first = step.said[: step.shown]
    if step.lines > 1:
        head = first.partition(b"\r\n")[0] + b"\r\n"
        more = f" ... {step.lines} lines, {step.octets} octets"
        return ((_cut(head, len(head)), PLAIN), (more, QUIET))
    return ((_cut(first, step.octets), PLAIN),)


def _received(step: Step) -> Iterator[Line]:
    """What the other side received, if it is not what was said."""
    if step.unchanged:
        return
    letter = "s" if step.speaker == CLIENT else "c"
    head = (f"     {letter}: ", SAID)
    if not step.passed:
        yield (head, ("nothing" if not step.held else "nothing yet", CHANGED))
        return
    if step.shown < len(step.said):
        yield (head, (_cut(b"", len(step.passed)), CHANGED))
        return
    if len(step.passed) != len(step.said):
        yield (head, (_cut(step.passed, len(step.passed)), CHANGED))
        return
    runs: list[tuple[str, str]] = []
    marks = ""
    said = _trimmed(step.said)[:_MOST]
    for was, now in zip(said, step.passed, strict=False):
        text = escape(bytes((now,)), 1)
        changed = was != now
        marks += ("^" if changed else " ") * len(text)
        runs.append((text, CHANGED if changed else PLAIN))
    yield (head, *_joined(runs))
    if marks.strip():
        yield (("        ", PLAIN), (marks.rstrip(), CHANGED))


def _look(look: Look) -> Line:
    name = f"Class {look.place}: {look.label}" if look.place else look.label
    times = f" ({look.times} times)" if look.times > 1 else ""
    saw = f" — saw {look.saw}{times}: "
    if not look.holds:
        return ((_INDENT + name + saw + "no", QUIET),)
    answer = f"yes, {look.action}" if look.action else "yes"
    return ((_INDENT + name + saw, PLAIN), (answer, HOLDS))


def _records(records: Sequence[str]) -> Iterator[Line]:
    yield from (((_INDENT, PLAIN), (record, RECORD)) for record in records)


def _trimmed(octets: bytes) -> bytes:
    """Without the end of line that every line has."""
    return octets.removesuffix(b"\r\n")


def _cut(octets: bytes, length: int) -> str:
    """Octets as text: the first of them, and how many there are in all."""
    shown = escape(_trimmed(octets), _MOST)
    hidden = length - len(octets)
    if hidden:
        return f"{shown}({hidden} octets not shown)".replace("(", " (", bool(shown))
    if len(octets) > _MOST + 2:
        shown += f" ({length} octets)"
    return shown


def _joined(runs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Runs of one kind as one."""
    out: list[tuple[str, str]] = []
    for text, kind in runs:
        if out and out[-1][1] == kind:
            out[-1] = (out[-1][0] + text, kind)
        else:
            out.append((text, kind))
    return out
