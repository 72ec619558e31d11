"""`mailward inspect` that is interrupted, not read to its end, or watched."""

import contextlib
import gzip
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from mailward.testing.wire import pcap
from tests.live.commands import COMMAND, mailward
from tests.unit.drivers.capture.kit import mail


def _long(folder: Path, megabytes: int) -> str:
    """A capture of many mails, as large as it may be."""
    file = folder / "long.pcap"
    packets = [
        packet
        for number in range(250)
        for packet in mail(("203.0.113.9", 1000 + number)).packets()
    ]
    octets = pcap(packets)
    with file.open("wb") as out:
        out.write(octets)
        for _ in range(megabytes * 1_000_000 // len(octets)):
            out.write(octets[24:])
    return str(file)


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("patience", [0.0, 0.2])
def test_interrupted(tmp_path: Path, workers: str, patience: float) -> None:
    """Ctrl-C reaches all processes of a terminal: exit code 130, not a word, and
    nobody is left."""
    process = subprocess.Popen(
        [*COMMAND, "inspect", _long(tmp_path, 20), "--json", "--workers", workers],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()  # it is at work
    time.sleep(patience)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (130, b"")
    for _ in range(1000):  # the last of them ends when it sees that we are gone
        if not _alive(process.pid):
            break
        time.sleep(0.01)
    assert not _alive(process.pid)


def _alive(group: int) -> bool:
    """Is any process of a group left?"""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("workers", ["1", "2"])
def test_nobody_reads_on(tmp_path: Path, workers: str) -> None:
    """`| head -1`: it ends without a word."""
    process = subprocess.Popen(
        [*COMMAND, "inspect", _long(tmp_path, 20), "--json", "--workers", workers],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()

    assert process.stderr.read() == b""
    assert process.wait(60) == 2
    process.stderr.close()


def test_without_end() -> None:
    """What never ends and is no capture is left at once."""
    done = mailward("inspect", "/dev/zero")

    assert done.returncode == 2
    assert "neither pcap nor pcapng" in done.stderr


def test_a_bar(tmp_path: Path) -> None:
    """Long work on a terminal is watched by a bar; elsewhere nothing is said."""
    capture = _long(tmp_path, 70)
    main, side = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "inspect", capture],
        stdout=subprocess.PIPE,
        stderr=side,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    )
    os.close(side)
    drawn = b""
    with contextlib.suppress(OSError):
        while octets := os.read(main, 65536):
            drawn += octets
    os.close(main)
    assert process.stdout is not None
    told = process.stdout.read()
    process.stdout.close()

    assert process.wait(60) == 0
    assert b"MiB" in drawn
    assert b"\x1b[" not in told
    assert told.splitlines()[-1].startswith(b"250 sessions") or b" sessions: " in told
    packed = tmp_path / "long.pcap.gz"
    packed.write_bytes(gzip.compress(Path(capture).read_bytes(), 1))
    assert mailward("inspect", str(packed)).stderr == ""
