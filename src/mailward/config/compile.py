"""Compile: the running configuration to values, no names left to resolve.

Knows: how maps become inspections and policies become attachments; which file
beside it compiles everything else.
Does not know: how a line was read, what an inspection does.
Called by: `config.load`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import final

from mailward.config.access import access
from mailward.config.admission import admission
from mailward.config.lines import Line, rank_of
from mailward.config.logs import LogCompiler
from mailward.config.names import Compiled
from mailward.config.objects.compat import COMPAT_OF
from mailward.config.objects.explain import MONITOR
from mailward.config.objects.inspections import (
    ACTION_OF,
    CRITERION_OF,
    INSPECTION,
    NOT,
    PARAMETER_OF,
    PARAMETERS_LINE,
)
from mailward.config.objects.policies import (
    CLASS_LINE,
    DEFAULT_MAP,
    INSPECT_ESMTP,
    POLICY,
    SERVICE_POLICY,
)
from mailward.config.places import interfaces, limits, timeouts
from mailward.config.publications import PublicationCompiler, mail_ports
from mailward.config.running import Running
from mailward.config.traffic import TrafficCompiler
from mailward.errors import ConfigError
from mailward.parameters import Compat, Parameters
from mailward.policy.gate import GLOBAL, Attachment, Gate
from mailward.policy.inspection import Inspection, build
from mailward.policy.rule import Rule


def compat_of(running: Running) -> Compat:
    """The compatibility switches as typed."""
    made = Compat()
    for line in running.block.lines:
        if line.kind in COMPAT_OF:
            _, row = COMPAT_OF[line.kind]
            made = row.apply(line.args.words("word")[0], made)
    return made


def _label(actions: list[Line]) -> str:
    """The action lines of a match as one; `log` is said once, at the end."""
    words = [line.text.removesuffix(" log") for line in actions]
    if any(line.text.endswith(" log") for line in actions):
        words.append("log")
    return " ".join(words)


@final
class Compiler:
    """One running configuration on its way to what the data plane obeys.

    `errors` are what stands in the way, `warnings` what is odd; the other
    fields hold as much as could be compiled.  Every reference must be defined.
    """

    __slots__ = (
        "_compat",
        "_inspections",
        "_monitored",
        "_names",
        "_running",
        "_traffic",
        "admission",
        "errors",
        "gate",
        "interfaces",
        "levels",
        "limits",
        "logging",
        "publications",
        "timeouts",
        "warnings",
    )

    def __init__(self, running: Running, names: Compiled) -> None:
        self.errors: list[ConfigError] = []
        self.warnings: list[ConfigError] = []
        self._running = running
        self._names = names
        self._traffic = TrafficCompiler(running)
        self._compat = compat_of(running)
        self._inspections: dict[str, Inspection] = {}
        self._monitored = {
            line.args.text("map")
            for line in running.block.lines
            if line.kind == MONITOR.line.kind
        }
        for line in running.definitions(INSPECTION):
            inspection = self._inspection(line)
            self._inspections[inspection.name] = inspection
        self.interfaces = tuple(interfaces(running, self.errors, self.warnings))
        self.levels = {one.name: one.level for one in self.interfaces}
        self.gate = Gate(
            tuple(self._attachments()),
            self.levels,
            self._compat.both_ways,
            access(running, self._traffic, self.warnings),
        )
        published = PublicationCompiler(
            running, self.interfaces, mail_ports(self.gate.attachments)
        )
        self.publications = published.publications
        self.timeouts = timeouts(running, self.errors)
        self.limits = limits(running)
        self.admission = admission(running, self.errors)
        logs = LogCompiler(running, self.interfaces)
        self.logging = logs.logging
        self.errors += logs.errors
        self.warnings += [*logs.warnings, *published.warnings]

    # --- inspections ----------------------------------------------------------

    def _inspection(self, line: Line) -> Inspection:
        matches = [child for child in line.block.lines if child.kind in CRITERION_OF]
        rules: list[Rule] = []
        for place, match in enumerate(matches, 1):
            try:
                rules.append(self._rule(match, place))
            except ConfigError as error:
                self.errors.append(error)
        parameters = Parameters()
        for block in line.under(PARAMETERS_LINE.line.kind):
            for child in block.block.lines:
                if child.kind in PARAMETER_OF:
                    _, row = PARAMETER_OF[child.kind]
                    parameters = row.apply(child.args, parameters)
        name = line.args.text("name")
        made = build(name, tuple(rules), parameters, compat=self._compat)
        return replace(made, monitor=name in self._monitored)

    def _rule(self, match: Line, place: int) -> Rule:
        _, row = CRITERION_OF[match.kind]
        lines = [line for line in match.block.lines if line.kind in ACTION_OF]
        lines.sort(key=rank_of)
        action = rate = 0
        for line in lines:
            _, does = ACTION_OF[line.kind]
            action |= does.action(line.args)
            rate += does.rate(line.args)
        return Rule(
            criterion=row.make(match.args, self._names),
            action=action,
            place=place,
            label=match.text.removeprefix("match "),
            action_label=_label(lines),
            negated=match.args.has(NOT),
            rate=rate,
        )

    # --- places ---------------------------------------------------------------

    def _attachments(self) -> Iterator[Attachment]:
        lines = [
            line
            for line in self._running.block.lines
            if line.kind == SERVICE_POLICY.line.kind
        ]
        lines.sort(key=lambda line: not line.args.has("global"))
        seen: dict[str, Line] = {}
        for line in lines:
            place = GLOBAL if line.args.has("global") else line.args.text("interface")
            first = seen.setdefault(place, line)
            if first is not line:
                self.errors.append(
                    line.mistake(
                        f"{first.known_to(line)} puts {first.args.text('policy')} in "
                        "force there already",
                        "policy",
                    )
                )
                continue
            yield from self._attached(place, line.args.text("policy"))

    def _attached(self, place: str, policy: str) -> Iterator[Attachment]:
        for line in self._running.definitions(POLICY):
            if line.args.text("name") != policy:
                continue
            for part in line.under(CLASS_LINE.line.kind):
                for inspect in part.under(INSPECT_ESMTP.line.kind):
                    attachment = self._attachment(place, policy, part, inspect)
                    if attachment is not None:
                        yield attachment

    def _attachment(
        self, place: str, policy: str, part: Line, inspect: Line
    ) -> Attachment | None:
        class_map = part.args.text("class")
        name = inspect.args.text("map") if inspect.args.has("map") else DEFAULT_MAP
        try:
            traffic = self._traffic.traffic(class_map)
        except ConfigError as error:
            self.errors.append(error)
            return None
        return Attachment(place, policy, class_map, traffic, self._inspections[name])
