"""Writer: rows and arguments to canonical lines."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.lang import samples
from mailward.lang.reader import read
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Maybe, Number, Word
from mailward.lang.writer import write
from tests.unit.lang import toy


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sp pepper hot", 'spice pepper "hot"'),
        ('spice pepper  "a  b"', 'spice pepper "a  b"'),
        ("ser x e q", "serve x everywhere quietly"),
        ("serve x room 007", "serve x room 7"),
        # what may be left out and leaves no value is always printed
        ("door open any", "door extended open any"),
        ("do ex sh h 2001:DB8::0 at n", "door extended shut host 2001:db8:: at noon"),
        (
            "door o 10.0.0.0 255.0.0.0 at 5",
            "door extended open 10.0.0.0 255.0.0.0 at 5",
        ),
        ("note  a   b ", "note a   b"),
        ("NO SPICE pepper", "no spice pepper"),
        ("no spice pepper x", 'no spice pepper "x"'),
        ("no lamp", "no lamp"),
        ("lamp", "lamp"),
    ],
)
def test_canonical(typed: str, expected: str) -> None:
    """Full words, canonical case, quotes, and nothing but what was meant."""
    got = read(toy.GRAMMAR, toy.KITCHEN, typed)

    assert write(got.row, got.args, got.negated) == expected


@pytest.mark.parametrize(
    ("row", "values"),
    [
        (toy.SPICE, {"name": "pepper"}),
        (toy.SPICE, {"name": "pepper", "smell": 5}),
        (toy.SPICE, {"name": "pepper", "smell": "hot", "more": 1}),
        (toy.SERVE, {"menu": "x", "room": 41}),
        (toy.SERVE, {"menu": "x", "room": "4"}),
        (toy.COURSES, {"courses": ("salad",)}),
        (toy.COURSES, {"courses": ("soup",), "twice": "yes"}),
        (toy.DOOR, {"verdict": ("open",), "any": True, "host": "::1"}),
        (toy.DOOR, {"verdict": ("open",)}),
    ],
)
def test_values_of_no_line(row: LineRow, values: dict[str, object]) -> None:
    """Arguments that the row never leaves are a bug, and told."""
    with pytest.raises(ValueError, match=f"{row.kind}: no line has the values"):
        write(row, Args(values))


def test_flag_picks_the_branch() -> None:
    """Of alternatives, the one that accounts for all values is written."""
    assert write(toy.ACT, Args({"log": True})) == "log"
    assert write(toy.ACT, Args({"log": True, "drop": True})) == "drop log"


def test_many_rows() -> None:
    """What is remembered of rows is bounded, and forgetting it changes nothing."""
    for n in range(5000):
        one = Maybe((Number(f"n{n}", 0, 9, ""),))
        row = LineRow("x", toy.KITCHEN, (Word("x", ""), one))
        assert write(row, Args({f"n{n}": 3})) == "x 3"


def drawn(draw: Callable[[st.SearchStrategy[int]], int]) -> samples.Chooser:
    """A chooser that lets hypothesis choose."""
    return lambda n: draw(st.integers(0, n - 1))


@given(st.data(), st.sampled_from(toy.ROWS), st.booleans())
def test_round_trip(data: st.DataObject, row: LineRow, negated: bool) -> None:
    """read(write(x)) is x, and what was written is written the same again."""
    negated = negated and row.key != NEVER
    line = samples.line(row, drawn(data.draw), negated=negated)
    first = read(toy.GRAMMAR, row.mode, line)
    written = write(first.row, first.args, first.negated)
    again = read(toy.GRAMMAR, row.mode, written)

    assert (first.row, first.negated) == (row, negated)
    assert (again.row, again.args, again.negated) == (row, first.args, negated)
    assert write(again.row, again.args, again.negated) == written


def test_plans() -> None:
    """A second line of one form is written as the first was; one whose values
    are of another sort is written anew."""
    first = {"menu": "x", "room": 7}

    assert write(toy.SERVE, Args(first)) == "serve x room 7"
    assert write(toy.SERVE, Args({"menu": "y", "room": 8})) == "serve y room 8"
    with pytest.raises(ValueError, match="no line has the values"):
        write(toy.SERVE, Args({"menu": "y", "room": 41}))


def test_plans_are_bounded() -> None:
    """However many rows there are."""
    rows = [
        LineRow(f"r{n}", toy.KITCHEN, (Word(f"w{n}", ""),), "") for n in range(4100)
    ]

    assert [write(row, Args({})) for row in rows] == [f"w{n}" for n in range(4100)]
