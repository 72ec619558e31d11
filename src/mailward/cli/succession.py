"""Succession: the program on disk takes over from the one that runs.

Knows: what is left to it and how, when it has begun, that it may not.
Does not know: what else the old one must end.
Called by: `cli.gateway`.

The new program is started with the same words, finds the listening sockets open,
the running configuration in a file without a name, and a pipe to say on that it
has begun.  Until it says so nothing has changed for the old one.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from typing import Final

from mailward.errors import MailwardError
from mailward.fleet.sockets import LEGACY, Legacy, Sockets

#: Seconds within which the new program must have begun.
PATIENCE: Final = 120.0
#: What it says then.
_BEGUN: Final = b"ready\n"


class SuccessionError(MailwardError):
    """The old program goes on; the text says why."""


async def succeed(
    sockets: Sockets, text: str, numbers: int, control: str, state: str
) -> int:
    """Start the program on disk and wait until it accepts connections: its
    process.  What is left to it: see Legacy.  Raises SuccessionError."""
    policy = os.memfd_create("mailward-policy")
    heard, said = os.pipe()
    try:
        with os.fdopen(os.dup(policy), "wb") as file:
            file.write(text.encode())
        left = Legacy(sockets.descriptors(), policy, said, numbers, control, state)
        environment = {**os.environ, LEGACY: left.text()}
        environment.pop("WATCHDOG_PID", None)  # it has another number
        heir = subprocess.Popen(
            [sys.executable, *sys.orig_argv[1:]],
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=left.descriptors(),
        )
    except OSError as error:
        os.close(heard)
        raise SuccessionError(f"cannot be started: {error.strerror}") from error
    finally:
        os.close(policy)
        os.close(said)
    try:
        async with asyncio.timeout(PATIENCE):
            begun = await _line(heard)
    except TimeoutError as error:
        await _end(heir)
        raise SuccessionError(f"did not begin in {PATIENCE:g} s") from error
    finally:
        os.close(heard)
    if begun != _BEGUN:
        code = await _end(heir)
        raise SuccessionError(f"ended before it had begun, exit code {code}")
    pid = heir.pid
    heir.returncode = 0  # nobody waits for it: it outlives us
    return pid


def begun(left: Legacy) -> None:
    """Say to the program before us that we accept connections."""
    # It may not have waited: then both go on, and both accept.
    with contextlib.suppress(OSError):
        os.write(left.ready, _BEGUN)
    os.close(left.ready)


def inherited(left: Legacy) -> str:
    """The configuration that the program before us obeys."""
    with os.fdopen(left.policy, "rb") as file:
        file.seek(0)
        return file.read().decode()


async def _line(descriptor: int) -> bytes:
    """What is said on a pipe, once."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, len(_BEGUN))


async def _end(process: "subprocess.Popen[bytes]") -> int:
    """See to it that it is gone."""
    for _ in range(100):  # it may be leaving by itself, with a code of its own
        code = process.poll()
        if code is not None:
            return code
        await asyncio.sleep(0.02)
    process.kill()
    while (code := process.poll()) is None:
        await asyncio.sleep(0.02)
    return code
