"""What one configuration has and another has not."""

from mailward.config.difference import difference
from tests.unit.config.kit import EMAIL, taken


def told(before: str, after: str) -> list[str]:
    """The difference of two texts."""
    return difference(taken(before), taken(after))


def test_no_difference() -> None:
    """The same configuration typed otherwise is the same."""
    assert told(EMAIL, EMAIL) == []


def test_lines_below_their_own() -> None:
    """What encloses a change is told once; what came with its own head is
    all new."""
    after = EMAIL.replace("gt 35000", "gt 9").replace("BAD_SENDER1 @", "BAD_SENDER1 #")
    after += "class-map new\nmatch any\n"

    assert told(EMAIL, after) == [
        r'-regex BAD_SENDER1 "@abc\.com"',
        r'+regex BAD_SENDER1 "#abc\.com"',
        "+class-map new",
        "+ match any",
        " policy-map type inspect esmtp L7_EMAIL_MAP",
        "- match body length gt 35000",
        "-  drop-connection log",
        "+ match body length gt 9",
        "+  drop-connection log",
    ]


def test_order_counts() -> None:
    """An entry that moved went and came."""
    one, two = "access-list a deny ip any any\n", "access-list a permit ip any any\n"

    assert told(one + two, two + one) == [
        "+access-list a extended permit ip any any",
        "-access-list a extended permit ip any any",
    ]


def test_what_stands_deep() -> None:
    """The mode around a changed action is told with the mode around that."""
    after = EMAIL.replace("drop-connection log", "reset")

    assert told(EMAIL, after) == [
        " policy-map type inspect esmtp L7_EMAIL_MAP",
        "  match body length gt 35000",
        "-  drop-connection log",
        "+  reset",
    ]
