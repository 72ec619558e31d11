"""Rows: modes with their parents, and what a row says of itself."""

from mailward.lang.rows import leaves, named
from mailward.lang.tokens import Maybe, Word
from tests.unit.lang import toy


def test_chain_goes_outwards() -> None:
    """The innermost mode first, the outermost last."""
    assert toy.DISH.chain() == (toy.DISH, toy.MENU, toy.KITCHEN)


def test_plain_form_is_the_syntax() -> None:
    """Without `no` the whole line is needed."""
    assert toy.SPICE.form(False) == toy.SPICE.syntax


def test_negated_form_needs_the_key() -> None:
    """After `no` the tokens behind the key may be left out together."""
    assert toy.SPICE.form(True) == (
        *toy.SPICE.syntax[:2],
        Maybe((toy.SPICE.syntax[2],)),
    )


def test_negated_form_without_key() -> None:
    """A row without a key wants its whole line after `no`."""
    assert toy.MENU_LINE.form(True) == toy.MENU_LINE.syntax


def test_negated_form_of_optional_rest() -> None:
    """What is optional already needs no second Maybe around it."""
    assert toy.LAMP.form(True) == toy.LAMP.syntax


def test_leaves_look_inside() -> None:
    """Maybe and OneOf are looked into, in written order."""
    texts = [x.text for x in leaves(toy.SERVE.syntax) if isinstance(x, Word)]

    assert texts == ["serve", "everywhere", "room", "quietly"]


def test_names_of_a_syntax() -> None:
    """The names are those of arguments and flags, not of bare keywords."""
    assert named(toy.SERVE.syntax) == {"menu", "room", "quiet"}


def test_references_of_a_row() -> None:
    """Each Ref is told with the kind of object it asks for."""
    assert toy.USE.refers() == (("class", "class"), ("spice", "spice"))
