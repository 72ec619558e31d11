"""Claims about `mailward.audit.routes`: who hears of what, how often."""

import pytest

from mailward.audit.records import BY_NUMBER
from mailward.audit.routes import Limit, Outlet, Router, made
from mailward.audit.rows import DEBUGGING, ERRORS, INFORMATIONAL
from mailward.policy.logs import BUFFERED, TRAP, Logging, RateLimit, Wanted
from tests.unit.audit.cases import Kept

BUILT = BY_NUMBER[302013]
TERMINATED = BY_NUMBER[507003]
PLAIN, NET, RING = Kept(), Kept(), Kept()
NAMES = {id(PLAIN): "plain", id(NET): "net", id(RING): "ring"}
OUTLETS = (Outlet(NET, TRAP), Outlet(RING, BUFFERED, by_level=True))


@pytest.mark.parametrize(
    ("logging", "hears"),
    [
        (Logging(), "plain ring"),
        (Logging(levels={TRAP: 7, BUFFERED: 0}), "plain ring"),
        (Logging(enabled=True), "plain ring"),
        (Logging(enabled=True, levels={TRAP: 6}), "plain net ring"),
        (Logging(enabled=True, levels={TRAP: 5, BUFFERED: 5}), "plain"),
        (Logging(enabled=True, levels={TRAP: 5, BUFFERED: 6}), "plain ring"),
        (Logging(enabled=True, classes={("session", TRAP): 6}), "plain net ring"),
        (Logging(enabled=True, classes={("session", BUFFERED): 3}), "plain"),
        (
            Logging(
                enabled=True,
                levels={TRAP: "l"},
                lists={"l": (Wanted(low=302013, high=302014),)},
            ),
            "plain net ring",
        ),
        (Logging(enabled=True, levels={TRAP: 7}, disabled=frozenset({302013})), ""),
        (
            Logging(enabled=True, levels={TRAP: 3}, changed={302013: 3}),
            "plain net ring",
        ),
        (Logging(changed={302013: 7}), ""),
    ],
)
def test_who_hears(logging: Logging, hears: str) -> None:
    """Sinks without a name obey the level, servers the configuration alone, the ring
    the configuration where it says something of it."""
    route = made(BUILT, logging, INFORMATIONAL, (PLAIN,), OUTLETS)
    assert " ".join(NAMES[id(sink)] for sink in route.sinks) == hears


def test_another_severity_is_another_row() -> None:
    """The record says the severity that the configuration gives it."""
    logging = Logging(changed={302013: 3})
    route = made(BUILT, logging, ERRORS, (PLAIN,), ())
    assert route.row.head == "%ASA-3-302013: "
    assert made(TERMINATED, logging, DEBUGGING, (PLAIN,), ()).row is TERMINATED


def test_the_limit_of_a_number_goes_before_that_of_its_level() -> None:
    """Wherever it stands; other levels and numbers have none."""
    limits = (RateLimit(5, 60, 0, 6), RateLimit(2, 10, 302013), RateLimit(9, 9, 0, 4))
    logging = Logging(rate_limits=limits)

    def limit(number: int) -> tuple[int, int] | None:
        found = made(BY_NUMBER[number], logging, 7, (), ()).limit
        return (found.count, found.seconds) if found is not None else None

    assert limit(302013) == (2, 10)
    assert limit(302014) == (5, 60)
    assert limit(507003) == (9, 9)
    assert limit(108002) is None


def test_a_limit_counts_in_intervals() -> None:
    """So many of one interval pass; a clock that is set back begins another."""
    limit = Limit(2, 10)
    passed = []
    for now in (100.0, 101.0, 102.0, 109.9, 110.0, 111.0, 112.0, 50.0):
        held = limit.over(now)
        passed.append((held, limit.passes()))
    assert passed == [
        *((0, True), (0, True), (0, False), (0, False)),
        *((2, True), (0, True), (0, False)),
        (1, True),
    ]


def test_the_router_keeps_a_route_until_it_is_told_otherwise() -> None:
    """It counts what arises, hears or not."""
    router = Router((PLAIN,), (), INFORMATIONAL, lambda *_: None)
    first = router.due(BUILT, 0.0)
    assert first is not None
    assert router.due(BUILT, 0.0) is first
    router.rule(ERRORS, Logging())
    assert router.due(BUILT, 0.0) is None
    router.rule(INFORMATIONAL, router.logging)
    assert router.due(BUILT, 0.0) is not first
    assert router.counts == {302013: 4}


def test_what_was_counted_stays_until_it_is_cleared() -> None:
    """Whoever asks twice, or clears, has the same counts."""
    router = Router((PLAIN,), (), INFORMATIONAL, lambda *_: None)
    for _ in range(3):
        router.due(BUILT, 0.0)
    assert router.counts == router.counts == {302013: 3}
    router.counts.clear()
    router.due(TERMINATED, 0.0)
    assert router.counts == {507003: 1}


def test_the_router_tells_what_was_held_back() -> None:
    """With the first record of the next interval."""
    told: list[tuple[int, int, float]] = []
    router = Router(
        (PLAIN,), (), 6, lambda number, _, held, now: told.append((number, held, now))
    )
    router.rule(6, Logging(rate_limits=(RateLimit(1, 10, 302013),)))
    due = [router.due(BUILT, now) is not None for now in (1.0, 2.0, 3.0, 12.0)]
    assert due == [True, False, False, True]
    assert told == [(302013, 2, 12.0)]
    assert router.held == {302013: 2}
    assert router.counts == {302013: 4}
