"""What epoll tells, plainly and in C where it is built."""

import select
import signal
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from mailward.drivers.told import plain_told, told

Told = Callable[[select.epoll, float, int], list[int]]


@pytest.fixture(params=sorted({plain_told, told}, key=lambda kind: kind.__module__))
def kind(request: pytest.FixtureRequest) -> Told:
    """Each that there is."""
    made: Told = request.param
    return made


@pytest.fixture
def epoll() -> Iterator[select.epoll]:
    """Nothing is watched yet."""
    with select.epoll() as made:
        yield made


@pytest.fixture
def pairs(epoll: select.epoll) -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    """Three connections; of each the first side is watched."""
    made = [socket.socketpair() for _ in range(3)]
    for one, _ in made:
        epoll.register(one.fileno(), select.EPOLLIN)
    yield made
    for one, other in made:
        one.close()
        other.close()


def test_nothing_happens(kind: Told, epoll: select.epoll) -> None:
    """It waits as long as it may, not less, and not at all for nought seconds."""
    begun = time.monotonic()
    nothing = kind(epoll, 0.0, 64)
    at_once = time.monotonic() - begun

    assert nothing == kind(epoll, 0.0521, 64) == []
    assert time.monotonic() - begun - at_once >= 0.052


def test_numbers(
    kind: Told,
    epoll: select.epoll,
    pairs: list[tuple[socket.socket, socket.socket]],
) -> None:
    """A descriptor and its readiness, those of others behind it."""
    first, second, third = pairs
    first[1].send(b"x")
    third[1].close()
    got = kind(epoll, 60.0, 64)
    by_descriptor = dict(zip(got[::2], got[1::2], strict=True))

    assert by_descriptor == {
        first[0].fileno(): select.EPOLLIN,
        third[0].fileno(): select.EPOLLIN | select.EPOLLHUP,
    }
    assert second[0].fileno() not in by_descriptor


def test_no_more_than_asked_for(
    kind: Told,
    epoll: select.epoll,
    pairs: list[tuple[socket.socket, socket.socket]],
) -> None:
    """The rest is told when it is asked for again."""
    for _, other in pairs:
        other.send(b"x")
    once = kind(epoll, 60.0, 2)
    again = kind(epoll, 60.0, 2)

    assert len(once) == len(again) == 4
    assert {*once[::2], *again[::2]} == {one.fileno() for one, _ in pairs}


@pytest.mark.parametrize("seconds", [60.0, -1.0])
def test_a_signal_is_heard(
    kind: Told,
    epoll: select.epoll,
    pairs: list[tuple[socket.socket, socket.socket]],
    seconds: float,
) -> None:
    """While it waits, with an end or without one: the handler runs, and whatever that
    does is told."""
    before = signal.signal(signal.SIGALRM, lambda *_: pairs[0][1].send(b"x"))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        got = kind(epoll, seconds, 64) or kind(epoll, seconds, 64)
    finally:
        signal.signal(signal.SIGALRM, before)

    assert got == [pairs[0][0].fileno(), select.EPOLLIN]


def test_a_handler_may_raise(kind: Told, epoll: select.epoll) -> None:
    """And is not silenced."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            kind(epoll, 60.0, 64)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_closed_one(kind: Told) -> None:
    """Is an error, not silence."""
    epoll = select.epoll()
    epoll.close()
    with pytest.raises(ValueError, match="closed epoll"):
        kind(epoll, 0.0, 64)
