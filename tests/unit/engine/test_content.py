"""The reader of messages: where events are proven, whatever the cuts."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.engine.content import NOTHING, ROOM, Content
from mailward.engine.parts import (
    DEPTH,
    ENCODING,
    NAME,
    NEEDS_MIME,
    NEEDS_TO,
    OVERFLOW,
    TO,
    TYPE,
)
from mailward.smtp.mime import BASE64, EIGHTBIT, OTHERS, SEVENBIT
from tests.unit.engine.readings import Seen, read

_MULTI = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
_PLAIN = ((ENCODING, (SEVENBIT,)), (TYPE, (b"text/plain",)))
_MIXED = ((ENCODING, (SEVENBIT,)), (TYPE, (b"multipart/mixed",)))


def _brief(seen: list[Seen]) -> tuple[tuple[int, object], ...]:
    return tuple(event[1:] for event in seen)


def _every_split(data: bytes) -> list[Seen]:
    """The events; the same at every split and octet by octet."""
    whole = read(data)
    for cut in range(1, len(data)):
        assert read(data, (cut,)) == whole
    assert read(data, tuple(range(1, len(data)))) == whole
    return whole


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        # A field is proven by the octet that shows it is not folded.
        (b"To: a@x\r\nX: y\r\n", [(9, TO, (1,)), (15, *_PLAIN[0]), (15, *_PLAIN[1])]),
        (b"To: a@x\r\n ,b@x\r\nX", [(16, TO, (2,)), *[(17, *x) for x in _PLAIN]]),
        (b"to\t : a@x\r\n\r\n", [(11, TO, (1,)), *[(12, *x) for x in _PLAIN]]),
        # Running over all To fields of the header, not of the body.
        (
            b"To: a@x\nTo: b@x\n\nTo: c@x\n",
            [(8, TO, (1,)), (16, TO, (2,)), *[(16, *x) for x in _PLAIN]],
        ),
        (b"", [(0, *x) for x in _PLAIN]),
        (b"To: a@x", [(7, TO, (1,)), *[(7, *x) for x in _PLAIN]]),
    ],
)
def test_proof(data: bytes, seen: list[Seen]) -> None:
    """Each event comes at the octet that proves it."""
    assert _every_split(data) == seen


_EXE = (NAME, (b"a.exe",))
_DISP = b"Content-Disposition: x; filename=a.exe\r\n"


@pytest.mark.parametrize(
    ("data", "events"),
    [
        # The header goes on for some behind a line that is of no field.
        (b"oops\r\n" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        (b"a b: c\r\n" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        (b" fold\r\n" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        (b"x" * 1200 + b"\r\n" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        (b"x" * 1200 + b": y\r\n" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        # But the envelope line of a mailbox file is of it.
        (b"From x\r\n" + _DISP + b"\r\n", (_PLAIN[0], _EXE, _PLAIN[1])),
        (b">From x\r" + _DISP + b"\r\n", (_PLAIN[0], _EXE, _PLAIN[1])),
        (b"A: b\r\nFrom x\r\n" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        # A NUL or a blank before a name.
        (b"\0" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        (b" " + _DISP + b" ; x\r\n\r\n", (*_PLAIN, _EXE)),
        # Behind a CR alone a field may begin, but nothing ends.
        (b"A: b\r" + _DISP + b"\r\n", (_PLAIN[0], _EXE, _PLAIN[1])),
        (b"A: b\r\r\n" + _DISP + b"\r\n", (_PLAIN[0], _EXE, _PLAIN[1])),
        (b"A: b\roops\r\n" + _DISP + b"\r\n", (_PLAIN[0], _EXE, _PLAIN[1])),
        (b"A: b\r\roops\r\n" + _DISP + b"\r\n", (_PLAIN[0], _EXE, _PLAIN[1])),
        (b"\r" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        (b"oops\r" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        (
            b"Content-Transfer-Encoding: base64\r" + _DISP + b"\r\n",
            ((ENCODING, (OTHERS,)), _EXE, _PLAIN[1]),
        ),
        (
            b"Content-Transfer-Encoding: base64\r x\r\n\r\n",
            ((ENCODING, (BASE64, OTHERS)), _PLAIN[1]),
        ),
        (b"To: a@x\rCc: b\rTo: c@x\r\n\r\n", ((TO, (1,)), (TO, (2,)), *_PLAIN)),
    ],
)
def test_headers(data: bytes, events: tuple[tuple[int, object], ...]) -> None:
    """A field that any program would see is seen."""
    seen = _brief(_every_split(data))

    assert seen == events


_PART = b"--b\r\n" + _DISP + b"\r\n"
_FOUND = (_PLAIN[0], _EXE, _PLAIN[1])


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (_PART, _FOUND),
        (b"preamble\r\n" + _PART + b"text\r\n--b--\r\nepilogue\r\n", _FOUND),
        (b"preamble\r\n" + _PART + b"text\r\n" + _PART, _FOUND * 2),
        # Ends of line: LF, and a CR alone for some.
        (b"x\n" + _PART.replace(b"\r", b""), _FOUND),
        (b"x\r" + _PART, (_EXE,)),
        (b"x\r\n--b\r" + _DISP + b"\r\n", _FOUND),
        # Blanks behind it, more behind it, text that only looks alike.
        (b"--b \t\r\n" + _DISP + b"\r\n", _FOUND),
        (b"--bc\r\n" + _DISP + b"\r\n", _FOUND),
        (b"--b" + b"x" * 5000 + b"\r\n" + _DISP + b"\r\n", _FOUND),
        (b"--c\r\n" + _DISP + b"\r\n", ()),
        (b"-b\r\n--\r\n-\r\n--" + _DISP + b"\r\n", ()),
        (b"x--b\r\n" + _DISP + b"\r\n", ()),
        # Behind a closing delimiter some read on.
        (b"--b--\r\n" + _DISP + b"\r\n", (_EXE,)),
        (b"--b--\r\n\r\n" + _DISP + b"\r\n", ()),
        # A part without an empty line.
        (b"--b\r\nA: b\r\n" + _PART, _PLAIN + _FOUND),
        (b"--b\r\nA: b\r" + _PART, (*_PLAIN, _EXE)),
        (b"--b\r\noops\r\n" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        (b"--b\r\n--x: y\r\n" + _DISP + b"\r\n", _FOUND),
        (b"--b\r\n--x y\r\n" + _DISP + b"\r\n", (*_PLAIN, _EXE)),
        (b"--b\r\n\r\n\r\n" + _PART, _PLAIN + _FOUND),
        # To fields of parts do not count.
        (b"--b\r\nTo: a@x\r\n\r\n", _PLAIN),
        # Cut short.
        (b"--b", ()),
        (b"--b\r\n", _PLAIN),
    ],
)
def test_parts(body: bytes, events: tuple[tuple[int, object], ...]) -> None:
    """A part that any program would see is seen."""
    if len(body) < 1000:
        seen = _every_split(_MULTI + body)
    else:
        seen = read(_MULTI + body)
        assert read(_MULTI + body, tuple(range(0, len(body), 7))) == seen

    assert _brief(seen) == (*_MIXED, *events)


def test_a_delimiter_in_a_field() -> None:
    """Behind a CR alone even the value of a field may hold a delimiter."""
    data = (
        b"Content-Type: multipart/mixed; boundary=b\r--b\r"
        b"Content-Transfer-Encoding: base64\r--c\roops\r\n\r\n"
    )

    assert [e for e in _brief(_every_split(data)) if e[0] == ENCODING] == [
        (ENCODING, (SEVENBIT,)),
        (ENCODING, (BASE64,)),
    ]


def test_nested_boundaries() -> None:
    """Inner, outer, and one that begins with the other: no matter which."""
    data = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n"
        b"--b1\r\nContent-Type: a/b\r\n\r\n"
        b"--b1--\r\n"
        b"--b\r\nContent-Type: c/d\r\n\r\n"
        b"--b--\r\n"
    )

    assert [what for _, kind, what in _every_split(data) if kind == TYPE] == [
        (b"multipart/mixed",),
        (b"multipart/mixed",),
        (b"a/b",),
        (b"c/d",),
    ]


def test_contradictory_boundaries() -> None:
    """Each boundary of a part counts, and no other that begins like them."""
    data = (
        b"Content-Type: multipart/mixed; boundary=ba\r\n"
        b"Content-Type: multipart/mixed; boundary=bc\r\n\r\n"
        b"--bx\r\nContent-Type: x/x\r\n\r\n--bc\r\nContent-Type: c/c\r\n\r\n"
        b"--b\r\n--ba\r\nContent-Type: a/a\r\n\r\n"
    )

    assert [what for _, kind, what in _every_split(data) if kind == TYPE] == [
        (b"multipart/mixed",),
        (b"c/c",),
        (b"a/a",),
    ]


@pytest.mark.parametrize(
    ("header", "types"),
    [
        (
            b"Content-Type: message/rfc822\r\n\r\nContent-Type: a/b\r\n\r\n",
            [(b"message/rfc822",), (b"a/b",)],
        ),
        (
            b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n",
            [(b"message/rfc822",), (b"text/plain",)],
        ),
        (
            b"Content-Type: message/delivery-status\r\n\r\nSubject: x\r\n\r\n",
            [(b"message/delivery-status",)],
        ),
        (
            b"Content-Type: multipart/digest; boundary=b\r\n\r\n"
            + _PART.replace(_DISP, b"\r\nContent-Type: a/b\r\n")
            + b"--b--\r\n",
            [(b"multipart/digest",), (b"message/rfc822",), (b"a/b",)],
        ),
        (b"Content-Type: text/plain\r\n\r\nContent-Type: a/b\r\n", [(b"text/plain",)]),
    ],
)
def test_messages(header: bytes, types: list[tuple[bytes, ...]]) -> None:
    """The body of a message is a header again."""
    assert [what for _, kind, what in _every_split(header) if kind == TYPE] == types


def test_needs() -> None:
    """Who is not asked sleeps."""
    data = b"To: a@x\r\n" + _MULTI + b"--b\r\n" + _DISP + b"\r\n"

    assert read(data, needs=0) == []
    assert _brief(read(data, needs=NEEDS_TO)) == ((TO, (1,)),)
    assert _brief(read(data, needs=NEEDS_MIME)) == (*_MIXED, *_FOUND)
    assert _brief(read(b"To: a@x\rTo: b@x", needs=NEEDS_MIME)) == _PLAIN
    assert _brief(read(b"To: a@x\rContent-Type: y", needs=NEEDS_TO)) == ((TO, (1,)),)


def test_windows() -> None:
    """Octets outside the span that is fed are not looked at."""
    data = b"To: a@x\r\nCc: b\r\n\r\n"
    content = Content(NEEDS_TO)

    assert content.feed(data, 4, 9) == NOTHING
    assert content.feed(b"To: " + data, 0, 13) == NOTHING
    assert content.feed(b"\r\n", 0, 0) == NOTHING
    assert content.feed(data, 9, len(data)) == 9
    assert content.codes == (1,)


@pytest.mark.parametrize("size", [ROOM - 1, ROOM, ROOM + 1, 3 * ROOM])
def test_overflow(size: int) -> None:
    """A field beyond ROOM is told, with what was read of it; the rest is
    skipped, and the next field is read."""
    data = b"To:" + (b"a@x," * ROOM)[:size]
    tail = b"\r\n b@y\r\nTo: c@x\r\n\r\n"
    over = size + 8 > ROOM
    seen = [event for event in read(data + tail) if event[1] in (TO, OVERFLOW)]

    assert [event[1] for event in seen] == [OVERFLOW] * over + [TO, TO]
    assert seen == [
        event
        for event in read(data + tail, tuple(range(0, len(data), 1000)))
        if event[1] in (TO, OVERFLOW)
    ]
    if over:
        assert seen[0][0] == ROOM + 3


def test_depth() -> None:
    """What is deeper than is remembered is told once."""
    nested = [
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(300)
    ]
    seen = read(b"".join(nested))

    assert [event[1] for event in seen if event[1] in (DEPTH, OVERFLOW)] == [DEPTH]


_PIECES = st.sampled_from(
    [
        *[b"\r\n", b"\r", b"\n", b"--", b"b", b"--b", b"--b--", b"\r\n--b\r\n", b"-"],
        *[b"Content-Type: ", b"multipart/mixed; boundary=b", b"message/rfc822"],
        *[b"multipart/digest; boundary=bc", b"; name=", b"a.exe", b"To: ", b"x@y"],
        *[b"Content-Transfer-Encoding: base64", _DISP, b"\r\n\r\n", b"X: y", b" "],
        *[b":", b"\t", b"\0", b"From ", b"(", b'"', b"z" * 600, b"\r\n ", b"a=b"],
    ]
)


@given(
    st.lists(_PIECES, max_size=25).map(b"".join),
    st.booleans(),
    st.lists(st.integers(0, 400), max_size=8),
)
def test_indifferent_to_cuts(data: bytes, multi: bool, cuts: list[int]) -> None:
    """Offsets, events and values do not depend on the cuts, and offsets grow."""
    data = _MULTI * multi + data
    whole = read(data)

    assert read(data, tuple(cut for cut in cuts if cut <= len(data))) == whole
    assert read(data, tuple(range(1, len(data)))) == whole
    assert [event[0] for event in whole] == sorted(event[0] for event in whole)


@given(
    st.lists(_PIECES, max_size=25).map(b"".join),
    st.lists(_PIECES, max_size=5).map(b"".join),
)
def test_nothing_hides(before: bytes, after: bytes) -> None:
    """Whatever came before, a part behind a line end and delimiter is seen, unless
    the reader has told of an overflow."""
    data = _MULTI + before + b"\r\n--b\r\n" + _DISP + b"\r\n" + after
    seen = read(data)

    assert any(kind == NAME and b"a.exe" in what for _, kind, what in seen)


@pytest.mark.parametrize(
    "unit",
    [
        b"\n--",
        b"\r--",
        b"\n--b",
        b"--b\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n",
        b"Content-Type: message/rfc822\r\n\r\n",
        b'Content-Type: a/b%d; name="x%d"\r\n',
        b"Content-Type: a/b\r\n ",
        b"a b",
        b"x\r",
        b"(",
        b"To: a\r\n",
        b"\0",
    ],
)
def test_bounded(unit: bytes) -> None:
    """What is held does not grow with the message."""
    content = Content(NEEDS_TO | NEEDS_MIME)
    numbers = range(60_000 // len(unit))
    if b"%" in unit:
        data = _MULTI[:-2] + b"".join([unit % (n, n) for n in numbers])
    else:
        data = _MULTI[:-2] + unit * len(numbers)
    tracemalloc.start()
    try:
        for start in range(0, len(data), 5000):
            piece = data[start : start + 5000]
            at = content.feed(piece, 0, len(piece))
            while at != NOTHING:
                at = content.feed(piece, at, len(piece))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < 700_000


def test_encodings_of_parts() -> None:
    """Each part has its own encodings."""
    data = (
        b"Content-Transfer-Encoding: 8bit\r\n"
        + _MULTI
        + b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b\r\n\r\n"
    )

    assert [what for _, kind, what in _every_split(data) if kind == ENCODING] == [
        (EIGHTBIT,),
        (BASE64,),
        (SEVENBIT,),
    ]


_HARMFUL = (
    b"--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\n"
    b"Content-Type: application/octet-stream\r\n"
    b"Content-Disposition: attachment; filename=e.com\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nWDVPIVAl\r\n--b--\r\n"
)
_M = b"Content-Type: multipart/mixed; boundary=b"
_P = b"Content-Type: text/plain"


@pytest.mark.parametrize(
    "header",
    [
        # M01 and M02: twice, in both orders.
        _P + b"\r\n" + _M + b"\r\n\r\n",
        _M + b"\r\n" + _P + b"\r\n\r\n",
        _M + b"\r\nContent-Transfer-Encoding: 7bit\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n",
        # M03 and M04: boundaries.
        _M.replace(b"=b", b"=a; boundary=b") + b"\r\n\r\n",
        _M.replace(b"=b", b"=b; boundary=a") + b"\r\n\r\n",
        _M.replace(b"=b", b'="b"a') + b"\r\n\r\n",
        _M.replace(b"=b", b'="b') + b"\r\n\r\n",
        _M.replace(b"=b", b" = b") + b"\r\n\r\n",
        _M.replace(b"; boundary=b", b"") + b"\r\n\r\n",
        _M.replace(b"=b", b'=""') + b"\r\n\r\n",
        _M.replace(b"=b", b'="b "') + b"\r\n\r\n",
        _M.replace(b"=b", b"*0=b") + b"\r\n\r\n",
        _M.replace(b"=b", b"==?utf-8?q?b?=") + b"\r\n\r\n",
        b"Content-Type: =?utf-8?q?multipart/mixed=3B_boundary=3Db?=\r\n\r\n",
        # M05: names of fields.
        _M.replace(b":", b" :") + b"\r\n\r\n",
        b"\0" + _M + b"\r\n\r\n",
        b" " + _M + b"\r\n\r\n",
        _M.replace(b": ", b":\r\n ") + b"\r\n\r\n",
        # M12: ends of line.
        _M + b"\n\n",
        # M14: comments and quotes.
        _P + b" (comment; boundary=b)\r\n\r\n",
        _M.replace(b"=b", b'="\\b"') + b"\r\n\r\n",
        _M.replace(b"boundary", b'title="a\\"b,c"; boundary') + b"\r\n\r\n",
        # M16: the border of header and body, or none at all.
        _M + b"\r\n \r\n",
        _M + b"\r\r\n",
        _M + b"\r\n",
        # M20: a field behind a CR alone.
        b"Subject: a\r" + _M + b"\r\n\r\n",
        _P + b"\r" + _M + b"\r\n\r\n",
    ],
)
def test_ambiguity(header: bytes) -> None:
    """The harmful reading is seen, however the header hides it (reference peers
    section 4.9)."""
    seen = _brief(_every_split(header + _HARMFUL))

    assert (NAME, (b"e.com",)) in seen
    assert (TYPE, (b"application/octet-stream",)) in seen
    assert (ENCODING, (BASE64,)) in seen
