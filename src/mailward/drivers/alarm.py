"""Alarm: a descriptor that becomes readable at a moment.

Knows: timerfd_create(2) and timerfd_settime(2); Python has them from 3.13 on.
Does not know: who waits for it, and why.
Called by: `drivers.loop`.
"""

import os
import struct
import time
from typing import Final, final

from mailward.drivers.libc import LIBC, failure

# struct itimerspec, two of struct timespec: how often again, and when first.
_SETTING: Final = struct.Struct("@llll")
_NANO: Final = 1_000_000_000


@final
class Alarm:
    """Rings once for each time that it is set; OSError where there can be none."""

    __slots__ = ("_fd",)

    def __init__(self) -> None:
        # TFD_NONBLOCK and TFD_CLOEXEC are by definition these (timerfd.h).
        flags = os.O_NONBLOCK | os.O_CLOEXEC
        self._fd = int(LIBC.timerfd_create(time.CLOCK_MONOTONIC, flags))
        if self._fd < 0:
            raise failure()

    def fileno(self) -> int:
        """The descriptor; -1 when it is closed."""
        return self._fd

    def set(self, seconds: float) -> None:
        """Ring once in so many seconds (above nought), and not when it was to."""
        nanoseconds = max(int(seconds * _NANO), 1)
        setting = _SETTING.pack(0, 0, nanoseconds // _NANO, nanoseconds % _NANO)
        if LIBC.timerfd_settime(self._fd, 0, setting, None) < 0:
            raise failure()

    def close(self) -> None:
        """Give the descriptor back."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)
