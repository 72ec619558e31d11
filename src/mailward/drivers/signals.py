"""Signals: how a running relay is told to reload and to end.

Knows: SIGTERM, SIGINT, SIGHUP.
Does not know: what a reload does.
Called by: cli.
"""

import asyncio
import signal
from collections.abc import Callable
from typing import Final

from mailward.drivers.hosted import drained
from mailward.drivers.relay import Relay

DONE: Final = 0
INTERRUPTED: Final = 130


async def until_told(
    relay: Relay,
    drain: float,
    reload: Callable[[], None],
    notice: Callable[[str], None],
) -> int:
    """Run until a signal ends it; the exit code.

    SIGHUP reloads.  SIGTERM accepts no more and lets the connections end, at
    most `drain` seconds; a second one resets what is left.  SIGINT resets all.
    """
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    interrupted = False

    def terminate() -> None:
        if told.is_set():
            relay.end()
        told.set()

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = True
        terminate()

    loop.add_signal_handler(signal.SIGHUP, reload)
    loop.add_signal_handler(signal.SIGTERM, terminate)
    loop.add_signal_handler(signal.SIGINT, interrupt)
    await told.wait()
    relay.refuse()
    if relay.live and not interrupted:
        notice(f"draining {relay.live} connections, at most {drain:g} s")
    await drained(relay, 0.0 if interrupted else drain)
    return INTERRUPTED if interrupted else DONE
