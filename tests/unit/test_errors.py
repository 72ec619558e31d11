"""How a mistake of the administrator is told."""

from mailward.errors import ConfigError, ConfigErrors


def test_render_with_a_column() -> None:
    """File, line, column, the line, a caret under the place, what is right."""
    error = ConfigError(
        "no such word", line=3, column=7, text="match bdy", expected=("body", "cmd")
    )

    assert error.render("a.cfg") == (
        "a.cfg:3:7: error: no such word\n  match bdy\n        ^\n  expected: body, cmd"
    )


def test_render_of_a_whole_line() -> None:
    """Without a column no caret is drawn; the column said is 1."""
    error = ConfigError("never applied", line=1, text="x")

    assert error.render("a") == "a:1:1: error: never applied\n  x"
    assert ConfigError("empty").render("a") == "a:0:1: error: empty"


def test_errors_keep_all() -> None:
    """All mistakes are kept, in order."""
    both = [ConfigError("one"), ConfigError("two")]

    assert ConfigErrors(both).errors == both
    assert str(ConfigErrors(both)) == "one; two"
