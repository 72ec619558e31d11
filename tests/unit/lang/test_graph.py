"""Graph: which place follows which."""

from mailward.lang.graph import Fan, Place, joined, starts
from mailward.lang.rows import KEPT, LineRow
from mailward.lang.tokens import Choice, Maybe, Name, OneOf, Token, Word
from mailward.lang.words import EXACT, FREE, SHORT, Piece, face
from tests.unit.lang import toy


def texts(places: list[Place]) -> list[str]:
    """The faces of some places."""
    return [face(place.leaf) for place in places]


def word(text: str) -> Word:
    """A keyword without help."""
    return Word(text, "")


def test_sequence() -> None:
    """Each token is followed by the next; the last may end the line."""
    (first,) = starts((toy.PLATE,), False)

    assert texts(first.follow) == ["<1-1>"]
    assert (first.ends, first.follow[0].ends) == (False, True)
    assert first.row is toy.PLATE


def test_maybe_may_be_stepped_over() -> None:
    """What follows an optional part also follows what stood before it."""
    row = LineRow("x", toy.KITCHEN, (word("a"), Maybe((word("b"),)), word("c")))
    (first,) = starts((row,), False)

    assert texts(first.follow) == ["b", "c"]
    assert texts(first.follow[0].follow) == ["c"]


def test_maybe_at_both_ends() -> None:
    """An optional part may begin the line, and the line may end before one."""
    row = LineRow(
        "x", toy.KITCHEN, (Maybe((word("a"),)), word("b"), Maybe((word("c"),)))
    )
    first = starts((row,), False)

    assert texts(first) == ["a", "b"]
    assert [place.ends for place in first] == [False, True]


def test_one_of_branches() -> None:
    """The branches stand side by side and meet again behind; one may be empty."""
    branches = OneOf(((word("b"), word("c")), (word("d"),), ()))
    row = LineRow("x", toy.KITCHEN, (word("a"), branches, word("e")), status=KEPT)
    (first,) = starts((row,), False)
    b, d, _ = first.follow

    assert texts(first.follow) == ["b", "d", "e"]
    assert (texts(b.follow), texts(d.follow)) == (["c"], ["e"])
    assert texts(b.follow[0].follow) == ["e"]


def test_list_and_rest_follow_themselves() -> None:
    """A further word of a list or of a text stands at the same place."""
    courses, note = starts((toy.COURSES, toy.MENU_NOTE), False)
    listed, text = courses.follow[0], note.follow[0]

    assert listed.follow[0] is listed
    assert text.follow == [text]


def test_negated_rows() -> None:
    """After `no` a row without such a form is not there, and a key is enough."""
    (spice,) = starts((toy.SPICE, toy.NOTE), True)

    assert [place.ends for place in spice.follow] == [True]


def ranks(fan: Fan, text: str) -> list[int]:
    """How the places of a fan take a word."""
    return [hit.rank for _, hit in fan.hits(Piece(text, 0, len(text)))]


def test_a_whole_keyword_silences_the_others() -> None:
    """Whatever else would take it; an alias is a keyword too."""
    row = LineRow("x", toy.KITCHEN, (word("x"),))
    choice = Choice("c", (("class", ""), ("classes", "")), aliases=(("k", "class"),))
    leaves = (word("class"), choice, Name("n", ""))
    fan = Fan([Place(leaf, row) for leaf in leaves])

    assert ranks(fan, "CLASS") == [EXACT, EXACT]
    assert ranks(fan, "k") == [EXACT]
    assert ranks(fan, "clas") == [SHORT, SHORT, FREE]
    assert ranks(fan, "clas") == [SHORT, SHORT, FREE]
    assert ranks(fan, "other") == [FREE]


def test_a_fan_remembers_a_bounded_number_of_words() -> None:
    """Beyond it, words are tried anew each time."""
    fan = Fan([Place(word("x" * 2000), LineRow("x", toy.KITCHEN, (word("x"),)))])

    assert all(ranks(fan, "x" * n) == [SHORT] for n in range(1, 1000))
    assert ranks(fan, "x" * 999) == [SHORT]
    assert ranks(fan, "y") == []


def rows(*syntaxes: tuple[Token, ...]) -> tuple[LineRow, ...]:
    """Rows of one mode."""
    return tuple(
        LineRow(f"row {n}", toy.KITCHEN, syntax) for n, syntax in enumerate(syntaxes)
    )


def test_rows_that_begin_alike_are_walked_as_one() -> None:
    """Equal places side by side are one, and so on behind it; a line that ends
    there is of the first row that may end there."""
    name = Name("n", "")
    places = starts(
        rows((word("a"), name, word("b")), (word("a"), name), (word("a"),)), False
    )
    (first,) = joined(places)
    (second,) = joined(first.follow)

    assert (first.ends, first.row.kind) == (True, "row 2")
    assert (second.ends, second.row.kind) == (True, "row 1")
    assert texts(second.follow) == ["b"]
    assert joined(places) == [first]
    assert texts(joined(starts(rows((word("a"),), (word("b"),)), False))) == ["a", "b"]


def test_joined_lists_follow_themselves() -> None:
    """A list that two rows begin with goes on in both."""
    listed = Choice("c", (("x", ""), ("y", "")), many=True)
    (first,) = joined(starts(rows((listed, word("b")), (listed, word("d"))), False))

    assert first.follow[0] is first
    assert texts(first.follow[1:]) == ["b", "d"]
