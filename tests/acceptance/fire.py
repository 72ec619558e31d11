"""Clients that number their mails, and what is done to the gateway meanwhile.

Knows: mails by number, what a client may believe of each; the torments.
Does not know: what must hold in the end.
Called by: the test of the nothing-lost law.
"""

import itertools
import os
import random
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, final

from tests.acceptance.bed import FIREWALL, INSIDE, OUTSIDE, Bed, host
from tests.acceptance.firewall import Firewall
from tests.acceptance.gateway import mailward
from tests.acceptance.mails import stuffed
from tests.processes import stat, words_of

#: What a client knows of its mail in the end.
ACKNOWLEDGED: Final = "acknowledged"
CUT: Final = "cut"  # it was sent in part or whole, and no reply came
REFUSED: Final = "refused"
_PATIENCE: Final = 60.0
_MAILS_MOST: Final = 8
_TOOK: Final = re.compile(r"process (\d+) has taken over")


def mail(number: int) -> bytes:
    """The mail of a number: no two are alike, and most end in lines that tempt."""
    chance = random.Random(number)
    lines = [b"Subject: number %d" % number, b"From: <a@example.org>", b""]
    tempting = (b".", b"..", b"", b"x" * 70, b".x", b"QUIT", b"%d" % number)
    lines += chance.choices(tempting, k=chance.choice((1, 3, 10, 40, 200)))
    return b"\r\n".join(lines) + b"\r\n"


@final
class Clients:
    """Threads that stand outside and send `count` mails, each number once, and more
    until it is enough."""

    def __init__(
        self, bed: Bed, count: int, threads: int, enough: Callable[[], bool]
    ) -> None:
        self.fates: dict[int, str] = {}
        self.turned_away = 0  # attempts to connect that failed; no mail was sent
        self._bed = bed
        self._numbers = itertools.takewhile(
            lambda number: number < count or not enough(), itertools.count()
        )
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._begin, args=(index,), daemon=True)
            for index in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def done(self) -> bool:
        """Has all been sent?"""
        return not any(thread.is_alive() for thread in self._threads)

    def tally(self) -> Counter[str]:
        """How many mails met which fate."""
        return Counter(self.fates.values())

    def _begin(self, index: int) -> None:
        self._bed.within(OUTSIDE, lambda: self._work(index))

    def _work(self, index: int) -> None:
        chance = random.Random(index)
        number = self._next()
        while number is not None:
            try:
                sock = self._called(index)
            except OSError:
                self.turned_away += 1
                time.sleep(0.05)
                continue
            with sock, suppress(OSError):
                for _ in range(chance.randint(1, _MAILS_MOST)):
                    self.fates[number] = CUT
                    self.fates[number] = _sent(sock, number)
                    number = self._next()
                    if number is None:
                        break
                sock.sendall(b"QUIT\r\n")
                _reply(sock)
            if number in self.fates:
                # Whatever became of it: no client sends a mail twice here.
                number = self._next()

    def _called(self, index: int) -> socket.socket:
        """A connection that has been greeted and has said EHLO."""
        version = 6 if index % 4 == 3 else 4
        family = socket.AF_INET6 if version == 6 else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(_PATIENCE)
            sock.bind((host(OUTSIDE, 2 + index % 8, version), 0))
            sock.connect((host(INSIDE, 2, version), 25))
            if _reply(sock)[:1] != b"2":
                raise ConnectionError("no greeting")
            sock.sendall(b"EHLO client.example.org\r\n")
            if _reply(sock)[:1] != b"2":
                raise ConnectionError("no EHLO")
        except BaseException:
            sock.close()
            raise
        return sock

    def _next(self) -> int | None:
        with self._lock:
            return next(self._numbers, None)


def _sent(sock: socket.socket, number: int) -> str:
    """One mail; its fate, or OSError in the midst of it."""
    for command in (
        b"MAIL FROM:<a@example.org>\r\n",
        b"RCPT TO:<b@example.com>\r\n",
        b"DATA\r\n",
    ):
        sock.sendall(command)
        if _reply(sock)[:1] not in (b"2", b"3"):
            return REFUSED
    sock.sendall(stuffed(mail(number)))
    return ACKNOWLEDGED if _reply(sock)[:3] == b"250" else REFUSED


def _reply(sock: socket.socket) -> bytes:
    """One whole reply; ConnectionError when there is none."""
    said = b""
    while not re.search(rb"(?m)^\d{3} [^\n]*\n\Z", said):
        octets = sock.recv(4096)
        if not octets:
            raise ConnectionError("the other side has left")
        said += octets
    return said


@final
class Torments:
    """What befalls the gateway, each at its own pace, until `end`."""

    def __init__(self, bed: Bed, firewall: Firewall, policies: Sequence[str]) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._bed = bed
        self._firewall = firewall
        self._over = threading.Event()
        # Who was in command, and last who is.  A program that has not begun yet is
        # let be: an upgrade that fails is no matter of lost mail.
        self._chiefs = [firewall.process.pid]
        self._policies = itertools.cycle(policies)
        self._server = self._log_server()
        rows = (
            ("workers killed", 2.3, self._kill),
            ("policies reloaded", 1.0, self._reload),
            ("upgrades", 7.0, self._upgrade),
            ("links down and up", 5.3, self._unplug),
            ("log servers dead", 4.3, self._silence),
        )
        self._names = [name for name, *_ in rows]
        self._threads = [
            threading.Thread(target=self._repeat, args=row, daemon=True) for row in rows
        ]
        for thread in self._threads:
            thread.start()

    def all_befell(self) -> bool:
        """Has each been seen at least once?  They go by the clock, and mails by the
        machine's speed."""
        return all(self.counts[name] for name in self._names)

    def end(self) -> None:
        """No more of it."""
        self._over.set()
        for thread in self._threads:
            thread.join(150)
        self._server.close()

    def leave_nobody(self) -> None:
        """End the gateway, whatever it has become."""
        for number, seconds in ((signal.SIGTERM, 30.0), (signal.SIGKILL, 10.0)):
            for pid in self.supervisors():
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            until = time.monotonic() + seconds
            while time.monotonic() < until and self._processes():
                time.sleep(0.1)

    def supervisors(self) -> list[int]:
        """The processes of the gateway that are no workers, oldest first."""
        return sorted(pid for pid, words in self._processes() if b"run" in words)

    def workers(self) -> list[int]:
        """The workers."""
        return [pid for pid, words in self._processes() if b"run" not in words]

    def _processes(self) -> list[tuple[int, list[bytes]]]:
        listed = self._bed.pids(FIREWALL)
        found = []
        for pid in listed:
            words = words_of(pid)
            if b"mailward" in words or b"mailward.fleet.worker" in words:
                found.append((pid, words))
        return found

    def _repeat(self, name: str, seconds: float, do: Callable[[], bool]) -> None:
        while not self._over.wait(seconds):
            try:
                self.counts[name] += do()
            except Exception as error:  # noqa: BLE001  told by the test
                self.faults.append(f"{name}: {error!r}")

    def _kill(self) -> bool:
        """Never the last: whoever dies young over and over is replaced ever more
        slowly, and then this would be a test of nothing."""
        workers = [pid for pid in self.workers() if _parent(pid) in self._chiefs]
        if len(workers) < 2:
            return False
        with suppress(ProcessLookupError):
            os.kill(random.choice(workers), signal.SIGKILL)
            return True
        return False

    def _reload(self) -> bool:
        self._firewall.configure(next(self._policies))
        os.kill(self._chiefs[-1], signal.SIGHUP)
        return True

    def _upgrade(self) -> bool:
        done = mailward(
            "upgrade", "--control", str(self._firewall.control), timeout=140
        )
        took = _TOOK.search(done.stdout)
        if took is None:
            self.faults.append(f"upgrade: {done.stdout}{done.stderr}".strip())
            return False
        self._chiefs.append(int(took[1]))
        return True

    def _unplug(self) -> bool:
        net = random.choice((OUTSIDE, INSIDE))
        self._bed.link(net, up=False)
        time.sleep(0.4)
        self._bed.link(net, up=True)
        return True

    def _log_server(self) -> socket.socket:
        """A log server inside that reads nothing: it fills up, then it is gone."""
        place = (host(INSIDE, 3), 1470)
        return self._bed.within(INSIDE, lambda: socket.create_server(place))

    def _silence(self) -> bool:
        self._server.close()
        time.sleep(0.5)
        self._server = self._log_server()
        return True


def _parent(pid: int) -> int:
    """The process that started it; 0 when it is gone."""
    found = stat(pid)
    return int(found[1]) if found else 0
