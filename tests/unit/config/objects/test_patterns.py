"""`regex` and `class-map type regex`."""

import pytest

from tests.unit.config.kit import mistakes, taken, told


def test_printed() -> None:
    """Patterns are quoted, classes list their members behind a description."""
    typed = 'regex a "b c"\nregex d e\n'
    typed += "class-map type regex match-any k\nmatch regex a\ndescription one  two\n"

    assert taken(typed).render() == (
        'regex a "b c"\nregex d "e"\nclass-map type regex match-any k\n'
        " description one  two\n match regex a\n!\n!\n"
    )


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        (f"regex {'n' * 41} x", 7, "the name is longer than 40 characters"),
        (f"regex n {'x' * 101}", 9, "the text is longer than 100 characters"),
        ("regex n", 9, "the command is not complete"),
        ("class-map type regex match-all c", 22, '"match-all" may not stand here'),
        (
            f"class-map type regex match-any {'n' * 129}",
            32,
            "the name is longer than 128 characters",
        ),
    ],
)
def test_limits(text: str, column: int, message: str) -> None:
    """Names and patterns are bounded; only match-any exists."""
    assert told(mistakes(text)) == [(1, column, message)]
