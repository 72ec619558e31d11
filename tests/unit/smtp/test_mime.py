"""MIME fields: types, encodings, the need of a boundary."""

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
    assert list(names_of(b"attachment; filename=x").names.found) == [b"x"]
    assert ContentType(b"a/b" + b"; name=x" * 200).crowded
