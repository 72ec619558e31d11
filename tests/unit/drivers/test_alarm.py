"""An alarm rings when it is to, and once."""

import os
import resource
import select
import time
from collections.abc import Iterator

import pytest

from mailward.drivers.alarm import Alarm


@pytest.fixture
def alarm() -> Iterator[Alarm]:
    """Not set yet."""
    made = Alarm()
    yield made
    made.close()


def rings(alarm: Alarm, seconds: float) -> bool:
    """Does it, within so many seconds?"""
    ready, _, _ = select.select([alarm], [], [], seconds)
    return bool(ready)


def test_it_rings(alarm: Alarm) -> None:
    """Not before, and not unless it is set."""
    silent = rings(alarm, 0.0)
    begun = time.monotonic()
    alarm.set(0.0213)
    at_once = rings(alarm, 0.0)
    rang = rings(alarm, 60.0)

    assert (silent, at_once, rang) == (False, False, True)
    assert time.monotonic() - begun >= 0.0213


@pytest.mark.parametrize(("first", "then"), [(3600.0, 0.02), (0.001, 0.02)])
def test_it_is_set_anew(alarm: Alarm, first: float, then: float) -> None:
    """Earlier or later than before: the last word counts."""
    begun = time.monotonic()
    alarm.set(first)
    alarm.set(then)

    assert rings(alarm, 60.0)
    assert time.monotonic() - begun >= then


def test_it_rings_once(alarm: Alarm) -> None:
    """And is told as news each time, to who wants news only."""
    with select.epoll() as epoll:
        epoll.register(alarm.fileno(), select.EPOLLIN | select.EPOLLET)
        told = []
        for _ in range(3):
            alarm.set(1e-9)
            told += [len(epoll.poll(60.0)), len(epoll.poll(0.0))]

    assert told == [1, 0, 1, 0, 1, 0]


def test_closed(alarm: Alarm) -> None:
    """Its descriptor is given back, once; it cannot be set."""
    fd = alarm.fileno()
    inherited = os.get_inheritable(fd)
    alarm.close()
    alarm.close()

    assert not inherited
    assert alarm.fileno() == -1
    with pytest.raises(OSError, match="Bad file descriptor"):
        alarm.set(1.0)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


def test_none_left() -> None:
    """No descriptor for it is an error in the system's words."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            Alarm()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
