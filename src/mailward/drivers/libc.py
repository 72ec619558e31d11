"""Libc: what the system's library can do and Python cannot ask it for.

Knows: how it is called, how its errors are told.
Does not know: which calls there are; who makes one says what it takes and gives.
Called by: `drivers.alarm`, `fleet.privileges`.

No package that has these few calls is worth a dependency: hence ctypes, here only.
"""

import ctypes
import os
from typing import Final

#: Its functions, as attributes.
LIBC: Final = ctypes.CDLL(None, use_errno=True)


def failure() -> OSError:
    """Why the last call has failed."""
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
