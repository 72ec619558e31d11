"""Home: the event loop, as the console's threads see it.

Knows: how a thread has something done in the loop, how the loop has something
done in a thread.
Does not know: what is done.
Called by: cli (wires a Gateway), `console.control`, `console.link`, `console.ssh`.

The lines of administrators run in threads, one conversation in one thread at a
time; everything that mail touches stays in the loop.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar, final

P = ParamSpec("P")
T = TypeVar("T")

#: So long, in seconds, a thread waits for the loop.
PATIENCE: Final = 60.0
#: More lines than this are never worked on at once.
THREADS: Final = 8

_WORKERS: Final = ThreadPoolExecutor(THREADS, thread_name_prefix="console")


async def work(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a call that is made in a thread, or what it raises."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_WORKERS, lambda: call(*args, **kwargs))


@final
class Home:
    """The loop in which relay and auditor live."""

    __slots__ = ("_loop",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def ask(self, call: Callable[[], T]) -> T:
        """The result of a call that is made in the loop.  Raises TimeoutError
        when the loop has no time for it."""
        if self._here():
            return call()

        async def called() -> T:
            return call()

        future = asyncio.run_coroutine_threadsafe(called(), self._loop)
        return future.result(PATIENCE)

    def soon(self, call: Callable[[], None]) -> None:
        """Have it called in the loop; nobody waits."""
        self._loop.call_soon_threadsafe(call)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Have it called in a thread, after so many seconds."""

        def due() -> None:
            self._loop.run_in_executor(_WORKERS, call)

        def begin() -> None:
            self._loop.call_later(seconds, due)

        self.soon(begin)

    def _here(self) -> bool:
        """Are we in the loop ourselves?"""
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False
