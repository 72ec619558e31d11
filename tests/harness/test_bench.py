"""The benchmarks of the relay run to their end: what they print is not judged."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LOADS = ("sessions", "chain", "pipelined", "tls")


def _run(script: str, *words: str) -> str:
    for program, package in (("haproxy", "haproxy"), ("smtp-sink", "postfix")):
        if shutil.which(program, path=PATH) is None:
            pytest.skip(f"{program} is not installed (Debian: {package})")
    done = subprocess.run(
        [sys.executable, str(BENCH / script), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("load", LOADS)
def test_loads(load: str) -> None:
    """Each kind of traffic passes through each relay that is there."""
    words = ("--rounds", "1", "--sessions", "20", "--mails", "1", "--only", load)

    assert "mailward / haproxy, round by round: " in _run("relay.py", *words)


def test_idle_connections() -> None:
    """Held, counted, and timed."""
    told = _run("idle.py", "--held", "60", "--sessions", "3")

    assert "kB a connection (60 held)" in told
    assert "latency of a session, median of 3, by turns:" in told
