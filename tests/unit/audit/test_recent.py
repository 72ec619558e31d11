"""The last sessions: what is kept of them, and what never is."""

import pytest

from mailward.audit.recent import (
    COST,
    LIVE,
    LONGEST,
    MOST_FOUND,
    ROOM,
    Recent,
    Recording,
)
from mailward.policy.ear import MESSAGE, OPEN, PRIVATE
from mailward.policy.findings import CLIENT, OVERLONG, SERVER, Finding
from mailward.verdicts import DROP, PASS
from tests.unit.audit.cases import ATTACHED, IN

NOW = 5.0


def recording(number: int = 1) -> Recording:
    """A session that has just begun."""
    return Recording(number, IN, ATTACHED, NOW, 1_700_000_000.0)


def client(
    heard: Recording, segment: bytes, *, private: bool = False, message: bool = False
) -> list[tuple[bytes, int]]:
    """The client says something; what was kept of it."""
    before = len(heard.events)
    heard.client(segment, NOW, MESSAGE if message else PRIVATE if private else OPEN)
    return [(kept, hidden) for _, _, kept, hidden, _ in heard.events[before:]]


def server(heard: Recording, segment: bytes) -> tuple[bytes, int]:
    """The server does."""
    heard.server(segment, NOW)
    return heard.events[-1][2:4]


def test_commands_and_replies_are_kept() -> None:
    """As they are; long ones in part."""
    heard = recording()

    assert client(heard, b"EHLO a\r\n") == [(b"EHLO a\r\n", 0)]
    assert server(heard, b"250 ok\r\n") == (b"250 ok\r\n", 0)
    assert server(heard, b"250 " + b"x" * 600) == (b"250 " + b"x" * 508, 92)
    kept = client(heard, b"NOOP " + b"x" * 600 + b"\r\n")
    assert kept == [((b"NOOP " + b"x" * 600)[:LONGEST], 607 - LONGEST)]


@pytest.mark.parametrize(
    ("segments", "kept"),
    [
        ((b"AUTH PLAIN c2VjcmV0\r\n",), [(b"AUTH PLAIN", 11)]),
        ((b"auth plain c2Vj", b"cmV0\r\n"), [(b"auth plain", 5), (b"", 6)]),
        ((b"AU", b"TH PLAIN c2VjcmV0\r\n"), [(b"AU", 0), (b"TH PLAIN", 11)]),
        (
            (b"AUTH LOGIN\r\nc2VjcmV0\r\n", b"c2VjcmV0\r\n", b"QUIT\r\n"),
            [(b"AUTH LOGIN\r\n", 0), (b"", 10), (b"", 10), (b"QUIT\r\n", 0)],
        ),
        (
            (b"RSET\r\nDATA\r\nSubject: x\r\n", b"body\r\n"),
            [(b"RSET\r\n", 0), (b"DATA\r\n", 0), (b"", 12), (b"", 6)],
        ),
    ],
)
def test_secrets_are_not_kept(
    segments: tuple[bytes, ...], kept: list[tuple[bytes, int]]
) -> None:
    """However they are cut and sent ahead; nor messages."""
    heard = recording()

    assert [one for segment in segments for one in client(heard, segment)] == kept


@pytest.mark.parametrize("answer", [b"354 go\r\n", b"250 a\r\n503 b\r\n", b"421 c\r\n"])
def test_behind_data_until_its_answer(answer: bytes) -> None:
    """What is sent ahead may be a message."""
    heard = recording()
    client(heard, b"DATA\r\n")
    server(heard, b"250 ok\r\n")
    assert client(heard, b"body\r\n") == [(b"", 6)]
    server(heard, answer)
    assert client(heard, b"NOOP\r\n") == [(b"NOOP\r\n", 0)]


def test_an_auth_exchange() -> None:
    """Neither challenge nor response."""
    heard = recording()
    assert server(heard, b"334 c2VjcmV0\r\n") == (b"334 ", 10)
    assert server(heard, b"c2VjcmV0\r\n") == (b"", 10)
    assert server(heard, b"235 ok\r\n") == (b"235 ok\r\n", 0)
    assert client(heard, b"c2VjcmV0\r\n", private=True) == [(b"", 10)]


def test_a_message_is_told_by_length_and_fields() -> None:
    """In as many segments as it likes; what follows its end is kept."""
    heard = recording()
    first = b"From: a\r\nSubject: secret\r\n x: y\r\n\r\nbody: z\r\n"
    assert client(heard, first, private=True, message=True) == [
        (b"From, Subject", len(first))
    ]
    assert client(heard, b"x" * 9000, private=True, message=True) == []
    end = b"last\r\n.\r\nQUIT\r\n"
    assert client(heard, end, private=True, message=True) == [(b"QUIT\r\n", 0)]
    assert heard.events[0][3] == len(first) + 9000 + 9
    assert client(heard, b".\r\nNOOP\r\n", private=True, message=True) == [
        (b"", 3),
        (b"NOOP\r\n", 0),
    ]
    assert client(heard, b"." * 600, private=True, message=True) == [(b"", 600)]
    last = b"x\r\n.\r\n"
    assert client(heard, last, private=True, message=True) == []
    assert heard.events[-1][3] == 600 + len(last)


def test_so_many_names_and_no_more() -> None:
    """What is no name, or too long for one, is passed over."""
    header = b"".join(b"X-%d: a\r\n" % n for n in range(20)) + b"\r\n"
    no_names = b"x y: 1\r\n: 2\r\n" + b"n" * 41 + b": 3\r\nnothing\r\n"

    ((kept, _),) = client(recording(), no_names + header, private=True, message=True)
    assert kept == b", ".join(b"X-%d" % n for n in range(16))


def test_room_is_bounded() -> None:
    """What does not fit is counted."""
    heard = recording()
    for _ in range(1000):
        client(heard, b"NOOP\r\n")

    assert len(heard.events) == ROOM // (COST + 6)
    assert heard.more == 1000 - len(heard.events)


def test_findings_are_bounded() -> None:
    """But the one that ends it is always kept, with the events before it."""
    heard = recording()
    client(heard, b"NOOP\r\n")
    for _ in range(100):
        heard.found(Finding(OVERLONG, SERVER, PASS), NOW)
    heard.found(Finding(OVERLONG, CLIENT, DROP), NOW)
    heard.ended(DROP)

    assert len(heard.findings) == MOST_FOUND + 1
    assert heard.findings[-1][0] == 1
    assert heard.verdict == DROP


def begin(recent: Recent, number: int) -> Recording | None:
    """A session begins."""
    return recent.begin(number, IN, ATTACHED, NOW, 1.0)


def test_the_last_of_each_sort() -> None:
    """Those that passed do not push out those that did not."""
    recent = Recent(2)
    for number in range(1, 9):
        heard = begin(recent, number)
        assert heard is not None
        if number < 4:
            heard.ended(DROP)
        recent.over(number)

    assert [one.number for one in recent.sessions()] == [2, 3, 7, 8]
    assert all(one.over for one in recent.sessions())
    assert recent.find(3) is not None
    assert recent.find(1) is None
    recent.size = 1
    assert [one.number for one in recent.sessions()] == [3, 8]
    recent.size = 1
    recent.size = 0
    assert recent.sessions() == []


def test_live_sessions_are_bounded() -> None:
    """Beyond so many, nobody listens; with none kept, to none at all."""
    recent = Recent(1)
    heard = [begin(recent, number) for number in range(LIVE + 1)]

    assert [one is None for one in heard] == [False] * LIVE + [True]
    assert [one.number for one in recent.sessions()] == list(range(LIVE))
    recent.over(LIVE)
    recent.over(0)
    assert begin(recent, 9) is not None
    assert begin(Recent(), 1) is None
    assert recent.size == 1


@pytest.mark.parametrize("end", [b"\r\n", b"\r\n" + b"x" * 600])
def test_no_room_is_no_room(end: bytes) -> None:
    """For either side, short or long; only counted."""
    heard = recording()
    while not heard.more:
        heard.client(b"NOOP\r\n", NOW, OPEN)
    kept = len(heard.events)

    heard.client(b"NOOP" + end, NOW, OPEN)
    heard.server(b"250 ok" + end, NOW)
    heard.server(b"354 ok\r\n", NOW)

    assert len(heard.events) == kept
    assert heard.more >= 3


def test_what_is_no_reply_is_not_kept() -> None:
    """It may answer a secret in its own way; of a challenge only the code is kept."""
    heard = recording()
    assert server(heard, b"c2VjcmV0\r\n") == (b"", 10)
    assert server(heard, b"334 c2VjcmV0\r\n") == (b"334 ", 10)
    assert server(heard, b"354 go\r\n") == (b"354 go\r\n", 0)
