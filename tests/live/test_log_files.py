"""Log files of a running gateway: put aside, opened again, full disks, slow readers."""

import contextlib
import json
import os
import re
import signal
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.live.commands import awaited, mailward
from tests.live.test_cli import Process, running, speak

PATIENCE = 60.0


def session(gateway: Process) -> None:
    """One connection from its beginning to its end, in which a command passes."""
    client, server = gateway.both()
    with client, server:
        speak(client, server)


def ended(log: Path, number: int) -> bool:
    """Is it written that a connection is over?"""
    text = log.read_text() if log.exists() else ""
    return re.search(rf"302014: .* connection {number} for", text) is not None


def test_a_log_is_put_aside_when_it_is_full(tmp_path: Path) -> None:
    """--log-size and --log-keep: so many files, none much longer, no line cut."""
    folder = tmp_path / "log"
    folder.mkdir()
    log = folder / "log"
    options = ("--log", str(log), "--log-size", "1k", "--log-keep", "2")
    with running(tmp_path, *options) as gateway:
        for number in range(1, 13):
            session(gateway)
            # Lines of sessions that come thick would be one write, longer than a file.
            assert awaited(partial(ended, log, number))
        gateway.tell(signal.SIGTERM)
        assert gateway.wait() == 0

    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["log", "log.1", "log.2"]
    for file in files:
        text = file.read_text()
        assert text.endswith("\n")
        assert all(line.startswith("%ASA-6-30201") for line in text.splitlines())
    assert files[1].stat().st_size < 2000


def test_several_workers_share_a_file(tmp_path: Path) -> None:
    """Three write to it and put it aside under each other: every record once, whole;
    SIGUSR1 reaches all of them."""
    folder = tmp_path / "log"
    folder.mkdir()
    log = folder / "log"
    options = ("--log", str(log), "--log-size", "2k", "--log-keep", "99")
    with running(tmp_path, *options, "--workers", "3") as gateway:
        for _ in range(40):
            session(gateway)
        log.rename(folder / "taken")
        gateway.tell(signal.SIGUSR1)
        assert awaited(log.exists)
        for _ in range(5):
            session(gateway)
        gateway.tell(signal.SIGTERM)
        assert gateway.wait() == 0

    lines = [line for f in folder.iterdir() for line in f.read_text().splitlines()]
    found = [
        re.match(r"%ASA-6-(30201[34]): \w+ .*connection (\d+) for", x) for x in lines
    ]
    told = [match.groups() for match in found if match is not None]
    assert len(told) == len(set(told)) == len(lines) == 90


def test_logrotate_may_take_the_file_away(tmp_path: Path) -> None:
    """SIGUSR1 opens the file again; until then records follow the old one."""
    log, old = tmp_path / "log", tmp_path / "old"
    with running(tmp_path, "--log", str(log)) as gateway:
        session(gateway)
        assert awaited(lambda: log.read_text().count("302014") == 1)
        log.rename(old)
        gateway.tell(signal.SIGUSR1)
        assert awaited(log.exists)
        session(gateway)
        assert awaited(lambda: log.read_text().count("302014") == 1)

    assert old.read_text().count("302014") == 1


def test_a_device_without_room_stops_no_mail(tmp_path: Path) -> None:
    """Not one record can be written, and every session passes."""
    with running(tmp_path, "--log", "/dev/full") as gateway:
        for _ in range(5):
            session(gateway)
        gateway.tell(signal.SIGTERM)
        assert gateway.wait() == 0


def flood(gateway: Process) -> None:
    """One connection that gives rise to 200 records, each of some 1,000 octets."""
    client, server = gateway.both()
    with client, server:
        client.sendall(b"XYZZY\r\n" * 200)
        got = 0
        while got < 200:
            commands = server.recv(65536).count(b"\n")
            server.sendall(b"500 what\r\n" * commands)
            got += commands
        while got:
            got -= client.recv(65536).count(b"\n")


def accounted(text: bytes) -> int:
    """How many records there are, those included that are said to be lost."""
    lines = text.rpartition(b"\n")[0].splitlines()
    events = [json.loads(line) for line in lines]
    lost: list[int] = [
        e["esmtp"]["count"] for e in events if e["event"]["code"] == "900015"
    ]
    return len(lines) - len(lost) + sum(lost)


def test_a_slow_reader_learns_what_it_has_missed(tmp_path: Path) -> None:
    """A pipe that nobody reads: mail passes, lines are lost; once it is read again
    the log says how many they were, and `show mailward records` too."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    options = ("--log", str(pipe), "--log-level", "7", "--log-format", "json")
    with running(tmp_path, *options) as gateway:
        for _ in range(10):
            flood(gateway)
        text = b""

        def told() -> bool:
            nonlocal text
            with contextlib.suppress(BlockingIOError):
                text += os.read(reader, 1 << 20)
            return accounted(text) >= 10 * 202

        assert awaited(told), accounted(text)
        shown = mailward(
            "show", "mailward", "records", "--control", gateway.control
        ).stdout
    os.close(reader)
    records = [json.loads(line) for line in text.splitlines()]
    (lost,) = (r for r in records if r["event"]["code"] == "900015")
    assert lost["message"] == (
        f"%MAILWARD-4-900015: Lost {lost['esmtp']['count']} records for {pipe}: "
        "its reader is too slow"
    )
    assert len(records) - 1 + lost["esmtp"]["count"] == 10 * 202
    assert "900015            1  records-lost" in shown


def test_a_disk_that_is_full_for_a_while(tmp_path: Path) -> None:
    """A file system of 1 MB: mail passes while it is full; once there is room the
    log goes on, no line runs into another, and what was kept is all there."""
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "mailward-test", str(disk)],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if mounted.returncode:
        pytest.skip(f"no small file system: {mounted.stderr.strip()}")
    try:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 1_000_000)
        log = disk / "log"
        options = ("--log", str(log), "--log-level", "7", "--log-format", "json")
        with running(tmp_path, *options) as gateway:
            flood(gateway)
            session(gateway)
            assert log.stat().st_size < 60_000
            (tmp_path / "copy").write_bytes(log.read_bytes())
            log.write_bytes(b"")
            ballast.unlink()
            session(gateway)
            assert awaited(lambda: log.read_text().count('"302014"') >= 3)
        lines = (tmp_path / "copy").read_text() + log.read_text()
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    told = re.findall(r'"event": \{"code": "(900001|900015)".*\}$', lines, re.MULTILINE)
    assert told == ["900001"] * 200
