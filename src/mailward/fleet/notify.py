"""Notify: what systemd is told of the service.

Knows: the protocol of sd_notify(3): a datagram of lines.
Does not know: when something is to be told.
Called by: cli.
"""

import os
import socket
import time
from collections.abc import Mapping
from typing import Final, final

#: Seconds that a service manager which is busy is waited for.
_PATIENCE: Final = 0.5


@final
class Notify:
    """Nothing is told where nobody listens.  `watchdog` is how often, in seconds,
    systemd wants a sign of life; 0: never."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        path = environment.get("NOTIFY_SOCKET", "")
        self._path = "\0" + path[1:] if path.startswith("@") else path
        usec = environment.get("WATCHDOG_USEC", "")
        whose = environment.get("WATCHDOG_PID", "")
        ours = whose in ("", str(os.getpid()))
        self.watchdog = int(usec) / 1e6 if usec.isdigit() and ours else 0.0

    def tell(self, *lines: str) -> None:
        """`READY=1` and its like.  A service manager that does not listen is none
        of our trouble."""
        if not self._path:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.settimeout(_PATIENCE)
            try:
                sock.sendto("\n".join(lines).encode(), self._path)
            except OSError:
                return

    def reloading(self) -> None:
        """A reload has begun; READY=1 ends it."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
