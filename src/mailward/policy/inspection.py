"""An inspection: the rules by stage and the parameters that a session obeys.

Knows: everything one `policy-map type inspect esmtp` asks of the data plane.
Does not know: the map's text, the connections it is attached to.
Called by: engine (reads it), config (builds it), audit (names it).
"""

from dataclasses import dataclass, field
from typing import final

from mailward.criteria import CRITERIA
from mailward.criteria.base import Step
from mailward.parameters import Parameters
from mailward.policy.rule import Rule
from mailward.stages import (
    BODY,
    BODY_LINE,
    COMMAND_LINE,
    GROWING,
    HEADER_LINE,
    KEYWORD,
    RECIPIENT,
    SENDER,
)


@final
@dataclass(frozen=True)
class Limits:
    """The bounds of what one session may hold, in octets.

    `command_line`, `reply_line`: the absolute cap of one line; `secret` of one
    AUTH line (RFC 4954 section 4.5.3: 12288); `held`: client octets that wait
    for a reply of the server.
    """

    command_line: int = 65536
    reply_line: int = 65536
    secret: int = 12288
    held: int = 1048576


# Parameters is of floor 3; who builds an inspection finds it here as well.
__all__ = ["Inspection", "Limits", "Parameters", "Steps", "build"]

#: The rules that one crossing of a growing quantity awakes.
Steps = tuple[tuple[int, tuple[Rule, ...]], ...]


@final
@dataclass(frozen=True)
class Inspection:
    """What a session obeys.  `rules` are in typed order, for counters and show;
    the other tuples are `rules` sorted by stage, filled by `build`."""

    name: str
    parameters: Parameters
    rules: tuple[Rule, ...]
    limits: Limits = field(default_factory=Limits)
    sender: tuple[Rule, ...] = ()
    recipient: tuple[Rule, ...] = ()
    keyword: tuple[Rule, ...] = ()
    command_line: Steps = ()
    header_line: Steps = ()
    body_line: Steps = ()
    body: Steps = ()


def build(
    name: str,
    rules: tuple[Rule, ...] = (),
    parameters: Parameters | None = None,
    limits: Limits | None = None,
) -> Inspection:
    """Sort rules into stages: table order between kinds, typed order within."""
    return Inspection(
        name=name,
        parameters=parameters or Parameters(),
        rules=rules,
        limits=limits or Limits(),
        sender=_questions(rules, SENDER),
        recipient=_questions(rules, RECIPIENT),
        keyword=_questions(rules, KEYWORD),
        command_line=_steps(rules, COMMAND_LINE),
        header_line=_steps(rules, HEADER_LINE),
        body_line=_steps(rules, BODY_LINE),
        body=_steps(rules, BODY),
    )


def _questions(rules: tuple[Rule, ...], stage: int) -> tuple[Rule, ...]:
    """The rules of a question stage: by kind in table order, then as typed."""
    kinds = _kind_order()
    mine = [r for r in rules if r.criterion.stage == stage and r.action]
    mine.sort(key=lambda r: kinds[type(r.criterion)])
    return tuple(mine)


def _steps(rules: tuple[Rule, ...], stage: int) -> Steps:
    """The rules of a growing stage by rising limit, as typed within a limit."""
    assert stage in GROWING
    by_limit: dict[int, list[Rule]] = {}
    for rule in rules:
        if rule.criterion.stage == stage and rule.action:
            assert isinstance(rule.criterion, Step)
            by_limit.setdefault(rule.criterion.limit, []).append(rule)
    return tuple((limit, tuple(by_limit[limit])) for limit in sorted(by_limit))


def _kind_order() -> dict[type, int]:
    return {row.kind: i for i, row in enumerate(CRITERIA)}
