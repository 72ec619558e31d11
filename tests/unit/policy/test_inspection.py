"""An inspection sorts its rules by stage."""

import pytest

from mailward.criteria.base import Criterion, Step
from mailward.criteria.command import VerbIn
from mailward.criteria.ehlo import EhloKeyword
from mailward.criteria.envelope import (
    RecipientCount,
    RefusedCount,
    SenderLength,
    SenderRegex,
)
from mailward.criteria.lengths import (
    BodyLength,
    BodyLineLength,
    CommandLineLength,
    HeaderLength,
    HeaderLineLength,
)
from mailward.criteria.message import (
    AddressCount,
    EncodingIn,
    FileNameLength,
    FileType,
)
from mailward.policy.inspection import (
    NO_LIMIT,
    Compat,
    Growing,
    Inspection,
    Limits,
    Parameters,
    build,
)
from mailward.policy.rule import Rule
from mailward.rex.matcher import Matcher
from mailward.verdicts import DROPS, LOGS


def rules(
    *criteria: Criterion, action: int = DROPS, negated: bool = False
) -> tuple[Rule, ...]:
    """Rules in typed order."""
    return tuple(Rule(c, action, n, "", "", negated) for n, c in enumerate(criteria, 1))


def questions(made: Inspection) -> dict[str, list[Criterion]]:
    """The rules of each question stage that has any."""
    stages = {
        "verb": made.verb,
        "sender": made.sender,
        "recipient": made.recipient,
        "keyword": made.keyword,
        "refused": made.refused,
        "addresses": made.addresses,
        "encoding": made.encoding,
        "file_name": made.file_name,
        "file_type": made.file_type,
    }
    return {name: [r.criterion for r in own] for name, own in stages.items() if own}


def growing(made: Inspection) -> dict[str, Growing]:
    """Each growing stage that has rules."""
    stages = {
        "command_line": made.command_line,
        "header_line": made.header_line,
        "header": made.header,
        "body_line": made.body_line,
        "body": made.body,
    }
    return {name: own for name, own in stages.items() if own}


def test_an_empty_map() -> None:
    """No rules, the defaults of a new map, the standing limits."""
    made = build("m")

    assert (made.rules, made.parameters) == ((), Parameters())
    assert (made.limits, made.compat) == (Limits(), Compat())
    assert (questions(made), growing(made)) == ({}, {})


def test_what_is_handed_in_is_kept() -> None:
    """Parameters, limits and switches."""
    made = build(
        "m", (), Parameters(mask_banner=True), Limits(held=1), Compat(cross_bdat=True)
    )

    assert (made.parameters, made.limits) == (
        Parameters(mask_banner=True),
        Limits(held=1),
    )
    assert made.compat == Compat(cross_bdat=True)


@pytest.mark.parametrize(
    ("criterion", "stage"),
    [
        (VerbIn(1), "verb"),
        (SenderLength(1), "sender"),
        (RecipientCount(1), "recipient"),
        (EhloKeyword(1), "keyword"),
        (RefusedCount(1), "refused"),
        (AddressCount(1), "addresses"),
        (EncodingIn(1), "encoding"),
        (FileNameLength(1), "file_name"),
        (FileType(Matcher(["a"])), "file_type"),
    ],
)
@pytest.mark.parametrize("negated", [False, True])
def test_each_question_has_its_stage(
    criterion: Criterion, stage: str, negated: bool
) -> None:
    """It is asked there, negated or not, and nowhere else."""
    made = build("m", rules(criterion, negated=negated))

    assert (questions(made), growing(made)) == ({stage: [criterion]}, {})


@pytest.mark.parametrize(
    ("criterion", "stage"),
    [
        (CommandLineLength(7), "command_line"),
        (HeaderLineLength(7), "header_line"),
        (HeaderLength(7), "header"),
        (BodyLineLength(7), "body_line"),
        (BodyLength(7), "body"),
    ],
)
def test_each_step_has_its_stage(criterion: Step, stage: str) -> None:
    """It is a step there; negated, it is answered where the unit ends."""
    typed = rules(criterion)
    denied = rules(criterion, negated=True)

    assert growing(build("m", typed)) == {stage: Growing(steps=((7, typed),))}
    assert growing(build("m", denied)) == {stage: Growing(fits=((7, denied[0]),))}
    assert questions(build("m", (*typed, *denied))) == {}


def test_questions_by_kind_then_as_typed() -> None:
    """At one stage the table orders kinds, the administrator orders the rest."""
    regex = SenderRegex(Matcher(["a"]))
    made = build("m", rules(regex, SenderLength(2), SenderLength(1)))

    assert questions(made) == {"sender": [SenderLength(2), SenderLength(1), regex]}


def test_steps_by_limit_then_as_typed() -> None:
    """A growing stage lists its limits upward, equal ones as typed; the negated
    rules, which are asked at one moment, all as typed."""
    typed = rules(BodyLength(9), BodyLength(5), BodyLength(9))
    denied = rules(BodyLength(8), BodyLength(3), BodyLength(8), negated=True)
    made = build("m", (*typed, *denied))

    assert made.body.steps == ((5, (typed[1],)), (9, (typed[0], typed[2])))
    assert made.body.fits == ((8, denied[0]), (3, denied[1]), (8, denied[2]))


def test_a_rule_without_action_is_kept_and_never_asked() -> None:
    """It counts as a place, and no stage holds it."""
    typed = rules(BodyLength(1), RecipientCount(1), action=0)
    made = build("m", (*typed, *rules(BodyLength(2), action=LOGS)))

    assert made.rules[:2] == typed
    assert [limit for limit, _ in made.body.steps] == [2]
    assert made.recipient == ()


def test_growing_is_true_where_there_are_rules() -> None:
    """So that a driver of the stage may skip an empty one."""
    assert not Growing()
    assert Growing(steps=((1, rules(BodyLength(1))),))
    assert Growing(fits=((1, rules(BodyLength(1), negated=True)[0]),))


def test_the_least_that_a_rule_is_asked_about() -> None:
    """The first limit; nothing where a negated rule is asked at every length."""
    step = rules(BodyLength(1))
    fit = (1, rules(BodyLength(1), negated=True)[0])

    assert Growing().least == NO_LIMIT
    assert Growing(steps=((7, step), (9, step))).least == 7
    assert Growing(fits=(fit,)).least == -1
    assert Growing(steps=((7, step),), fits=(fit,)).least == -1
