"""Sockets that were handed over, and who of the workers gets which."""

import os
import socket
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.errors import MailwardError
from mailward.fleet.sockets import (
    LEGACY,
    Legacy,
    Sockets,
    activated,
    legacy,
    of_worker,
    opened,
)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def test_a_legacy_as_text() -> None:
    """It comes out of the environment as it was put in, once."""
    left = Legacy({"mail x": [7, 8], "ssh y": [9]}, 5, 6, 3, "c", "s")
    environment = {LEGACY: left.text(), "A": "b"}

    assert legacy(environment) == left
    assert environment == {"A": "b"}
    assert legacy(environment) is None
    assert left.descriptors() == (5, 6, 7, 8, 9)


def test_socket_activation() -> None:
    """Descriptors from three on, by their names; only for this process."""
    ours = {
        "LISTEN_PID": str(os.getpid()),
        "LISTEN_FDS": "3",
        "LISTEN_FDNAMES": "mail:mail",
    }
    others = {"LISTEN_PID": "1", "LISTEN_FDS": "1"}

    assert activated(ours) == {"mail": [3, 4], "unknown": [5]}
    assert ours == {}
    assert activated(others) == {}
    assert activated({}) == {}


def test_taking(listener: socket.socket) -> None:
    """By name or by place; what nobody takes is told."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sockets = Sockets.of(
            {"mail": [os.dup(listener.fileno())], "x": [os.dup(other.fileno())]}
        )

        assert sockets.take("ssh") == []
        assert sockets.spare() == ["mail", "x"]
        assert len(sockets.take("mail")) == 1
        assert sockets.take_at("metrics", "127.0.0.1", 0) == []
        assert len(sockets.take_at("metrics", "127.0.0.1", port)) == 1
        assert sockets.spare() == []
        assert list(sockets.descriptors()) == ["mail", "metrics"]
        sockets.close()
        assert sockets.descriptors() == {}


def test_what_is_no_socket() -> None:
    """It is told."""
    reader, writer = os.pipe()
    try:
        with pytest.raises(MailwardError, match="is no socket"):
            Sockets.of({"mail": [reader]})
    finally:
        os.close(reader)
        os.close(writer)


def test_several_at_one_place() -> None:
    """All share the port that the first was given; nothing is left when one
    cannot be had."""

    def make(port: int, prepare: Callable[[socket.socket], None]) -> socket.socket:
        sock = socket.socket()
        prepare(sock)
        sock.bind(("127.0.0.1", port))
        return sock

    made = opened(3, make)
    ports = {sock.getsockname() for sock in made}
    for sock in made:
        sock.close()
    done: list[socket.socket] = []

    def fails(port: int, prepare: Callable[[socket.socket], None]) -> socket.socket:
        if done:
            raise OSError
        done.append(make(port, prepare))
        return done[0]

    with pytest.raises(OSError):  # noqa: PT011
        opened(2, fails)

    assert len(ports) == 1
    assert done[0].fileno() == -1


class Numbered(socket.socket):
    """A socket that only has a number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def fileno(self) -> int:
        """Its number."""
        return self.number


@given(st.integers(1, 12), st.integers(1, 12))
def test_who_gets_which(sockets: int, workers: int) -> None:
    """Every socket has a worker, every worker a socket; none has two workers
    unless there are fewer than workers."""
    several = [Numbered(number) for number in range(sockets)]
    shares = [of_worker(list(several), index, workers) for index in range(workers)]
    for each in several:
        socket.socket.close(each)

    assert all(shares)
    assert {fd for share in shares for fd in share} == set(range(sockets))
    if sockets >= workers:
        assert sum(map(len, shares)) == sockets
