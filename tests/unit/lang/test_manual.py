"""Manual: the notation of syntax, and a page of entries."""

import pytest

from mailward.lang.grammar import Grammar
from mailward.lang.manual import entry, notation, page
from mailward.lang.rows import LineRow
from tests.unit.lang import toy


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (toy.SPICE, "spice NAME SMELL"),
        (toy.SERVE, "serve MENU {everywhere | room ROOM} [quietly]"),
        (
            toy.DOOR,
            (
                "door [extended] {open | shut} {any | host HOST | BASE MASK} "
                "[at {{noon | dusk} | HOUR}]"
            ),
        ),
        (toy.COURSES, "courses {soup | sorbet | roast} [...] [twice]"),
    ],
)
def test_notation(row: LineRow, expected: str) -> None:
    """Braces choose, brackets are optional, capitals are arguments."""
    assert notation(row.syntax) == expected


def test_entry() -> None:
    """An entry has syntax, `no` form, meaning, and each word once."""
    assert entry(toy.SPICE) == [
        "### spice",
        "",
        "```",
        "spice NAME SMELL",
        "no spice NAME [SMELL]",
        "```",
        "",
        "Names a spice.",
        "",
        "| word | values | meaning |",
        "|---|---|---|",
        "| `spice` |  | Name a spice |",
        "| `NAME` | `WORD < 13 char` | Name of the spice |",
        "| `SMELL` | `WORD < 41 char` | What it smells of |",
        "",
    ]


def test_entry_tells_mode_and_status() -> None:
    """What a line opens, and that it has no effect, is said."""
    told = entry(toy.MENU_DAY)

    assert "Opens kitchen-menu mode, `(config-menu)`." in told
    assert "Status: kept." in told


def test_entry_without_no() -> None:
    """A line that cannot be negated shows no such form; a word that stands
    twice is told once."""
    assert [x for x in entry(toy.NOTE) if x.startswith("no ")] == []
    assert entry(toy.ACT).count("| `log` |  | Write it down |") == 1


def test_entry_of_a_list() -> None:
    """Each word of a list is told with its own help."""
    assert "| `sorbet` |  | An ice |" in entry(toy.COURSES)


def test_page() -> None:
    """A chapter a mode and an entry a row, in table order; a mode in which no
    row stands has no chapter."""
    chapters = [x for x in page(toy.GRAMMAR, "The kitchen").split("\n") if x[:1] == "#"]

    assert chapters[:3] == [
        "# The kitchen",
        "## configure mode, `(config)`",
        "### spice",
    ]
    assert len(chapters) == 1 + 3 + len(toy.ROWS)
    assert "kitchen-menu" in page(toy.GRAMMAR, "x")
    assert "## kitchen-menu" not in page(Grammar((toy.MENU_LINE,)), "x")
