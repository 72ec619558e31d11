"""TCP: addresses as typed, listening sockets, and the rules of an end."""

import asyncio
import contextlib
import socket
import struct
from typing import cast

import pytest

from mailward.drivers.flow import Flow
from mailward.drivers.tcp import (
    EARLY,
    Keeper,
    Place,
    TcpEnd,
    bound,
    listening,
    place,
    resolved,
)
from mailward.policy.findings import CLIENT, SERVER


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


class Shelf(Keeper):
    """Keeps what ends say about themselves."""

    def __init__(self) -> None:
        self.clock = lambda: 7.0
        self.said: list[str] = []

    def parting(self, end: TcpEnd) -> None:
        """See Keeper."""
        self.said.append("parting")

    def gone(self, end: TcpEnd) -> None:
        """See Keeper."""
        self.said.append("gone")


class Wire:
    """A transport that writes down what is asked of it."""

    def __init__(self) -> None:
        self.did: list[str | bytes] = []
        self.closing = False

    def write(self, octets: bytes) -> None:
        """See asyncio."""
        self.did.append(octets)

    def write_eof(self) -> None:
        """See asyncio."""
        self.did.append("eof")

    def pause_reading(self) -> None:
        """See asyncio."""
        self.did.append("pause")

    def resume_reading(self) -> None:
        """See asyncio."""
        self.did.append("resume")

    def close(self) -> None:
        """See asyncio."""
        self.did.append("close")
        self.closing = True

    def abort(self) -> None:
        """See asyncio."""
        self.did.append("abort")
        self.closing = True

    def is_closing(self) -> bool:
        """See asyncio."""
        return self.closing

    def get_extra_info(self, name: str) -> "Wire":
        """See asyncio."""
        return self

    def setsockopt(self, level: int, name: int, value: bytes) -> None:
        """See asyncio."""
        self.did.append(value)


class Ears:
    """A flow that writes down what it is told."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def from_client(self, segment: bytes, now: float) -> None:
        """See Flow."""
        self.heard.append((CLIENT, segment, now))

    def from_server(self, segment: bytes, now: float) -> None:
        """See Flow."""
        self.heard.append((SERVER, segment, now))

    def client_closed(self, now: float) -> None:
        """See Flow."""
        self.heard.append((CLIENT, "fin"))

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


def standing(speaker: int) -> tuple[TcpEnd, Wire, Ears, Shelf]:
    """An end on a fake transport, not yet attached."""
    shelf = Shelf()
    end = TcpEnd(speaker, shelf)
    wire = Wire()
    end.connection_made(cast("asyncio.BaseTransport", wire))
    return end, wire, Ears(), shelf


def attach(end: TcpEnd, ears: Ears) -> None:
    """Let a fake flow hear of the end."""
    end.attach(cast("Flow", ears))


@pytest.mark.parametrize("speaker", [CLIENT, SERVER])
def test_what_the_loop_tells_reaches_the_flow(speaker: int) -> None:
    """Octets with the time, back-pressure, FIN, loss."""
    end, _, ears, shelf = standing(speaker)
    attach(end, ears)

    end.data_received(b"x")
    end.pause_writing()
    end.resume_writing()
    kept_open = end.eof_received()
    end.connection_lost(None)
    end.connection_lost(None)

    assert kept_open
    assert ears.heard == [
        (speaker, b"x", 7.0),
        (speaker, "full"),
        (speaker, "drained"),
        (speaker, "fin"),
        (speaker, "lost"),
    ]
    assert shelf.said == ["gone", "gone"]


@pytest.mark.parametrize("speaker", [CLIENT, SERVER])
def test_what_comes_early_is_told_later(speaker: int) -> None:
    """Octets, FIN and loss before the flow stands are told when it does."""
    end, _, ears, _ = standing(speaker)

    end.data_received(b"a")
    end.data_received(b"b")
    end.pause_writing()
    end.resume_writing()
    end.eof_received()
    end.connection_lost(None)
    attach(end, ears)

    assert ears.heard == [(speaker, b"ab", 7.0), (speaker, "fin"), (speaker, "lost")]


def test_early_octets_are_bounded() -> None:
    """Beyond EARLY the end is not read until the flow stands."""
    end, wire, ears, _ = standing(CLIENT)

    end.data_received(b"x" * EARLY)
    before = wire.did.copy()
    end.data_received(b"y")
    paused = wire.did.copy()
    attach(end, ears)

    assert (before, paused, wire.did) == ([], ["pause"], ["pause", "resume"])


def test_close_waits_for_the_speakers_fin() -> None:
    """FIN out, what comes is thrown away, then the socket is closed."""
    end, wire, ears, shelf = standing(CLIENT)
    attach(end, ears)

    end.close()
    end.data_received(b"late")
    kept_open = end.eof_received()
    attach(end, ears)

    assert wire.did == ["eof", "resume"]
    assert (kept_open, ears.heard, shelf.said) == (False, [], ["parting"])


def test_close_after_the_speakers_fin_is_at_once() -> None:
    """Nothing can come any more: flush and close."""
    end, wire, ears, shelf = standing(CLIENT)
    attach(end, ears)
    end.eof_received()

    end.close()
    end.close()

    assert (wire.did, shelf.said) == (["close"], ["parting"])


def test_nothing_is_written_after_finish() -> None:
    """A FIN is said once, and nothing after it."""
    end, wire, _, _ = standing(CLIENT)

    end.write(b"x")
    end.finish()
    end.finish()
    end.write(b"y")

    assert wire.did == [b"x", "eof"]


def test_finish_of_a_closing_transport_is_nothing() -> None:
    """A write has failed already: the loss is on its way."""
    end, wire, _, _ = standing(CLIENT)
    wire.closing = True

    end.finish()

    assert wire.did == []


def test_abort_is_a_reset() -> None:
    """SO_LINGER of nought seconds, then abort."""
    end, wire, ears, _ = standing(CLIENT)
    attach(end, ears)

    end.abort()
    end.connection_lost(None)

    assert wire.did == [struct.pack("ii", 1, 0), "abort"]
    assert ears.heard == []


def test_an_end_without_a_transport_bears_everything() -> None:
    """Before the connection and after the loss nothing raises."""
    end, wire, _, _ = standing(CLIENT)
    end.connection_lost(None)

    end.write(b"x")
    end.pause()
    end.resume()
    end.finish()
    end.close()
    end.abort()

    assert wire.did == []


def test_a_keeper_does_nothing_by_itself() -> None:
    """The driver fills it in."""
    keeper = Keeper()
    end = TcpEnd(CLIENT, Shelf())

    for ask in (keeper.parting, keeper.gone):
        with pytest.raises(NotImplementedError):
            ask(end)


def test_a_parting_with_octets_unread_is_a_fin() -> None:
    """Over a real socket: the peer reads what was sent last and then the end,
    though it had sent what nobody read."""

    async def part() -> bytes:
        loop = asyncio.get_running_loop()
        with listening(Place("127.0.0.1", 0)) as listener:
            where = bound(listener)
            reader, writer = await asyncio.open_connection(where.host, where.port)
            sock, _ = listener.accept()
            sock.setblocking(False)
            end = TcpEnd(CLIENT, Shelf())
            await loop.connect_accepted_socket(lambda: end, sock)
            writer.write(b"unread" * 1000)
            end.write(b"last")
            end.close()
            got = await reader.read()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            return got

    assert asyncio.run(part()) == b"last"
