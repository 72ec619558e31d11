"""The log: gathered, bounded, never in the way of mail; losses are told."""

import errno
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mailward.drivers.log import KEPT, Log, target
from mailward.drivers.logfile import File
from mailward.drivers.logpipe import Pipe

LINE = "x" * 99 + "\n"


class Turns:
    """A loop whose turns a test takes by hand."""

    def __init__(self) -> None:
        self.asked: list[Callable[[], None]] = []
        self.pauses: list[float] = []

    def soon(self, call: Callable[[], None]) -> None:
        """Ask for a turn."""
        self.asked.append(call)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Ask for a turn."""
        self.pauses.append(seconds)
        self.asked.append(call)

    def turn(self) -> None:
        """Call what was asked for so far."""
        asked, self.asked = self.asked, []
        for call in asked:
            call()


class Place:
    """What is written to; it takes `room` octets, or raises."""

    def __init__(self, room: int = 1 << 30) -> None:
        self.name = "a place"
        self.complaint = ""
        self.room = room
        self.error = 0
        self.got: list[bytes] = []

    def put(self, octets: bytes) -> int:
        """See Target."""
        if self.error:
            raise OSError(self.error, "")
        taken = octets.rfind(b"\n", 0, self.room) + 1
        self.room -= taken
        if taken:
            self.got.append(octets[:taken])
        return taken

    def reopen(self) -> None:
        """See Target."""
        if self.error:
            raise OSError(self.error, "")

    def close(self) -> None:
        """See Target."""
        self.name = "closed"


def made(place: Place) -> tuple[Log, Turns, list[tuple[int, str]]]:
    """A log, its turns, and what it tells of losses."""
    turns = Turns()
    log = Log(place, turns.soon, turns.later)
    told: list[tuple[int, str]] = []
    log.told = lambda count, reason: told.append((count, reason))
    return log, turns, told


def test_lines_of_one_turn_are_one_write() -> None:
    """Two lines ask for one turn, and are written in it."""
    place = Place()
    log, turns, told = made(place)
    log.write("one\n")
    log.write("zw\u00f6lf\n")
    assert (len(turns.asked), place.got) == (1, [])
    turns.turn()
    assert place.got == [b"one\nzw\xc3\xb6lf\n"]
    assert (log.written, log.lost, told, turns.asked) == (2, 0, [], [])


def test_lines_that_come_thick_are_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pause a line is written at the next turn, and what follows it within
    a hundredth of a second is written together when that is over."""
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    place = Place()
    log, turns, _ = made(place)
    log.write("one\n")
    turns.turn()
    assert (place.got, turns.pauses) == ([b"one\n"], [])
    now += 0.004
    log.write("two\n")
    log.write("three\n")
    assert len(turns.asked) == 1
    assert turns.pauses == [pytest.approx(0.006)]
    now += 0.006
    turns.turn()
    now += 0.02
    log.write("four\n")
    turns.turn()
    assert place.got == [b"one\n", b"two\nthree\n", b"four\n"]
    assert len(turns.pauses) == 1


def test_a_slow_reader_is_waited_for_between_turns() -> None:
    """What is not taken waits; nothing is lost, doubled or out of order."""
    place = Place(room=150)
    log, turns, told = made(place)
    for number in range(10):
        log.write(f"{number:099}\n")
    turns.turn()
    log.write("last\n")
    place.room = 1 << 30
    turns.turn()
    lines = b"".join(place.got).decode().split()
    assert lines == [f"{number:099}" for number in range(10)] + ["last"]
    assert (log.written, log.lost, told, len(turns.pauses)) == (11, 0, [], 1)


def test_what_is_kept_is_bounded_and_what_was_lost_is_told() -> None:
    """Beyond the bound lines are lost; once some are taken it is told, once."""
    place = Place(room=0)
    log, turns, told = made(place)
    most = KEPT // len(LINE)
    turns.turn()
    for _ in range(most + 7):
        log.write(LINE)
    turns.turn()
    assert (log.written, log.lost, told) == (0, 7, [])
    place.room = KEPT // 2
    turns.turn()
    assert told == []
    place.room = 1 << 30
    turns.turn()
    turns.turn()
    assert (log.written, log.lost) == (most, 7)
    assert told == [(7, "its reader is too slow")]


def test_a_full_disk_loses_nothing_that_can_be_kept() -> None:
    """It is tried again, less and less often; the reason is the system's."""
    place = Place()
    place.error = errno.ENOSPC
    log, turns, told = made(place)
    most = KEPT // len(LINE)
    for _ in range(most):
        log.write(LINE)
    for _ in range(8):
        turns.turn()
    log.write(LINE)
    place.error = 0
    turns.turn()
    assert turns.pauses == sorted(turns.pauses)
    assert turns.pauses[-1] == 1.0
    assert (log.written, log.lost) == (most, 1)
    assert told == [(1, "No space left on device")]


def test_nobody_reads_any_more() -> None:
    """A pipe without a reader: lost at once, and nobody stops."""
    place = Place()
    place.error = errno.EPIPE
    log, turns, told = made(place)
    log.write("gone\n")
    turns.turn()
    log.write("gone too\n")
    turns.turn()
    assert (log.lost, told) == (2, [(1, "Broken pipe"), (1, "Broken pipe")])


def test_telling_of_a_loss_may_write() -> None:
    """The record of the loss goes into the same log."""
    place = Place(room=0)
    log, turns, _ = made(place)

    def told(count: int, _: str) -> None:
        log.write(f"{count}\n")

    log.told = told
    for _ in range(KEPT // len(LINE) + 5):
        log.write(LINE)
    place.room = 1 << 30
    turns.turn()
    turns.turn()
    assert place.got[-1] == b"5\n"


def test_finish_writes_what_is_kept() -> None:
    """At the end nothing waits for a turn; what is not taken is lost."""
    place = Place(room=5)
    log, _, _ = made(place)
    log.write("one\n")
    log.write("two\n")
    log.finish(0.0)
    assert (place.got, log.written, log.lost) == ([b"one\n"], 1, 1)
    assert log.name == "closed"


def test_finish_waits_for_a_slow_reader() -> None:
    """As long as it was told."""
    place = Place(room=0)
    log, _, _ = made(place)
    log.write("one\n")

    def put(octets: bytes, seen: list[int] = []) -> int:  # noqa: B006 - a counter
        seen.append(1)
        return len(octets) if len(seen) > 3 else 0

    place.put = put  # type: ignore[method-assign]
    log.finish(60.0)
    assert (log.written, log.lost) == (1, 0)


def test_reopening_writes_first_and_tells_of_failure() -> None:
    """What belongs to the old file goes there; no new one: the old one stays."""
    place = Place()
    log, _, _ = made(place)
    trouble: list[str] = []
    log.trouble = trouble.append
    log.write("old\n")
    log.reopen()
    assert place.got == [b"old\n"]
    place.error = errno.EACCES
    log.reopen()
    assert trouble == ["cannot open it again: Permission denied"]


def test_a_complaint_is_told_once() -> None:
    """What a file could not do."""
    place = Place()
    log, turns, _ = made(place)
    trouble: list[str] = []
    log.trouble = trouble.append
    place.complaint = "cannot put it aside: Permission denied"
    for _ in range(2):
        log.write("one\n")
        turns.turn()
    assert trouble == ["cannot put it aside: Permission denied"]


def test_what_an_option_names(tmp_path: Path) -> None:
    """A file, a device, standard output; what cannot be opened is told."""
    assert isinstance(target(str(tmp_path / "log")), File)
    assert isinstance(target("/dev/null"), Pipe)
    assert target("-").name == "standard output"
    with pytest.raises(OSError, match="No such file"):
        target(str(tmp_path / "no" / "log"))
