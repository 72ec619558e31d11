"""Pipes, terminals, sockets: nothing waits, lines stay whole."""

import errno
import os
import socket
from pathlib import Path

import pytest

from mailward.drivers import logpipe
from mailward.drivers.logpipe import PIECE, Pipe


def emptied(reader: int) -> bytes:
    """All that stands in a pipe."""
    os.set_blocking(reader, False)
    got = b""
    try:
        while piece := os.read(reader, 65536):
            got += piece
    except BlockingIOError:
        pass
    return got


def test_a_full_pipe_takes_whole_lines_and_no_more() -> None:
    """What is taken ends with a line; the giver's descriptor blocks as before."""
    reader, writer = os.pipe()
    pipe = Pipe("p", writer)
    sent = b"".join(b"%099d\n" % number for number in range(5000))
    taken = pipe.put(sent)
    again = pipe.put(sent[taken:])
    got = emptied(reader)
    assert 0 < taken < len(sent)
    assert (again, taken % 100, got) == (0, 0, sent[:taken])
    assert os.get_blocking(writer)
    assert pipe.put(sent[taken : taken + 200]) == 200
    pipe.close()
    os.close(reader)
    os.close(writer)


def test_a_pipe_that_cannot_be_opened_again_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where /proc does not help, readiness does."""
    reader, writer = os.pipe()
    monkeypatch.setattr(logpipe, "_FLAGS", os.O_WRONLY | os.O_DIRECTORY)
    asked = Pipe("p", writer)
    sent = b"x" * 99 + b"\n"
    assert asked.put(sent * 5000) % 100 == 0
    assert asked.put(sent) == 0
    assert len(emptied(reader)) > PIECE
    assert asked.put(sent) == 100
    asked.close()
    os.close(reader)
    os.close(writer)


def test_a_line_longer_than_a_piece() -> None:
    """It goes in several."""
    reader, writer = os.pipe()
    pipe = Pipe("p", writer)
    sent = b"short\n" + b"y" * (PIECE * 3) + b"\nshort\n"
    assert pipe.put(sent) == len(sent)
    assert emptied(reader) == sent
    pipe.close()
    os.close(reader)
    os.close(writer)


def test_a_pipe_without_a_reader_says_so() -> None:
    """EPIPE, for the log to judge."""
    reader, writer = os.pipe()
    pipe = Pipe("p", writer)
    os.close(reader)
    with pytest.raises(OSError, match=os.strerror(errno.EPIPE)):
        pipe.put(b"gone\n")
    pipe.close()
    os.close(writer)


def test_a_reader_that_leaves_in_the_middle() -> None:
    """What it has taken counts; that it is gone is said the next time."""
    reader, writer = os.pipe()
    pipe = Pipe("p", writer)
    line = b"x" * (PIECE - 1) + b"\n"
    write = pipe._write

    def leaves(piece: bytes) -> int:
        wrote = write(piece)
        os.close(reader)
        pipe._write = write  # type: ignore[method-assign]
        return wrote

    pipe._write = leaves  # type: ignore[method-assign]
    assert pipe.put(line * 3) == PIECE
    with pytest.raises(BrokenPipeError):
        pipe.put(line * 2)
    pipe.close()
    os.close(writer)


def test_a_socket_as_the_journal_has_one() -> None:
    """What it does not take waits."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pipe = Pipe("s", ours.fileno())
        sent = b"x" * 99 + b"\n"
        taken = pipe.put(sent * 20_000)
        assert 0 < taken < 100 * 20_000
        assert pipe.put(sent) == 0
        assert theirs.recv(100) == sent
        assert ours.getblocking()
        pipe.close()


def test_a_file_that_several_write_to(tmp_path: Path) -> None:
    """Standard output and standard error of several processes into one file: nobody
    writes over another's lines."""
    path = tmp_path / "all"
    given = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    one, two = Pipe("o", given), Pipe("o", os.dup(given))
    line = b"x" * 9999 + b"\n"
    assert one.put(b"one\n") == 4
    os.write(given, b"said\n")
    assert two.put(line) == len(line)
    assert one.put(b"last\n") == 5
    assert path.read_bytes() == b"one\nsaid\n" + line + b"last\n"
    one.close()
    two.close()
    os.close(two._descriptor)
    os.close(given)


def test_a_full_disk_of_a_device() -> None:
    """/dev/full has no room, and is named."""
    pipe = Pipe.named("/dev/full")
    assert pipe.name == "/dev/full"
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        pipe.put(b"one\n")
    pipe.reopen()
    pipe.close()


def test_a_named_pipe_needs_no_reader_yet(tmp_path: Path) -> None:
    """Opening does not wait for one."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    pipe = Pipe.named(str(path))
    assert pipe.put(b"one\n") == 4
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    assert emptied(reader) == b"one\n"
    pipe.close()
    os.close(reader)
