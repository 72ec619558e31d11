"""Doors over real sockets: prefaces, first words, overtures, refusals."""

import asyncio
import errno
import socket
import struct
from collections.abc import Callable
from functools import partial

import pytest

from mailward.audit.records import CHECKED
from mailward.drivers.door import (
    OVERTURE,
    PREFACE,
    Door,
    DoorError,
    FixedDoor,
    Overture,
    Route,
    Visit,
)
from mailward.drivers.door_announced import AnnouncedDoor
from mailward.drivers.door_proxied import ProxiedDoor
from mailward.drivers.opening import Opener
from mailward.drivers.tcp import Described, Place
from mailward.drivers.times import Times
from mailward.drivers.wire import Peer
from tests.live.stands import (
    OPEN,
    PATIENCE,
    Stand,
    ended,
    greeted,
    heard,
    inspected,
    looped,
    pass_on,
    reset,
    standing,
)
from tests.live.test_relay_limits import told


class LineDoor(Door):
    """The client's first line says who it is."""

    def __init__(self, route: Route) -> None:
        super().__init__()
        self.prefaced = True
        self.fixed = FixedDoor(route)
        self.asked: list[bytes] = []

    def preface(self, octets: bytes, client: Described, peer: Peer) -> Visit | None:
        """`address port LF`, or a word that is refused."""
        self.asked.append(octets)
        line, end, _ = octets.partition(b"\n")
        if not end:
            return None
        if line == b"fault":
            raise ZeroDivisionError("a fault of ours")
        if b" " not in line:
            raise DoorError("no address")
        address, port = line.decode().split()
        visit = self.fixed.visit(client, (address, int(port)))
        return Visit(visit.ends, visit.upstream, used=len(line) + 1)


class Told(Overture):
    """Waits for a line of the server, answers it, waits for another, which the
    client hears."""

    def __init__(self, answer: bytes = b"client is known\r\n") -> None:
        super().__init__()
        self.answer = answer
        self.heard = b""

    def hear(self, octets: bytes) -> bytes:
        """See Overture."""
        self.heard += octets
        if b"fault" in octets:
            raise ZeroDivisionError("a fault of ours")
        if b"no" in octets:
            raise DoorError("the server will not have it")
        _, end, rest = self.heard.partition(b"\n")
        if end and rest.endswith(b"\n"):
            self.done = True
            self.rest = rest
        elif end and not rest:
            return self.answer
        return b""


class OwnDoor(Door):
    """A fixed route, and whatever a test adds to the visit."""

    def __init__(self, route: Route, **more: object) -> None:
        super().__init__()
        self.fixed = FixedDoor(route)
        self.more = more

    def visit(self, client: Described, peer: Peer) -> Visit:
        """See Door."""
        if "error" in self.more:
            error = self.more["error"]
            assert isinstance(error, Exception)
            raise error
        visit = self.fixed.visit(client, peer)
        for name, value in self.more.items():
            made = value() if name == "overture" and callable(value) else value
            setattr(visit, name, made)
        return visit


def own(**more: object) -> Callable[[Route], Door]:
    """A door that a stand can make."""
    return lambda route: OwnDoor(route, **more)


def codes(stand: Stand) -> list[str]:
    """The numbers of the records so far."""
    return [line.split(":")[0][-6:] for line in stand.memory.lines]


@looped
async def test_a_preface_says_who_the_client_is() -> None:
    """In pieces; what stands behind it is the client's own, and is inspected."""
    async with standing(inspected(), door=LineDoor) as stand:
        client = await stand.client()
        client[1].write(b"192.0.2.77 ")
        await client[1].drain()
        await stand.until(lambda: stand.relay.live == 1)
        client[1].write(b"4711\nHELO early\r\n")
        server = await stand.served.get()
        await pass_on(server, client, b"220 hello\r\n")
        assert await heard(server, b"HELO early\r\n") == b"HELO early\r\n"

        assert "for outside:192.0.2.77/4711 " in stand.memory.lines[0]


@looped
async def test_a_preface_alone() -> None:
    """The session goes on as any other."""
    async with standing(inspected(), door=LineDoor) as stand:
        client = await stand.client()
        client[1].write(b"192.0.2.77 4711\n")
        server = await stand.served.get()
        await pass_on(server, client, b"220 hello\r\n")
        await pass_on(client, server, b"NOOP\r\n")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"nonsense\n", "no address"),
        (b"x" * PREFACE, "no preface came"),
    ],
)
@looped
async def test_a_preface_that_is_none(sent: bytes, why: str) -> None:
    """RST and a record; the server never hears of it."""
    async with standing(OPEN, door=LineDoor) as stand:
        client = await stand.client()
        client[1].write(sent)
        with pytest.raises(ConnectionResetError):
            await ended(client)
        await stand.over()

        (line,) = stand.memory.lines
        assert line.startswith("%MAILWARD-4-900018: Connection refused: 127.0.0.1:")
        assert line.endswith(why)
        assert stand.served.empty()


@looped
async def test_a_client_that_leaves_before_its_preface() -> None:
    """FIN or RST in the midst of it: the end, with a record each."""
    async with standing(OPEN, door=LineDoor) as stand:
        client = await stand.client()
        client[1].write(b"192")
        client[1].write_eof()
        with pytest.raises(ConnectionResetError):
            await ended(client)
        other = await stand.client()
        other[1].write(b"192")
        await stand.until(lambda: stand.relay.live == 1)
        reset(other)
        await stand.until(partial(told, stand, 2))

        assert all(line.endswith("no preface came") for line in stand.memory.lines)
        assert stand.relay.live == 0


@looped
async def test_a_client_that_leaves_without_a_word() -> None:
    """FIN or RST: somebody looked whether we live.  It is counted, no more."""
    async with standing(OPEN, door=LineDoor) as stand:
        client = await stand.client()
        client[1].write_eof()
        with pytest.raises(ConnectionResetError):
            await ended(client)
        other = await stand.client()
        await stand.until(lambda: stand.relay.live == 1)
        reset(other)
        await stand.until(lambda: stand.relay.auditor.counts[CHECKED] == 2)

        assert stand.memory.lines == []
        assert stand.relay.live == 0


@looped
async def test_a_preface_is_not_waited_for_for_ever() -> None:
    """An octet now and then does not help."""
    doors: list[LineDoor] = []

    def remember(route: Route) -> Door:
        doors.append(LineDoor(route))
        return doors[0]

    async with standing(OPEN, Times(preface=10.0), door=remember) as stand:
        client = await stand.client()
        for number in range(1, 10):
            client[1].write(b"1")
            await stand.until(lambda n=number: len(doors[0].asked) == n)  # type: ignore[misc]
            stand.passes(1.0)
            assert stand.relay.live == 1
        stand.passes(1.5)
        with pytest.raises(ConnectionResetError):
            await ended(client)
        await stand.over()

        assert stand.memory.lines[0].endswith("no preface in 10 s")


@looped
async def test_a_fault_of_a_door_harms_no_other_client() -> None:
    """The client is closed, the fault told with its traceback, the next served."""
    async with standing(OPEN, door=LineDoor) as stand:
        client = await stand.client()
        client[1].write(b"fault\n")
        assert await ended(client) == b""
        await stand.over()
        other = await stand.client()
        other[1].write(b"192.0.2.7 1\n")
        await stand.served.get()

        assert codes(stand)[0] == "900012"
        assert "ZeroDivisionError" in stand.memory.lines[0]


@looped
async def test_a_fault_of_a_door_that_answers_at_once() -> None:
    """As above; the listener lives."""
    door = own(error=ZeroDivisionError("a fault of ours"))
    async with standing(OPEN, door=door) as stand:
        for number in (1, 2):
            client = await stand.client()
            assert await ended(client) == b""
            await stand.until(partial(told, stand, number))

        assert codes(stand) == ["900012", "900012"]
        assert stand.relay.live == 0


@looped
async def test_a_door_may_refuse_at_once() -> None:
    """RST, and a record."""
    async with standing(OPEN, door=own(error=DoorError("not you"))) as stand:
        with pytest.raises(ConnectionResetError):
            await ended(await stand.client())

        assert stand.memory.lines[0].endswith(": not you")


@looped
async def test_the_servers_socket_is_prepared() -> None:
    """Before it connects: here, bound to another address."""

    def bind(sock: socket.socket) -> None:
        sock.bind(("127.0.0.2", 0))

    async with standing(inspected(), door=own(prepare=bind)) as stand:
        _, server = await greeted(stand)

        assert server[1].get_extra_info("peername")[0] == "127.0.0.2"


@looped
async def test_a_preparation_that_fails() -> None:
    """The client sees FIN, the record says why."""

    def bind(sock: socket.socket) -> None:
        sock.bind(("192.0.2.1", 0))

    async with standing(OPEN, door=own(prepare=bind)) as stand:
        client = await stand.client()
        assert await ended(client) == b""
        await stand.over()

        assert "Cannot assign requested address" in stand.memory.lines[0]


@looped
async def test_an_address_that_cannot_be_reached() -> None:
    """Connecting fails at once."""
    async with standing(OPEN, upstream=Place("255.255.255.255", 25)) as stand:
        client = await stand.client()
        assert await ended(client) == b""
        await stand.over()

        assert "Network is unreachable" in stand.memory.lines[0]


@looped
async def test_a_port_that_is_not_free_yet() -> None:
    """The attempt is made again, until the last connection from there is gone."""
    first = socket.socket()
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    first.bind(("127.0.0.1", 0))
    own = first.getsockname()

    def prepare(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(own)

    def busy(route: Route) -> Door:
        first.connect((route.upstream.host, route.upstream.port))
        return OwnDoor(route, prepare=prepare)

    async with standing(OPEN, door=busy) as stand:
        await stand.served.get()
        client = await stand.client()
        await stand.until(lambda: stand.relay.live == 1)
        stand.passes(0.5)
        assert stand.served.empty()
        first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        first.close()
        stand.passes(0.1)
        server = await asyncio.wait_for(stand.served.get(), PATIENCE)
        await pass_on(server, client, b"220 hello\r\n")

        assert server[1].get_extra_info("peername") == own


@looped
async def test_a_port_that_is_never_free() -> None:
    """It is not tried for ever; and whoever is dropped meanwhile is dropped."""
    first = socket.socket()
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    first.bind(("127.0.0.1", 0))

    def prepare(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(first.getsockname())

    def busy(route: Route) -> Door:
        first.connect((route.upstream.host, route.upstream.port))
        return OwnDoor(route, prepare=prepare)

    async with standing(OPEN, door=busy) as stand:
        await stand.served.get()
        await turned_away(stand, "Cannot assign requested address")
        other = await stand.client()
        await stand.until(lambda: stand.relay.live == 1)
        stand.relay.end()
        assert await ended(other) == b""
        assert stand.relay.live == 0
    first.close()


async def turned_away(stand: Stand, why: str) -> None:
    """A client for whom the server cannot be had: not at once, and not for ever."""
    client = await stand.client()
    await stand.until(lambda: stand.relay.live == 1)
    stand.passes(2.0)
    assert await ended(client) == b""
    assert why in stand.memory.lines[0]


@looped
async def test_a_descriptor_that_is_not_there_yet() -> None:
    """The client has got the last one: it waits for another until one is given
    back, and is served; not for ever."""
    given_back = False

    def prepare(_: socket.socket) -> None:
        if not given_back:
            raise OSError(errno.EMFILE, "Too many open files")

    async with standing(OPEN, door=own(prepare=prepare)) as stand:
        await turned_away(stand, "Too many open files")
        client = await stand.client()
        await stand.until(lambda: stand.relay.live == 1)
        stand.passes(0.5)
        given_back = True
        stand.passes(0.1)
        server = await asyncio.wait_for(stand.served.get(), PATIENCE)
        await pass_on(server, client, b"220 hello\r\n")


@looped
async def test_first_words_to_the_server() -> None:
    """They stand before all that the client says, and are not inspected."""
    async with standing(inspected(), door=own(first=b"PROXY words\r\n")) as stand:
        client = await stand.client()
        client[1].write(b"HELO early\r\n")
        server = await stand.served.get()
        assert await server[0].readline() == b"PROXY words\r\n"
        await pass_on(server, client, b"220 hello\r\n")
        assert await server[0].readline() == b"HELO early\r\n"


@looped
async def test_an_overture() -> None:
    """Server and overture speak first; the client hears what is left for it."""
    async with standing(inspected(), door=own(overture=Told)) as stand:
        client = await stand.client()
        server = await stand.served.get()
        server[1].write(b"220 first\r\n")
        assert await server[0].readline() == b"client is known\r\n"
        server[1].write(b"220 ")
        await server[1].drain()
        server[1].write(b"second\r\n")
        assert await client[0].readline() == b"220 second\r\n"
        await pass_on(client, server, b"NOOP\r\n")
        await pass_on(server, client, b"250 ok\r\n")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"no\r\n", "the server will not have it"),
        (b"x" * (OVERTURE + 1), "the server does not answer as it must"),
    ],
)
@looped
async def test_an_overture_that_fails(said: bytes, why: str) -> None:
    """The client sees FIN, the record says why."""
    async with standing(OPEN, door=own(overture=Told)) as stand:
        client = await stand.client()
        server = await stand.served.get()
        server[1].write(said)
        assert await ended(client) == b""
        await stand.until(lambda: stand.relay.live == 0)

        assert why in stand.memory.lines[0]
        assert codes(stand) == ["900011"]


@looped
async def test_a_server_that_leaves_an_overture() -> None:
    """By FIN or by RST."""
    async with standing(OPEN, door=own(overture=Told)) as stand:
        for leave in (lambda wire: wire[1].close(), reset):
            client = await stand.client()
            server = await stand.served.get()
            leave(server)
            assert await ended(client) == b""

        assert "does not answer as it must" in stand.memory.lines[0]
        assert "Connection reset by peer" in stand.memory.lines[1]


@looped
async def test_a_fault_in_an_overture() -> None:
    """Both sides are closed, the fault is told."""
    async with standing(OPEN, door=own(overture=Told)) as stand:
        client = await stand.client()
        server = await stand.served.get()
        server[1].write(b"fault\r\n")
        assert await ended(client) == b""
        assert await ended(server) == b""

        assert codes(stand) == ["900012"]
        assert stand.relay.live == 0


@looped
async def test_more_than_the_server_takes() -> None:
    """First words that do not fit into the kernel: given up."""
    async with standing(OPEN, door=own(first=b"x" * 50_000_000)) as stand:
        client = await stand.client()
        assert await ended(client) == b""

        assert "it takes no more" in stand.memory.lines[0]


@looped
async def test_an_overture_that_is_too_slow() -> None:
    """The time that a connection may take to stand is its time too."""
    door = own(overture=Told)
    async with standing(OPEN, Times(connect=10.0), door=door) as stand:
        client = await stand.client()
        await stand.served.get()
        stand.passes(12.5)
        assert await ended(client) == b""
        await stand.over()

        assert codes(stand) == ["302013", "302014", "900011"]


@looped
async def test_drain_ends_what_waits_for_its_preface() -> None:
    """Nobody is waited for who has not said who it is."""
    async with standing(OPEN, door=LineDoor) as stand:
        client = await stand.client()
        await stand.until(lambda: stand.relay.live == 1)
        stand.relay.end()

        assert await ended(client) == b""
        assert stand.relay.live == 0


@looped
@pytest.mark.parametrize("wrapped", [False, True])
async def test_levels_follow_the_gate(wrapped: bool) -> None:
    """A door knows the levels of the gate in force, one within others too."""
    made: list[Door] = []

    def remember(route: Route) -> Door:
        made.append(FixedDoor(route))
        if wrapped:
            return AnnouncedDoor(ProxiedDoor(made[0]), 1, xclient=False)
        return made[0]

    async with standing(inspected(), door=remember) as stand:
        before = dict(made[0].levels)
        stand.relay.gate = inspected()
        assert made[0].levels is stand.relay.gate.levels
        assert before == dict(stand.relay.gate.levels)


def test_an_opener_does_nothing_by_itself() -> None:
    """The relay fills it in."""
    opener = Opener()
    with socket.socket() as sock:
        for ask in (
            lambda: opener.admitted(None, None),  # type: ignore[arg-type]
            lambda: opener.reached(None, sock, 0, b""),  # type: ignore[arg-type]
            lambda: opener.unreached(None, ""),  # type: ignore[arg-type]
            lambda: opener.refused(None, ""),  # type: ignore[arg-type]
            lambda: opener.spoiled(None, ValueError()),  # type: ignore[arg-type]
        ):
            with pytest.raises(NotImplementedError):
                ask()
