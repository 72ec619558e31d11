"""Aside: long things done in a thread, one after the other, beside a bare loop.

Knows: how the loop hears that one is done, and that none overtakes another.
Does not know: what is done.
Called by: `fleet.worker`, which compiles other policies while mail goes through.

The thread makes something new and touches nothing of the loop's; what it made, or
what it raised, is handed over in the loop.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar, final

from mailward.drivers.loop import READ, Loop

T = TypeVar("T")
#: Returns what the work has made, or raises what it has raised.
Result = Callable[[], T]


@final
class Aside(Generic[T]):
    """What is asked for first is done, and told, first."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._asked: deque[tuple[Callable[[], T], Callable[[Result[T]], None]]]
        self._asked = deque()  # the first of them is under way

    def do(self, work: Callable[[], T], done: Callable[[Result[T]], None]) -> None:
        """Do it once what was asked for before is done; `done` is called in the loop
        with a function that returns the result, or raises what the work has raised."""
        self._asked.append((work, done))
        if len(self._asked) == 1:
            self._begin()

    def _begin(self) -> None:
        work, done = self._asked[0]
        results: list[T] = []
        errors: list[BaseException] = []
        ready, said = os.pipe()

        def run() -> None:
            try:
                results.append(work())
            except BaseException as error:  # noqa: BLE001  it is raised in the loop
                errors.append(error)
            os.close(said)

        def result() -> T:
            if errors:
                raise errors[0]
            return results[0]

        def over(_: int) -> None:
            self._loop.forget(ready)
            os.close(ready)
            self._asked.popleft()
            if self._asked:
                self._begin()
            done(result)

        self._loop.watch(ready, READ, over)
        threading.Thread(target=run, daemon=True).start()
