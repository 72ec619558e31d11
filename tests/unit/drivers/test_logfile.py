"""A log file: whole lines, put aside in time, several writers."""

import multiprocessing
import resource
import signal
from pathlib import Path

import pytest

from mailward.drivers.logfile import File


def test_lines_are_appended(tmp_path: Path) -> None:
    """What stands in the file stays."""
    path = tmp_path / "log"
    path.write_bytes(b"before\n")
    file = File(str(path))
    assert file.put(b"after\n") == 6
    file.close()
    assert path.read_bytes() == b"before\nafter\n"


def test_a_file_is_put_aside_before_it_is_too_large(tmp_path: Path) -> None:
    """The youngest is `.1`; the oldest goes; none is longer than it may be."""
    path = tmp_path / "log"
    file = File(str(path), size=10, keep=2)
    for number in range(8):
        file.put(b"line%d\n" % number)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log", "log.1", "log.2"]
    assert path.read_bytes() == b"line7\n"
    assert (tmp_path / "log.1").read_bytes() == b"line6\n"
    assert (tmp_path / "log.2").read_bytes() == b"line5\n"


def test_a_batch_larger_than_a_file_has_one_for_itself(tmp_path: Path) -> None:
    """An empty file is not put aside."""
    path = tmp_path / "log"
    file = File(str(path), size=10, keep=1)
    file.put(b"a line that is longer\n")
    file.put(b"another that is longer\n")
    assert path.read_bytes() == b"another that is longer\n"
    assert (tmp_path / "log.1").read_bytes() == b"a line that is longer\n"


def test_what_another_has_put_aside_is_left_alone(tmp_path: Path) -> None:
    """Two processes, one file: whoever comes second opens the new one."""
    path = tmp_path / "log"
    one, two = (File(str(path), size=20, keep=3) for _ in range(2))
    one.put(b"0123456789abcdef\n")
    one.put(b"one\n")
    one.put(b"one\n")
    two.put(b"two\n")
    assert path.read_bytes() == b"one\none\ntwo\n"
    assert not (tmp_path / "log.2").exists()


def test_a_file_that_is_taken_away_while_it_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever renames it takes no lock: another is made, and nothing is complained
    of."""
    path = tmp_path / "log"
    file = File(str(path), size=10, keep=2)
    file.put(b"line0\n")
    rename = Path.rename

    def taken_first(which: Path, target: Path) -> Path:
        if which == path:
            rename(path, tmp_path / "taken")
        return rename(which, target)

    monkeypatch.setattr(Path, "rename", taken_first)
    file.put(b"line1\n")
    assert file.complaint == ""
    assert path.read_bytes() == b"line1\n"
    assert (tmp_path / "taken").read_bytes() == b"line0\n"


def test_a_file_that_vanished_is_made_again(tmp_path: Path) -> None:
    """With a limit of size the name is looked at before each batch."""
    path = tmp_path / "log"
    file = File(str(path), size=100)
    path.unlink()
    file.put(b"one\n")
    assert path.read_bytes() == b"one\n"


def test_reopening_after_logrotate(tmp_path: Path) -> None:
    """The old file gets nothing any more."""
    path = tmp_path / "log"
    file = File(str(path))
    file.put(b"old\n")
    path.rename(tmp_path / "old")
    file.put(b"still old\n")
    file.reopen()
    file.put(b"new\n")
    assert (tmp_path / "old").read_bytes() == b"old\nstill old\n"
    assert path.read_bytes() == b"new\n"


def test_a_folder_that_is_gone_costs_no_line(tmp_path: Path) -> None:
    """What cannot be reopened stays open; it is complained of once."""
    folder = tmp_path / "logs"
    folder.mkdir()
    file = File(str(folder / "log"), size=100)
    (folder / "log").rename(tmp_path / "moved")
    folder.rmdir()
    assert file.put(b"one\n") == 4
    assert file.complaint == "cannot put it aside: No such file or directory"
    file.complaint = ""
    assert file.put(b"two\n") == 4
    assert file.complaint == ""
    assert (tmp_path / "moved").read_bytes() == b"one\ntwo\n"
    with pytest.raises(OSError, match="No such file"):
        file.reopen()


def test_a_line_that_does_not_fit_is_written_again_in_full(tmp_path: Path) -> None:
    """The file system takes a part of a batch: the fragment is closed, the line
    comes once more, and no line runs into another."""
    path = tmp_path / "log"
    file = File(str(path))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        taken = file.put(b"one\ntwo\nthree\n")
        with pytest.raises(OSError, match="too large"):
            file.put(b"three\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert taken == 8
    assert file.put(b"three\nfour\n") == 11
    assert path.read_bytes() == b"one\ntwo\nth\nthree\nfour\n"


def _writer(path: str, name: str, count: int) -> None:
    file = File(path, size=2000, keep=1000)
    for number in range(count):
        batch = b"".join(b"%s %06d %d\n" % (name.encode(), number, n) for n in range(5))
        assert file.put(batch) == len(batch)


def test_several_processes_lose_and_mix_nothing(tmp_path: Path) -> None:
    """Four writers, files put aside under them: each line once, and whole."""
    path = tmp_path / "log"
    context = multiprocessing.get_context("fork")
    writers = [
        context.Process(target=_writer, args=(str(path), name, 500)) for name in "abcd"
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    lines: list[str] = []
    files = list(tmp_path.iterdir())
    for file in files:
        lines += file.read_text().splitlines()
    wanted = [f"{w} {b:06} {n}" for w in "abcd" for b in range(500) for n in range(5)]
    assert sorted(lines) == wanted
    assert len(files) > 1
