"""Parameters: every plausible reading of names and boundaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.smtp.params import LONGEST_BOUNDARY, Parameters, Readings


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (b"attachment", []),
        (b"attachment; filename=a.exe", [b"a.exe"]),
        (b'a/b; NAME = "a.exe"', [b"a.exe"]),
        (b"a/b; xname=a.exe; my-name=b; name=", []),
        # Missing semicolons and quotes, junk.
        (
            b"a/b name=a.exe filename=b.exe",
            [b"a.exe filename=b.exe", b"a.exe", b"b.exe"],
        ),
        (b"a/b; name=my file.exe", [b"my", b"my file.exe"]),
        (b'a/b; name="a.exe', [b"a.exe"]),
        (b'a/b; name="a;b.exe"', [b"a;b.exe", b"a"]),
        (b'a/b; name="a"b.exe', [b"a", b'a"b.exe', b"ab.exe"]),
        (b"a/b; name='a.exe'", [b"'a.exe'", b"a.exe"]),
        # Pairs, and backslashes that pair with nothing.
        (b'a/b; name="a\\"b"', [b'a"b', b'a\\"b', b'"b', b"a\\", b"a\\b", b"b"]),
        (b"a/b; name=a\\.exe", [b"a\\.exe", b".exe", b"a.exe"]),
        # In a comment, in quoted text, in an encoded word.
        (b"a/b (name=a.exe)", [b"a.exe", b"a.exe)"]),
        (b'a/b; title="; name=a.exe"', [b"a.exe", b'a.exe"']),
        (b"=?utf-8?q?a/b=3B_name=3Da=2Eexe?=", [b"a.exe"]),
        (b"a/b; name(c)=(d)a.exe", [b"a.exe"]),
        # Twice, and both.
        (b"a/b; name=a.txt; name=a.exe; filename=c", [b"a.txt", b"a.exe", b"c"]),
        # Encoded words.
        (b'a/b; name="=?utf-8?B?YS5leGU=?="', [b"=?utf-8?B?YS5leGU=?=", b"a.exe"]),
        # What programs make of a name.
        (b'a/b; name="a.exe\0.txt"', [b"a.exe\0.txt", b"a.exe"]),
        (b'a/b; name="a.exe. ."', [b"a.exe. .", b"a.exe"]),
        (b'a/b; name="/tmp/a.exe"', [b"/tmp/a.exe", b"a.exe"]),
        # Folds within a name.
        (
            b'a/b; name="a\r\n\t.exe"',
            [b"a\t.exe", b"a .exe", b"a.exe"],
        ),
        # Percent coding with a star, and without one all the same.
        (
            b"a/b; name*=iso-8859-1'en'%E4.exe",
            [
                b"iso-8859-1'en'%E4.exe",
                b"iso-8859-1'en'\xe4.exe",
                b"\xe4.exe",
                "ä.exe".encode(),
            ],
        ),
        (b"a/b; name*=a%2Eexe", [b"a%2Eexe", b"a.exe"]),
        (b"a/b; name=a%2Eexe", [b"a%2Eexe", b"a.exe"]),
    ],
)
def test_names(value: bytes, names: list[bytes]) -> None:
    """All that some program takes for the name."""
    assert sorted(Parameters(value).names.found) == sorted(names)


@pytest.mark.parametrize(
    ("value", "among"),
    [
        (b"x; filename*0=a.; filename*1=exe", [b"a.exe"]),
        (b'x; filename*1="exe"; filename*0="a."', [b"a.exe", b"exea"]),
        (b"x; filename*0*=utf-8''%61; filename*1=%2E; filename*2*=%65xe", [b"a%2Eexe"]),
        # A gap, duplicates: up to it, over it; the first, the last, both.
        (b"x; filename*0=a; filename*2=c", [b"a", b"ac"]),
        (b"x; filename*0=a; filename*0=b; filename*1=c", [b"ac", b"bc", b"abc"]),
        (b"x; filename*1=b", [b"b"]),
        # A word cut in two by sections.
        (b'x; filename*0="=?utf-8?q?a="; filename*1="2Eexe?="', [b"a.exe"]),
        # Two charsets; a charset in an uncoded section.
        (b"x; filename*0=utf-7''+AC4-; filename*1*=exe", [b".exe"]),
        # Each attribute has its own sections.
        (b"x; filename*0=a; name*1=b", [b"a", b"b"]),
    ],
)
def test_sections(value: bytes, among: list[bytes]) -> None:
    """RFC 2231 sections are joined in each plausible order."""
    assert set(among) - set(Parameters(value).names.found) == set()


@pytest.mark.parametrize(
    ("value", "boundaries"),
    [
        (b"m/m; boundary=a; boundary=b", [b"a", b"b"]),
        (b'm/m; boundary="a"b', [b"a", b'a"b', b"ab"]),
        (b"m/m; Boundary = a", [b"a"]),
        (b'm/m; boundary=""', [b""]),
        (b'm/m; boundary=" a "', [b" a ", b" a", b"a", b"a "]),
        (b"m/m; boundary*0=a; boundary*1=b", [b"ab"]),
        (b"m/m; boundary*=us-ascii''%61", [b"us-ascii''%61", b"us-ascii''a", b"a"]),
        (b"m/m; boundary=" + b"a" * 5000, [b"a" * LONGEST_BOUNDARY]),
    ],
)
def test_boundaries(value: bytes, boundaries: list[bytes]) -> None:
    """All that some program takes for the boundary, bounded."""
    assert sorted(Parameters(value).boundaries.found) == sorted(boundaries)


@pytest.mark.parametrize(
    ("value", "crowded"),
    [
        (b"a; name=x" * 128, False),
        (b"a; name=x" * 129, True),
        (b"".join(b"; name=%d" % n + b"x" * 6000 for n in range(20)), False),
        (b"".join(b"; name=%d" % n + b"x" * 6000 for n in range(60)), True),
        (b'(name="=?utf-8?q?=41?= ' * 3000, True),
        # Crowded in the first layer, so the next ones are not read.
        (b"a\r\n " + b"; name=x" * 129, True),
        # The same again and again takes no room, but work.
        (b"; name=%s" % (b"x" * 50_000) * 30, True),
        # Sections too long to be joined.
        (b"".join(b"; name*%d=" % n + b"x" * 6000 for n in range(100)), True),
        # Many boundaries are bounded by their length.
        (b"".join(b"; boundary=%d" % n + b"x" * 300 for n in range(128)), False),
    ],
)
def test_bounds(value: bytes, crowded: bool) -> None:
    """What goes beyond the bounds is told."""
    parameters = Parameters(value)

    assert parameters.crowded is crowded
    assert sum(map(len, parameters.names.found)) <= 262_144


def test_readings() -> None:
    """Each reading once, and no more than there is room for."""
    readings = Readings(3)
    for text in (b"a", b"a", b"bc", b"d", b"a", b""):
        readings.add(text)

    assert list(readings.found) == [b"a", b"bc", b""]
    assert readings.crowded


@given(
    st.lists(
        st.sampled_from(
            (b"name", b"*", b"0", b"1", b"=", b'"', b"'", b"%41", b"\\", b"; (")
        )
    ).map(b"".join)
)
def test_total(value: bytes) -> None:
    """Nothing raises, and a plain name in front is read whatever follows."""
    assert b"a.exe" in Parameters(b"x; name=a.exe; " + value).names.found
