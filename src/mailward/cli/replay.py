"""`mailward replay`: yesterday's sessions under two policies.

Knows: files, the table, the JSON lines.
Does not know: how two policies are compared.
Called by: the command `replay`.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from mailward.cli.captured import (
    Between,
    Captured,
    in_captures,
    in_dialogue,
    is_capture,
    levelled,
    script_in,
)
from mailward.cli.files import notice, read_config, tell, warn
from mailward.errors import MailwardError
from mailward.policy.gate import Gate
from mailward.story.compare import Comparison, compare
from mailward.verdicts import VERDICT_NAMES

#: The width of the table where nobody looks at it.
_WIDTH: Final = 160


@final
class Replayed:
    """All that was compared: `changed` are the sessions that two policies treat
    otherwise, `unchanged` counts the others by their verdict, `uninspected` those
    that neither policy inspects, `cut` those that were too long to be kept whole,
    `troubles` the files that could not be read, or not to their ends."""

    def __init__(self) -> None:
        self.changed: list[tuple[Captured, Comparison]] = []
        self.unchanged: Counter[str] = Counter()
        self.uninspected = 0
        self.cut = 0
        self.troubles = 0

    @property
    def sessions(self) -> int:
        """How many there were."""
        return len(self.changed) + self.unchanged.total() + self.uninspected

    def turns(self) -> Counter[tuple[str, str]]:
        """The changed ones, by their verdicts before and after."""
        return Counter(
            (VERDICT_NAMES[c.before.verdict], VERDICT_NAMES[c.after.verdict])
            for _, c in self.changed
        )

    def summary(self) -> dict[str, object]:
        """The last line of JSON."""
        return {
            "sessions": self.sessions,
            "changed": len(self.changed),
            "turns": {f"{a} -> {b}": n for (a, b), n in self.turns().items()},
            "unchanged": dict(self.unchanged),
            "uninspected": self.uninspected,
            "cut": self.cut,
            "troubles": self.troubles,
        }

    def sentence(self) -> str:
        """The last line for people."""
        many = len(self.changed)
        parts = [f"{many or 'none'} of {self.sessions} sessions would change"]
        alike = sum(n for (one, two), n in self.turns().items() if one == two)
        turned = [(one, two, n) for (one, two), n in self.turns().items() if one != two]
        parts += [f"{count} from {one} to {two}" for one, two, count in turned]
        if alike:
            parts.append(f"{alike} only in what arrives")
        if self.uninspected:
            parts.append(f"{self.uninspected} inspected by neither policy")
        if self.cut:
            parts.append(f"{self.cut} compared in part, for they are too long")
        return "; ".join(parts)


def gate_of(config: str) -> Gate:
    """The gate of a configuration file, or of the factory default; or its mistakes,
    and exit code 2."""
    try:
        loaded = read_config(config)
    except (OSError, MailwardError) as error:
        tell(config, error)
        sys.exit(2)
    warn(config, loaded)
    return levelled(loaded)


def replay(
    paths: Sequence[str],
    before: Gate,
    after: Gate,
    between: Between,
    *,
    as_json: bool,
) -> Replayed:
    """Compare; with JSON each change is told as it is found."""
    out = Replayed()
    for session in _sessions(paths, between, out):
        ends = between.ends(before, session.client, session.server)
        ours = before.choose(ends)
        theirs = after.choose(between.ends(after, session.client, session.server))
        out.cut += not session.whole
        if ours is None and theirs is None:
            out.uninspected += 1
            continue
        compared = compare(ours, theirs, ends, session.events)
        if compared.parting is None:
            out.unchanged[VERDICT_NAMES[compared.before.verdict]] += 1
            continue
        # Of a session that is only to be told its octets are no more needed.
        out.changed.append((replace(session, events=()), compared))
        if as_json:
            print(json.dumps(_object(session, compared)), flush=True)
    if as_json:
        print(json.dumps(out.summary()))
    return out


def show(replayed: Replayed) -> None:
    """The table, and a sentence."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("session", "client -> server", "the first line", "before", "after"):
        table.add_column(title, overflow="fold")
    for session, compared in replayed.changed:
        parting = compared.parting
        assert parting is not None
        number = f"{Path(session.file).name} {session.number}"
        ends = f"{_end(session.client)} -> {_end(session.server)}"
        told = f"{parting.step.speaks}: {parting.sent}"
        table.add_row(*map(Text, (number, ends, told, *parting.reasons)))
    if replayed.changed:
        console.print(table)
    print(f"{replayed.sentence()}.")


def _sessions(
    paths: Sequence[str], between: Between, out: Replayed
) -> Iterator[Captured]:
    """The dialogue files one by one, then the captures all together: one that was
    rotated is one story."""
    captures: list[str] = []
    for path in paths:
        if is_capture(path):
            captures.append(path)
            continue
        try:
            octets = Path(path).read_bytes()
            yield in_dialogue(path, script_in(path, octets), between)
        except OSError as error:
            notice(f"{path}: {error.strerror}")
            out.troubles += 1
        except MailwardError as error:
            notice(str(error))
            out.troubles += 1

    def moan(text: str) -> None:
        notice(text)
        out.troubles += 1

    try:
        if captures:
            yield from in_captures(captures, between, moan)
    except MailwardError as error:
        moan(str(error))


def _object(session: Captured, compared: Comparison) -> dict[str, object]:
    """A changed session as JSON has it."""
    return {
        "file": session.file,
        "session": session.number,
        "client": _end(session.client),
        "server": _end(session.server),
        **compared.data(),
    }


def _end(end: tuple[str, int]) -> str:
    address, port = end
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
