"""Sockets: everything the gateway listens on, kept open for ever.

Knows: what was handed over by the program before us or by systemd, opening the
rest, who of the workers gets which.
Does not know: what is served on a socket.
Called by: cli.

One place has a socket for each worker (SO_REUSEPORT spreads connections over
them); all stay open here, so that neither a worker's death nor an upgrade refuses
a connection: it waits for the next who accepts.
"""

import json
import os
import socket
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Final, final

from mailward.errors import MailwardError

#: What the program before us has left: see `Legacy`.
LEGACY: Final = "MAILWARD_LEGACY"
#: The first descriptor that systemd hands over (sd_listen_fds(3)).
_FIRST: Final = 3


@final
@dataclass(frozen=True)
class Legacy:
    """What one program leaves to the next: `sockets` by name, as descriptors;
    `policy`, a file that holds the running configuration; `ready`, where to say
    that it has begun; `numbers`, how many workers there have been; `control` and
    `state`, where things lie, whoever we are by now."""

    sockets: Mapping[str, list[int]]
    policy: int
    ready: int
    numbers: int
    control: str
    state: str

    def descriptors(self) -> tuple[int, ...]:
        """All that must be inherited."""
        every = (fd for several in self.sockets.values() for fd in several)
        return (self.policy, self.ready, *every)

    def text(self) -> str:
        """As an environment can carry it."""
        return json.dumps(self.__dict__)


def legacy(environment: MutableMapping[str, str]) -> Legacy | None:
    """What the program before us has left, if there was one; no program that we
    start finds it."""
    text = environment.pop(LEGACY, "")
    return Legacy(**json.loads(text)) if text else None


def activated(environment: MutableMapping[str, str]) -> dict[str, list[int]]:
    """What systemd hands over, by the names of the socket units."""
    ours = environment.pop("LISTEN_PID", "") == str(os.getpid())
    count = environment.pop("LISTEN_FDS", "0")
    names = environment.pop("LISTEN_FDNAMES", "").split(":")
    found: dict[str, list[int]] = {}
    if ours and count.isdigit():
        for at in range(int(count)):
            name = names[at] if at < len(names) else "unknown"
            found.setdefault(name, []).append(_FIRST + at)
    return found


@final
@dataclass
class Sockets:
    """All of them by name.  `heirs` were handed over and not yet asked for."""

    heirs: dict[str, list[socket.socket]] = field(default_factory=dict)
    held: dict[str, list[socket.socket]] = field(default_factory=dict)

    @classmethod
    def of(cls, descriptors: Mapping[str, Iterable[int]]) -> "Sockets":
        """Sockets that were handed over.  Raises MailwardError for other things."""
        try:
            made = {
                name: [_listener(fd) for fd in several]
                for name, several in descriptors.items()
            }
        except OSError as error:
            raise MailwardError(
                f"a descriptor that was handed over is no socket: {error.strerror}"
            ) from error
        return cls(made)

    def take(self, name: str) -> list[socket.socket]:
        """Those of this name that were handed over; they are held from now on."""
        found = self.heirs.pop(name, [])
        if found:
            self.held[name] = found
        return found

    def take_at(self, name: str, host: str, port: int) -> list[socket.socket]:
        """The same, of whatever name they were handed over under, that listen at
        this place."""
        for given, several in self.heirs.items():
            if port and several[0].getsockname()[:2] == (host, port):
                self.held[name] = self.heirs.pop(given)
                return self.held[name]
        return []

    def hold(self, name: str, several: list[socket.socket]) -> None:
        """Sockets that were opened here."""
        self.held[name] = several

    def spare(self) -> list[str]:
        """The names of those that nobody has asked for."""
        return list(self.heirs)

    def descriptors(self) -> dict[str, list[int]]:
        """All that are held."""
        return {n: [sock.fileno() for sock in held] for n, held in self.held.items()}

    def close(self) -> None:
        """Listen no more; also at what nobody has asked for."""
        for several in (*self.held.values(), *self.heirs.values()):
            for sock in several:
                sock.close()
        self.held.clear()
        self.heirs.clear()


def opened(
    count: int, make: Callable[[int, Callable[[socket.socket], None]], socket.socket]
) -> list[socket.socket]:
    """So many sockets at one place.  `make` gets the port that the first has (0:
    none yet) and what to do to a socket before it is bound.  Raises OSError."""
    made: list[socket.socket] = []
    try:
        for _ in range(count):
            port = made[0].getsockname()[1] if made else 0
            made.append(make(port, shared))
    except OSError:
        for sock in made:
            sock.close()
        raise
    return made


def shared(sock: socket.socket) -> None:
    """Let other sockets listen at the same place."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


def of_worker(several: list[socket.socket], index: int, workers: int) -> list[int]:
    """Which of them a worker accepts at: every socket has one, and every worker
    has one, if it must be together with others."""
    mine = several[index::workers] or [several[index % len(several)]]
    return [sock.fileno() for sock in mine]


def _listener(descriptor: int) -> socket.socket:
    os.set_inheritable(descriptor, False)
    sock = socket.socket(fileno=descriptor)
    sock.setblocking(False)
    return sock
