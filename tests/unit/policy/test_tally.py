"""A tally counts per attachment and can be cleared; its buckets keep a rate."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.criteria.command import VerbIn
from mailward.criteria.lengths import BodyLength
from mailward.policy.inspection import build
from mailward.policy.rule import Rule
from mailward.policy.tally import Bucket, Tally, part
from mailward.verdicts import DROPS, RATES

#: Clocks: just begun, a machine up for days, seconds since the epoch.
CLOCKS = (0.0, 12345.678, 500000.1, 1.7e9)
RATES_TRIED = (1, 3, 7, 10, 49, 100, 1000)
#: What a clock of seconds since the epoch cannot tell apart.
TICK = 1e-6

GAPS = st.lists(st.floats(0.0, 2.0), min_size=1, max_size=60)


def times(start: float, gaps: Iterable[float]) -> list[float]:
    """Moments at which commands arrive."""
    out = []
    for gap in gaps:
        start += gap
        out.append(start)
    return out


def test_clear() -> None:
    """Every number goes back to nought; one number for each rule stays."""
    rules = tuple(Rule(BodyLength(n), 0, n, "", "") for n in (1, 2))
    tally = Tally(build("m", rules))
    fresh = Tally(build("m", rules))
    tally.packets = tally.drops = tally.reset_drops = 3
    tally.mask_banner = tally.special_character = tally.allow_tls = 3
    tally.mail_relay = 3
    tally.rules[1] = 3
    tally.clear()

    assert numbers(tally) == numbers(fresh) == [0] * 7
    assert tally.rules == fresh.rules == [0, 0]


def numbers(tally: Tally) -> list[int]:
    """All that it counts beside the rules."""
    return [
        tally.packets,
        tally.drops,
        tally.reset_drops,
        tally.mask_banner,
        tally.mail_relay,
        tally.special_character,
        tally.allow_tls,
    ]


def test_clear_gives_no_tokens_back() -> None:
    """Counters are for reading; a rate holds whatever is read."""
    rules = (Rule(VerbIn(1), RATES, 1, "", "", rate=1),)
    tally = Tally(build("m", rules))

    assert tally.buckets[0].spare(0.0)
    tally.clear()
    assert not tally.buckets[0].spare(0.0)


def test_a_bucket_for_each_place() -> None:
    """Each rule has its own, by place - 1, whatever the rules before it."""
    rules = (
        Rule(BodyLength(1), DROPS, 1, "", ""),
        Rule(VerbIn(1), RATES, 2, "", "", rate=1),
        Rule(VerbIn(1), RATES, 3, "", "", rate=2),
    )
    buckets = Tally(build("m", rules)).buckets

    assert len(buckets) == 3
    assert [buckets[1].spare(0.0) for _ in range(2)] == [True, False]
    assert [buckets[2].spare(0.0) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("now", CLOCKS)
@pytest.mark.parametrize("rate", RATES_TRIED)
def test_a_burst(rate: int, now: float) -> None:
    """So many as the rate pass at once, not one less; those behind them wait,
    each a token's time longer than the one before."""
    bucket = Bucket(rate)
    waits = [bucket.take(now) - now for _ in range(3 * rate)]

    assert waits[:rate] == [0.0] * rate
    assert waits[rate:] == pytest.approx(
        [(n + 1) / rate for n in range(2 * rate)], abs=TICK
    )


@pytest.mark.parametrize("now", CLOCKS)
@pytest.mark.parametrize("rate", RATES_TRIED)
def test_spare(rate: int, now: float) -> None:
    """So many as the rate are in store, not one less and not one more; what was
    refused has taken nothing."""
    bucket = Bucket(rate)

    assert [bucket.spare(now) for _ in range(rate + 3)] == [True] * rate + [False] * 3
    assert bucket.take(now) - now == pytest.approx(1 / rate, abs=TICK)


@pytest.mark.parametrize("rate", RATES_TRIED)
def test_an_hour_at_the_rate(rate: int) -> None:
    """Whoever keeps to the rate never waits, however long."""
    bucket = Bucket(rate)
    moments = [500000.1 + n / rate for n in range(3600)]

    assert max(bucket.take(now) - now for now in moments) < TICK


@given(st.sampled_from(CLOCKS), st.integers(1, 20), GAPS)
def test_never_more_than_the_rate(start: float, rate: int, gaps: list[float]) -> None:
    """Whatever arrives when: in no span of time more pass than the store and the
    rate allow, none passes before it arrives, and none overtakes another."""
    bucket = Bucket(rate)
    moments = times(start, gaps)
    passed = [bucket.take(now) for now in moments]

    assert passed == sorted(passed)
    for n, first in enumerate(passed):
        assert first >= moments[n]
        for m in range(n, len(passed)):
            span = passed[m] - first
            assert m - n + 1 <= rate + rate * (span + TICK)


@given(st.sampled_from(CLOCKS), st.integers(1, 20), GAPS)
def test_waits_are_no_longer_than_needed(
    start: float, rate: int, gaps: list[float]
) -> None:
    """One that waits passes when the store has its token, as filling a store
    step by step would have it."""
    bucket = Bucket(rate)
    store, last = float(rate), start
    for now in times(start, gaps):
        store = min(float(rate), store + (now - last) * rate) - 1.0
        last = now
        wait = max(0.0, -store / rate)

        assert bucket.take(now) - now == pytest.approx(wait, abs=TICK)


@given(st.sampled_from(CLOCKS), st.integers(1, 20), GAPS)
def test_spare_says_what_take_would(start: float, rate: int, gaps: list[float]) -> None:
    """A token is in store exactly if taking it would not mean to wait."""
    asked, taken = Bucket(rate), Bucket(rate)
    said, waited = [], []
    for now in times(start, gaps):
        said.append(asked.spare(now))
        waited.append(taken.take(now) > now)
        if waited[-1]:
            break

    assert said == [not wait for wait in waited]


@given(st.integers(1, 10_000), st.integers(1, 64))
def test_the_parts_of_a_rate(rate: int, workers: int) -> None:
    """They add up to it, differ by one at most, and nobody has none."""
    parts = [part(rate, index, workers) for index in range(workers)]

    assert sum(parts) == max(rate, workers)
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1
    assert parts[-1] >= 1


def test_a_rule_without_a_rate_has_no_part() -> None:
    """Nought stays nought."""
    assert part(0, 0, 4) == 0


def test_a_tally_keeps_its_part() -> None:
    """The buckets are the worker's, the counters stay."""
    rules = (Rule(VerbIn(1), RATES, 1, "", "", rate=3),)
    tally = Tally(build("m", rules))
    tally.packets = 3
    tally.share(1, 2)

    assert [tally.buckets[0].spare(0.0) for _ in range(3)] == [True, False, False]
    assert tally.packets == 3
