"""Logging: which records go where."""

import pytest

from mailward.policy.logs import Logging, Wanted, class_of

LISTS = {"ours": (Wanted(3), Wanted(low=108001, high=108007), Wanted(5, "auth"))}


@pytest.mark.parametrize(
    ("number", "name"),
    [(108004, "session"), (507003, "session"), (900005, "session"), (109001, "auth")],
)
def test_classes(number: int, name: str) -> None:
    """By the number less its last three digits."""
    assert class_of(number) == name
    assert class_of(999001) == ""


def test_off() -> None:
    """Without `logging enable` nothing goes anywhere."""
    assert not Logging(levels={"trap": 7}).wanted("trap", 108004, 4)


def test_levels() -> None:
    """As severe as the level or more; a place without a level gets nothing."""
    made = Logging(enabled=True, levels={"trap": 4})

    assert made.wanted("trap", 108004, 4)
    assert not made.wanted("trap", 302013, 6)
    assert not made.wanted("buffered", 108004, 0)


def test_severities() -> None:
    """A record that is off goes nowhere, one with another level by that."""
    made = Logging(
        enabled=True,
        levels={"trap": 4},
        disabled=frozenset({108002}),
        changed={302013: 3, 108004: 7},
    )

    assert made.severity(108002, 2) is None
    assert made.severity(302013, 6) == 3
    assert made.severity(507003, 4) == 4
    assert [made.wanted("trap", n, 4) for n in (108002, 302013, 108004, 507003)] == [
        False,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("number", "severity", "wanted"),
    [
        (106023, 3, True),
        (106023, 4, False),
        (108007, 6, True),
        (108008, 6, False),
        (109001, 5, True),
        (109001, 6, False),
    ],
)
def test_lists(number: int, severity: int, wanted: bool) -> None:
    """A record is of a list if any of its lines holds."""
    made = Logging(enabled=True, levels={"buffered": "ours"}, lists=LISTS)

    assert made.wanted("buffered", number, severity) is wanted


def test_a_list_that_is_not_there_holds_nothing() -> None:
    """As where a level is missing."""
    made = Logging(enabled=True, levels={"trap": "none"})

    assert not made.wanted("trap", 108004, 0)


def test_the_level_of_a_class_goes_first() -> None:
    """At its place only."""
    made = Logging(
        enabled=True,
        levels={"trap": 2, "buffered": 7},
        classes={("session", "trap"): 6, ("session", "buffered"): 3},
    )

    assert made.wanted("trap", 302013, 6)
    assert not made.wanted("trap", 111008, 5)
    assert not made.wanted("buffered", 302013, 6)
