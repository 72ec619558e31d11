"""What goes on while a large configuration compiles: reading, and waiting in
line; and what two administrators do to one configuration."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from mailward.config.load import Loaded, compile_running
from mailward.config.running import Running
from mailward.console import gateway as gateways
from mailward.console.control import ask, serve
from mailward.console.link import LINE, Link
from tests.live.test_console_ssh import gateway, timed

T = TypeVar("T")


async def aside(call: Callable[[], T]) -> T:
    """A client's call, which blocks; not in the threads of the console."""
    return await asyncio.to_thread(call)


async def configuring(path: str) -> Link:
    """Somebody who is about to change something."""
    link = await aside(lambda: Link(path))
    await aside(lambda: link.ask(LINE, "conf t"))
    return link


async def names(path: str) -> list[str]:
    """What a third one reads."""
    status, text = await aside(lambda: ask(path, "show names"))
    assert status == 0
    return text.splitlines()


@timed
async def test_reading_goes_on_while_a_change_compiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others read, under the configuration that is still in force; who changes
    something too waits, and finds what came before."""
    compiling, finish = threading.Event(), threading.Event()

    def slow(running: Running) -> Loaded:
        compiling.set()
        assert finish.wait(60)
        return compile_running(running)

    monkeypatch.setattr(gateways, "compile_running", slow)
    made = gateway()
    path = str(tmp_path / "c.sock")
    control = await serve(path, made)
    first, second = await configuring(path), await configuring(path)
    try:
        one = asyncio.ensure_future(
            aside(lambda: first.ask(LINE, "name 10.0.0.1 first"))
        )
        await asyncio.to_thread(compiling.wait, 20)
        two = asyncio.ensure_future(
            aside(lambda: second.ask(LINE, "name 10.0.0.2 second"))
        )
        for _ in range(3):
            assert await names(path) == []
        assert not one.done()
        assert not two.done()
        finish.set()
        await asyncio.gather(one, two)
        assert await names(path) == ["name 10.0.0.1 first", "name 10.0.0.2 second"]
    finally:
        finish.set()
        first.close()
        second.close()
        control.close()


@timed
async def test_a_reload_waits_its_turn(tmp_path: Path) -> None:
    """What is read from a file replaces all; a line typed meanwhile comes before
    it or after it, and never half."""
    started, finish = threading.Event(), threading.Event()
    made = gateway()
    fresh = gateway("hostname other\nname 10.0.0.9 file\n").loaded

    def reading() -> Loaded:
        started.set()
        assert finish.wait(60)
        return fresh

    path = str(tmp_path / "c.sock")
    control = await serve(path, made)
    link = await configuring(path)
    try:
        reload = asyncio.ensure_future(aside(lambda: made.replace(reading)))
        await asyncio.to_thread(started.wait, 20)
        typed = asyncio.ensure_future(aside(lambda: link.ask(LINE, "name 10.0.0.1 x")))
        await asyncio.sleep(0.05)
        assert not typed.done()
        finish.set()
        await asyncio.gather(reload, typed)
        assert made.host == "other"
        assert await names(path) == ["name 10.0.0.9 file", "name 10.0.0.1 x"]
    finally:
        finish.set()
        link.close()
        control.close()
