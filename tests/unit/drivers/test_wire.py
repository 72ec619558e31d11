"""The rules of a wire, of the plain one and of that in C where it is built."""

import errno
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from mailward.drivers.wire import (
    LARGE,
    SMALL,
    Peer,
    PlainWire,
    Wire,
    accept,
    plain_accept,
)

Both = type[PlainWire]
Maker = Callable[[socket.socket], PlainWire]


@pytest.fixture(params=sorted({PlainWire, Wire}, key=lambda kind: kind.__module__))
def kind(request: pytest.FixtureRequest) -> Both:
    """Each that there is."""
    made: Both = request.param
    return made


@pytest.fixture
def made(kind: Both) -> Iterator[Maker]:
    """Makes wires of sockets, and closes them."""
    with ExitStack() as stack:
        yield lambda sock: stack.enter_context(closing(kind(sock.detach())))


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection over the loopback, neither side of which waits for nobody."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    with ours, theirs:
        theirs.settimeout(60)
        yield ours, theirs


def heard(wire: PlainWire, large: bool) -> bytes | int:
    """What comes, once it is there."""
    while (got := wire.receive(large)) == errno.EAGAIN:
        pass
    return got


@pytest.mark.parametrize("large", [False, True])
def test_octets(
    made: Maker, pair: tuple[socket.socket, socket.socket], large: bool
) -> None:
    """No more than there is room for, then the rest, then FIN."""
    ours, theirs = pair
    wire = made(ours)
    room = LARGE if large else SMALL
    nothing = wire.receive(large)
    theirs.sendall(b"x" * room + b"rest")
    theirs.shutdown(socket.SHUT_WR)
    got = b""
    while isinstance(piece := heard(wire, large), bytes) and piece:
        assert len(piece) <= room
        got += piece

    assert nothing == errno.EAGAIN
    assert got == b"x" * room + b"rest"
    assert piece == b""


@pytest.mark.parametrize(
    "octets", [b"some", memoryview(b"some"), memoryview(b"awesome")[3:]]
)
def test_sent(
    made: Maker,
    pair: tuple[socket.socket, socket.socket],
    octets: bytes | memoryview,
) -> None:
    """Octets, or a view of them; FIN behind them."""
    ours, theirs = pair
    wire = made(ours)

    assert wire.send(octets) == 4
    wire.finish()
    assert theirs.recv(100) == b"some"
    assert theirs.recv(100) == b""
    assert wire.send(b"late") == -errno.EPIPE


def test_what_the_kernel_refuses(
    made: Maker, pair: tuple[socket.socket, socket.socket]
) -> None:
    """A part is taken, then nothing."""
    wire = made(pair[0])
    much = b"x" * 30_000_000
    first = wire.send(much)
    while wire.send(much) > 0:
        pass

    assert 0 < first < len(much)
    assert wire.send(b"x") == -errno.EAGAIN


def _packets_of_a_goodbye(kind: Both, *, known: bool) -> int:
    """How many bring the last octets and FIN, if it is `known` that FIN follows."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    # As every socket of ours is: so it must be MSG_MORE that holds octets back.
    ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with closing(kind(ours.detach())) as wire, theirs:
        wire.send(b"hello")
        assert theirs.recv(100) == b"hello"
        before = _packets(theirs)
        if known:
            wire.last()
        wire.send(b"bye")
        wire.finish()
        got = b"".join(iter(lambda: theirs.recv(100), b""))
        assert got == b"bye"
        return _packets(theirs) - before


def _packets(sock: socket.socket) -> int:
    """How many have come (tcpi_segs_in of linux/tcp.h)."""
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 144)
    return int.from_bytes(info[140:144], sys.byteorder)


@pytest.mark.parametrize(("known", "packets"), [(True, 1), (False, 2)])
def test_the_last_goes_with_fin(kind: Both, known: bool, packets: int) -> None:
    """In one packet.  (The kernel waits for it 0.2 s, a machine may pause longer: so
    the best of some.)"""
    tried = [_packets_of_a_goodbye(kind, known=known) for _ in range(5)]

    assert min(tried) == packets


def test_a_reset_behind_the_last(
    made: Maker, pair: tuple[socket.socket, socket.socket]
) -> None:
    """FIN never comes, and what waited for it is not lost."""
    ours, theirs = pair
    ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wire = made(ours)
    wire.last()
    wire.send(b"bye")
    wire.reset()
    wire.close()

    assert theirs.recv(100) == b"bye"
    with pytest.raises(ConnectionResetError):
        theirs.recv(100)


def test_reset(made: Maker, pair: tuple[socket.socket, socket.socket]) -> None:
    """The other side learns it, as a number."""
    ours, theirs = pair
    first = made(ours)
    first.reset()
    first.close()
    wire = made(theirs)

    assert heard(wire, False) == errno.ECONNRESET
    assert wire.receive(False) == b""
    assert wire.send(b"x") == -errno.EPIPE


def test_closed(made: Maker, pair: tuple[socket.socket, socket.socket]) -> None:
    """Closing is FIN; its descriptor is another's from then on, and not touched."""
    ours, theirs = pair
    fd = ours.fileno()
    wire = made(ours)
    before = wire.fileno()
    wire.close()
    os.dup2(theirs.fileno(), fd)
    wire.close()
    after = wire.fileno()

    assert (before, after) == (fd, -1)
    assert theirs.recv(10) == b""
    os.close(fd)


def test_a_broken_one_says_nothing(
    made: Maker, pair: tuple[socket.socket, socket.socket]
) -> None:
    """Neither FIN nor RST can be sent any more, and nobody needs to know."""
    ours, _ = pair
    wire = made(ours)
    wire.close()
    wire.finish()
    wire.reset()

    assert wire.receive(False) == errno.EBADF
    assert wire.send(b"x") == -errno.EBADF


def test_nothing_is_kept(kind: Both, pair: tuple[socket.socket, socket.socket]) -> None:
    """Neither objects nor types."""
    before = sys.getrefcount(kind)
    for _ in range(1000):
        wire = kind(os.dup(pair[0].fileno()))
        wire.receive(False)
        wire.send(b"")
        wire.close()
    del wire

    assert sys.getrefcount(kind) == before


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_forgotten(kind: Both, pair: tuple[socket.socket, socket.socket]) -> None:
    """Nobody has closed it: so it is when nobody has it any more."""
    ours, theirs = pair
    wire = kind(ours.detach())
    del wire

    assert theirs.recv(10) == b""


def test_no_descriptor(kind: Both) -> None:
    """Is an error at once."""
    for wrong in (["no socket"], [], [-1, 2]):
        with pytest.raises((TypeError, ValueError)):
            kind(*wrong)
    with pytest.raises(ValueError, match="descriptor"):
        kind(-1)


Accept = Callable[[socket.socket], tuple[int, Peer]]
ALL = {f"{take.__module__}.{take.__name__}": take for take in (plain_accept, accept)}
each = pytest.mark.parametrize("take", ALL.values(), ids=ALL)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.10.200.99", "127.255.100.254", "::1"]
)
@each
def test_accepted(take: Accept, host: str) -> None:
    """A descriptor that no other program inherits, and the address as Python has it;
    nothing to accept is an error."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            take(listener)
        source = (host, 0)
        with socket.create_connection(
            listener.getsockname()[:2], 60, source_address=source
        ) as client:
            fd, peer = take(listener)
            with socket.socket(fileno=fd) as ours:
                client.sendall(b"x")
                heard = ours.recv(1)
                inherited = ours.get_inheritable()
            name = client.getsockname()

    assert peer == name
    assert heard == b"x"
    assert not inherited


@each
def test_accepting_at_no_listener(take: Accept) -> None:
    """The system's error."""
    with socket.socket() as sock, pytest.raises(OSError, match="Invalid argument"):
        take(sock)
