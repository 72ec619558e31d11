"""Rules are asked in order, and what follows is kept."""

from mailward.criteria.envelope import RecipientCount, SenderLength
from mailward.criteria.lengths import BodyLength
from mailward.engine.judge import Judge
from mailward.policy.findings import CLIENT, EVIDENCE, OVERLONG, UNKNOWN_COMMAND
from mailward.policy.inspection import Compat, build
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.verdicts import DROP, DROPS, LOGS, MASKS, PASS, RATES, RESET, RESETS


def _judge(*actions: int) -> Judge:
    rules = tuple(
        Rule(RecipientCount(0), action, place, "", "")
        for place, action in enumerate(actions, 1)
    )
    inspection = build("m", rules)
    judge = Judge(inspection, Tally(inspection))
    judge.facts.recipients = 1
    return judge


def test_log_goes_on_and_a_dropping_action_ends() -> None:
    """log, then reset, then log: the last is never asked."""
    judge = _judge(LOGS, RESETS | LOGS, LOGS)
    judge.ask(judge.inspection.recipient, CLIENT, b"a@b")

    assert judge.verdict == RESET
    assert judge.tally.rules == [1, 1, 0]
    assert [f.rule.place for f in judge.findings if f.rule] == [1, 2]


def test_mask_without_log_is_counted_not_told() -> None:
    """A mask counts; it makes a finding only with log."""
    judge = _judge(MASKS)

    assert judge.ask(judge.inspection.recipient, CLIENT, b"")
    assert judge.tally.rules == [1]
    assert judge.findings == []


def test_drop_without_log_is_a_finding_all_the_same() -> None:
    """The end of a connection is always explained."""
    judge = _judge(DROPS)

    assert not judge.ask(judge.inspection.recipient, CLIENT, b"x" * 1000)
    assert judge.verdict == DROP
    assert len(judge.findings[0].evidence) == EVIDENCE


def test_nothing_holds() -> None:
    """A rule that does not hold leaves no trace."""
    judge = _judge(DROPS)
    judge.facts.recipients = 0

    assert not judge.ask(judge.inspection.recipient, CLIENT, b"")
    assert (judge.verdict, judge.findings, judge.tally.rules) == (PASS, [], [0])


def test_cross_ends_at_the_first_ending_rule() -> None:
    """Of rules with one limit, those behind an ending one are not reached."""
    rules = tuple(
        Rule(BodyLength(1), action, place, "", "")
        for place, action in enumerate((LOGS, DROPS, LOGS), 1)
    )
    inspection = build("m", rules)
    judge = Judge(inspection, Tally(inspection))
    judge.cross(inspection.body.steps[0][1], CLIENT, b"")

    assert judge.tally.rules == [1, 1, 0]
    judge = Judge(inspection, Tally(inspection))
    judge.cross(rules[:1], CLIENT, b"")
    assert judge.verdict == PASS


def test_notes() -> None:
    """A note keeps the first verdict; drop is a note that ends."""
    judge = _judge()
    judge.note(UNKNOWN_COMMAND, CLIENT, b"XYZ")
    assert judge.verdict == PASS
    judge.drop(OVERLONG, CLIENT)
    judge.note(UNKNOWN_COMMAND, CLIENT, verdict=RESET)

    assert judge.verdict == DROP
    assert len(judge.findings) == 3


def _rated(action: int, rate: int, *, cross_excess: bool = False) -> Judge:
    rule = Rule(RecipientCount(0), action, 1, "", "", rate=rate)
    inspection = build("m", (rule,), compat=Compat(cross_excess=cross_excess))
    judge = Judge(inspection, Tally(inspection))
    judge.facts.recipients = 1
    judge.now = 100.0
    return judge


def test_a_rate_delays_what_is_beyond_it() -> None:
    """Two a second: two at once, the third waits half a second, and is told."""
    judge = _rated(RATES | LOGS, 2)
    for _ in range(2):
        assert not judge.ask(judge.inspection.recipient, CLIENT, b"")
    assert (judge.until, judge.findings) == (0.0, [])
    judge.ask(judge.inspection.recipient, CLIENT, b"NOOP")

    assert judge.until == 100.5
    assert [f.key()[0] for f in judge.findings] == ["delayed"]
    assert (judge.tally.drops, judge.tally.rules, judge.verdict) == (1, [3], PASS)


def test_a_rate_that_is_kept_is_not_told() -> None:
    """`rate-limit N log` logs what is beyond the rate; with mask, the mask too."""
    judge = _rated(RATES | LOGS, 5)
    judge.ask(judge.inspection.recipient, CLIENT, b"")
    assert judge.findings == []
    judge = _rated(RATES | MASKS | LOGS, 5)

    assert judge.ask(judge.inspection.recipient, CLIENT, b"")
    assert [f.key()[0] for f in judge.findings] == ["matched"]


def test_a_rate_may_cover_what_is_beyond_it() -> None:
    """The switch `rate-excess cross`: Xs instead of a delay, until a token comes."""
    judge = _rated(RATES, 1, cross_excess=True)
    rules = judge.inspection.recipient

    assert not judge.ask(rules, CLIENT, b"")
    assert judge.ask(rules, CLIENT, b"")
    assert judge.until == 0.0
    judge.now = 101.0
    assert not judge.ask(rules, CLIENT, b"")


def test_every_reading_is_asked() -> None:
    """A rule holds for one reading; a negated rule if one reading is outside."""
    holds = Rule(SenderLength(2), LOGS, 1, "", "")
    negated = Rule(SenderLength(2), LOGS, 2, "", "", negated=True)
    inspection = build("m", (holds, negated))
    for texts, counts in (
        ((b"abc", b"abcd"), [1, 0]),
        ((b"a", b"ab"), [0, 1]),
        ((b"a", b"abc"), [1, 1]),
    ):
        judge = Judge(inspection, Tally(inspection))
        judge.ask(inspection.sender, CLIENT, b"", texts)

        assert judge.tally.rules == counts
