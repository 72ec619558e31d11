"""Aside: one long thing done in a thread, beside a bare loop.

Knows: how the loop hears that it is done.
Does not know: what is done.
Called by: `fleet.worker`, which compiles another policy while mail goes through.

The thread makes something new and touches nothing of the loop's; what it made, or
what it raised, is handed over in the loop.
"""

import os
import threading
from collections.abc import Callable
from typing import Generic, TypeVar, final

from mailward.drivers.loop import READ, Loop

T = TypeVar("T")


@final
class Aside(Generic[T]):
    """`done` is called in the loop with a function that returns the result, or
    raises what the work has raised."""

    def __init__(
        self,
        loop: Loop,
        work: Callable[[], T],
        done: Callable[[Callable[[], T]], None],
    ) -> None:
        self._loop = loop
        self._work = work
        self._done = done
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._ready, self._said = os.pipe()
        loop.watch(self._ready, READ, self._over)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001  it is raised in the loop
            self._error = error
        os.close(self._said)

    def _over(self, _: int) -> None:
        self._loop.forget(self._ready)
        os.close(self._ready)
        self._done(self._result)

    def _result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]
