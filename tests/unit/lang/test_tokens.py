"""Tokens: the values that Args hands out."""

from mailward.lang.tokens import Args


def test_values_by_their_sort() -> None:
    """Each sort of value comes out by its own method, with its own type."""
    args = Args({"limit": 7, "name": "lunch", "courses": ("soup",), "quiet": True})

    assert args.number("limit") == 7
    assert args.text("name") == "lunch"
    assert args.words("courses") == ("soup",)


def test_has_tells_presence() -> None:
    """A flag is there or not; its value does not matter."""
    args = Args({"quiet": True})

    assert (args.has("quiet"), args.has("loud")) == (True, False)
