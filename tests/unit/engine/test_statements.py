"""What the fields of a message say: read, added up, part by part."""

import pytest

from mailward.engine.boundaries import MOST
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
from mailward.engine.statements import Statements
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
