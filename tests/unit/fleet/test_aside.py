"""Work beside a loop: the loop turns meanwhile, and hears what came of it."""

import threading
from collections.abc import Callable

import pytest

from mailward.drivers.loop import Loop
from mailward.fleet.aside import Aside


def finished(work: Callable[[], int]) -> tuple[Callable[[], int], Loop]:
    """What is handed over once the work is done."""
    loop = Loop()
    out: list[Callable[[], int]] = []
    Aside[int](loop).do(work, out.append)
    while not out:
        loop.turn(1.0)
    return out[0], loop


def test_a_result() -> None:
    """It is handed over in the loop's own thread, once."""
    threads: list[int] = []

    def work() -> int:
        threads.append(threading.get_ident())
        return 7

    result, loop = finished(work)
    loop.turn(0.0)
    loop.end()

    assert result() == 7
    assert threads != [threading.get_ident()]


def test_a_fault() -> None:
    """What the work raises is raised where the result is asked for."""

    def work() -> int:
        raise ValueError("no")

    result, loop = finished(work)
    loop.end()

    with pytest.raises(ValueError, match="no"):
        result()


def test_the_loop_turns_meanwhile() -> None:
    """Nothing waits for the work."""
    loop = Loop()
    gate = threading.Event()
    out: list[object] = []
    Aside[bool](loop).do(lambda: gate.wait(20), out.append)
    ticks = 0
    while ticks < 3:
        loop.turn(0.01)
        ticks += 1

    assert out == []
    gate.set()
    while not out:
        loop.turn(1.0)
    loop.end()


def test_none_overtakes_another() -> None:
    """What was asked for first is told first, however long it takes."""
    loop = Loop()
    gate = threading.Event()
    begun: list[str] = []
    told: list[str] = []
    aside = Aside[None](loop)

    def slow() -> None:
        begun.append("slow")
        gate.wait(20)

    aside.do(slow, lambda _: told.append("slow"))
    aside.do(lambda: begun.append("quick"), lambda _: told.append("quick"))
    for _ in range(3):
        loop.turn(0.01)
    assert (begun, told) == (["slow"], [])
    gate.set()
    while len(told) < 2:
        loop.turn(1.0)
    loop.end()

    assert begun == told == ["slow", "quick"]
