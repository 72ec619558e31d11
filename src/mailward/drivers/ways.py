"""Ways: the interface through which an address is reached.

Knows: one question of rtnetlink, as octets; how long an answer holds.
Does not know: doors, connections.
Called by: `drivers.doors`, which hands it to the transparent doors.

The kernel is asked in the words of rtnetlink and not through a library: a relay
starts without one, needs no privilege for it, and asks in some thirty microseconds.
An answer holds for a second, so a route that moves is followed soon enough.
"""

import socket
import struct
import time
from collections.abc import Callable, Mapping
from typing import Final, final

#: Seconds for which an answer holds, and how many are kept.
_HOLDS: Final = 1.0
_KEPT_MOST: Final = 4096
# struct nlmsghdr, struct rtmsg, struct rtattr.
_NLMSG: Final = struct.Struct("=IHHII")
_RTMSG: Final = struct.Struct("=BBBBBBBBI")
_RTATTR: Final = struct.Struct("=HH")
_GETROUTE: Final = 26
_NEWROUTE: Final = 24
_REQUEST: Final = 1
_DESTINATION: Final = 1
_OUT: Final = 4
_ANSWER_MOST: Final = 8192
_NETLINK_ROUTE: Final = 0


@final
class Egress:
    """Asks the kernel; `devices` are the Linux devices by interface."""

    def __init__(
        self,
        devices: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._names = {device: name for name, device in devices.items()}
        self._clock = clock
        self._known: dict[str, str] = {}
        self._until = 0.0

    def __call__(self, address: str) -> str:
        """The interface towards a literal address; empty: none of the
        configuration's, or no route."""
        now = self._clock()
        if now >= self._until or len(self._known) >= _KEPT_MOST:
            self._known.clear()
            self._until = now + _HOLDS
        name = self._known.get(address)
        if name is None:
            name = self._known[address] = self._names.get(self._device(address), "")
        return name

    def _device(self, address: str) -> str:
        """The Linux device; empty when there is no route."""
        kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
        try:
            with socket.socket(socket.AF_NETLINK, kind, _NETLINK_ROUTE) as link:
                link.send(_question(address))
                index = _answer(link.recv(_ANSWER_MOST))
            return socket.if_indextoname(index) if index else ""
        except OSError:
            return ""


def _question(address: str) -> bytes:
    """RTM_GETROUTE for one destination."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    octets = socket.inet_pton(family, address)
    target = _RTATTR.pack(_RTATTR.size + len(octets), _DESTINATION) + octets
    route = _RTMSG.pack(family, len(octets) * 8, 0, 0, 0, 0, 0, 0, 0)
    size = _NLMSG.size + len(route) + len(target)
    return _NLMSG.pack(size, _GETROUTE, _REQUEST, 0, 0) + route + target


def _answer(octets: bytes) -> int:
    """The index of the outgoing device; 0 when the kernel knows no route."""
    _, kind, _, _, _ = _NLMSG.unpack_from(octets)
    if kind != _NEWROUTE:
        return 0
    at = _NLMSG.size + _RTMSG.size
    while at + _RTATTR.size <= len(octets):
        size, name = _RTATTR.unpack_from(octets, at)
        if name == _OUT:
            return int(struct.unpack_from("=I", octets, at + _RTATTR.size)[0])
        at += max((size + 3) & ~3, _RTATTR.size)
    return 0
