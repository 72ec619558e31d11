"""An inspection sorts its rules by stage."""

from mailward.criteria.base import Criterion
from mailward.criteria.ehlo import EhloKeyword
from mailward.criteria.envelope import RecipientCount, SenderLength, SenderRegex
from mailward.criteria.lengths import (
    BodyLength,
    BodyLineLength,
    CommandLineLength,
    HeaderLineLength,
)
from mailward.policy.inspection import Limits, Parameters, build
from mailward.policy.rule import Rule
from mailward.rex.matcher import Matcher
from mailward.verdicts import DROPS, LOGS


def rules(*criteria: Criterion, action: int = DROPS) -> tuple[Rule, ...]:
    """Rules in typed order."""
    return tuple(Rule(c, action, n, "", "") for n, c in enumerate(criteria, 1))


def test_an_empty_map() -> None:
    """No rules, the defaults of a new map, the standing limits."""
    made = build("m")

    assert (made.rules, made.parameters, made.limits) == ((), Parameters(), Limits())
    assert build("m", (), Parameters(mask_banner=True), Limits(held=1)) == build(
        "m", parameters=Parameters(mask_banner=True), limits=Limits(held=1)
    )


def test_questions_by_kind_then_as_typed() -> None:
    """At one stage the table orders kinds, the administrator orders the rest."""
    regex = SenderRegex(Matcher(["a"]))
    typed = rules(regex, SenderLength(2), SenderLength(1), RecipientCount(3))
    made = build("m", (*typed, *rules(EhloKeyword(1))))

    assert [r.criterion for r in made.sender] == [
        SenderLength(2),
        SenderLength(1),
        regex,
    ]
    assert [r.criterion for r in made.recipient] == [RecipientCount(3)]
    assert [r.criterion for r in made.keyword] == [EhloKeyword(1)]


def test_steps_by_limit_then_as_typed() -> None:
    """A growing stage lists its limits upward; equal limits keep their order."""
    typed = rules(BodyLength(9), BodyLength(5), BodyLength(9))
    others = rules(CommandLineLength(1), HeaderLineLength(2), BodyLineLength(3))
    made = build("m", (*typed, *others))

    assert made.body == ((5, (typed[1],)), (9, (typed[0], typed[2])))
    assert made.command_line == ((1, (others[0],)),)
    assert made.header_line == ((2, (others[1],)),)
    assert made.body_line == ((3, (others[2],)),)


def test_a_rule_without_action_is_kept_and_never_asked() -> None:
    """It counts as a place, and no stage holds it."""
    typed = rules(BodyLength(1), RecipientCount(1), action=0)
    made = build("m", (*typed, *rules(BodyLength(2), action=LOGS)))

    assert made.rules[:2] == typed
    assert [limit for limit, _ in made.body] == [2]
    assert made.recipient == ()
