"""The test bed: a firewall between three networks, made of namespaces.

Knows: `ip`, namespaces, veth pairs, addresses; who runs where.
Does not know: mail, mailward.
Called by: the fixture in conftest, the tests of transparent mode.

    outside (198.51.100.2 to .9) -- outside0 |          | inside0 -- (10.1.0.2) inside
                                             | firewall |
                                             |          | dmz0 ---- (10.2.0.2) dmz

Each net has IPv6 too (2001:db8:1::/64, :2::, :3::).  The firewall has the first
address of each net and forwards; every other namespace has the same as a host
with one default route.
"""

import ctypes
import itertools
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, TypeVar, final

from tests.acceptance.postfix import SBIN
from tests.processes import stat

T = TypeVar("T")

FIREWALL: Final = "firewall"
OUTSIDE: Final = "outside"
INSIDE: Final = "inside"
DMZ: Final = "dmz"
#: Net, IPv4 prefix, IPv6 prefix, how many hosts it has.
NETS: Final = (
    (OUTSIDE, "198.51.100.", "2001:db8:1::", 8),
    (INSIDE, "10.1.0.", "2001:db8:2::", 2),
    (DMZ, "10.2.0.", "2001:db8:3::", 2),
)
_PREFIX: Final = "mailward-test-"
_NAMES: Final = Path("/run/netns")
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET: Final = 0x40000000
_COUNT: Final = itertools.count()


def why_not() -> str:
    """Why no bed can be made here; empty when one can."""
    if os.getuid() != 0:
        return "network namespaces need root"
    for program in ("ip", "nft", "setpriv"):
        if shutil.which(program, path=SBIN) is None:
            return f"the test bed needs {program}"
    name = f"{_PREFIX}{os.getpid()}-{_born(os.getpid())}-trial"
    made = _ip("netns", "add", name, check=False)
    if made.returncode:
        return f"no network namespaces here: {made.stderr.strip()}"
    try:
        done = _ip("-n", name, "link", "add", "eth0", "type", "veth", check=False)
        return f"no veth devices here: {done.stderr.strip()}" if done.returncode else ""
    finally:
        _ip("netns", "del", name)


def host(net: str, number: int = 2, version: int = 4) -> str:
    """The address of a host in a net; 1 is the firewall."""
    _, four, six, _ = next(row for row in NETS if row[0] == net)
    return f"{four if version == 4 else six}{number}"


@final
class Bed:
    """Four namespaces, their cables, and what was started in them."""

    def __init__(self) -> None:
        _sweep()
        pid = os.getpid()
        self._stem = f"{_PREFIX}{pid}-{_born(pid)}-{next(_COUNT)}-"
        self._started: list[subprocess.Popen[bytes]] = []
        try:
            self._build()
        except BaseException:
            self.remove()
            raise

    def _build(self) -> None:
        for place in (FIREWALL, *(row[0] for row in NETS)):
            _ip("netns", "add", self.name(place))
            self.ip(place, "link", "set", "lo", "up")
        firewall = self.name(FIREWALL)
        for net, four, six, hosts in NETS:
            _ip(
                *("-n", firewall, "link", "add", f"{net}0", "type", "veth"),
                *("peer", "name", "eth0", "netns", self.name(net)),
            )
            for place, device, numbers in (
                (FIREWALL, f"{net}0", (1,)),
                (net, "eth0", tuple(range(2, 2 + hosts))),
            ):
                for number in numbers:
                    self.ip(place, "addr", "add", f"{four}{number}/24", "dev", device)
                    address = f"{six}{number}/64"
                    self.ip(place, "addr", "add", address, "dev", device, "nodad")
                link = f"fe80::{numbers[0]}/64"
                self.ip(place, "addr", "add", link, "dev", device, "nodad")
                # No address comes later by itself: the tests compare routes.
                self.ip(place, "link", "set", device, "addrgenmode", "none")
                self.ip(place, "link", "set", device, "up")
            self._default(net)
        self.run(
            *(FIREWALL, "sysctl", "-qw", "net.ipv4.ip_forward=1"),
            "net.ipv6.conf.all.forwarding=1",
        )

    def _default(self, net: str) -> None:
        self.ip(net, "route", "add", "default", "via", host(net, 1))
        self.ip(net, "-6", "route", "add", "default", "via", host(net, 1, 6))

    def link(self, net: str, *, up: bool) -> None:
        """Pull the cable of a net at the firewall, or put it back."""
        self.ip(FIREWALL, "link", "set", f"{net}0", "up" if up else "down")
        if up:
            # The kernel forgets IPv6 addresses of a device that goes down.
            for address in (host(net, 1, 6), "fe80::1"):
                self.ip(
                    *(FIREWALL, "addr", "replace", f"{address}/64"),
                    *("dev", f"{net}0", "nodad"),
                )

    def name(self, place: str) -> str:
        """The name of the namespace for `ip netns`."""
        return self._stem + place

    def inside_of(self, place: str, *words: str) -> list[str]:
        """A command that runs `words` there."""
        return ["ip", "netns", "exec", self.name(place), *words]

    def ip(self, place: str, *words: str) -> str:
        """What `ip` prints there."""
        return _ip("-n", self.name(place), *words).stdout

    def run(
        self, place: str, *words: str, content: str = "", check: bool = True
    ) -> "subprocess.CompletedProcess[str]":
        """A command there, to its end."""
        done = subprocess.run(
            self.inside_of(place, *words),
            input=content,
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": SBIN},
            timeout=110,
            check=False,
        )
        if check:
            assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done

    def start(
        self,
        place: str,
        words: Sequence[str],
        stdout: int | IO[bytes] = subprocess.PIPE,
        stderr: int | IO[bytes] = subprocess.STDOUT,
    ) -> subprocess.Popen[bytes]:
        """A command there that goes on; it is ended with the bed at the latest."""
        process = subprocess.Popen(
            self.inside_of(place, *words),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, "PATH": SBIN},
        )
        self._started.append(process)
        return process

    def connect(
        self,
        place: str,
        address: tuple[str, int],
        source: tuple[str, int] | None = None,
        timeout: float = 60,
    ) -> socket.socket:
        """A connection that begins there, in the hands of this process."""

        def call() -> socket.socket:
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(timeout)
                if source is not None:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    sock.bind(source)
                sock.connect(address)
            except BaseException:
                sock.close()
                raise
            return sock

        return self.within(place, call)

    def pids(self, place: str) -> list[int]:
        """The processes that live there, whoever started them."""
        return [
            int(pid) for pid in _ip("netns", "pids", self.name(place)).stdout.split()
        ]

    def reset(
        self, place: str, address: tuple[str, int], source: tuple[str, int]
    ) -> bool:
        """Does a connection that begins there end by RST, without an octet?"""
        try:
            with self.connect(place, address, source) as sock:
                sock.recv(1)
        except ConnectionResetError:
            return True
        return False

    def within(self, place: str, call: Callable[[], T]) -> T:
        """What a call gives that is made there; sockets made there stay there."""

        def enter() -> T:
            with (_NAMES / self.name(place)).open() as namespace:
                if _LIBC.setns(namespace.fileno(), _CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            return call()

        # A namespace is a thread's; this one is not used again.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(enter).result()

    def remove(self) -> None:
        """End what was started, then take everything away."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(60)
        for place in (FIREWALL, *(row[0] for row in NETS)):
            _remove(self.name(place))


def _sweep() -> None:
    """Away with the beds of test runs that were killed."""
    for path in _NAMES.glob(f"{_PREFIX}*"):
        pid, _, rest = path.name.removeprefix(_PREFIX).partition("-")
        if pid.isdigit() and rest.partition("-")[0] != _born(pid):
            _remove(path.name)


def _born(pid: str | int) -> str:
    """When a process was started: its number may be another's by now."""
    found = stat(pid)
    return found[19] if found else ""


def _remove(name: str) -> None:
    """A namespace, and whoever of ours still lives in it."""
    if not (_NAMES / name).exists():
        return
    for pid in _ip("netns", "pids", name, check=False).stdout.split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    _ip("netns", "del", name, check=False)


def _ip(*words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        ["ip", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": SBIN},
        timeout=60,
        check=False,
    )
    if check:
        assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
    return done
