"""Commands of mailward as processes.

Knows: how to run one to its end, how to wait for what one does.
Does not know: what it should say.
Called by: the tests beside it.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from time import monotonic, sleep
from typing import Final

COMMAND: Final = (sys.executable, "-m", "mailward")


def mailward(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


def awaited(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Does it come to hold?"""
    end = monotonic() + seconds
    while not holds():
        if monotonic() > end:
            return False
        sleep(0.02)
    return True
