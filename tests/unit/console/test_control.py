"""Claims about `mailward.console.control`, over real sockets."""

import asyncio
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path

import pytest

from mailward.console.control import LIMIT, ControlError, ask, serve
from mailward.console.session import answer
from tests.unit.console.gateways import gateway


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the socket shall be."""
    return tmp_path / "control.sock"


def run(work: Coroutine[object, object, None]) -> None:
    """Run it to its end, within a minute."""

    async def bounded() -> None:
        async with asyncio.timeout(60):
            await work

    asyncio.run(bounded())


def raw(place: Path, question: bytes) -> bytes:
    """Send these octets and read until the other side closes."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(60)
        link.connect(str(place))
        link.sendall(question)
        return b"".join(iter(lambda: link.recv(65536), b""))


class Answerer:
    """A server of ours that gives one client these octets, or resets it."""

    def __init__(self, place: Path, octets: bytes | None) -> None:
        self.link = socket.socket(socket.AF_UNIX)
        self.link.bind(str(place))
        self.link.listen(1)
        self.octets = octets
        self.thread = threading.Thread(target=self.work)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.thread.join(5)
        self.link.close()

    def work(self) -> None:
        """Serve one client."""
        client, _ = self.link.accept()
        with client:
            if self.octets is not None:
                client.recv(LIMIT)
                client.sendall(self.octets)


def test_a_question_gets_its_answer(place: Path) -> None:
    """Status 0 and the text; 1 and the refusal; line feeds part no question."""

    async def work() -> None:
        state = gateway()
        control = await serve(str(place), state)
        got = await asyncio.to_thread(ask, str(place), "show version")
        assert got == (0, answer("show version", state))
        got = await asyncio.to_thread(ask, str(place), "show\nversion")
        assert got == (0, answer("show version", state))
        got = await asyncio.to_thread(ask, str(place), "show nothing")
        assert got == (1, answer("show nothing", state))
        assert (await asyncio.to_thread(raw, place, b"sh ver\r\n")).startswith(b"0\nm")
        control.close()

    run(work())


def test_the_socket_is_for_owner_and_group_and_goes_away(place: Path) -> None:
    """Mode 0660 while it is served, no file afterwards."""

    async def work() -> None:
        control = await serve(str(place), gateway())
        assert stat.S_IMODE(place.stat().st_mode) == 0o660
        control.close()
        assert not place.exists()
        control.close()

    run(work())


def test_another_file_at_the_place_is_left_alone_at_the_end(place: Path) -> None:
    """Who has put his own file there meanwhile keeps it."""

    async def work() -> None:
        control = await serve(str(place), gateway())
        place.unlink()
        place.write_text("his")
        control.close()
        assert place.read_text() == "his"

    run(work())


def test_a_socket_nobody_serves_is_replaced(place: Path) -> None:
    """What a crash left behind is in nobody's way."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place))

    async def work() -> None:
        control = await serve(str(place), gateway())
        assert (await asyncio.to_thread(ask, str(place), "show version"))[0] == 0
        control.close()

    run(work())


def test_a_socket_that_answers_is_not_taken(place: Path) -> None:
    """The first gateway keeps its socket; the second is told."""

    async def work() -> None:
        first = await serve(str(place), gateway())
        with pytest.raises(ControlError, match="another mailward answers there"):
            await serve(str(place), gateway())
        assert (await asyncio.to_thread(ask, str(place), "show version"))[0] == 0
        first.close()

    run(work())


def test_what_is_no_socket_is_not_removed(place: Path) -> None:
    """A file of another sort stays, and its owner is told."""
    place.write_text("precious")
    with pytest.raises(ControlError, match="is there and is not a socket"):
        run_serve(place)
    assert place.read_text() == "precious"


def run_serve(place: Path) -> None:
    """Serve and close at once."""

    async def work() -> None:
        (await serve(str(place), gateway())).close()

    run(work())


def test_a_place_that_cannot_be_is_a_clear_error(tmp_path: Path) -> None:
    """No such directory, a path too long for a socket: one line with the path."""
    with pytest.raises(ControlError, match="nowhere/c: No such file or directory"):
        run_serve(tmp_path / "nowhere" / "c")
    with pytest.raises(ControlError, match="path too long"):
        run_serve(tmp_path / ("x" * 200))
    with pytest.raises(ControlError, match="path too long"):
        ask(str(tmp_path / ("x" * 200)), "show version")


def test_nobody_there_is_a_clear_error(place: Path) -> None:
    """No file, or a file that nobody serves: the same clear line."""
    text = f"nobody answers at {place}: is mailward running?"
    with pytest.raises(ControlError) as caught:
        ask(str(place), "show version")
    assert str(caught.value) == text
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place))
    with pytest.raises(ControlError) as caught:
        ask(str(place), "show version")
    assert str(caught.value) == text


def test_too_long_a_question_is_refused_on_both_sides(place: Path) -> None:
    """At the bound it is answered, beyond it is not even stored."""

    async def work() -> None:
        control = await serve(str(place), gateway())
        blanks = " " * (LIMIT - len("show version\n"))
        got = await asyncio.to_thread(ask, str(place), "show version" + blanks)
        assert got[0] == 0
        with pytest.raises(ControlError, match=f"{LIMIT} octets at most"):
            ask(str(place), "show version " + blanks)
        got_raw = await asyncio.to_thread(raw, place, b"x" * (LIMIT + 100))
        assert got_raw == b"1\nERROR: more than 4096 octets in a line\n"
        control.close()

    run(work())


def test_slow_and_vanished_clients_hinder_nobody(place: Path) -> None:
    """Some connect and say nothing, some go in mid-line, one does not read a long
    answer; the others are answered, and the slow ones are closed in time."""

    state = gateway("\n".join(f"unknown {n:0190}" for n in range(4000)))

    async def work() -> None:
        control = await serve(str(place), state, seconds=1.0)
        silent = [socket.socket(socket.AF_UNIX) for _ in range(20)]
        for at, link in enumerate(silent):
            link.connect(str(place))
            if at % 2:
                link.sendall(b"show ver")
                link.close()
        deaf = socket.socket(socket.AF_UNIX)
        deaf.connect(str(place))
        deaf.sendall(b"show running-config\n")
        got = await asyncio.gather(
            *(asyncio.to_thread(ask, str(place), "sh ver") for _ in range(30))
        )
        assert got == [(0, answer("show version", state))] * 30
        loop = asyncio.get_running_loop()
        for link in silent[::2]:
            link.setblocking(False)
            assert await loop.sock_recv(link, 10) == b""
            link.close()
        # The deaf one is cut off: what was on its way is less than the whole.
        deaf.settimeout(60)
        whole = len(answer("show running-config", state)) + 2
        assert whole > 750_000
        await asyncio.wait_for(_all_others_done(), 60)
        assert len(await asyncio.to_thread(_rest, deaf)) < whole
        deaf.close()
        control.close()

    run(work())


async def _all_others_done() -> None:
    """Until no task but the test's own lives: every client was let go."""
    while True:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        clients = [t for t in others if "answer" in repr(t.get_coro())]
        if not clients:
            return
        await asyncio.wait(clients)


def _rest(link: socket.socket) -> bytes:
    out = b""
    with suppress(ConnectionResetError):
        while got := link.recv(65536):
            out += got
    return out


def test_an_end_without_an_answer_is_told(place: Path) -> None:
    """Closed at once, or something that is no answer: a clear error."""
    for octets in (b"", b"banana\n"):
        with (
            Answerer(place, octets),
            pytest.raises(ControlError, match="closed without an answer"),
        ):
            ask(str(place), "show version")
        place.unlink()


def test_a_reset_or_silence_is_told(place: Path) -> None:
    """The server goes with the question unread, or never answers."""
    with (
        Answerer(place, None),
        pytest.raises(ControlError, match=r"reset|without an answer|[Bb]roken"),
    ):
        ask(str(place), "show version")
    place.unlink()
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(place))
        mute.listen(1)
        with pytest.raises(ControlError, match="timed out"):
            ask(str(place), "show version", seconds=0.1)


def test_asking_loads_neither_loop_nor_language() -> None:
    """`mailward show` starts fast: the asking side is light."""
    code = (
        "import sys, mailward.console.control\n"
        "heavy = {'asyncio', 'mailward.lang.reader', 'mailward.config.load', 're2'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
