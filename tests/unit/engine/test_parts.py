"""One part: what is told of it, and what stands for what it does not say."""

import pytest

from mailward.engine.parts import (
    ENCODING,
    EVENT_NAMES,
    NAME,
    NEEDS_ENCODING,
    NEEDS_NAME,
    NEEDS_TYPE,
    OVERFLOW,
    TYPE,
    Event,
    Part,
)
from mailward.smtp.fields import (
    CONTENT_DISPOSITION,
    CONTENT_ENCODING,
    CONTENT_TYPE,
)
from mailward.smtp.mime import BASE64, EIGHTBIT, SEVENBIT

_TYPE = CONTENT_TYPE
_ENC = CONTENT_ENCODING
_DISP = CONTENT_DISPOSITION


def _told(part: Part, *fields: tuple[int, bytes]) -> list[Event]:
    told: list[Event] = []
    for code, value in fields:
        part.read(code, value, told)
    part.settle(told)
    return told


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ((), [(ENCODING, (SEVENBIT,), ()), (TYPE, (), (b"text/plain",))]),
        (
            ((_TYPE, b"a/b; name=x"), (_ENC, b"base64"), (_DISP, b"c; filename=y")),
            [
                (ENCODING, (BASE64,), ()),
                (NAME, (), (b"x", b"y")),
                (TYPE, (), (b"a/b",)),
            ],
        ),
        # The same name twice is one reading.
        (
            ((_TYPE, b"a/b; name=x"), (_DISP, b"c; filename=x")),
            [
                (ENCODING, (SEVENBIT,), ()),
                (NAME, (), (b"x",)),
                (TYPE, (), (b"a/b",)),
            ],
        ),
        # Duplicates are readings of one part.
        (
            ((_TYPE, b"a/b"), (_TYPE, b"c/d"), (_ENC, b"8bit"), (_ENC, b"base64")),
            [(ENCODING, (EIGHTBIT, BASE64), ()), (TYPE, (), (b"a/b", b"c/d"))],
        ),
        # A type that some program does not see.
        (
            ((_TYPE, b"text"),),
            [(ENCODING, (SEVENBIT,), ()), (TYPE, (), (b"text/plain",))],
        ),
    ],
)
def test_told(fields: tuple[tuple[int, bytes], ...], told: list[Event]) -> None:
    """Encodings, names, types, in the order of judgement, with defaults."""
    assert _told(Part(True, False), *fields) == told


def test_doubt() -> None:
    """What only some program sees has no defaults; nor has what comes later."""
    assert _told(Part(False, False)) == []

    part = Part(True, False)
    _told(part)

    assert _told(part) == []
    assert _told(part, (_ENC, b"base64")) == [(ENCODING, (BASE64,), ())]


@pytest.mark.parametrize(
    ("digest", "types", "nested", "surely"),
    [
        (False, (), False, False),
        (False, (b"text/plain",), False, False),
        (False, (b"message/rfc822",), True, True),
        (False, (b"Message/External-Body; x",), True, True),
        (False, (b"message/delivery-status",), True, False),
        (False, (b"message/rfc822", b"text/plain"), True, False),
        (False, (b"text/plain", b"message/rfc822"), True, False),
        (True, (), True, True),
        (True, (b"text/plain",), False, False),
        (True, (b"text",), True, True),
        (True, (b"message/rfc822",), True, True),
    ],
)
def test_nested(
    digest: bool, types: tuple[bytes, ...], nested: bool, surely: bool
) -> None:
    """Is the body a message for some program, and for all?"""
    part = Part(True, digest)
    _told(part, *[(_TYPE, value) for value in types])

    assert (part.nested, part.surely) == (nested, surely)


def test_a_doubtful_part_holds_no_sure_message() -> None:
    """Nothing within a part is surer than the part."""
    part = Part(False, False)
    _told(part, (_TYPE, b"message/rfc822"))

    assert (part.nested, part.surely) == (True, False)


@pytest.mark.parametrize(
    ("wants", "told"),
    [
        (0, []),
        (NEEDS_ENCODING, [(ENCODING, (SEVENBIT,), ())]),
        (NEEDS_NAME, [(NAME, (), (b"x",))]),
        (NEEDS_TYPE, [(TYPE, (), (b"a/b",))]),
    ],
)
def test_wants(wants: int, told: list[Event]) -> None:
    """What nobody asks for is not told."""
    fields = (_TYPE, b"a/b; name=x"), (_ENC, b"7bit")
    assert _told(Part(True, False, wants), *fields) == told


def test_digest_default() -> None:
    """A part of a digest is a message by default."""
    assert _told(Part(True, True)) == [
        (ENCODING, (SEVENBIT,), ()),
        (TYPE, (), (b"message/rfc822",)),
    ]


def test_boundaries() -> None:
    """Only a Content-Type names boundaries; a digest is told."""
    part = Part(True, False)

    assert part.read(_TYPE, b"multipart/digest; boundary=a", []) == ((b"a",), True)
    assert part.read(_TYPE, b"multipart/mixed; boundary=b", []) == ((b"b",), False)
    assert part.read(_DISP, b"x; boundary=c", []) == ((), False)
    assert part.read(_ENC, b"7bit", []) == ((), False)


@pytest.mark.parametrize("code", [_TYPE, _DISP])
def test_crowded(code: int) -> None:
    """More than is read of one field is told at once."""
    told: list[Event] = []
    Part(True, False).read(code, b"a/b" + b"; name=x" * 200, told)

    assert told == [(OVERFLOW, (), ())]


def test_bounded() -> None:
    """A part with more readings than there is room for tells them early, and
    holds no more."""
    part = Part(True, False)
    told: list[Event] = []
    size = 0
    for number in range(40):
        part.read(_DISP, b"x; filename=%d" % number + b"x" * 10_000, told)
        part.read(_TYPE, b"a/b%d" % number, told)
        size = max(size, sum(map(len, part._names)) + sum(map(len, part._types)))
    early = len(told)
    part.settle(told)

    assert size <= 262_144 + 20_000
    assert early >= 2
    assert len({name for event in told if event[0] == NAME for name in event[2]}) == 40
    assert len({text for event in told if event[0] == TYPE for text in event[2]}) == 40


def test_event_names() -> None:
    """Each kind of event has its word."""
    assert EVENT_NAMES[NAME] == "name"
    assert EVENT_NAMES[OVERFLOW] == "overflow"
    assert len(EVENT_NAMES) == 7
