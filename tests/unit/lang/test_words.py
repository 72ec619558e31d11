"""Words: pieces of a line, and how each token takes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.lang.tokens import (
    Address,
    Choice,
    Leaf,
    Name,
    Number,
    Quoted,
    Ref,
    Rest,
    Word,
)
from mailward.lang.words import (
    EXACT,
    FREE,
    REF_MOST,
    SHORT,
    TAIL,
    TYPED,
    Hit,
    Piece,
    accept,
    face,
    faces,
    lower,
    piece_at,
    printable,
    refusal,
    shown,
    unquoted,
)

WORD = Word("body", "The body")
CHOICE = Choice(
    "what",
    (("8bitmime", ""), ("ecode", ""), ("etrn", "")),
    aliases=(("eightbit", "8bitmime"),),
)
NUMBER = Number("limit", 1, 300, "A limit")
V4, V6, ANY = (Address("host", "A host", version) for version in (4, 6, 0))
NET = Address("net", "A network", 6, prefix=True)
NET4 = Address("net", "A network", 4, prefix=True)
NAME = Name("name", "A name", 5)
REF = Ref("regex", "regex", "A regex")
QUOTED = Quoted("pattern", "A pattern", 6)
REST = Rest("text", "A text", 8)


def pieces(line: str) -> list[str]:
    """The texts of all pieces of a line."""
    out, at = [], 0
    while (piece := piece_at(line, at)) is not None:
        out.append(piece.text)
        at = piece.end
    return out


def take(leaf: Leaf, text: str) -> Hit | None:
    """How a token takes the first piece of a text."""
    piece = piece_at(text, 0)
    assert piece is not None
    return accept(leaf, piece)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        (" \t ", []),
        (" a\tbc  d ", ["a", "bc", "d"]),
        ('x "a b" y', ["x", '"a b"', "y"]),
        (r'"a \" b" c', [r'"a \" b"', "c"]),
        (r'"a\\" b', [r'"a\\"', "b"]),
        ('"a b', ['"a b']),
        ('"a b\\', ['"a b\\']),
        ('"a"b c', ['"a"b', "c"]),
        ('a"b c"', ['a"b', 'c"']),
    ],
)
def test_pieces(line: str, expected: list[str]) -> None:
    """Blanks and tabs part pieces, save inside double quotes."""
    assert pieces(line) == expected


@given(st.text(alphabet=' \t"\\ab'))
def test_pieces_lose_nothing(line: str) -> None:
    """Between the pieces there are blanks and tabs only."""
    at = 0
    while (piece := piece_at(line, at)) is not None:
        assert line[at : piece.start].strip(" \t") == ""
        assert line[piece.start : piece.end] == piece.text
        at = piece.end
    assert line[at:].strip(" \t") == ""


def test_rest_of_a_piece() -> None:
    """The rest runs to the last octet that is no blank."""
    assert Piece("a bc  d \t", 2, 4).rest() == "bc  d"


@pytest.mark.parametrize(
    ("leaf", "text", "expected"),
    [
        (WORD, "body", Hit(EXACT, True, "body")),
        (WORD, "BODY", Hit(EXACT, True, "body")),
        (WORD, "bo", Hit(SHORT, True, "body")),
        (WORD, "bodyx", None),
        (Word("k", ""), "\u212a", None),
        (CHOICE, "etrn", Hit(EXACT, ("etrn",), "etrn")),
        (CHOICE, "ET", Hit(SHORT, ("etrn",), "etrn")),
        (CHOICE, "eightbit", Hit(EXACT, ("8bitmime",), "8bitmime")),
        (CHOICE, "ei", Hit(SHORT, ("8bitmime",), "8bitmime")),
        (
            CHOICE,
            "e",
            Hit(SHORT, ("ecode",), "ecode", ("ecode", "etrn", "8bitmime")),
        ),
        (CHOICE, "x", None),
        (NUMBER, "300", Hit(TYPED, 300, "300")),
        (NUMBER, "007", Hit(TYPED, 7, "7")),
        (NUMBER, "0", None),
        (NUMBER, "301", None),
        (NUMBER, "-1", None),
        (NUMBER, "٣", None),
        (NUMBER, "0" * 5000, None),
        (V4, "192.0.2.1", Hit(TYPED, "192.0.2.1", "192.0.2.1")),
        (V4, "192.0.2.256", None),
        (V4, "::1", None),
        (V6, "2001:DB8:0::1", Hit(TYPED, "2001:db8::1", "2001:db8::1")),
        (V6, "fe80::1%eth0", None),
        (V6, "192.0.2.1", None),
        (ANY, "::1", Hit(TYPED, "::1", "::1")),
        (ANY, "1" * 46, None),
        (NET, "2001:DB8::1/32", Hit(TYPED, "2001:db8::/32", "2001:db8::/32")),
        (NET, "::/0128", Hit(TYPED, "::/128", "::/128")),
        (NET4, "10.1.1.1/8", Hit(TYPED, "10.0.0.0/8", "10.0.0.0/8")),
        (NET, "10.0.0.0/8", None),
        (NET, "2001:db8::", None),
        (NET, "2001:db8::/129", None),
        (NET, "2001:db8::/٣", None),
        (NET, "::/" + "0" * 60, None),
        (NAME, "Ab-c_", Hit(FREE, "Ab-c_", "Ab-c_")),
        (NAME, "abcdef", None),
        (NAME, '"a"', None),
        (NAME, "a\x1bb", None),
        (REF, "x" * REF_MOST, Hit(FREE, "x" * REF_MOST, "x" * REF_MOST)),
        (REF, "x" * (REF_MOST + 1), None),
        (QUOTED, '"a b"', Hit(FREE, "a b", "a b")),
        (QUOTED, r"a\.b", Hit(FREE, r"a\.b", r"a\.b")),
        (QUOTED, '""', Hit(FREE, "", "")),
        (QUOTED, '"abcdef"', Hit(FREE, "abcdef", "abcdef")),
        (QUOTED, '"abcdefg"', None),
        (QUOTED, '"a', None),
        (QUOTED, '"', None),
        (QUOTED, '"a\x07"', None),
        (QUOTED, 'a"b', None),
        (QUOTED, "a\\", None),
        (REST, 'a  "b ', Hit(TAIL, 'a  "b', 'a  "b')),
        (REST, "123456789", None),
        (REST, "a\x1bb", None),
    ],
)
def test_accept(leaf: Leaf, text: str, expected: Hit | None) -> None:
    """Each token takes what is its own, ranks it and keeps its value."""
    taken = take(leaf, text)
    assert (taken and taken.key()) == (expected and expected.key())


@pytest.mark.parametrize(
    ("leaf", "text", "expected"),
    [
        (WORD, "x", ""),
        (CHOICE, "x", ""),
        (NUMBER, "0", '"0" is not a number from 1 to 300'),
        (V4, "x", '"x" is not an IPv4 address'),
        (ANY, "x", '"x" is not an IP address'),
        (NET, "x", '"x" is not an IPv6 network'),
        (NAME, "abcdef", "the name is longer than 5 characters"),
        (NAME, '"a"', "the name holds a character that may not stand in it"),
        (REF, "x" * 256, "the name is longer than 255 characters"),
        (
            QUOTED,
            '"a',
            "a double quote has no partner, or a backslash nothing behind it",
        ),
        (QUOTED, '"abcdefg"', "the text is longer than 6 characters"),
        (REST, "123456789", "the text is longer than 8 characters"),
    ],
)
def test_refusal(leaf: Leaf, text: str, expected: str) -> None:
    """An argument says why it does not take a piece."""
    piece = piece_at(text, 0)
    assert piece is not None

    assert refusal(leaf, piece) == expected


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (WORD, "body"),
        (CHOICE, "8bitmime|ecode|etrn"),
        (NUMBER, "<1-300>"),
        (V4, "A.B.C.D"),
        (V6, "X:X:X:X::X"),
        (ANY, "Address"),
        (NET, "X:X:X:X::X/<0-128>"),
        (NET4, "A.B.C.D/<0-32>"),
        (NAME, "WORD < 6 char"),
        (REF, "WORD"),
        (QUOTED, "WORD < 7 char"),
        (REST, "LINE < 9 char"),
    ],
)
def test_face(leaf: Leaf, expected: str) -> None:
    """Free values are shown in the manner of the appliance's help."""
    assert face(leaf) == expected


def test_faces_of_a_choice_are_its_words() -> None:
    """A choice shows each keyword with its own help, other tokens one face."""
    assert faces(CHOICE) == (("8bitmime", ""), ("ecode", ""), ("etrn", ""))
    assert faces(NUMBER) == (("<1-300>", "A limit"),)


def test_lower_folds_ascii_only() -> None:
    """No letter outside ASCII turns into one inside."""
    assert (lower("BoDy"), lower("\u212aX")) == ("body", "\u212aX")


@pytest.mark.parametrize(
    ("text", "lawful"),
    [
        ("a\tb", True),
        ("of\xa0a\u202fWin\xaddows\u200b document", True),
        ("a\x1b[2J", False),
        ("a\x85b", False),
        ("a\u2028b", False),
        ("a\u202eb", False),
    ],
)
def test_printable(text: str, lawful: bool) -> None:
    """Blanks of all sorts are harmless in a text, what moves a cursor is not."""
    assert printable(text) is lawful


def test_shown_is_bounded_and_printable() -> None:
    """What an error quotes is short and moves no cursor."""
    assert shown("a\x1bb") == '"a?b"'
    assert shown("x" * 41) == '"' + "x" * 40 + '…"'


@given(st.text(alphabet='"\\ab ', max_size=12))
def test_what_was_unquoted_can_be_quoted(text: str) -> None:
    """The value of a Quoted, put into quotes, is one piece with that value."""
    inner = unquoted(text)

    assert inner is None or pieces(f'"{inner}"') == [f'"{inner}"']
    assert inner is None or unquoted(f'"{inner}"') == inner


SHAPED = Name("pair", "Two names", 20, shape="[(][a-z]+,[a-z]+[)]", sample="(a,b)")
OWN = Address("own", "An address in its network", 6, prefix=True, own=True)


def test_shapes() -> None:
    """A name may have to be of a form, which then stands for it."""
    right, wrong = (Piece(text, 0, len(text)) for text in ("(in,out)", "in,out"))

    taken = accept(SHAPED, right)
    assert taken is not None
    assert taken.key() == (FREE, "(in,out)", "(in,out)", ())
    assert accept(SHAPED, wrong) is None
    assert refusal(SHAPED, wrong) == '"in,out" is not of the form (a,b)'
    assert face(SHAPED) == "(a,b)"


def test_an_address_in_its_network() -> None:
    """The bits behind the prefix are kept."""
    texts = ("2001:DB8::1/64", "2001:db8::1", "192.0.2.1/24", "2001:db8::1/129")
    found = [accept(OWN, Piece(text, 0, len(text))) for text in texts]

    assert [hit.value if hit else None for hit in found] == [
        "2001:db8::1/64",
        None,
        None,
        None,
    ]
