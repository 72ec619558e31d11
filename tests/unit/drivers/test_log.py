"""The log's stream: gathered, bounded, and never in the way of mail."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mailward.drivers.log import KEPT, Log


class Turns:
    """A loop whose turns a test takes by hand."""

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []
        self.later: list[float] = []

    def call_soon(self, callback: Callable[[], None], /) -> object:
        """Ask for a turn."""
        self.soon.append(callback)
        return None

    def call_later(self, delay: float, callback: Callable[[], None], /) -> object:
        """Ask for a turn."""
        self.later.append(delay)
        self.soon.append(callback)
        return None

    def turn(self) -> None:
        """Call what was asked for so far."""
        asked, self.soon = self.soon, []
        for callback in asked:
            callback()


def test_lines_of_one_turn_are_one_write(tmp_path: Path) -> None:
    """Two lines ask for one turn, and stand in the file after it."""
    file = tmp_path / "log"
    turns = Turns()
    with file.open("wb") as open_file:
        log = Log(open_file.fileno(), turns)
        written = log.write("one\n")
        log.write("zw\u00f6lf\n")
        asked = len(turns.soon)
        before = file.read_bytes()
        turns.turn()

    assert (written, asked, before) == (4, 1, b"")
    assert file.read_bytes() == b"one\nzw\xc3\xb6lf\n"
    assert turns.soon == []


def test_a_slow_reader_is_waited_for_between_turns() -> None:
    """A full pipe keeps the rest for later; nothing is lost or doubled."""
    reader, writer = os.pipe()
    try:
        turns = Turns()
        log = Log(writer, turns)
        sent = "x" * 200_000
        log.write(sent)
        turns.turn()
        waits = len(turns.later)
        got = b""
        while len(got) < len(sent):
            got += os.read(reader, 65536)
            turns.turn()
    finally:
        os.close(reader)
        os.close(writer)

    assert waits == 1
    assert got == sent.encode()
    assert log.lost == 0


def test_what_is_kept_is_bounded() -> None:
    """Beyond the bound a write is refused, so that the sink counts it."""
    reader, writer = os.pipe()
    try:
        log = Log(writer, Turns())
        log.write("x" * KEPT)

        with pytest.raises(BlockingIOError):
            log.write("y")
    finally:
        os.close(reader)
        os.close(writer)


def test_a_closed_reader_loses_and_goes_on() -> None:
    """A pipe without a reader: the octets are counted as lost, nobody stops."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        turns = Turns()
        log = Log(writer, turns)
        log.write("gone\n")
        turns.turn()
        log.write("gone too\n")
        turns.turn()
    finally:
        os.close(writer)

    assert log.lost == 14


def test_finish_writes_what_is_kept(tmp_path: Path) -> None:
    """At the end nothing waits for a turn."""
    file = tmp_path / "log"
    with file.open("wb") as open_file:
        log = Log(open_file.fileno(), Turns())
        log.write("last\n")
        log.finish(0.0)

    assert (file.read_bytes(), log.lost) == (b"last\n", 0)


def test_finish_gives_up_on_a_reader_that_never_reads() -> None:
    """What a full pipe does not take at the end is lost, and counted."""
    reader, writer = os.pipe()
    try:
        log = Log(writer, Turns())
        log.write("x" * 200_000)
        log.finish(0.0)
        os.set_blocking(reader, False)
        got = 0
        while piece := _read(reader):
            got += len(piece)
    finally:
        os.close(reader)
        os.close(writer)

    assert log.lost == 200_000 - got


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 65536)
    except BlockingIOError:
        return b""
