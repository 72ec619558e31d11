"""Grammar: what rows must not do, and the graphs of their modes."""

import re

import pytest

from mailward.lang.grammar import Grammar, faults
from mailward.lang.rows import LineRow, Mode
from mailward.lang.tokens import Choice, Maybe, Name, Number, OneOf, Rest, Token, Word
from mailward.lang.words import face
from tests.unit.lang import toy

A, B = Word("a", "An a"), Word("b", "A b")
FLAG = Word("f", "A flag", name="f")


def row(*syntax: Token, kind: str = "x", key: int = 0) -> LineRow:
    """A row of the outermost mode."""
    return LineRow(kind, toy.KITCHEN, syntax, key=key)


def test_toy_has_no_faults() -> None:
    """The rows of the toy language agree with each other."""
    assert faults(toy.ROWS) == []


def test_modes_and_rows() -> None:
    """Modes are those that rows stand in or enter; rows keep their order."""
    assert toy.GRAMMAR.modes == (toy.KITCHEN, toy.MENU, toy.DISH)
    assert toy.GRAMMAR.rows_of(toy.MENU) == (toy.DISH_LINE, toy.MENU_NOTE, toy.COURSES)


def test_starts_of_a_mode() -> None:
    """Each row of a mode begins its graph, plain and after `no`."""
    plain = [face(place.leaf) for place in toy.GRAMMAR.starts(toy.DISH, False)]

    assert plain == ["heat", "heat", "use", "drop", "log", "plate"]
    assert len(toy.GRAMMAR.starts(toy.KITCHEN, True)) == 6


def test_unknown_mode_has_no_starts() -> None:
    """In a mode without rows nothing can be read; that is no error."""
    assert toy.GRAMMAR.starts(Mode("x", "x", "x"), False) == []


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ((row(),), "x: the line may be empty"),
        ((row(Maybe((A,))),), "x: the line may be empty"),
        ((row(OneOf(((A,), ()))),), "x: the line may be empty"),
        ((row(A, key=2),), "x: its key is longer than its syntax"),
        ((row(A, key=-2),), "x: its key is longer than its syntax"),
        ((row(Maybe((FLAG,)), A, key=1),), "x: its key may be empty"),
        ((row(A, kind="y"), row(B, kind="y")), "y: another row has this name"),
        (
            (LineRow("x", toy.KITCHEN, (A,), enters=toy.DISH),),
            "x: the mode it enters has another parent",
        ),
        (
            (LineRow("x", toy.KITCHEN, (A,), defines=(("name", "k"),)),),
            "x: it defines by name, which its syntax has not",
        ),
        ((row(Word("No", ""), A),), "x: it begins with no, which every line has"),
        ((row(Word("a b", "")),), "x: 'a b' is not a keyword"),
        ((row(Choice("c", (("é", ""),))),), "x: 'é' is not a keyword"),
        ((row(Word("a\x00", "")),), r"x: 'a\x00' is not a keyword"),
        ((row(Choice("c", ())),), "x: c has no words"),
        (
            (row(Choice("c", (("a", ""),), aliases=(("b", "z"),))),),
            "x: c has an alias for a word it has not",
        ),
        ((row(A, FLAG, Maybe((FLAG,))),), "x: f may be given twice"),
        ((row(Rest("t", ""), A),), "x: something follows t, which takes the rest"),
        (
            (row(A, Maybe((B, Maybe((FLAG,))))),),
            "x: an optional part may be given and leave no value",
        ),
        (
            (row(A, Maybe((OneOf(((FLAG,), (B,))),))),),
            "x: an optional part may be given and leave no value",
        ),
        ((row(OneOf(((A,), (B,)))),), "x: two alternatives leave no value"),
        (
            (row(OneOf(((A, OneOf(((A,), (B,)))), (FLAG,)))),),
            "x: two alternatives leave no value",
        ),
        (
            (row(A, B), row(A, Word("b", "Another b"), kind="y")),
            "mode kitchen: x and y help differently with b",
        ),
        (
            (
                row(A, Number("n", 1, 2, "One")),
                row(A, Number("n", 1, 2, "Two"), kind="y"),
            ),
            "mode kitchen: x and y help differently with <1-2>",
        ),
    ],
)
def test_faults(rows: tuple[LineRow, ...], fault: str) -> None:
    """Each fault of a table is told with the row that has it, and no grammar
    comes of it."""
    with pytest.raises(ValueError, match=re.escape(fault)):
        Grammar(rows)


def test_optional_alternatives_that_tell() -> None:
    """An optional part is lawful when each alternative leaves a value, or when
    none of it ever does."""
    telling = OneOf(((FLAG,), (B, Name("n", ""))))

    assert faults((row(A, Maybe((telling,))), row(B, Maybe((A,)), kind="y"))) == []


def test_openings() -> None:
    """What a line may begin with, each once, and what may follow its `no`."""
    plain = toy.GRAMMAR.openings(toy.KITCHEN, False)

    assert len(plain) == len(set(plain))
    assert "menu" in plain
    assert toy.GRAMMAR.openings(toy.KITCHEN, False) is plain
    assert set(toy.GRAMMAR.openings(toy.KITCHEN, True)) < set(plain)
