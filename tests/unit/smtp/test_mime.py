"""MIME fields: types, encodings, the need of a boundary."""

from itertools import product

import pytest

from mailward.smtp.mime import (
    BASE64,
    BINARY,
    EIGHTBIT,
    ENCODINGS,
    OTHERS,
    QUOTED_PRINTABLE,
    SEVENBIT,
    ContentType,
    encodings_of,
    names_of,
)
from mailward.smtp.params import Parameters


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (b" base64", (BASE64,)),
        (b"7BIT", (SEVENBIT,)),
        (b"8bit (so to speak)", (EIGHTBIT,)),
        (b"(a (b) c) binary", (BINARY,)),
        (b'"quoted-printable";', (QUOTED_PRINTABLE,)),
        (b"7bit, base64 7bit", (SEVENBIT, BASE64)),
        (b"uuencode", (OTHERS,)),
        (b"base\r\n 64", (OTHERS,)),
        (b"base64\r\n (\r\n x)", (BASE64,)),
        (b"=?us-ascii?q?base64?=", (BASE64,)),
        (b"(base64", (BASE64,)),
        (b"", (SEVENBIT,)),
        (b" \r\n ", (SEVENBIT,)),
        (b"others", (OTHERS,)),
    ],
)
def test_encodings(value: bytes, codes: tuple[int, ...]) -> None:
    """Each word is a code; no word is as good as no field."""
    assert encodings_of(value) == codes


def test_words() -> None:
    """Each word of the configuration language means its code."""
    assert [encodings_of(row.word.encode()) for row in ENCODINGS] == [
        (row.code,) for row in ENCODINGS
    ]


@pytest.mark.parametrize(
    ("value", "types", "vague"),
    [
        (b" text/plain", [b"text/plain"], False),
        (b"Text/HTML; charset=x", [b"text/html"], False),
        (b"text / html", [b"text/html", b"text / html"], True),
        (b"(c) text/html (d)", [b"text/html", b"(c) text/html (d)"], True),
        (b'"text/html"', [b"text/html", b'"text/html"'], True),
        (b"text/html, application/zip", [b"text/html"], True),
        (b"=?x?q?text/html?=", [b"text/html"], True),
        (b"text", [], True),
        (b"", [], True),
        (b"a/b/c", [b"a/b"], True),
        (b"a/" + b"b" * 500, [b"a/" + b"b" * 254], False),
    ],
)
def test_types(value: bytes, types: list[bytes], vague: bool) -> None:
    """All plausible types; vague where some program sees none."""
    field = ContentType(value)

    assert set(types) - set(field.types) == set()
    assert field.vague is vague


@pytest.mark.parametrize(
    ("value", "boundaries"),
    [
        (b"multipart/mixed; boundary=a", (b"a",)),
        (b" Multipart/mixed", (b"",)),
        (b"multipart", (b"",)),
        (b"text/plain", ()),
        (b"text/plain; boundary=a", (b"a",)),
    ],
)
def test_boundaries(value: bytes, boundaries: tuple[bytes, ...]) -> None:
    """A multipart without a boundary has the empty one."""
    assert ContentType(value).boundaries == boundaries


def test_names() -> None:
    """Names come with either field."""
    assert ContentType(b"a/b; name=x; filename=y").names == (b"x", b"y")
    assert names_of(b"attachment; filename=x") == ((b"x",), False)
    assert names_of(b"attachment; filename=x.") == ((b"x.", b"x"), False)
    assert names_of(b"attachment; size=3") == ((), False)
    assert names_of(b"inline") == ((), False)
    assert ContentType(b"a/b" + b"; name=x" * 200).crowded


_HEADS = [b"text/plain", b" Multipart/Mixed", b"a/b ", b"inline", b"text/", b"a/b/c"]
_GLUE = [b"", b";", b"; ", b" ;\r\n\t", b";;", b",", b" (c) ;", b";\n ", b";\r "]
_ATTRIBUTES = [
    b"name",
    b"FileName",
    b"boundary",
    b"charset",
    b"name*",
    b"xname",
    b"n-a",
]
_VALUES = [
    *(b"a", b"a.pdf", b'"a b.pdf"', b'" a"', b'"a "', b"a.", b".a", b'"a..b"', b'""'),
    *(b"", b"%41", b"a/b", b"'a'", b'"a\\"b"', b"=?utf-8?q?a?=", b"name=b", b"a=b"),
    *(
        b"\xe4",
        b"a\0b",
        b"a,b",
        b'"a',
        b'a"',
        b"x" * 300,
        b'"x;name=y"',
        b'"--=_a"',
        b'"a=b"',
        b'"a-name=b"',
        b'"name=b"',
    ),
]
_ENDS = [b"", b"\r\n", b" ", b";", b"; \r\n", b"; name=z", b"\n\n", b"\r"]


def test_what_all_read_alike_is_read_as_in_every_reading() -> None:
    """The short way says what the long way says, of whatever is put together."""
    for parts in product(_HEADS, _GLUE, _ATTRIBUTES, _VALUES, _ENDS):
        head, glue, attribute, text, end = parts
        value = head + glue + attribute + b"=" + text + end
        long = Parameters(value)

        assert names_of(value) == (tuple(long.names.found), long.crowded), value
        field = ContentType(value)
        assert field.names == tuple(long.names.found), value
        assert field.boundaries in (tuple(long.boundaries.found), (b"",)), value
        assert field.crowded == long.crowded
