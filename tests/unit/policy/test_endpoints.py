"""Endpoints are data: equal ones are equal."""

from mailward.policy.endpoints import Endpoints

ONE = Endpoints("a", "192.0.2.1", 1, "b", "192.0.2.2", 25)


def test_inbound_unless_said_otherwise() -> None:
    """A connection counts as inbound where levels are equal or unknown."""
    assert ONE.inbound is True


def test_equal_ones_are_equal() -> None:
    """As they were made of the same, and as they travel."""
    again = Endpoints(*ONE.plain)
    assert again == ONE
    assert hash(again) == hash(ONE)
    assert again != Endpoints("a", "192.0.2.1", 2, "b", "192.0.2.2", 25)
    assert ONE.plain != ONE


def test_what_a_reader_sees() -> None:
    """All fields."""
    assert repr(ONE) == "Endpoints('a', '192.0.2.1', 1, 'b', '192.0.2.2', 25, True)"


def test_for_another_client() -> None:
    """All else stays."""
    assert ONE.of_client("192.0.2.9", 9).plain == ("a", "192.0.2.9", 9, *ONE.plain[3:])
