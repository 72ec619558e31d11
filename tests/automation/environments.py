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
from pathlib import Path
from typing import Final

import pytest

from tests.house.sources import ROOT

JOBS: Final = Path(__file__).parent / "jobs"


def python_with(name: str, *packages: str) -> Path:
    """The interpreter of the environment `.venv-NAME`, made if need be."""
    folder = ROOT / f".venv-{name}"
    python = folder / "bin" / "python"
    stamp = folder / "made-of"
    wanted = "\n".join(packages)
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "-q", *packages],
    )
    for step in steps:
        try:
            done = subprocess.run(
                step, capture_output=True, text=True, timeout=240, check=False
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"{name}: the packages did not come in time")
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:]
            pytest.skip(f"{name}: the packages cannot be had: {' '.join(last)}")
    stamp.write_text(wanted)
    return python


def job(python: Path, name: str, port: int, *more: str) -> dict[str, str]:
    """What the job `NAME.py` has to say, by name."""
    done = subprocess.run(
        [str(python), str(JOBS / f"{name}.py"), str(port), *more],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "HOME": str(python.parents[1])},
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(said, dict)
    return said
