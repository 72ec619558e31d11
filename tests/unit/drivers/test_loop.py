"""The loop: readiness, timers, the order of a round, faults."""

import errno
import math
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mailward.drivers.alarm import Alarm
from mailward.drivers.loop import READ, WRITE, Loop


@pytest.fixture
def loop() -> Iterator[Loop]:
    """A loop that is ended afterwards."""
    made = Loop()
    yield made
    made.end()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two sockets that hear each other."""
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_what_is_ready_is_called(
    loop: Loop, pair: tuple[socket.socket, socket.socket]
) -> None:
    """With its readiness, round after round until it was read; `change` and
    `forget` take effect."""
    one, other = pair
    told: list[tuple[str, int]] = []
    loop.watch(one.fileno(), READ, lambda events: told.append(("a", events)))

    loop.turn(0.0)
    other.send(b"x")
    loop.turn(0.0)
    loop.turn(0.0)
    loop.change(one.fileno(), WRITE)
    loop.turn(0.0)
    loop.change(one.fileno(), WRITE, lambda events: told.append(("b", events)))
    loop.turn(0.0)
    loop.forget(one.fileno())
    loop.forget(one.fileno())
    loop.turn(0.0)

    assert [(name, events & (READ | WRITE)) for name, events in told] == [
        ("a", 1),
        ("a", 1),
        ("a", 4),
        ("b", 4),
    ]


def test_the_order_of_a_round(
    loop: Loop, pair: tuple[socket.socket, socket.socket]
) -> None:
    """What is ready, what was asked for soon, what is due in the order of its
    moments; what is asked for during `soon` waits for the next round."""
    told: list[str] = []
    loop.watch(pair[0].fileno(), WRITE, lambda _: told.append("ready"))
    now = loop.clock()
    loop.at(now - 1, lambda: told.append("second"))
    loop.at(now - 2, lambda: told.append("first"))
    loop.at(now + 3600, lambda: told.append("never"))

    def first() -> None:
        told.append("soon")
        loop.soon(lambda: told.append("later"))

    loop.soon(first)
    loop.turn(60.0)
    once = told.copy()
    loop.turn(60.0)

    assert once == ["ready", "soon", "first", "second"]
    assert told == [*once, "ready", "later"]


def test_a_timer_can_be_taken_back(loop: Loop) -> None:
    """It is not called, and nothing is due any more."""
    told: list[str] = []
    now = loop.clock()
    due = [loop.due()]
    late = loop.at(now + 50, lambda: told.append("late"))
    soon = loop.at(now - 5, lambda: told.append("soon"))
    due.append(loop.due())
    soon.cancel()
    due.append(loop.due())
    late.cancel()
    loop.turn(0.0)
    due.append(loop.due())
    loop.soon(lambda: told.append("now"))
    due.append(loop.due())

    assert due == [math.inf, now - 5, now + 50, math.inf, 0.0]
    assert told == []


def test_a_round_waits_for_the_next_timer_only(loop: Loop) -> None:
    """An hour's patience ends when a timer is due."""
    told: list[float] = []
    when = loop.clock() + 0.02
    loop.at(when, lambda: told.append(loop.now))

    while not told:
        loop.turn(3600.0)

    assert told[0] >= when


def test_run_until_stopped(loop: Loop) -> None:
    """The round in which `stop` is called is the last."""
    told: list[int] = []

    def count() -> None:
        told.append(1)
        if len(told) == 3:
            loop.stop()
        loop.soon(count)

    loop.soon(count)
    loop.run()

    assert len(told) == 3


def _forbidden() -> Alarm:
    raise PermissionError(errno.EPERM, "forbidden")


@pytest.mark.parametrize("kind", [Alarm, _forbidden])
def test_timers_while_it_runs(
    loop: Loop, kind: Callable[[], Alarm], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each when it is due: one that is set behind a later one, one that is taken back,
    one that a call sets, those of one moment; where no alarm may be had, too."""
    monkeypatch.setattr("mailward.drivers.loop.Alarm", kind)
    begun = loop.clock()
    called: list[tuple[str, float]] = []

    def call(name: str) -> Callable[[], None]:
        return lambda: called.append((name, loop.clock() - begun))

    def then() -> None:
        call("first")()
        loop.at(loop.now + 0.02, call("second"))
        loop.at(loop.now + 0.01, call("never")).cancel()

    loop.at(begun + 0.05, call("third"))
    loop.at(begun + 0.05, call("third"))
    loop.at(begun + 0.01, then)
    loop.at(begun + 3600.0, loop.stop)
    loop.at(begun + 0.06, loop.stop)
    loop.run()

    assert [name for name, _ in called] == ["first", "second", "third", "third"]
    least = (0.01, 0.03, 0.05, 0.05)
    assert all(at >= due for (_, at), due in zip(called, least, strict=True))


def test_the_alarm_is_not_set_in_each_round(
    loop: Loop,
    pair: tuple[socket.socket, socket.socket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """But for the next timer, once: what is told meanwhile costs nothing more."""
    settings: list[float] = []
    really = Alarm.set

    def counted(alarm: Alarm, seconds: float) -> None:
        settings.append(seconds)
        really(alarm, seconds)

    monkeypatch.setattr(Alarm, "set", counted)
    one, other = pair
    rounds = 0

    def hear(_: int) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 50:
            loop.stop()
        one.recv(1)
        other.send(b"x")

    loop.watch(one.fileno(), READ, hear)
    other.send(b"x")
    loop.at(loop.clock() + 3600.0, loop.stop)
    loop.run()

    assert rounds == 50
    assert len(settings) == 1
    assert 3500 < settings[0] <= 3600


def test_running_leaves_nothing_behind(loop: Loop) -> None:
    """No descriptor; and it may run again."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        loop.at(loop.clock() + 0.001, loop.stop)
        loop.run()

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_nothing_is_closed_within_a_round(loop: Loop) -> None:
    """A descriptor handed to `close` is free only when the round is over; what
    was ready of it is not told."""
    told: list[str] = []
    with ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(2)]
        for one, other in pairs:
            stack.enter_context(one)
            stack.enter_context(other)
        first, second = pairs[0][0], pairs[1][0]

        def end(_: int) -> None:
            told.append("one")
            for sock in (first, second):
                loop.close(sock)
            told.append(f"open {first.fileno() >= 0}")

        loop.watch(first.fileno(), WRITE, end)
        loop.watch(second.fileno(), WRITE, end)
        loop.turn(0.0)
        closed = [first.fileno(), second.fileno()]
        loop.close(pairs[0][1])
        loop.turn(0.0)

        assert told == ["one", "open True"]
        assert closed == [-1, -1]
        assert pairs[0][1].fileno() == -1


def test_a_fault_stops_nobody(
    loop: Loop, pair: tuple[socket.socket, socket.socket]
) -> None:
    """It is told; the descriptor is let go; the others are called."""
    told: list[str] = []
    loop.fault = lambda what, error: told.append(f"{what}: {error}")

    def fail(_: int) -> None:
        raise ValueError("ready")

    def fail_too() -> None:
        raise ValueError("soon")

    loop.watch(pair[0].fileno(), WRITE, fail)
    loop.soon(fail_too)
    loop.soon(lambda: told.append("still"))
    loop.turn(0.0)
    loop.turn(0.0)

    assert told == [
        f"descriptor {pair[0].fileno()}: ready",
        "a call of the loop: soon",
        "still",
    ]


def test_a_fault_that_nobody_hears_is_raised(loop: Loop) -> None:
    """A loop without a listener for faults hides none."""

    def fail() -> None:
        raise ValueError("unheard")

    loop.soon(fail)
    with pytest.raises(ValueError, match="unheard"):
        loop.turn(0.0)


def test_a_host_is_asked_outside_of_a_round(loop: Loop) -> None:
    """Within a round there is no need: it ends with the same questions."""
    asked: list[str] = []
    loop.asked = lambda: asked.append("asked")

    def ask() -> None:
        loop.soon(lambda: None)
        loop.at(0.0, lambda: None)

    loop.soon(ask)
    loop.at(loop.clock() + 60, lambda: None)

    loop.turn(0.0)
    loop.turn(0.0)

    assert asked == ["asked", "asked"]


def test_the_descriptor_tells_of_readiness(
    loop: Loop, pair: tuple[socket.socket, socket.socket]
) -> None:
    """Another loop can watch this one."""
    host = Loop()
    told: list[str] = []
    host.watch(loop.fileno(), READ, lambda _: told.append("guest"))

    def read(_: int) -> None:
        os.read(pair[0].fileno(), 10)

    loop.watch(pair[0].fileno(), READ, read)
    host.turn(0.0)
    pair[1].send(b"x")
    host.turn(0.0)
    loop.turn(0.0)
    host.turn(0.0)
    host.end()

    assert told == ["guest"]
