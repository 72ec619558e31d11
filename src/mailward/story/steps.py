"""Steps: a session told as data.

Knows: what is told of each line that was said, and the shape of it in JSON.
Does not know: how it was found out, colours.
Called by: story.walk (makes them), story.tell, cli, console.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, final

from mailward.audit.escape import escape
from mailward.policy.findings import CLIENT
from mailward.verdicts import PASS, VERDICT_NAMES

#: What happened.
SAYS: Final = 0
CLOSES: Final = 1
WAITS: Final = 2
LACKS: Final = 3
EVENT_NAMES: Final = ("says", "closes", "waits", "lacks")
#: No more octets of one text are told than this.
MOST: Final = 2000


@final
@dataclass
class Look:
    """A rule or a parameter that looked at something.

    `place` is the class number, 0 for a parameter; `label` the match line or the
    parameter's name; `saw` what it looked at; `holds` what it answered, `times`
    how often in this step.
    """

    place: int
    label: str
    action: str
    saw: str
    holds: bool
    times: int = 1

    def data(self) -> Mapping[str, object]:
        """As JSON has it."""
        named: dict[str, object] = (
            {"class": self.place, "match": self.label}
            if self.place
            else {"parameter": self.label}
        )
        return named | {
            "action": self.action,
            "saw": self.saw,
            "holds": self.holds,
            "times": self.times,
        }


@final
@dataclass
class Step:
    """One line of one speaker, or lines of a message of which nothing is to be
    told, and all that came of it.

    `said` are its octets as far as they are known, the first `shown` of them may be
    shown; `unknown` more were said.  `passed` is what the other side received of
    them; `freed` what went to the server that had been held, of which the first
    `freed_shown` octets may be shown.  `held`: octets of the client wait.
    `verdict` is the one in force afterwards.
    """

    number: int
    line: int
    at: float
    speaker: int
    event: int
    phase: str
    said: bytes
    shown: int
    lines: int = 1
    unknown: int = 0
    passed: bytes = b""
    freed: bytes = b""
    freed_shown: int = 0
    held: bool = False
    verdict: int = PASS
    looks: list[Look] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)

    @property
    def speaks(self) -> str:
        """Who does."""
        return "client" if self.speaker == CLIENT else "server"

    @property
    def octets(self) -> int:
        """How many were said."""
        return len(self.said) + self.unknown

    @property
    def unchanged(self) -> bool:
        """Did the other side receive just what was said?"""
        return self.passed == self.said

    @property
    def secret(self) -> int:
        """Octets that are not shown."""
        return len(self.said) - self.shown + self.unknown

    def data(self) -> Mapping[str, object]:
        """As JSON has it."""
        passed: str | None = None
        if not self.unchanged:
            whole = self.shown == len(self.said)
            passed = escape(self.passed, MOST) if whole else ""
        return {
            "step": self.number,
            "line": self.line,
            "at": round(self.at, 6),
            "speaker": self.speaks,
            "event": EVENT_NAMES[self.event],
            "phase": self.phase,
            "octets": self.octets,
            "lines": self.lines,
            "sent": escape(self.said[: self.shown], MOST),
            "hidden": self.secret,
            "unchanged": self.unchanged,
            "forwarded": passed,
            "forwarded_octets": len(self.passed),
            "freed": escape(self.freed[: self.freed_shown], MOST),
            "freed_octets": len(self.freed),
            "held": self.held,
            "looks": [look.data() for look in self.looks],
            "notes": self.notes,
            "records": self.records,
            "verdict": VERDICT_NAMES[self.verdict],
        }


@final
@dataclass
class Story:
    """A whole session.

    `monitor`: the map only watches; the story is that of the map in force.
    `place`, `policy`, `class_map` and `map_name` say what was in force, empty if
    nothing was; `acted` is the look that brought the verdict, None where no rule and
    no parameter did; `why` says it in words; `records` are those of the beginning
    and `closing` those of the end.
    """

    client: str
    server: str
    place: str = ""
    policy: str = ""
    class_map: str = ""
    map_name: str = ""
    monitor: bool = False
    verdict: int = PASS
    acted: Look | None = None
    why: str = ""
    opening: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)

    def head(self) -> Mapping[str, object]:
        """The first line of JSON: whose story it is."""
        return {
            "client": self.client,
            "server": self.server,
            "inspected": bool(self.map_name),
            "place": self.place,
            "policy_map": self.policy,
            "class": self.class_map,
            "map": self.map_name,
            "monitor": self.monitor,
            "records": self.opening,
        }

    def end(self) -> Mapping[str, object]:
        """The last line of JSON: how it ended."""
        acted = self.acted
        rule: Mapping[str, object] | None = None
        if acted is not None and acted.place:
            rule = {
                "map": self.map_name,
                "class": acted.place,
                "match": acted.label,
                "action": acted.action,
            }
        return {
            "verdict": VERDICT_NAMES[self.verdict],
            "rule": rule,
            "parameter": acted.label if acted is not None and not rule else None,
            "why": self.why,
            "records": self.closing,
        }
