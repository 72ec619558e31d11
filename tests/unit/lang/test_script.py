"""Script: many lines to a tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.errors import ConfigErrors
from mailward.lang.reader import INVALID, UNRECOGNIZED
from mailward.lang.script import (
    DEPTH_MOST,
    ERRORS_MOST,
    Script,
    Typed,
    Unread,
    keep_none,
    prompt_of,
)
from tests.unit.lang import toy


def script(text: str, keep: bool = False) -> Script:
    """The script, keeping all it does not understand or nothing."""
    return Script(
        toy.GRAMMAR, toy.KITCHEN, text, (lambda _: True) if keep else keep_none
    )


def tree(lines: list[Typed | Unread] | list[Unread]) -> list[object]:
    """The kinds of the rows, or the texts of unread lines, with what is under
    them."""
    out: list[object] = []
    for line in lines:
        if isinstance(line, Typed):
            out.append(("no " if line.negated else "") + line.row.kind)
        else:
            out.append(f"? {line.text}")
        if line.children:
            out.append(tree(list(line.children)))
    return out


CANONICAL = """\
spice pepper "hot"
menu lunch
 courses soup
 dish stew
  heat length gt 5
  drop log
 dish pie
  use class hot
serve lunch everywhere
"""
TREE = [
    "spice",
    "menu",
    ["courses", "dish", ["heat over", "act"], "dish", ["use"]],
    "serve",
]


@pytest.mark.parametrize(
    "text",
    [
        CANONICAL,
        CANONICAL.replace("\n", "\r\n"),
        "\ufeff" + CANONICAL,
        CANONICAL.replace("\n", "\n!\n: a remark\n\n"),
        CANONICAL.replace(" dish pie", " exit\n dish pie").replace(
            "serve", "end\nserve"
        ),
        CANONICAL.replace(" dish pie", " QUIT\n dish pie"),
        CANONICAL.replace("\n ", "\n").replace("\n ", "\n"),
        CANONICAL.replace("\n ", "\n\t"),
        "\n".join(f"host(config)# {line}" for line in CANONICAL.splitlines()),
        "\n".join(f"host/ctx1(config-x)#{line}" for line in CANONICAL.splitlines()),
        CANONICAL + "exit\nexit\nend\n",
    ],
    ids=[
        *("saved", "crlf", "bom", "remarks", "exit", "quit", "flat", "tabs"),
        *("prompts", "tight-prompts", "exits"),
    ],
)
def test_tree(text: str) -> None:
    """However the lines came, they make the same tree."""
    got = script(text)

    assert tree(got.lines) == TREE
    assert got.errors == []


def test_places_are_kept() -> None:
    """Each line knows its number, its text as typed, its columns, its parent."""
    got = script("!\nhost(config)# menu lunch\nhost(config-menu)#  dish stew")
    (menu,) = got.lines
    assert isinstance(menu, Typed)
    (dish,) = menu.children
    assert isinstance(dish, Typed)

    assert (menu.line, menu.text, menu.columns) == (
        2,
        "host(config)# menu lunch",
        {"name": 20},
    )
    assert (dish.line, dish.parent, menu.parent) == (3, menu, None)
    assert dish.args.text("name") == "stew"


def test_column_of_an_error_counts_the_prompt() -> None:
    """The column is that of the line as pasted."""
    (error,) = script("menu x\nhost(config)# serve x rome\n").errors

    assert (error.line, error.column, error.code) == (2, 23, INVALID)


def test_mode_left_by_a_line_of_an_enclosing_mode() -> None:
    """A line that only a mode around understands closes the modes within."""
    got = script("menu a\ndish b\nplate 1\nspice x y\nnote z")

    assert tree(got.lines) == ["menu", ["dish", ["plate"]], "spice", "note"]
    assert got.mode == toy.KITCHEN


def test_deepest_mode_wins() -> None:
    """A word of several modes is read in the innermost that can."""
    got = script("menu a\ndish b\nnote z")

    assert tree(got.lines) == ["menu", ["dish", "note of a menu"]]
    assert got.mode == toy.MENU


def test_negated_line_opens_nothing() -> None:
    """`no menu x` leaves the mode where the line was read."""
    got = script("menu a\nno menu a\nnote x")

    assert tree(got.lines) == ["menu", "no menu", "note"]


def test_opened_again() -> None:
    """The same object opened twice is two lines; the caller joins them."""
    got = script("menu a\n dish b\nmenu a\n dish c")

    assert tree(got.lines) == ["menu", ["dish"], "menu", ["dish"]]


def test_all_errors_are_collected() -> None:
    """A wrong line does not hide the next one."""
    got = script("menu\nlamp 5\nserve x rome\nfrob")

    assert [(e.line, e.column) for e in got.errors] == [(1, 6), (3, 9), (4, 1)]
    assert tree(got.lines) == ["lamp"]
    assert ConfigErrors(list(got.errors)).errors == got.errors


def test_errors_are_bounded() -> None:
    """A file that is no configuration fills no memory with errors."""
    got = script("frob\n" * (ERRORS_MOST + 5))

    assert (len(got.errors), got.surplus) == (ERRORS_MOST, 5)


def test_comments_behind_lines() -> None:
    """What stands behind ` ! ` is dropped only where the line cannot be read
    with it; an error is told of the line as it stands."""
    read = script("door open any ! who comes\nnote a ! b\ndoor ! c\n")
    door, note = (line for line in read.lines if isinstance(line, Typed))

    assert door.args.values == {"verdict": ("open",), "any": True}
    assert "a ! b" in note.args.values.values()
    assert [(e.line, e.column) for e in read.errors] == [(3, 6)]


def test_lines_under_a_wrong_header_are_not_tried() -> None:
    """One mistake is told once, and its lines go to no other object."""
    got = script("menu lunch\nmenu x y\n courses soup\n  frob\nlamp 5")

    assert [(e.line, e.code) for e in got.errors] == [(2, INVALID)]
    assert tree(got.lines) == ["menu", "lamp"]


def test_unread_lines_are_not_nested_without_end() -> None:
    """Beyond a depth, each stands beside the one before."""
    text = "".join(f"{' ' * depth}what {depth}\n" for depth in range(3000))
    (line,) = script(text, keep=True).lines
    depth = 0
    while line.children:
        depth, line = depth + 1, line.children[-1]

    assert depth == DEPTH_MOST
    assert line.text == f"{' ' * 2999}what 2999"


def test_unread_lines_keep_their_own() -> None:
    """Lines indented under a line that nobody knows belong to it, even such as
    would be understood elsewhere; its text is kept as it stood."""
    got = script(
        "crypto chain a\n certificate 1\n    3082 0a\n  quit\n lamp 5\n"
        "menu x\n frob a  b \n  lamp 7\n dish y\nprompt host\nlamp 5\n",
        keep=True,
    )

    assert tree(got.lines) == [
        "? crypto chain a",
        ["?  certificate 1", ["?     3082 0a", "?   quit"], "?  lamp 5"],
        "menu",
        ["?  frob a  b", ["?   lamp 7"], "dish"],
        "? prompt host",
        "lamp",
    ]
    assert got.errors == []


def test_unread_lines_know_their_error_and_parent() -> None:
    """A line that was tried tells why it was not understood."""
    got = script("menu x\n frob\n  deeper", keep=True)
    (menu,) = got.lines
    (frob,) = menu.children
    assert isinstance(frob, Unread)
    (deeper,) = frob.children

    assert frob.error is not None
    assert (frob.error.code, frob.line, frob.parent) == (UNRECOGNIZED, 2, menu)
    assert (deeper.error, deeper.line, deeper.parent) == (None, 3, frob)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # without indentation and prompts: under the line opened last
        ("menu a\ndish b\nfrob", ["menu", ["dish", ["? frob"]]]),
        # an indented text: as the indentation says
        ("menu a\n dish b\nfrob", ["menu", ["dish"], "? frob"]),
        ("menu a\n dish b\n frob", ["menu", ["dish", "?  frob"]]),
        ("menu a\n dish b\n  frob", ["menu", ["dish", ["?   frob"]]]),
        # a pasted one: as the prompt says
        ("menu a\ndish b\nh(config-menu)# frob", ["menu", ["dish", "? frob"]]),
        ("menu a\ndish b\nh(config)# frob", ["menu", ["dish"], "? frob"]),
        ("menu a\ndish b\nh(config-menu-d)# frob", ["menu", ["dish", ["? frob"]]]),
    ],
)
def test_where_an_unread_line_belongs(text: str, expected: list[object]) -> None:
    """An unread line is put under the line it was typed under."""
    assert tree(script(text, keep=True).lines) == expected


def test_keep_decides_line_by_line() -> None:
    """The caller keeps some lines and refuses others by their error."""
    got = Script(
        toy.GRAMMAR,
        toy.KITCHEN,
        "frob\nserve x rome",
        lambda error: error.code == UNRECOGNIZED,
    )

    assert (tree(got.lines), [e.line for e in got.errors]) == (["? frob"], [2])


def test_mistake_points_at_a_token() -> None:
    """A later error about a line stands at the token it is about."""
    (serve,) = script("h# serve x room 4").lines
    assert isinstance(serve, Typed)
    at_menu, at_line = serve.mistake("no such menu", "menu", ("a",)), serve.mistake("x")

    assert (at_menu.line, at_menu.column, at_menu.expected) == (1, 10, ("a",))
    assert (at_menu.text, at_line.column) == ("h# serve x room 4", 0)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ciscoasa(config-cmap)# match x", ("config-cmap", 23)),
        ("ciscoasa# show", ("", 10)),
        ("ciscoasa>show", ("", 9)),
        ("asa/pri/act(config)#", ("config", 20)),
        ("a(b)#  ", ("b", 7)),
        ("match x", ("", 0)),
        (" a# b", ("", 0)),
        ('regex x "a#b"', ("", 0)),
        ("!---# x", ("", 0)),
        ("#x", ("", 0)),
        ("(config)# x", ("", 0)),
        ("a(b# x", ("", 0)),
        ("a(b)(c)# x", ("", 0)),
        ("x" * 200 + "# y", ("", 0)),
    ],
)
def test_prompt_of(line: str, expected: tuple[str, int]) -> None:
    """A prompt is told from a line that only holds its marks."""
    assert prompt_of(line) == expected


@given(
    st.text()
    | st.lists(
        st.sampled_from(CANONICAL.splitlines())
        | st.sampled_from(["exit", " exit", "end", "!", "frob", " frob", "no menu x"])
        | st.text(max_size=8),
        max_size=20,
    ).map("\n".join)
)
def test_garbage_raises_nothing(text: str) -> None:
    """Whatever the text, each line is read, kept, skipped or an error."""
    refused, kept = script(text), script(text, keep=True)

    assert len(refused.errors) + refused.surplus <= text.count("\n") + 1
    assert kept.errors == []


@pytest.mark.timeout(20)
def test_long_scripts() -> None:
    """Ten thousand lines, and a line of brackets, are no burden."""
    got = script("frob a b c\n" * 5000 + CANONICAL * 500 + "(" * 100_000, keep=True)

    assert len(got.lines) == 5000 + 3 * 500 + 1
