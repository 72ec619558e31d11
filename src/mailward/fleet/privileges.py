"""Privileges: from root to a user of our own, for good.

Knows: users and groups, capabilities, the two system calls that Python lacks.
Does not know: what the privileges were needed for.
Called by: cli, once the sockets are open; workers inherit what is left.

A capability survives the change of user (PR_SET_KEEPCAPS) in the permitted set
only; it is put into the inheritable and the ambient set, so that the workers,
which are programs started anew, have it too.
"""

import os
import pwd
import struct
from collections.abc import Iterable
from typing import Final

from mailward.drivers.libc import LIBC, failure
from mailward.errors import MailwardError

#: What a transparent relay needs: foreign addresses on its own sockets.
NET_RAW: Final = 13

_PR_SET_KEEPCAPS: Final = 8
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_CAP_AMBIENT: Final = 47
_PR_CAP_AMBIENT_RAISE: Final = 2
#: _LINUX_CAPABILITY_VERSION_3, this process.
_HEADER: Final = struct.pack("=Ii", 0x20080522, 0)


def become(name: str, keep: Iterable[int] = ()) -> None:
    """Be this user, with all of its groups and with no capability but those in
    `keep`.  Who is that user already stays as it is.  Raises MailwardError."""
    try:
        user = pwd.getpwnam(name)
    except KeyError as error:
        raise MailwardError(f"there is no user {name}") from error
    if os.geteuid() == user.pw_uid:
        return
    if os.geteuid() != 0:
        raise MailwardError(f"only root can become {name}")
    wanted = tuple(keep)
    try:
        _call(LIBC.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
        os.initgroups(name, user.pw_gid)
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        _call(LIBC.capset(_HEADER, _sets(wanted)))
        for number in wanted:
            _call(LIBC.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, number, 0, 0))
        _call(LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    except OSError as error:
        raise MailwardError(f"cannot become {name}: {error.strerror}") from error


def own(path: str, name: str) -> None:
    """Give a file or a folder that we have made to this user, if we may."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(name)
        os.chown(path, user.pw_uid, user.pw_gid)


def _sets(numbers: Iterable[int]) -> bytes:
    """Effective, permitted, inheritable, each in two words of 32 bits."""
    bits = sum(1 << number for number in numbers)
    low, high = bits & 0xFFFFFFFF, bits >> 32
    return struct.pack("=6I", low, low, low, high, high, high)


def _call(result: int) -> None:
    if result != 0:
        raise failure()
