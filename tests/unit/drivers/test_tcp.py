"""TCP: addresses as typed, listening sockets, sockets of connections."""

import errno
import os
import socket
from contextlib import closing

import pytest

from mailward.drivers.tcp import (
    Place,
    accepted,
    bound,
    listening,
    meant,
    place,
    reason,
    resolved,
    unconnected,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:25", Place("127.0.0.1", 25)),
        ("[::1]:2525", Place("::1", 2525)),
        ("mail.example:0", Place("mail.example", 0)),
    ],
)
def test_places_are_read_and_printed(text: str, expected: Place) -> None:
    """HOST:PORT, brackets around an IPv6 address, and back."""
    assert place(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("25", "'25' is not HOST:PORT (IPv6: [ADDRESS]:PORT)"),
        (":25", "':25' is not HOST:PORT (IPv6: [ADDRESS]:PORT)"),
        ("::1:25", "'::1:25' is not HOST:PORT (IPv6: [ADDRESS]:PORT)"),
        ("[]:25", "'[]:25' is not HOST:PORT (IPv6: [ADDRESS]:PORT)"),
        ("h:smtp", "'smtp' in 'h:smtp' is not a port (0 to 65535)"),
        ("h:65536", "'65536' in 'h:65536' is not a port (0 to 65535)"),
        ("h:\u0662", "'\u0662' in 'h:\u0662' is not a port (0 to 65535)"),
    ],
)
def test_what_is_no_place_is_told(text: str, wrong: str) -> None:
    """The message names what was typed and what would be right."""
    with pytest.raises(ValueError, match="is not") as caught:
        place(text)

    assert str(caught.value) == wrong


def test_a_name_becomes_an_address() -> None:
    """Listening and connecting need literal addresses."""
    assert resolved(Place("127.0.0.1", 25)) == Place("127.0.0.1", 25)
    assert resolved(Place("localhost", 25)).host in ("127.0.0.1", "::1")


def test_listening_tells_the_port() -> None:
    """Port 0: the kernel chooses; the socket does not block."""
    with listening(Place("127.0.0.1", 0)) as listener:
        assert bound(listener).host == "127.0.0.1"
        assert bound(listener).port != 0
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_listening_to_both_families() -> None:
    """An IPv6 socket takes no IPv4 clients."""
    try:
        listener = listening(Place("::1", 0))
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with listener:
        only = listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
        assert (bound(listener).host, only) == ("::1", 1)


def test_a_taken_place_is_an_error() -> None:
    """Two listeners cannot share a port."""
    with (
        listening(Place("127.0.0.1", 0)) as listener,
        pytest.raises(OSError, match="in use"),
    ):
        listening(bound(listener))


def test_sockets_do_not_block_nor_wait_for_more() -> None:
    """Accepted with the listener's TCP_NODELAY, or made with it."""
    with listening(Place("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with closing(unconnected(bound(listener))) as theirs:
            theirs.connect_ex(listener.getsockname()[:2])
            wire, peer = accepted(listener)
            assert wire.receive(False) == errno.EAGAIN
            assert peer == theirs.getsockname()
            assert meant(wire) == listener.getsockname()
            with socket.socket(fileno=os.dup(wire.fileno())) as ours:
                wire.close()
                for each in (ours, theirs):
                    assert each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                    with pytest.raises(BlockingIOError):
                        each.recv(1, socket.MSG_DONTWAIT)
    with closing(unconnected(Place("::1", 25))) as six:
        assert six.family == socket.AF_INET6


def test_the_reason_of_an_error() -> None:
    """The system's words; those of the error where it has no number."""
    assert reason(OSError(111, "whatever")) == "Connection refused"
    assert reason(OSError("odd")) == "odd"
