"""Claims about `mailward.console.link`, over real sockets."""

import asyncio
import socket
from collections.abc import Coroutine
from pathlib import Path

import pytest

from mailward.console.control import LIMIT, SESSION, ControlError, ask, serve
from mailward.console.link import HELP, INTERRUPT, LINE, TOP, WORDS, Link
from tests.unit.console.gateways import gateway


def run(work: Coroutine[object, object, None]) -> None:
    """Run it to its end, within a minute."""

    async def bounded() -> None:
        async with asyncio.timeout(60):
            await work

    asyncio.run(bounded())


def test_a_conversation_keeps_its_place(tmp_path: Path) -> None:
    """Modes and questions live as long as the link; the state comes with each
    answer; single questions are answered beside it."""
    place = str(tmp_path / "c.sock")

    def work() -> None:
        link = Link(place)
        assert (link.state.prompt, link.state.pager) == ("ciscoasa# ", 24)
        link.ask(LINE, "conf t")
        assert link.state.prompt == "ciscoasa(config)# "
        link.ask(LINE, "class-map L3_email")
        assert "access-list" in link.ask(HELP, "match ").text
        assert "access-list" in link.ask(WORDS, "match ").text.splitlines()
        assert ask(place, "show clock")[0] == 0
        assert link.ask(TOP).prompt == "ciscoasa# "
        link.ask(LINE, "login")
        link.ask(LINE, "john")
        assert (link.state.prompt, link.state.secret) == ("Password: ", True)
        assert link.ask(INTERRUPT).prompt == "ciscoasa# "
        assert link.ask("frobnicate").text == ""
        with pytest.raises(ControlError, match="octets at most"):
            link.ask(LINE, "x" * LIMIT)
        assert link.ask(LINE, "exit").closed
        with pytest.raises(ControlError, match=r"hung up|Broken pipe|reset"):
            link.ask(LINE, "show clock")
        link.close()

    async def both() -> None:
        control = await serve(place, gateway())
        await asyncio.to_thread(work)
        control.close()

    run(both())


@pytest.mark.parametrize(
    "octets",
    [b"no json\n", b'{"line": 1}\n', b"[1, 2]\n", b"x" * (LIMIT + 1), b"\xff\n"],
)
def test_who_does_not_keep_to_the_form_is_hung_up_on(
    tmp_path: Path, octets: bytes
) -> None:
    """And nobody else is disturbed."""
    place = str(tmp_path / "c.sock")

    def work() -> None:
        with socket.socket(socket.AF_UNIX) as raw:
            raw.settimeout(60)
            raw.connect(place)
            raw.sendall(SESSION + octets)
            seen = b""
            try:
                while more := raw.recv(65536):
                    seen += more
            except ConnectionResetError:
                pass
            assert seen.count(b"\n") == 1
        assert ask(place, "show clock")[0] == 0

    async def both() -> None:
        control = await serve(place, gateway())
        await asyncio.to_thread(work)
        control.close()

    run(both())


def test_nobody_there(tmp_path: Path) -> None:
    """No socket, or one that hangs up at once."""
    place = tmp_path / "c.sock"
    with pytest.raises(ControlError, match="is mailward running"):
        Link(str(place))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen(1)
        with pytest.raises(ControlError, match=r"c\.sock: timed out"):
            Link(str(place), 0.05)
