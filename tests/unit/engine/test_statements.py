"""What the fields of a message say: read, added up, part by part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.engine.boundaries import MOST
from mailward.engine.content import NOTHING, Content
from mailward.engine.parts import (
    DEPTH,
    NAME,
    NEEDS_MIME,
    NEEDS_NAME,
    NEEDS_TO,
    NEEDS_TYPE,
    TO,
    TYPE,
)
from mailward.engine.statements import Statements, is_silent
from mailward.smtp.fields import CONTENT_DISPOSITION, CONTENT_TYPE, OTHER
from mailward.smtp.fields import TO as TO_FIELD

_MULTI = b" multipart/mixed; boundary=b"


@pytest.mark.parametrize(
    ("needs", "to", "kind"),
    [
        (NEEDS_TO, TO_FIELD, OTHER),
        (NEEDS_NAME, OTHER, CONTENT_TYPE),
        (NEEDS_TO | NEEDS_MIME, TO_FIELD, CONTENT_TYPE),
    ],
)
def test_wanted(needs: int, to: int, kind: int) -> None:
    """A field that nobody asks about is not read."""
    said = Statements(needs)

    assert said.wanted(b"TO") == to
    assert said.wanted(b"Content-Type") == kind
    assert said.wanted(b"Subject") == OTHER


def test_addressees_add_up() -> None:
    """Over all To fields; what is of no field says nothing."""
    said = Statements(NEEDS_TO)
    said.read(TO_FIELD, b" a@x, b@x")
    said.read(OTHER, b" c@x")
    said.read(TO_FIELD, b" d@x")
    said.settle()

    assert said.queue == [(TO, (2,), ()), (TO, (3,), ())]


def test_depth_is_told_once() -> None:
    """Of boundaries for which there is no room."""
    said = Statements(NEEDS_NAME)
    for number in range(MOST + 3):
        said.read(CONTENT_TYPE, b" multipart/mixed; boundary=b%d" % number)

    assert said.queue == [(DEPTH, (), ())]


def test_parts_follow() -> None:
    """A delimiter ends one part and begins another, as sure as its line."""
    said = Statements(NEEDS_TYPE | NEEDS_TO)
    said.read(CONTENT_TYPE, _MULTI)
    assert not said.delimit(b"--c", True)
    assert (said.delimit(b"--b", True), said.part.sure) == (True, True)
    said.read(CONTENT_DISPOSITION, b" x; filename=y")
    assert (said.delimit(b"--b", False), said.part.sure) == (True, False)
    said.settle()

    assert said.queue == [
        (TYPE, (), (b"multipart/mixed",)),
        (TYPE, (), (b"text/plain",)),
    ]


def test_a_message_within() -> None:
    """Behind its header comes another, in which To fields are not counted."""
    said = Statements(NEEDS_MIME | NEEDS_TO)
    said.read(CONTENT_TYPE, b" message/rfc822; name=n")
    said.settle()

    assert said.leave()
    assert said.wanted(b"To") == OTHER
    assert not said.leave()
    assert [event[0] for event in said.queue if event[0] == NAME] == [NAME]


@pytest.mark.parametrize(
    ("header", "silent"),
    [
        (b"Subject: s\r\n", True),
        (b"a line\r\n--x\r\n : y\r\n", True),
        (b"CONTENT-Disposition: x; filename=a\r\n", False),
        (b"\0content-type\t: a/b; name=x\r\n", False),
        # Far from being one, but it costs more to see that.
        (b"Subject: discontent-ed\r\n", False),
    ],
)
def test_silent(header: bytes, silent: bool) -> None:
    """Without a Content-* field in the header no part has a name."""
    for body in (b"\r\n", b"\r\nContent-Type: a/b; name=x\r\n\r\n--x\r\n"):
        assert is_silent(NEEDS_NAME, header + body) == silent
    for needs in (NEEDS_TO, NEEDS_TYPE, NEEDS_NAME | NEEDS_TYPE):
        assert not is_silent(needs, header)


@given(
    st.lists(
        st.sampled_from(
            (
                *(b"\r\n", b"\r\n\r\n", b"\r\n ", b":", b"--", b"x", b"\0", b"\t"),
                *(b"content-type", b"Content-", b"type: a/b; name=c; boundary=x"),
                *(b"CONTENT-DISPOSITION: x; filename=abc", b"From x", b"--x"),
            )
        ),
        max_size=12,
    ).map(b"".join),
)
def test_silence(text: bytes) -> None:
    """What is plain is so: whoever reads such a message is told nothing."""
    data = text + b"\r\n"
    if is_silent(NEEDS_NAME, data):
        content = Content(NEEDS_NAME)
        assert content.feed(data, 0, len(data)) == NOTHING
        assert not content.finish()
