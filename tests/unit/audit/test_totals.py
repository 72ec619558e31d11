"""Claims about `mailward.audit.totals`."""

import json
from typing import Final

import pytest

from mailward.audit.totals import (
    RECENT,
    Connection,
    Counted,
    Totals,
    added,
    read,
)

ONE: Final = Counted("outside", "P", "C", "M", 1, 2, 3, 4, 5, 6, 7, (8, 9))
ENDS: Final = ("outside", "203.0.113.9", 51111, "inside", "10.1.1.5", 25)
FULL: Final = Totals(
    attachments=(ONE, Counted("global", "G", "C", "M")),
    access_lists={"mail": (1, 0, 2)},
    connections=(Connection(7, *ENDS, True, True, 812, 2.5, 62.5, map_name="M"),),
    most=3,
    built=9,
    records={302013: 9, 507003: 1},
    recent=((1.5, "%ASA-6-302013: a"), (3.5, "%ASA-6-302014: b")),
    written={"buffered": 10},
    lost=1,
    traffic={"outside": (3, 30, 4, 40)},
)


def test_a_journey_as_json_changes_nothing() -> None:
    """What is written is read again, the empty one too."""
    for totals in (FULL, Totals()):
        assert read(json.loads(json.dumps(totals.plain()))) == totals


def test_anything_else_is_refused() -> None:
    """By an exception that is told."""
    for wrong in ({}, {**FULL.plain(), "connections": [{"number": 1}]}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            read(wrong)


def test_processes_add_up() -> None:
    """Numbers by what they count, connections side by side, records by time."""
    other = Totals(
        attachments=(ONE,),
        access_lists={"mail": (1, 1, 1), "web": (4,)},
        connections=(Connection(7, *ENDS, True, False, 0, 0.0, 0.0, worker=1),),
        most=2,
        built=1,
        records={302013: 1, 108004: 5},
        recent=((2.5, "%ASA-4-108004: c"),),
        written={"buffered": 6, "trap": 2},
        traffic={"outside": (1, 2, 3, 4), "inside": (4, 3, 2, 1)},
    )
    both = added((FULL, other))
    assert both.of(ONE.key) == Counted(
        "outside", "P", "C", "M", 2, 4, 6, 8, 10, 12, 14, (16, 18)
    )
    assert len(both.attachments) == 2
    assert both.access_lists == {"mail": (2, 1, 3), "web": (4,)}
    assert [one.worker for one in both.connections] == [0, 1]
    assert (both.most, both.built, both.lost) == (5, 10, 1)
    assert both.records == {302013: 10, 507003: 1, 108004: 5}
    assert [line[-1] for _, line in both.recent] == ["a", "c", "b"]
    assert both.traffic == {"outside": (4, 32, 7, 44), "inside": (4, 3, 2, 1)}
    assert both.written == {"buffered": 16, "trap": 2}
    assert added(()) == Totals()


def test_processes_may_differ_for_a_moment() -> None:
    """Hits of another form of a list are left out; so are a map's."""
    fresh = Totals(
        attachments=(Counted("outside", "P", "C", "M", rules=(1, 1, 1)),),
        access_lists={"mail": (5, 5), "web": (1,)},
    )
    both = added((FULL, fresh))
    assert both.access_lists == {"mail": (1, 0, 2), "web": (1,)}
    assert both.of(ONE.key) == ONE
    assert both.hits("mail", 3) == (1, 0, 2)
    assert both.hits("mail", 2) == (0, 0)
    assert both.hits("none", 1) == (0,)


def test_what_nobody_counts_is_nought() -> None:
    """An attachment that is only just there."""
    nought = Counted("outside", "P", "C", "M", rules=(0, 0))
    assert Totals().of(ONE.key) == nought
    another = Counted("inside", "P", "C", "M", rules=(1, 1))
    assert Totals(attachments=(another,)).of(ONE.key) == nought


def test_only_the_last_records_are_kept() -> None:
    """However many processes there are."""
    long = Totals(recent=tuple((float(n), str(n)) for n in range(RECENT)))
    both = added((long, long))
    assert len(both.recent) == RECENT
    assert both.recent[0] == (RECENT / 2, str(RECENT // 2))
