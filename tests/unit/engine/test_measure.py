"""Lengths of a message, against a plain octet-by-octet count."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.criteria.base import Criterion
from mailward.criteria.lengths import (
    BodyLength,
    BodyLineLength,
    HeaderLength,
    HeaderLineLength,
)
from mailward.engine.measure import NOTHING, Measure, is_short
from mailward.policy.inspection import Inspection, build
from mailward.policy.rule import Rule
from mailward.verdicts import LOGS
from tests.unit.engine.kit import inspection, unless


def _inspection(
    header: tuple[int, ...] = (),
    lines: tuple[int, ...] = (),
    body: tuple[int, ...] = (),
) -> Inspection:
    criteria = [
        *[HeaderLineLength(n) for n in header],
        *[BodyLineLength(n) for n in lines],
        *[BodyLength(n) for n in body],
    ]
    rules = tuple(Rule(c, LOGS, i + 1, "", "log") for i, c in enumerate(criteria))
    return build("m", rules)


def _events(
    inspection: Inspection, data: bytes, cuts: tuple[int, ...] = ()
) -> list[tuple[int, str, int]]:
    """(offset, kind, limit) of every crossing."""
    measure = Measure(inspection)
    found: list[tuple[int, str, int]] = []
    edges = [0, *sorted(cuts), len(data)]
    for start, end in itertools.pairwise(edges):
        piece = data[start:end]
        at = measure.feed(piece, 0, len(piece))
        while at != NOTHING:
            for rule in measure.crossing:
                criterion = rule.criterion
                assert isinstance(
                    criterion, HeaderLineLength | BodyLineLength | BodyLength
                )
                found.append((start + at, type(criterion).__name__, criterion.limit))
            at = measure.feed(piece, at, len(piece))
    return found


_HEADER = "HeaderLineLength"
_LINE = "BodyLineLength"
_BODY = "BodyLength"


@pytest.mark.parametrize(
    ("data", "header", "lines", "body", "events"),
    [
        # Exactly the limit passes, one octet more does not.
        (b"a: b\r\n\r\n12345", (), (), (5,), []),
        (b"a: b\r\n\r\n123456", (), (), (5,), [(13, _BODY, 5)]),
        (b"a: b\r\n\r\n123\r\n", (), (3,), (), []),
        (b"a: b\r\n\r\n1234\r\n", (), (3,), (), [(11, _LINE, 3)]),
        (b"a: b\r\n\r\nx", (4,), (), (), []),
        (b"a: b\r\n\r\nx", (3,), (), (), [(3, _HEADER, 3)]),
        # A CR counts only once it is known not to begin a CRLF.
        (b"a: b\r\n\r\n12\rx", (), (2,), (), [(11, _LINE, 2)]),
        (b"a: b\r\n\r\n12\r\r\n", (), (2,), (), [(11, _LINE, 2)]),
        (b"a: b\r\n\r\n12\r", (), (2,), (), []),
        # Each line anew, each limit once a line, the line before the body.
        (
            b"a: b\r\n\r\n123456\r\n12\r\n1234\r\n",
            (),
            (2, 5),
            (3,),
            [
                (10, _LINE, 2),
                (11, _BODY, 3),
                (13, _LINE, 5),
                (22, _LINE, 2),
            ],
        ),
        (b"a: b\r\n\r\n1234", (), (3,), (3,), [(11, _LINE, 3), (11, _BODY, 3)]),
        # A second line is measured by the first limit again.
        (
            b"abcd: e\r\n fghi\r\n",
            (1, 6),
            (),
            (),
            [(1, _HEADER, 1), (6, _HEADER, 6), (10, _HEADER, 1)],
        ),
        # The header ends at a line that cannot be of it, and the body has begun
        # with that line.
        (b"a: b\r\nno colon", (), (), (2,), [(9, _BODY, 2)]),
        (b"a: b\r\nno colon", (), (), (4,), [(10, _BODY, 4)]),
        (b"\xff: b\r\n", (), (), (2,), [(2, _BODY, 2)]),
        (b" fold first", (), (), (3,), [(3, _BODY, 3)]),
        (b": no name", (), (), (3,), [(3, _BODY, 3)]),
        (b"a: b\r\n\rx12", (), (), (3,), [(9, _BODY, 3)]),
        (b"a: b\r\n\rx12", (), (2,), (), [(8, _LINE, 2)]),
        # An empty line may also end at a bare LF.
        (b"a: b\n\n1234", (), (), (3,), [(9, _BODY, 3)]),
        (b"a: b\n\r\n1234", (), (3,), (), [(10, _LINE, 3)]),
        # Folds and the envelope line of a mailbox file are of the header.
        (b"a: b\r\n fold\r\n\tx\r\n\r\n12", (), (), (1,), [(20, _BODY, 1)]),
        (b"From x y z\r\na: b\r\n\r\n12", (), (), (1,), [(21, _BODY, 1)]),
        (b">From x y z\r\na: b\r\n\r\n12", (), (), (1,), [(22, _BODY, 1)]),
        (b"a: b\r\nFrom x\r\n12", (), (), (6,), [(12, _BODY, 6)]),
        (b"a \t: b\r\n\r\n12", (), (), (1,), [(11, _BODY, 1)]),
    ],
)
def test_events(
    data: bytes,
    header: tuple[int, ...],
    lines: tuple[int, ...],
    body: tuple[int, ...],
    events: list[tuple[int, str, int]],
) -> None:
    """Each crossing is told at the octet that proves it, at every cut."""
    inspection = _inspection(header, lines, body)

    assert _events(inspection, data) == events
    for cut in range(len(data)):
        assert _events(inspection, data, (cut,)) == events
    assert _events(inspection, data, tuple(range(len(data)))) == events


def _named(inspection: Inspection, data: bytes, cuts: tuple[int, ...]) -> list[object]:
    """(offset, place) of every event, those of the end at -1."""
    measure = Measure(inspection)
    found: list[object] = []
    edges = [0, *sorted(cuts), len(data)]
    for start, end in itertools.pairwise(edges):
        at = measure.feed(data, start, end)
        while at != NOTHING:
            found += [(at, rule.place) for rule in measure.crossing]
            at = measure.feed(data, at, end)
    while measure.finish():
        found += [(-1, rule.place) for rule in measure.crossing]
    return found


@pytest.mark.parametrize(
    ("data", "criteria", "events"),
    [
        # Header lines, body lines, each where it ends; the empty line is none.
        (b"a: b\r\nab: cd\r\n\r\n", [HeaderLineLength(4)], [(6, 1)]),
        (b"a: b\r\n\r\n12\r\n1234\r\n\r\n", [BodyLineLength(2)], [(12, 1), (20, 1)]),
        (b"a: b\r\n\r\n12\r\r\n", [BodyLineLength(2)], []),
        (b"a: b\r\n\r\n1\r\r\n", [BodyLineLength(2)], [(12, 1)]),
        (
            b"a: b\r\n\r\n12\r\n",
            [BodyLineLength(3), BodyLineLength(2)],
            [(12, 1), (12, 2)],
        ),
        # The header as a whole, where it ends; the body at the end of data.
        (b"a: b\r\n\r\n12", [HeaderLength(6)], [(8, 1)]),
        (b"a: b\r\n\r\n12", [HeaderLength(5)], []),
        (b"a: b\r\nbody\r\n", [HeaderLength(6)], [(10, 1)]),
        (b"a: b\r\n", [HeaderLength(6), BodyLength(1)], [(-1, 1), (-1, 2)]),
        (b"a: b\r\n", [HeaderLength(5), BodyLength(1)], [(-1, 2)]),
        (b"a: b\r\n\r\n12", [BodyLength(2)], [(-1, 1)]),
        (b"a: b\r\n\r\n123", [BodyLength(2)], []),
    ],
)
def test_units_that_keep_a_limit(
    data: bytes, criteria: list[Criterion], events: list[object]
) -> None:
    """Negated rules hold where a unit ends without having passed the limit."""
    rules = [Rule(c, LOGS, n, "", "", negated=True) for n, c in enumerate(criteria, 1)]
    inspection = build("m", tuple(rules))

    assert _named(inspection, data, ()) == events
    for cut in range(len(data)):
        assert _named(inspection, data, (cut,)) == events
    assert _named(inspection, data, tuple(range(len(data)))) == events


@pytest.mark.parametrize(
    ("data", "limits", "events"),
    [
        (b"a: b\r\nc: d\r\n\r\n", (11, 12), [(12, 1)]),
        (b"a: b\r\nc: d\r\n\r\n", (5, 4, 50), [(6, 2), (6, 1)]),
        (b"a: b\r\nc: d\r\n\r\n", (12,), []),
        (b"a: b\r\n fold\r\nbody\r\n", (6,), [(13, 1)]),
        (b"a: b\nc: d\n\nx", (9,), [(10, 1)]),
    ],
)
def test_header_length(
    data: bytes, limits: tuple[int, ...], events: list[object]
) -> None:
    """Told where the header line ends that passes it; the empty line is none."""
    rules = [Rule(HeaderLength(n), LOGS, p, "", "") for p, n in enumerate(limits, 1)]
    inspection = build("m", tuple(rules))
    for cuts in [(), *[(cut,) for cut in range(len(data))], tuple(range(len(data)))]:
        assert _named(inspection, data, cuts) == events


def test_a_line_that_keeps_one_limit_and_passes_another() -> None:
    """Steps and negated rules on one quantity do not disturb each other."""
    rules = (
        Rule(BodyLineLength(3), LOGS, 1, "", ""),
        Rule(BodyLineLength(3), LOGS, 2, "", "", negated=True),
    )
    inspection = build("m", rules)
    data = b"a: b\r\n\r\n1234\r\n123\r\n"
    for cut in range(len(data)):
        assert _named(inspection, data, (cut,)) == [(11, 1), (19, 2)]


def test_a_name_has_its_bound() -> None:
    """998 octets may be a name, one more is none; nothing more is stored."""
    inspection = _inspection(body=(1,))
    fits = b"n" * 998 + b": v\r\n\r\n12"
    long = b"n" * 999 + b": v\r\n\r\n12"
    white = b"n" + b" " * 998 + b": v\r\n\r\n"

    assert _events(inspection, fits) == [(len(fits) - 1, _BODY, 1)]
    assert _events(inspection, long) == [(998, _BODY, 1)]
    assert _events(inspection, white) == [(998, _BODY, 1)]
    for cuts in ((500,), (997,), (998,), (999,), (1, 998), (500, 1001)):
        assert _events(inspection, fits, cuts) == [(len(fits) - 1, _BODY, 1)]
        assert _events(inspection, long, cuts) == [(998, _BODY, 1)]
        assert _events(inspection, white, cuts) == [(998, _BODY, 1)]


def test_a_long_field_is_not_stored() -> None:
    """An endless header line keeps at most a name's length of it."""
    inspection = _inspection(header=(10,), body=(1,))
    measure = Measure(inspection)
    piece = b"a: " + b"x" * 100_000
    at = measure.feed(piece, 0, len(piece))

    assert at == 10
    assert measure.feed(piece, at, len(piece)) == NOTHING
    assert measure.feed(b"y" * 100_000, 0, 100_000) == NOTHING


def _plain_lines(data: bytes, limits: tuple[int, ...]) -> list[tuple[int, str, int]]:
    """What `_events` must find in a body of CRLF lines, counted plainly."""
    found = []
    at = 0
    for line in data.split(b"\r\n"):
        found += [(at + n, _LINE, n) for n in sorted(limits) if len(line) > n]
        at += len(line) + 2
    return found


@given(
    st.lists(st.integers(0, 12), max_size=12),
    st.sets(st.integers(1, 12), min_size=1, max_size=3),
    st.lists(st.integers(0, 120), max_size=5),
)
def test_body_lines_against_plain_count(
    lengths: list[int], limits: set[int], places: list[int]
) -> None:
    """Hopping over lines finds exactly what looking at each line finds."""
    body = b"".join(b"x" * n + b"\r\n" for n in lengths)
    head = b"a: b\r\n\r\n"
    data = head + body
    cuts = tuple(place % (len(data) + 1) for place in places)
    expected = [
        (len(head) + at, kind, limit)
        for at, kind, limit in _plain_lines(body, tuple(limits))
    ]

    assert _events(_inspection(lines=tuple(limits)), data, cuts) == expected


def test_level() -> None:
    """Up to the level no line is looked at; behind it each is, and what it
    crosses is found where it was."""
    inspection = _inspection(lines=(80,))
    even = b"a: b\r\n\r\n" + (b"x" * 78 + b"\r\n") * 10
    data = even + b"y" * 81 + b"\r\n" + b"z" * 20
    for level in (0, 85, len(even) - 1, len(even)):
        measure = Measure(inspection)
        assert measure.gap == 40
        measure.level = level
        assert measure.feed(data, 0, len(data)) == len(even) + 80
        assert measure.feed(data, len(even) + 80, len(data)) == NOTHING
        measure.level = 0
        assert measure.feed(b"z" * 61, 0, 61) == 60


def test_level_before_an_end_of_line() -> None:
    """Where no line ends below the level nothing is passed over."""
    measure = Measure(_inspection(lines=(80,)))
    data = b"a: b\r\n\r\n" + b"x" * 90
    measure.level = 20
    assert measure.feed(data, 0, len(data)) == 88


def test_no_gap() -> None:
    """Without a rule on the lines of bodies, nothing is said of their gaps."""
    assert Measure(_inspection()).gap == 0
    assert Measure(_inspection(header=(30,), body=(30,))).gap == 0


def test_a_hole_in_the_body() -> None:
    """Its octets count for the body; the line in which it is does not."""
    measure = Measure(_inspection(lines=(5,), body=(10,)))
    data = b"a: b\r\n\r\n1234"
    assert measure.feed(data, 0, len(data)) == NOTHING
    measure.hole(5)
    assert measure.feed(b"56", 0, 2) == 1
    assert type(measure.crossing[0].criterion) is BodyLength
    assert measure.feed(b"56", 1, 2) == NOTHING
    assert measure.feed(b"\r\n123456", 0, 8) == 7


def test_a_hole_in_the_header() -> None:
    """The header is believed to go on; the line in which it is was of it."""
    measure = Measure(_inspection(header=(8,), body=(3,)))
    assert measure.feed(b"Subject", 0, 7) == NOTHING
    measure.hole(100)
    rest = b"x no colon\r\n"
    assert measure.feed(b"x\r\nTo: a\r\n\r\n12", 0, 14) == NOTHING
    assert measure.feed(rest, 0, len(rest)) == 1


_LONG = b"a: 4567\r\n\r\n123\r\n"


@pytest.mark.parametrize(
    ("criterion", "short"),
    [
        (HeaderLineLength(7), True),
        (HeaderLineLength(6), False),
        (BodyLineLength(7), True),
        (HeaderLength(len(_LONG)), True),
        (HeaderLength(len(_LONG) - 1), False),
        (BodyLength(len(_LONG)), True),
        (BodyLength(len(_LONG) - 1), False),
    ],
)
def test_short(criterion: Criterion, short: bool) -> None:
    """A message is short if no limit can be passed in it."""
    assert is_short(inspection((criterion, LOGS)), _LONG, len(_LONG)) == short
    # A negated rule wants to be asked.
    assert not is_short(inspection(unless(criterion, LOGS)), _LONG, len(_LONG))


@given(
    st.lists(
        st.sampled_from((b"\r\n", b"\r\n\r\n", b"a:", b" ", b"xx", b"y" * 9, b"From ")),
        max_size=20,
    ).map(b"".join),
    st.integers(min_value=0, max_value=25),
    st.integers(min_value=20, max_value=80),
)
def test_nothing_is_passed_in_a_short_message(
    text: bytes, line: int, size: int
) -> None:
    """What is plain is so: whoever measures such a message finds nothing."""
    data = text + b"\r\n"
    obeyed = inspection(
        (HeaderLineLength(line + 1), LOGS),
        (BodyLineLength(line + 2), LOGS),
        (BodyLength(size), LOGS),
        (HeaderLength(size), LOGS),
    )
    if is_short(obeyed, data, len(data)):
        measure = Measure(obeyed)
        assert measure.feed(data, 0, len(data)) == NOTHING
        assert not measure.finish()
    else:
        lines = data.split(b"\r\n")
        assert len(data) > size or max(map(len, lines)) > line + 1
