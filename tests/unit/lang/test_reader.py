"""Reader: lines to rows and arguments, or an error at its column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.errors import ConfigError
from mailward.lang import samples
from mailward.lang.grammar import Grammar
from mailward.lang.reader import (
    AMBIGUOUS,
    INCOMPLETE,
    INVALID,
    UNRECOGNIZED,
    LineError,
    begin,
    read,
)
from mailward.lang.rows import LineRow, Mode
from mailward.lang.tokens import Name, Number, Word
from tests.unit.lang import toy


def error(line: str, mode: Mode = toy.KITCHEN) -> LineError:
    """The error that a line is refused with."""
    with pytest.raises(LineError) as caught:
        read(toy.GRAMMAR, mode, line, number=7)
    return caught.value


@pytest.mark.parametrize(
    ("line", "mode", "row", "values"),
    [
        (
            r'spice pepper "hot \" one"',
            toy.KITCHEN,
            toy.SPICE,
            {"name": "pepper", "smell": r"hot \" one"},
        ),
        ("menu lunch", toy.KITCHEN, toy.MENU_LINE, {"name": "lunch"}),
        ("MENU TY da lunch", toy.KITCHEN, toy.MENU_DAY, {"name": "lunch"}),
        ("menu t", toy.KITCHEN, toy.MENU_LINE, {"name": "t"}),
        ("serve x every", toy.KITCHEN, toy.SERVE, {"menu": "x"}),
        (
            "serve x room 40 quietly",
            toy.KITCHEN,
            toy.SERVE,
            {"menu": "x", "room": 40, "quiet": True},
        ),
        (
            "door ext open any at noon",
            toy.KITCHEN,
            toy.DOOR,
            {"verdict": ("open",), "any": True, "hour": ("noon",)},
        ),
        (
            "door shut 192.0.2.0 255.255.255.0 at 23",
            toy.KITCHEN,
            toy.DOOR,
            {
                "verdict": ("shut",),
                "base": "192.0.2.0",
                "mask": "255.255.255.0",
                "hour": 23,
            },
        ),
        (
            "door open host 2001:DB8::0:1",
            toy.KITCHEN,
            toy.DOOR,
            {"verdict": ("open",), "host": "2001:db8::1"},
        ),
        ("  note  a b ", toy.KITCHEN, toy.NOTE, {"text": "a b"}),
        (
            "courses roast broth tw",
            toy.MENU,
            toy.COURSES,
            {"courses": ("soup", "roast"), "twice": True},
        ),
        ("heat l gt 5", toy.DISH, toy.HEAT, {"limit": 5}),
        ("heat li le g 5", toy.DISH, toy.HEAT_LINE, {"limit": 5}),
        ("use cl c", toy.DISH, toy.USE, {"class": "c"}),
        ("use c", toy.DISH, toy.USE, {"spice": "c"}),
        ("drop log", toy.DISH, toy.ACT, {"drop": True, "log": True}),
        # the innermost mode that can read it, else the modes around
        ("note x", toy.DISH, toy.MENU_NOTE, {"text": "x"}),
        ("menu x", toy.DISH, toy.MENU_LINE, {"name": "x"}),
        ("dish x", toy.DISH, toy.DISH_LINE, {"name": "x"}),
        # in full in a mode around, before an abbreviation within
        ("d x", toy.MENU, toy.DISH_LINE, {"name": "x"}),
        ("door open any", toy.MENU, toy.DOOR, {"verdict": ("open",), "any": True}),
    ],
)
def test_read(line: str, mode: Mode, row: LineRow, values: dict[str, object]) -> None:
    """A line is read with abbreviations, in any letter case, in its mode or
    those around it."""
    got = read(toy.GRAMMAR, mode, line)

    assert (got.row.kind, got.args.values, got.negated) == (row.kind, values, False)


@pytest.mark.parametrize(
    ("line", "row", "values"),
    [
        ("no spice pepper", toy.SPICE, {"name": "pepper"}),
        ("NO sp pepper hot", toy.SPICE, {"name": "pepper", "smell": "hot"}),
        ("no menu x", toy.MENU_LINE, {"name": "x"}),
        ("no lamp", toy.LAMP, {}),
        ("no lamp 5", toy.LAMP, {"watts": 5}),
    ],
)
def test_read_negated(line: str, row: LineRow, values: dict[str, object]) -> None:
    """`no` needs the row up to its key; the rest may follow."""
    got = read(toy.GRAMMAR, toy.KITCHEN, line)

    assert (got.row.kind, got.args.values, got.negated) == (row.kind, values, True)


def test_in_full_before_abbreviated() -> None:
    """A first word in full in a mode around goes before its abbreviation
    within; without such a mode the abbreviation stands."""
    exact = [read(toy.GRAMMAR, toy.DISH, line).exact for line in ("drop", "dr")]

    assert exact == [True, False]
    assert read(toy.GRAMMAR, toy.DISH, "no lamp").row is toy.LAMP
    assert read(toy.GRAMMAR, toy.DISH, "la").row is toy.LAMP
    assert read(toy.GRAMMAR, toy.DISH, "men x").row is toy.MENU_LINE


def test_in_full_before_abbreviated_further_out() -> None:
    """A line whose first word is a keyword is a mistake in its own mode, not an
    abbreviation of another line in a mode around it."""
    outer = Mode("outer", "o", "o")
    inner = Mode("inner", "i", "i", outer)
    rows = (
        LineRow("open", outer, (Word("open", ""),), enters=inner),
        LineRow("hosts", outer, (Word("hosts", ""), Name("name", "", 9))),
        LineRow("host", inner, (Word("host", ""), Number("n", 1, 9, ""))),
    )
    grammar = Grammar(rows)
    with pytest.raises(LineError) as caught:
        read(grammar, inner, "host 10")

    assert caught.value.mode == inner
    assert read(grammar, inner, "hosts 10").row.kind == "hosts"
    assert read(grammar, outer, "host 10").row.kind == "hosts"


def test_columns() -> None:
    """Each named token is told with its column in the line as typed."""
    got = read(toy.GRAMMAR, toy.KITCHEN, "host# serve  x room 4", start=6)

    assert got.columns == {"menu": 14, "room": 21}


@pytest.mark.parametrize(
    ("line", "mode", "code", "column", "message", "expected"),
    [
        (
            "frob x",
            toy.DISH,
            UNRECOGNIZED,
            1,
            '"frob" begins no command',
            ("heat", "use", "drop", "log", "plate"),
        ),
        (
            " no frob",
            toy.MENU,
            UNRECOGNIZED,
            5,
            '"frob" begins no command',
            ("dish", "note", "courses"),
        ),
        (
            "no note x",
            toy.KITCHEN,
            UNRECOGNIZED,
            4,
            '"note" begins no command',
            ("spice", "menu", "serve", "door", "lamp"),
        ),
        ("", toy.DISH, INCOMPLETE, 1, "the command is not complete", None),
        ("no", toy.DISH, INCOMPLETE, 4, "the command is not complete", None),
        (
            "serve x",
            toy.KITCHEN,
            INCOMPLETE,
            9,
            "the command is not complete",
            ("everywhere", "room"),
        ),
        (
            "serve x room 41",
            toy.KITCHEN,
            INVALID,
            14,
            '"41" is not a number from 1 to 40',
            ("<1-40>",),
        ),
        (
            "serve x rome 4",
            toy.KITCHEN,
            INVALID,
            9,
            '"rome" may not stand here',
            ("everywhere", "room"),
        ),
        (
            "door open here",
            toy.KITCHEN,
            INVALID,
            11,
            '"here" is not an IPv4 address',
            ("any", "host", "A.B.C.D"),
        ),
        (
            "door open any at 24",
            toy.KITCHEN,
            INVALID,
            18,
            '"24" is not a number from 0 to 23',
            ("noon", "dusk", "<0-23>"),
        ),
        (
            "menu x y",
            toy.KITCHEN,
            INVALID,
            8,
            '"y" is too much: the line ends before it',
            ("<cr>",),
        ),
        (
            "courses soup salad",
            toy.MENU,
            INVALID,
            14,
            '"salad" may not stand here',
            ("soup", "sorbet", "roast", "twice", "<cr>"),
        ),
        (
            'menu type day "x"',
            toy.KITCHEN,
            INVALID,
            15,
            "the name holds a character that may not stand in it",
            ("WORD < 41 char",),
        ),
        (
            "s x",
            toy.KITCHEN,
            AMBIGUOUS,
            1,
            '"s" may mean spice or serve',
            ("spice", "serve"),
        ),
        (
            "heat l",
            toy.DISH,
            AMBIGUOUS,
            6,
            '"l" may mean length or line',
            ("length", "line"),
        ),
        (
            "heat l x",
            toy.DISH,
            AMBIGUOUS,
            6,
            '"l" may mean length or line',
            ("length", "line"),
        ),
        (
            "courses so",
            toy.MENU,
            AMBIGUOUS,
            9,
            '"so" may mean soup or sorbet',
            ("soup", "sorbet"),
        ),
        # of several modes, the one that understood most
        (
            "menu type day",
            toy.DISH,
            INCOMPLETE,
            15,
            "the command is not complete",
            None,
        ),
        ("dish", toy.DISH, INCOMPLETE, 6, "the command is not complete", None),
    ],
)
def test_errors(
    line: str,
    mode: Mode,
    code: int,
    column: int,
    message: str,
    expected: tuple[str, ...] | None,
) -> None:
    """A mistake is told with its kind, its column and what would be right."""
    got = error(line, mode)

    assert (got.code, got.column, got.message) == (code, column, message)
    assert expected is None or got.expected == expected
    assert (got.line, got.text) == (7, line)


def test_sure_of_the_first_word() -> None:
    """An error says whether the line's first word was typed in full."""
    lines = ["serve x", "ser x", "frob", "no spice"]

    assert [error(line).sure for line in lines] == [True, False, False, True]


def test_long_list_is_cut() -> None:
    """No more than sixteen proposals, then an ellipsis."""
    words = [Word(f"w{n:02}", "") for n in range(30)]
    rows = tuple(LineRow(w.text, toy.KITCHEN, (w,)) for w in words)
    with pytest.raises(LineError) as caught:
        read(Grammar(rows), toy.KITCHEN, "x")

    assert (len(caught.value.expected), caught.value.expected[-1]) == (17, "…")


def test_render_has_a_caret() -> None:
    """The error prints in the house's form."""
    assert error("serve x rome").render("a.cfg") == (
        'a.cfg:7:9: error: "rome" may not stand here\n'
        "  serve x rome\n"
        "          ^\n"
        "  expected: everywhere, room"
    )


def test_begin_takes_no_off() -> None:
    """A walk begins behind `no`, in the graph of negated rows."""
    walk, at, negated = begin(toy.GRAMMAR, toy.KITCHEN, " no x", 0)

    assert (at, negated, walk.begun) == (3, True, False)


def test_unambiguous_abbreviations() -> None:
    """Any prefix of a keyword that begins no other keyword there will do."""
    for word in ("door", "lamp", "menu"):
        tail = {"door": " open any", "lamp": "", "menu": " x"}[word]
        kinds = {
            read(toy.GRAMMAR, toy.KITCHEN, word[:n] + tail).row.kind
            for n in range(1, len(word) + 1)
        }

        assert kinds == {word}


@pytest.mark.parametrize("row", toy.ROWS, ids=lambda row: row.kind)
def test_every_sample_is_read(row: LineRow) -> None:
    """Each sample of a row is read as that row, plain and after `no`."""
    plain = {read(toy.GRAMMAR, row.mode, text).row.kind for text in samples.lines(row)}

    assert plain == {row.kind}


@given(
    st.lists(
        st.sampled_from(
            [
                *("door", "serve", "menu", "no", "spice", "heat", "length", "gt"),
                *("use", "class", "note", "courses", "soup", "open", "any", "at"),
                *('"', '"a b"', "\\", "5", "\x00", "é", "192.0.2.1", "x" * 300),
            ]
        )
        | st.text(max_size=6),
        max_size=12,
    ).map(" ".join)
    | st.text()
)
def test_garbage_raises_config_errors_only(line: str) -> None:
    """Whatever is typed is read or refused at a column of the line."""
    column = 1
    try:
        read(toy.GRAMMAR, toy.DISH, line)
    except ConfigError as caught:
        column = caught.column

    assert 1 <= column <= len(line) + 2


@pytest.mark.parametrize(
    "line",
    [
        "x " * 100_000,
        "courses soup " + "soup " * 100_000 + "x",
        "note " + "x " * 100_000,
        'spice x "' + '\\"' * 100_000,
        "spice x " + '"' * 100_000,
        "no " * 100_000,
        "9" * 100_000,
        "door open host " + ":" * 100_000,
    ],
    ids=["words", "list", "rest", "pairs", "quotes", "no", "digits", "address"],
)
@pytest.mark.timeout(10)
def test_long_lines_are_refused_quickly(line: str) -> None:
    """The work for a line grows with its length and no faster."""
    with pytest.raises(LineError):
        read(toy.GRAMMAR, toy.MENU, line)
