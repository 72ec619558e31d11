"""Names compiled: patterns and classes of them."""

import pytest

from mailward.config.names import Compiled
from mailward.errors import ConfigError
from mailward.rex.matcher import Matcher
from tests.unit.config.kit import taken, told


def matcher(names: Compiled, kind: str, name: str) -> Matcher:
    """The matcher of a name."""
    made = names.compiled(kind, name)
    assert isinstance(made, Matcher)
    return made


def test_regex_and_class() -> None:
    """A regex is one pattern, a class is all of its members."""
    names = Compiled(
        taken(
            "regex a one\nregex b two\n"
            "class-map type regex match-any c\ndescription d\n"
            "match regex b\nmatch regex a\n"
        )
    )

    assert matcher(names, "regex", "a").patterns == ("one",)
    assert matcher(names, "class-map type regex", "c").patterns == ("two", "one")
    assert names.compiled("regex", "a") is names.compiled("regex", "a")


def test_unknown_names() -> None:
    """They are a mistake of the caller, who has checked references."""
    with pytest.raises(KeyError):
        Compiled(taken("")).compiled("regex", "a")


def test_mistakes_point_into_the_pattern() -> None:
    """With and without quotes, at the column of the offence."""
    names = Compiled(taken('regex a x(y\nregex b  "x(y"\nregex c fine\n'))

    assert told(list(names.mistakes())) == [
        (1, 10, "this parenthesis is never closed"),
        (2, 12, "this parenthesis is never closed"),
    ]


def test_warnings() -> None:
    """Each unescaped dollar is told of."""
    names = Compiled(taken('regex a "x$y$"\nregex b \\$\n'))
    message = "$ is a character like any other here, not the end of the text"

    assert told(list(names.warnings())) == [(1, 11, message), (1, 13, message)]


def test_beyond_the_budget() -> None:
    """A class that needs too much memory is an error at its name."""
    count = 400
    lines = [f"regex r{n} ({'[ab]' * 20}){{12}}{n}" for n in range(count)]
    lines.append("class-map type regex match-any big")
    lines += [f"match regex r{n}" for n in range(count)]
    names = Compiled(taken("\n".join(lines)))

    with pytest.raises(ConfigError, match="400 patterns need more") as caught:
        names.compiled("class-map type regex", "big")
    assert (caught.value.line, caught.value.column) == (count + 1, 32)
