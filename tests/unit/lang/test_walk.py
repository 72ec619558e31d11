"""Walk: arms that live, rank, meet and part."""

import pytest

from mailward.lang.graph import starts
from mailward.lang.rows import LineRow
from mailward.lang.tokens import Choice, Maybe, Name, Number, OneOf, Rest, Token, Word
from mailward.lang.walk import Arm, Fork, Walk, fork_of
from mailward.lang.words import piece_at
from tests.unit.lang import toy


def word(text: str) -> Word:
    """A keyword without help."""
    return Word(text, "")


def row(kind: str, *syntax: Token) -> LineRow:
    """A row of the outermost mode."""
    return LineRow(kind, toy.KITCHEN, syntax)


def walked(line: str, *rows: LineRow) -> Walk:
    """A walk over all pieces of a line, each of which must be taken."""
    walk = Walk(starts(rows, False))
    at = 0
    while (piece := piece_at(line, at)) is not None:
        assert walk.step(piece)
        at = piece.end
    return walk


def settled(line: str, *rows: LineRow) -> str | Fork | None:
    """The kind of the row that a line settles on, or what kept it from it."""
    end = walked(line, *rows).settle()
    return end.place.row.kind if isinstance(end, Arm) else end


LIST = Choice("list", (("auth", ""), ("dsn", ""), ("data", "")), many=True)
NUMBER = Number("n", 1, 9, "")
NAME = Name("name", "")


@pytest.mark.parametrize(
    ("line", "rows", "expected"),
    [
        # an exact keyword silences a name; an abbreviation only goes before it
        ("class", (row("a", NAME), row("b", word("class"), NUMBER)), None),
        ("cl", (row("a", NAME), row("b", word("class"), NUMBER)), "a"),
        ("cl", (row("a", NAME), row("b", word("class"))), "b"),
        # a number in its range goes before an abbreviation and a name
        ("7", (row("a", word("7bit")), row("b", NUMBER)), "b"),
        ("7", (row("a", NAME), row("b", NUMBER)), "b"),
        # a name goes before the rest of the line
        ("x", (row("a", Rest("t", "", 9)), row("b", NAME)), "b"),
        ("x y", (row("a", Rest("t", "", 9)), row("b", NAME)), "a"),
        # the first piece counts most
        (
            "cl x",
            (row("a", word("class"), NAME), row("b", NAME, word("x"))),
            "a",
        ),
        # a later word settles an abbreviation
        ("m x", (row("a", word("mask"), word("x")), row("b", word("match"))), "a"),
        # two rows that take a line alike: the first in the table
        ("a 1", (row("a", word("a"), NUMBER), row("b", word("a"), NUMBER)), "a"),
        # ambiguous: whether both are complete, or one, or none
        (
            "m",
            (row("a", word("mask")), row("b", word("match"))),
            Fork(0, ("mask", "match")),
        ),
        (
            "m",
            (row("a", word("mask")), row("b", word("match"), NUMBER)),
            Fork(0, ("mask", "match")),
        ),
        (
            "m 1",
            (
                row("a", word("mask"), NUMBER, NAME),
                row("b", word("match"), NUMBER, NAME),
            ),
            Fork(0, ("mask", "match")),
        ),
        # nothing was typed
        ("", (row("a", word("mask")),), None),
    ],
)
def test_settle(
    line: str, rows: tuple[LineRow, ...], expected: str | Fork | None
) -> None:
    """The best reading wins, one for one piece; a tie is a fork."""
    assert settled(line, *rows) == expected


def test_arms_that_meet_remember_their_fork() -> None:
    """Two branches that were told apart by an abbreviation, and lead to the
    same place, are ambiguous for ever after."""
    rule = row("a", OneOf(((word("drop"),), (word("deny"),))), NUMBER, word("x"))

    assert settled("d 5 x", rule) == Fork(0, ("drop", "deny"))


def test_arms_that_meet_alike() -> None:
    """Two branches that read the pieces alike are one reading."""
    rule = row("a", OneOf(((word("x"), NUMBER), (word("x"), NUMBER))), word("y"))

    assert settled("x 5 y", rule) == "a"


def test_a_better_arm_keeps_its_place() -> None:
    """Where a good and a worse arm meet, the good one stays."""
    rule = row("a", OneOf(((NAME,), (word("drop"),))), word("x"))
    end = walked("dr x", rule).settle()

    assert isinstance(end, Arm)
    assert (end.told()[0].values, len(walked("dr x", rule).arms)) == ({}, 1)


def test_step_that_nothing_takes_changes_nothing() -> None:
    """After a refused piece the walk stands where it stood."""
    walk = walked("a", row("a", word("a"), NUMBER))
    before = walk.arms
    piece = piece_at("x", 0)
    assert piece is not None

    assert (walk.step(piece), walk.arms) == (False, before)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("v dsn", ("dsn",)),
        ("v dsn AUTH", ("auth", "dsn")),
        ("v dsn auth dsn da", ("auth", "dsn", "data")),
    ],
)
def test_list_in_table_order(line: str, expected: tuple[str, ...]) -> None:
    """Words of a list are kept once each, in table order; the list is one cell
    of the trail and stands where its first word was typed."""
    end = walked(line, row("a", word("v"), LIST)).settle()

    assert isinstance(end, Arm)
    args, columns = end.told()
    assert args.words("list") == expected
    assert columns == {"list": 3}
    assert len(end.trail()) == 2


def test_list_with_ambiguous_word() -> None:
    """A word that begins two of a list is a fork, first or later; the first
    such word is told."""
    rule = row("a", word("v"), LIST)

    assert settled("v d", rule) == Fork(2, ("dsn", "data"))
    assert settled("v auth d", rule) == Fork(7, ("dsn", "data"))
    assert settled("v d auth d", rule) == Fork(2, ("dsn", "data"))


def test_list_may_be_followed() -> None:
    """A word that is none of the list goes to what follows the list."""
    rule = row("a", word("v"), LIST, Maybe((Word("x", "", name="x"),)))
    end = walked("v dsn x", rule).settle()

    assert isinstance(end, Arm)
    assert end.told()[0].values == {"list": ("dsn",), "x": True}


def test_rest_is_kept_as_typed() -> None:
    """The rest of the line keeps its blanks, and is one cell of the trail."""
    end = walked('note a  b "c ', row("a", word("note"), Rest("t", "", 60))).settle()

    assert isinstance(end, Arm)
    args, columns = end.told()
    assert args.text("t") == 'a  b "c'
    assert (columns, len(end.trail())) == ({"t": 6}, 2)


def test_follow() -> None:
    """Before the first piece nothing is behind the places that may come."""
    walk = Walk(starts((row("a", word("a"), NUMBER),), False))
    first = [arm for arm, _ in walk.follow()]
    walk = walked("a", row("a", word("a"), NUMBER))

    assert first == [None]
    assert [arm for arm, _ in walk.follow()] == walk.arms


def test_fork_of_one_arm() -> None:
    """One reading alone is no fork, but it may carry one."""
    torn = row("a", Choice("what", (("auth", ""), ("au", ""), ("dsn", ""))))

    assert fork_of(walked("a", row("a", word("a"))).arms) is None
    assert fork_of(walked("a", torn).arms) == Fork(0, ("auth", "au"))


def test_work_is_bounded() -> None:
    """However long the line, there is at most one arm at each place."""
    rules = [row(str(n), Maybe((word("a"),)), LIST, NAME) for n in range(5)]
    walk = walked("auth " * 5000, *rules)

    assert len(walk.arms) <= 15
    assert max(len(arm.trail()) for arm in walk.arms) == 1
