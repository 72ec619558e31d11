"""Environments of the tools that already speak to the appliance.

Knows: how to make one, each for itself, and to run a job in it.
Does not know: what the job is.
Called by: the tests beside it.

They are made once, beside the project's own environment; where the packages
cannot be had the test is skipped, with the reason.
"""

import json
import os
import subprocess
import sys
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any, Final

import pytest

from tests.house.sources import ROOT

JOBS: Final = Path(__file__).parent / "jobs"


def python_with(name: str, *packages: str, seconds: float = 240) -> Path:
    """The interpreter of the environment `.venv-NAME`, made if need be, in so
    many seconds at most."""
    folder = ROOT / f".venv-{name}"
    python = folder / "bin" / "python"
    stamp = folder / "made-of"
    wanted = "\n".join(packages)
    # Two workers may want the same one.
    with (ROOT / f".venv-{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if stamp.is_file() and stamp.read_text() == wanted:
            return python
        _made(folder, name, packages, seconds)
        stamp.write_text(wanted)
    return python


def _made(folder: Path, name: str, packages: tuple[str, ...], seconds: float) -> None:
    """Make it, or skip the test."""
    python = folder / "bin" / "python"
    for step in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "-q", *packages],
    ):
        try:
            done = subprocess.run(
                step, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"{name}: the packages did not come in {seconds:.0f} s")
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            errors = [line for line in lines if line.startswith("ERROR")] or lines
            pytest.skip(f"{name}: the packages cannot be had: {' '.join(errors[-1:])}")


def job(
    python: Path, name: str, *words: object, said: str = "", **environment: str
) -> dict[str, Any]:
    """What the job `NAME.py` has to say, by name; it is told `said`."""
    done = subprocess.run(
        [str(python), str(JOBS / f"{name}.py"), *map(str, words)],
        input=said,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**os.environ, "HOME": str(python.parents[1]), **environment},
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    answer = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(answer, dict)
    return answer
