"""The table of the benchmark: its pure pieces, and that the page is the history's."""

from xml.etree import ElementTree

import pytest

from bench import goals

HISTORY = {
    "date": "2026-01-01",
    "rounds": 7,
    "machine": {"processor": "P", "mailward": "0.0.0"},
    "costs": {"sessions": {"haproxy": 200.4, "mailward": 200.9}},
    "ratios": {"mailward": {"sessions/haproxy": 1.0, "bulk/haproxy": 1.3}},
    "left out": ["haraka: no node"],
    "growth": {"rules": [[1, 10], [50, 20], [100, 30]]},
}


def test_ratio_is_a_median_of_rounds() -> None:
    """Round by round, not median by median."""
    assert goals.ratio([1.0, 4.0, 9.0], [1.0, 2.0, 3.0]) == 2.0


def test_best_is_the_cheapest_peer() -> None:
    """The cheapest peer gives the greatest ratio."""
    assert goals.best({"a": 0.3, "b": 0.5}) == 0.5


@pytest.mark.parametrize(
    ("points", "bend"),
    [
        ([(0, 0), (1, 1), (2, 2)], 1.0),
        ([(0, 0), (1, 1), (2, 4)], 3.0),
        ([(0, 1), (1, 1), (2, 1)], None),
        ([(0, 1), (1, 1), (2, 9)], float("inf")),
    ],
)
def test_slope(points: list[tuple[float, float]], bend: float | None) -> None:
    """Linear is one; a square bends upwards; what stays has no slope."""
    assert goals.slope(points) == bend


@pytest.mark.parametrize(
    ("value", "word"),
    [(None, "not measured"), (1.1, "reached"), (1.104, "reached"), (1.11, "missed")],
)
def test_told(value: float | None, word: str) -> None:
    """What is printed decides."""
    assert goals.told(value, 1.1) == word


def test_table_has_every_goal() -> None:
    """Reached, missed and unmeasured rows stand there."""
    text = goals.table(HISTORY)

    assert len(text.splitlines()) == len(goals.GOALS) + 2
    first = (
        "| one 1 KB mail a session | HAProxy TCP | 200 µs | ≤ 1.00 | 1.00 (201 µs) |"
    )
    assert f"{first} reached | – | not measured |" in text
    assert "| best SMTP proxy" not in text
    assert "| ≤ 1.25 | 1.30 | missed |" in text


def test_costs_have_their_units() -> None:
    """Of mail servers the cheapest is shown."""
    by_key = {goal.key: goal for goal in goals.GOALS}
    costs = {
        "servers": {
            "haproxy": 1.0,
            "mailward": 300.0,
            "haraka": 900.0,
            "proxsmtp": 500,
        },
        "latency": {"haproxy": 0.00051},
        "patterns": {"itself mailward": 400.0},
    }
    history = {"costs": costs}

    assert goals.cost(history, by_key["servers/best"]) == "500 µs"
    assert goals.cost(history, by_key["servers/best"], "mailward") == "300 µs"
    assert goals.cost(history, by_key["latency/haproxy"]) == "0.51 ms"
    assert goals.cost(history, by_key["patterns/itself"]) == "400 µs"
    assert goals.cost(history, by_key["memory/nginx"]) == ""


def test_growth_is_told() -> None:
    """First, last, and whether one more costs the same among many."""
    still = {"a": [[1, 10], [5, 10], [9, 10.5]], "b": [[1, 10], [50, 59], [100, 109]]}
    told = goals.growth({"growth": still})

    assert "| a | 1: 10 µs | 9: 10 µs | does not grow |" in told
    assert "| b | 1: 10 µs | 100: 109 µs | 1.00 |" in told


def test_section_tells_what_is_left_out() -> None:
    """And where it was measured."""
    text = goals.section(HISTORY)

    assert "* Left out: haraka: no node" in text
    assert "2026-01-01, 7 alternating rounds" in text
    assert "processor P" in text


def test_placed_between_the_marks() -> None:
    """The rest of the page stays, however often."""
    page = f"a\n{goals.BEGIN}\nold\n{goals.END}\nb\n"

    once = goals.placed(page, "new\n")

    assert once == f"a\n{goals.BEGIN}\nnew\n{goals.END}\nb\n"
    assert goals.placed(once, "new\n") == once


def test_drawings() -> None:
    """They are XML, with a bar for each ratio and a line for each growth."""
    bars = ElementTree.fromstring(goals.bars(HISTORY))
    curves = ElementTree.fromstring(
        goals.curves({"rules": [(1.0, 10.0), (50.0, 20.0), (100.0, 30.0)]})
    )
    svg = "{http://www.w3.org/2000/svg}"

    # And one of each build in the legend.
    assert len([r for r in bars.iter(f"{svg}rect") if "class" in r.attrib]) == 2 + 2
    assert len(list(curves.iter(f"{svg}polyline"))) == 1


def test_page_is_the_newest_history() -> None:
    """What the page says is what was measured last."""
    page = goals.PAGE.read_text()
    newest = goals.newest()

    if newest is None:
        assert f"{goals.BEGIN}\n{goals.END}" in page
    else:
        assert goals.placed(page, goals.section(newest)) == page
