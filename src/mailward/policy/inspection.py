"""An inspection: the rules by stage and the parameters that a session obeys.

Knows: everything one `policy-map type inspect esmtp` asks of the data plane.
Does not know: the map's text, the connections it is attached to.
Called by: engine (reads it), config (builds it), audit (names it).
"""

from dataclasses import dataclass, field
from typing import Final, final

from mailward.criteria import CRITERIA
from mailward.criteria.base import Step
from mailward.parameters import Compat, Parameters
from mailward.policy.announced import Announced
from mailward.policy.rule import Rule
from mailward.stages import (
    ADDRESSES,
    BODY,
    BODY_LINE,
    COMMAND_LINE,
    ENCODING,
    FILE_NAME,
    FILE_TYPE,
    GROWING,
    HEADER,
    HEADER_LINE,
    KEYWORD,
    RECIPIENT,
    REFUSED,
    SENDER,
    VERB,
)
from mailward.verdicts import PASS, verdict_of


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


# Parameters and Compat are of floor 3; who builds an inspection finds them here.
__all__ = ["Compat", "Growing", "Inspection", "Limits", "Parameters", "build"]

#: More than anything can grow to.
NO_LIMIT: Final = 1 << 60


@final
@dataclass(frozen=True)
class Growing:
    """The rules on one growing quantity.

    `steps`: by rising limit, the rules that passing it awakes.  `fits`: as
    typed, the negated rules, each with its limit: all are asked at one moment,
    where a unit ends, and hold if it has not passed the limit.
    """

    steps: tuple[tuple[int, tuple[Rule, ...]], ...] = ()
    fits: tuple[tuple[int, Rule], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.steps or self.fits)

    @property
    def least(self) -> int:
        """Up to this no rule has anything to say; -1 if one always may."""
        if self.fits:
            return -1
        return self.steps[0][0] if self.steps else NO_LIMIT


@final
@dataclass(frozen=True)
class Inspection:
    """What a session obeys.  `rules` are in typed order, for counters and show;
    the other tuples are `rules` sorted by stage, filled by `build`.

    `monitor`: it judges, counts and logs as if, and everything passes.
    `must_read`: a rule on the content may end the connection, so a message
    that cannot be read to its end may not pass.  `announced` is no part of what
    is asked for: it is what sessions have found out.
    """

    name: str
    parameters: Parameters
    rules: tuple[Rule, ...]
    limits: Limits = field(default_factory=Limits)
    compat: Compat = field(default_factory=Compat)
    verb: tuple[Rule, ...] = ()
    sender: tuple[Rule, ...] = ()
    recipient: tuple[Rule, ...] = ()
    keyword: tuple[Rule, ...] = ()
    refused: tuple[Rule, ...] = ()
    addresses: tuple[Rule, ...] = ()
    encoding: tuple[Rule, ...] = ()
    file_name: tuple[Rule, ...] = ()
    file_type: tuple[Rule, ...] = ()
    command_line: Growing = field(default_factory=Growing)
    header_line: Growing = field(default_factory=Growing)
    header: Growing = field(default_factory=Growing)
    body_line: Growing = field(default_factory=Growing)
    body: Growing = field(default_factory=Growing)
    must_read: bool = False
    announced: Announced = field(default_factory=Announced, compare=False, repr=False)
    monitor: bool = False


def build(
    name: str,
    rules: tuple[Rule, ...] = (),
    parameters: Parameters | None = None,
    limits: Limits | None = None,
    compat: Compat | None = None,
) -> Inspection:
    """Sort rules into stages: table order between kinds, typed order within."""
    return Inspection(
        name=name,
        parameters=parameters or Parameters(),
        rules=rules,
        limits=limits or Limits(),
        compat=compat or Compat(),
        verb=_questions(rules, VERB),
        sender=_questions(rules, SENDER),
        recipient=_questions(rules, RECIPIENT),
        keyword=_questions(rules, KEYWORD),
        refused=_questions(rules, REFUSED),
        addresses=_questions(rules, ADDRESSES),
        encoding=_questions(rules, ENCODING),
        file_name=_questions(rules, FILE_NAME),
        file_type=_questions(rules, FILE_TYPE),
        command_line=_growing(rules, COMMAND_LINE),
        header_line=_growing(rules, HEADER_LINE),
        header=_growing(rules, HEADER),
        body_line=_growing(rules, BODY_LINE),
        body=_growing(rules, BODY),
        must_read=any(
            rule.criterion.stage in _CONTENT and verdict_of(rule.action) != PASS
            for rule in rules
        ),
    )


_CONTENT: Final = (ADDRESSES, ENCODING, FILE_NAME, FILE_TYPE)


def _questions(rules: tuple[Rule, ...], stage: int) -> tuple[Rule, ...]:
    """The rules of a question stage: by kind in table order, then as typed."""
    kinds = {row.kind: order for order, row in enumerate(CRITERIA)}
    mine = [r for r in rules if r.criterion.stage == stage and r.action]
    mine.sort(key=lambda r: kinds[type(r.criterion)])
    return tuple(mine)


def _growing(rules: tuple[Rule, ...], stage: int) -> Growing:
    """The rules of a growing stage by rising limit, as typed within a limit."""
    assert stage in GROWING
    steps: dict[int, list[Rule]] = {}
    fits: list[tuple[int, Rule]] = []
    for rule in rules:
        if rule.criterion.stage == stage and rule.action:
            assert isinstance(rule.criterion, Step)
            limit = rule.criterion.limit
            if rule.negated:
                fits.append((limit, rule))
            else:
                steps.setdefault(limit, []).append(rule)
    return Growing(
        tuple((limit, tuple(steps[limit])) for limit in sorted(steps)), tuple(fits)
    )
