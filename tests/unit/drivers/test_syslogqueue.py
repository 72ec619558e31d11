"""What waits for a log server: bounded, in order, losses told once."""

from mailward.drivers.syslogqueue import MOST, Waiting


def made(most: int = 3) -> tuple[Waiting, list[tuple[int, str]]]:
    """A queue, and what it tells."""
    told: list[tuple[int, str]] = []
    return Waiting(most, lambda count, why: told.append((count, why))), told


def test_so_many_may_wait() -> None:
    """`logging queue` counts records."""
    waiting, _ = made(2)
    waiting.add(b"one")
    assert waiting.has_room(3)
    waiting.add(b"two")
    assert not waiting.has_room(0)
    assert len(waiting) == 2


def test_octets_are_bounded_too() -> None:
    """Whatever number of records may wait."""
    waiting, _ = made(1000)
    waiting.add(b"x" * (MOST - 10))
    assert waiting.has_room(10)
    assert not waiting.has_room(11)


def test_the_first_are_taken_first_and_may_come_back() -> None:
    """In their order, before all that came meanwhile."""
    waiting, _ = made(9)
    for record in (b"one", b"two", b"three"):
        waiting.add(record)
    taken = waiting.take(4)
    assert taken == [b"one", b"two"]
    waiting.add(b"four")
    waiting.back(taken)
    assert waiting.take(1) == [b"one"]
    assert waiting.take(100) == [b"two", b"three", b"four"]
    assert waiting.take(100) == []
    assert waiting.has_room(MOST)


def test_losses_are_told_once_they_are_over() -> None:
    """All of them together, with the last reason; nothing lost, nothing told."""
    waiting, told = made()
    waiting.tell()
    waiting.lose(2, "down")
    waiting.add(b"one")
    waiting.lose_all("ended")
    assert told == []
    waiting.tell()
    waiting.tell()
    assert told == [(3, "ended")]
    assert (waiting.dropped, len(waiting)) == (3, 0)
    assert waiting.has_room(MOST)
