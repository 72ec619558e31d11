"""The rules of an end, over a real connection of its own."""

import contextlib
import select
import socket
import time
from collections.abc import Callable, Iterator
from typing import cast
from unittest.mock import Mock

import pytest

from mailward.drivers.flow import Flow
from mailward.drivers.loop import EDGES, Loop
from mailward.drivers.tcp import Place, accepted, listening
from mailward.drivers.tcp_end import Keeper, TcpEnd
from mailward.drivers.wire import LARGE, SMALL
from mailward.policy.findings import CLIENT, SERVER


class Shelf(Keeper):
    """Keeps what ends say about themselves."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.said: list[str] = []

    def parting(self, end: TcpEnd) -> None:
        """See Keeper."""
        self.said.append("parting")

    def gone(self, end: TcpEnd) -> None:
        """See Keeper."""
        self.said.append("gone")

    def fault(self, what: str, error: Exception) -> None:
        """See Keeper."""
        self.said.append(f"{what}: {error}")


class Ears:
    """A flow that writes down what it is told."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.said = b""
        self.fault: Exception | None = None
        self.then: Callable[[], None] = lambda: None

    def from_client(self, segment: bytes, now: float) -> None:
        """See Flow."""
        if self.fault is not None:
            raise self.fault
        self.said += segment
        self.heard.append(CLIENT)
        self.then()

    def from_server(self, segment: bytes, now: float) -> None:
        """See Flow."""
        self.said += segment
        self.heard.append(SERVER)

    def server_closes(self) -> None:
        """See Flow."""
        self.heard.append((SERVER, "closes"))

    def client_closed(self, now: float) -> None:
        """See Flow."""
        self.heard.append((CLIENT, "fin"))
        self.then()

    def server_closed(self, now: float) -> None:
        """See Flow."""
        self.heard.append((SERVER, "fin"))

    def lost(self, speaker: int, now: float) -> None:
        """See Flow."""
        self.heard.append((speaker, "lost"))

    def full(self, speaker: int) -> None:
        """See Flow."""
        self.heard.append((speaker, "full"))

    def drained(self, speaker: int) -> None:
        """See Flow."""
        self.heard.append((speaker, "drained"))

    def stop(self, reason: int, now: float, *, abort: bool) -> None:
        """See Flow."""
        self.heard.append(("stop", abort))


class Scene:
    """An end on one side of a real connection, a test on the other."""

    def __init__(self, speaker: int) -> None:
        self.shelf = Shelf()
        self.ears = Ears()
        with listening(Place("127.0.0.1", 0)) as listener:
            # Small buffers, so that they are soon full.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
            self.peer = socket.create_connection(listener.getsockname()[:2], 20)
            self.wire, _ = accepted(listener)
        self.end = TcpEnd(speaker, self.wire, self.shelf)

    def attach(self, early: bytes = b"") -> None:
        """Let the fake flow hear of the end."""
        self.end.attach(cast("Flow", self.ears), early)

    def turn(self) -> None:
        """A few rounds: what was sent over the loopback has arrived."""
        for _ in range(4):
            self.shelf.loop.turn(0.0)

    def take(self, most: int = 1 << 30) -> bytes:
        """What comes until FIN, or so many octets."""
        got = bytearray()
        self.peer.setblocking(False)
        until = time.monotonic() + 20
        while len(got) < most and time.monotonic() < until:
            self.shelf.loop.turn(0.001)
            with contextlib.suppress(BlockingIOError):
                piece = self.peer.recv(1_000_000)
                if not piece:
                    break
                got += piece
        self.turn()
        return bytes(got)

    def gone(self) -> bool:
        """Is our socket closed?"""
        return self.wire.fileno() < 0

    def over(self) -> str:
        """How the peer sees the end."""
        try:
            while self.peer.recv(1_000_000):
                pass
        except ConnectionResetError:
            return "rst"
        return "fin"

    def close(self) -> None:
        """Leave nothing behind."""
        self.wire.close()
        self.peer.close()
        self.shelf.loop.end()


@pytest.fixture(params=[CLIENT, SERVER])
def both(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A scene for either speaker."""
    scene = Scene(request.param)
    yield scene
    scene.close()


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A scene with a client."""
    made = Scene(CLIENT)
    yield made
    made.close()


def speaker_of(scene: Scene) -> int:
    """Whose end it is."""
    return scene.end._speaker


def test_octets_and_fin_reach_the_flow(both: Scene) -> None:
    """What was sent and the FIN behind it, each once, in one readiness; of a server,
    before its last words, that they are."""
    who = speaker_of(both)
    both.attach()
    both.peer.sendall(b"hello")
    both.turn()
    both.peer.sendall(b" world")
    both.peer.shutdown(socket.SHUT_WR)
    both.turn()
    both.turn()

    assert both.ears.said == b"hello world"
    hints = [(who, "closes")] if who == SERVER else []
    assert both.ears.heard == [who, *hints, who, (who, "fin")]


@pytest.mark.parametrize(
    ("octets", "hints"),
    [(10, 1), (SMALL - 1, 1), (SMALL, 0), (SMALL + 1, 1), (3 * LARGE + 10, 1)],
)
def test_last_words(octets: int, hints: int) -> None:
    """A server's, unless they fill a read: then more may come."""
    scene = Scene(SERVER)
    with contextlib.closing(scene):
        scene.peer.settimeout(20)
        scene.peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * octets)
        scene.peer.sendall(b"x" * octets)
        scene.peer.shutdown(socket.SHUT_WR)
        scene.attach()
        until = time.monotonic() + 20
        while scene.ears.heard[-1:] != [(SERVER, "fin")] and time.monotonic() < until:
            scene.shelf.loop.turn(0.1)

        heard = scene.ears.heard
        assert len(scene.ears.said) == octets
        assert heard.count((SERVER, "closes")) == hints
        assert heard[-1] == (SERVER, "fin")
        if hints:
            assert heard[-3:] == [(SERVER, "closes"), SERVER, (SERVER, "fin")]


def test_room_is_no_news(scene: Scene) -> None:
    """To an end that never lacked it: its loop has nothing to do."""
    scene.attach()
    ready, _, _ = select.select([scene.shelf.loop], [], [], 0)
    scene.end.write(b"x" * 10_000_000)
    scene.turn()
    scene.peer.recv(1_000_000)
    later, _, _ = select.select([scene.shelf.loop], [], [], 20)

    assert (ready, later) == ([], [scene.shelf.loop])


def test_a_reset_behind_our_fin(both: Scene) -> None:
    """What a client said last has nobody to go to, for its server has left; of a
    server it is told."""
    who = speaker_of(both)
    both.attach()
    both.end.finish()
    both.peer.sendall(b"late")
    _reset(both.peer)
    both.turn()

    assert both.ears.said == (b"late" if who == SERVER else b"")
    assert both.ears.heard[-1] == (who, "lost")
    assert both.gone()


@pytest.mark.parametrize(
    ("pieces", "said", "reads"),
    [
        ([(b"bye", 0)], b"bye", 1),
        ([(b"", 0)], b"", 1),
        ([(b"x" * 32768, 0)], b"x" * 32768, 2),
        ([(b"bye", 0), (b"!", socket.MSG_OOB), (b"late", 0)], b"byelate", 3),
        ([(b"bye", 0), (b"!", socket.MSG_OOB)], b"bye", 2),
    ],
)
def test_fin_behind_octets(
    scene: Scene, pieces: list[tuple[bytes, int]], said: bytes, reads: int
) -> None:
    """It is told without another read, unless that might bring something: urgent
    octets end a read before its time.  (The last of them is nobody's; SMTP knows
    none.)"""
    scene.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for octets, flags in pieces:
        scene.peer.send(octets, flags)
    scene.peer.shutdown(socket.SHUT_WR)
    receive = Mock(wraps=scene.end._receive)
    scene.end._receive = receive
    scene.attach()
    scene.turn()

    assert scene.ears.said == said
    assert scene.ears.heard[-1] == (CLIENT, "fin")
    assert receive.call_count == reads


def test_what_came_early_is_told_first(both: Scene) -> None:
    """Octets that others have read stand before those of the socket."""
    both.peer.sendall(b"late")
    both.attach(b"early ")
    both.turn()

    assert both.ears.said == b"early late"


def test_a_reset_is_a_loss(both: Scene) -> None:
    """RST of the peer: the flow hears of it, the socket is closed."""
    both.attach()
    _reset(both.peer)
    both.turn()

    assert both.ears.heard == [(speaker_of(both), "lost")]
    assert both.gone()


def _reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()


def test_what_the_kernel_refuses_is_kept(both: Scene) -> None:
    """The flow hears `full` once, `drained` when all has gone; every octet
    arrives in order."""
    who = speaker_of(both)
    sent = bytes(range(256)) * 40_000
    both.attach()
    both.end.write(sent)
    both.end.write(b"more")
    kept = both.end.kept
    got = both.take(len(sent) + 4)

    assert got == sent + b"more"
    assert 4 < kept <= len(got)
    assert both.ears.heard == [(who, "full"), (who, "drained")]
    assert both.end.kept == 0


def test_fin_waits_for_what_is_kept(scene: Scene) -> None:
    """`finish` behind octets that the kernel has refused; nothing is written
    after it, and FIN is said once."""
    scene.attach()
    scene.end.write(b"x" * 10_000_000)
    scene.end.finish()
    scene.end.finish()
    scene.end.write(b"never")
    got = len(scene.take())

    assert got == 10_000_000


def test_a_pause_leaves_octets_in_the_kernel(scene: Scene) -> None:
    """They are told after `resume`, whether or not they were noticed before."""
    scene.attach()
    scene.end.pause()
    scene.end.resume()
    scene.end.pause()
    scene.peer.sendall(b"waits")
    scene.turn()
    before = scene.ears.said
    left = scene.end._left
    scene.end.resume()
    scene.turn()

    assert (before, left, scene.end._left) == (b"", True, False)
    assert scene.ears.said == b"waits"


def test_what_another_was_told_is_not_told_again(scene: Scene) -> None:
    """So the end is told of it when it takes over the socket."""
    told: list[int] = []
    scene.shelf.loop.watch(scene.wire.fileno(), EDGES, told.append)
    scene.peer.sendall(b"early")
    scene.turn()
    end = TcpEnd(SERVER, scene.wire, scene.shelf, watched=True)
    end.attach(cast("Flow", scene.ears), b"earlier ", told[-1])
    said = scene.ears.said
    scene.peer.sendall(b" late")
    scene.turn()

    assert len(told) == 1
    assert said == b"earlier early"
    assert scene.ears.said == b"earlier early late"


def test_more_than_a_read_takes(scene: Scene) -> None:
    """All of it is read, though the loop tells of it once."""
    scene.peer.sendall(b"x" * 400_000)
    scene.attach()
    for _ in range(20):
        scene.shelf.loop.turn(0.0)

    assert len(scene.ears.said) == 400_000


def test_a_pause_within_a_call_is_heeded(scene: Scene) -> None:
    """FIN is known to stand behind the octets, and still waits."""
    scene.attach()
    scene.ears.then = scene.end.pause
    scene.peer.sendall(b"x")
    scene.peer.shutdown(socket.SHUT_WR)
    scene.turn()
    before = scene.ears.heard.copy()
    scene.end.resume()
    scene.turn()

    assert before == [CLIENT]
    assert scene.ears.heard == [CLIENT, (CLIENT, "fin")]


def test_large_reads_for_who_sends_much(scene: Scene) -> None:
    """A read that is filled makes the next one larger; commands make it small
    again."""
    scene.attach()
    scene.peer.settimeout(20)
    scene.peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1_000_000)
    large = []
    for octets in (100_000, 10):
        scene.peer.sendall(b"x" * octets)
        while len(scene.ears.said) < octets:
            scene.shelf.loop.turn(1.0)
            large.append(scene.end._large)
        scene.ears.said = b""

    assert any(large)
    assert not large[-1]


def test_close_waits_for_the_speakers_fin(scene: Scene) -> None:
    """FIN out, what comes is thrown away, then the socket is closed: the peer
    never sees RST."""
    scene.attach()
    scene.peer.sendall(b"unread" * 1000)
    scene.end.write(b"last")
    scene.end.close()
    last = scene.peer.recv(100)
    over = scene.over()
    scene.peer.sendall(b"talks on")
    scene.turn()
    open_still = not scene.gone()
    scene.peer.shutdown(socket.SHUT_WR)
    scene.turn()

    assert (last, over, open_still, scene.gone()) == (b"last", "fin", True, True)
    assert scene.ears.heard == []
    assert scene.shelf.said == ["parting", "gone"]


def test_close_after_the_speakers_fin_is_at_once(scene: Scene) -> None:
    """Nothing can come any more, nothing of ours is left: no lingering."""
    scene.attach()
    scene.peer.shutdown(socket.SHUT_WR)
    scene.turn()

    scene.end.close()
    scene.end.close()

    assert scene.gone()
    assert scene.shelf.said == ["gone"]


def test_a_flow_that_closes_at_fin(scene: Scene) -> None:
    """Both FINs seen: the flow closes the end in the middle of the call."""
    scene.attach()
    scene.ears.then = scene.end.close
    scene.peer.shutdown(socket.SHUT_WR)
    scene.turn()

    assert scene.gone()


def test_close_flushes_what_is_kept(scene: Scene) -> None:
    """The speaker's FIN came long ago; the socket goes when all was sent."""
    scene.attach()
    scene.end.write(b"x" * 10_000_000)
    scene.peer.shutdown(socket.SHUT_WR)
    scene.turn()
    scene.end.close()
    early = scene.gone()
    got = len(scene.take())

    assert (early, got, scene.gone()) == (False, 10_000_000, True)
    assert scene.shelf.said == ["parting", "gone"]


def test_fin_while_closing_and_flushing(scene: Scene) -> None:
    """The speaker's FIN comes after `close`, with octets of ours still kept."""
    scene.attach()
    scene.end.write(b"x" * 10_000_000)
    scene.end.close()
    scene.peer.shutdown(socket.SHUT_WR)
    scene.turn()
    early = scene.gone()
    got = len(scene.take())

    assert (early, got, scene.gone()) == (False, 10_000_000, True)


def test_abort_is_a_reset(scene: Scene) -> None:
    """RST, and the flow hears no more."""
    scene.attach()
    scene.end.abort()
    scene.end.abort()
    scene.turn()

    assert scene.over() == "rst"
    assert scene.ears.heard == []


def test_a_failed_write_is_a_loss_heard_later(scene: Scene) -> None:
    """Not within the call that wrote: the flow is busy then."""
    scene.attach()
    scene.end.pause()
    _reset(scene.peer)
    scene.end.write(b"a")
    heard = scene.ears.heard.copy()
    scene.end.write(b"b")
    scene.end.finish()
    scene.turn()

    assert heard == []
    assert scene.ears.heard == [(CLIENT, "lost")]
    assert scene.gone()


def test_a_failed_write_of_an_end_that_was_left(scene: Scene) -> None:
    """Aborted meanwhile: nobody need hear of it."""
    scene.attach()
    scene.end.pause()
    _reset(scene.peer)
    scene.end.write(b"a")
    scene.end.abort()
    scene.turn()

    assert scene.ears.heard == []


def test_a_reset_while_octets_are_kept(scene: Scene) -> None:
    """Flushing fails: a loss."""
    scene.attach()
    scene.end.write(b"x" * 10_000_000)
    scene.end.pause()
    scene.turn()
    _reset(scene.peer)
    scene.turn()

    assert scene.ears.heard == [(CLIENT, "full"), (CLIENT, "lost")]
    assert scene.end.kept == 0


def test_a_reset_is_noticed_by_an_end_that_is_not_read(both: Scene) -> None:
    """Whether it was paused, or its FIN was seen already."""
    who = speaker_of(both)
    both.attach()
    both.peer.sendall(b"unread")
    both.end.pause()
    both.turn()
    before = both.ears.heard.copy()
    _reset(both.peer)
    both.turn()

    assert before == []
    assert both.ears.heard == [(who, "lost")]
    assert both.gone()


def test_a_reset_behind_fin_is_noticed(scene: Scene) -> None:
    """A half-closed client that breaks off is not waited for."""
    scene.attach()
    scene.peer.shutdown(socket.SHUT_WR)
    scene.turn()
    _reset(scene.peer)
    scene.turn()

    assert scene.ears.heard == [(CLIENT, "fin"), (CLIENT, "lost")]


def test_two_fins_are_no_loss(scene: Scene) -> None:
    """Both directions closed, octets still unread: they are told."""
    scene.attach()
    scene.peer.sendall(b"unread")
    scene.end.pause()
    scene.turn()
    scene.end.finish()
    scene.peer.shutdown(socket.SHUT_WR)
    scene.turn()
    before = scene.ears.heard.copy()
    scene.end.resume()
    scene.turn()

    assert before == []
    assert scene.ears.heard == [CLIENT, (CLIENT, "fin")]


def test_a_lost_end_bears_everything(scene: Scene) -> None:
    """After the loss nothing raises."""
    scene.attach()
    _reset(scene.peer)
    scene.turn()

    scene.end.write(b"x")
    scene.end.pause()
    scene.end.resume()
    scene.end.finish()
    scene.end.close()
    scene.end.abort()
    scene.end._lose()

    assert scene.ears.heard == [(CLIENT, "lost")]


def test_a_fault_fails_closed(scene: Scene) -> None:
    """The connection is reset, its flow stopped, the fault told."""
    scene.attach()
    scene.ears.fault = ZeroDivisionError("ours")
    scene.peer.sendall(b"x")
    scene.turn()

    assert scene.over() == "rst"
    assert scene.ears.heard == [("stop", True)]
    assert scene.shelf.said == ["gone", "an end of a connection: ours"]


def test_a_fault_behind_the_end_of_the_flow(scene: Scene) -> None:
    """The flow has left already: the fault alone is told."""
    scene.attach()

    def fail() -> None:
        scene.end.abort()
        raise ZeroDivisionError("late")

    scene.ears.then = fail
    scene.peer.sendall(b"x")
    scene.turn()

    assert scene.ears.heard == [CLIENT]
    assert scene.shelf.said == ["gone", "an end of a connection: late"]


def test_a_keeper_does_nothing_by_itself(scene: Scene) -> None:
    """The driver fills it in."""
    keeper = Keeper()

    for ask in (keeper.parting, keeper.gone):
        with pytest.raises(NotImplementedError):
            ask(scene.end)
    with pytest.raises(NotImplementedError):
        keeper.fault("x", ValueError())
