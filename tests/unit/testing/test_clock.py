"""A clock that stands still: what becomes due has its turn at its moment."""

from mailward.drivers.loop import Loop
from mailward.testing.clock import Clock


def test_it_stands_still() -> None:
    """However long a test takes, nothing becomes due."""
    clock = Clock()
    loop = Loop(clock)
    called: list[float] = []
    loop.at(clock() + 0.001, lambda: called.append(clock()))
    before = clock()
    for _ in range(3):
        loop.turn(0.01)
    loop.end()

    assert called == []
    assert clock() == loop.clock() == before


def test_time_passes() -> None:
    """Timers are called in their order, each at its own moment, those too that a
    timer has made; what is due later waits."""
    clock = Clock()
    loop = Loop(clock)
    began = clock()
    called: list[float] = []

    def again() -> None:
        called.append(loop.now - began)
        loop.at(loop.now + 2.0, again)

    loop.at(began + 1.0, again)
    loop.at(began + 4.0, lambda: loop.soon(again))
    clock.passes(4.5, loop)
    loop.end()

    assert called == [1.0, 3.0, 4.0]
    assert clock() == began + 4.5
