"""The benchmark runs, so that its figures are there when they are wanted."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.postfix import SBIN
from tests.house.sources import ROOT


def _figures(script: str, to: Path, *words: str) -> Any:
    """What a script of the benchmark has measured; a skip where a peer is missing."""
    for name in ("haproxy", "smtp-source", "smtp-sink"):
        if shutil.which(name, path=SBIN) is None:
            pytest.skip(f"{name} is not installed (Debian: postfix, haproxy)")
    file = to / "figures.json"
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / script), *words, "--json", str(file)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(file.read_text())


def test_the_benchmark_runs(tmp_path: Path) -> None:
    """One short round gives a ratio to HAProxy for each kind of traffic."""
    words = ("--rounds", "1", "--sessions", "50", "--mails", "1")
    document = _figures("relay.py", tmp_path, *words)
    ratios = [result["ratios"]["haproxy"] for result in document["results"]]
    assert len(ratios) >= 2
    assert all(len(rounds) == 1 and rounds[0] > 0 for rounds in ratios)


def test_the_table_runs(tmp_path: Path) -> None:
    """A row in small gives its ratio, and is saved."""
    words = ("--quick", "--sessions", "30", "--held", "20")
    only = ("--only", "chain", "--only", "patterns", "--only", "growth")
    document = _figures("table.py", tmp_path, *words, *only)
    ratios = document["ratios"]["mailward"]
    assert ratios["chain/haproxy"] > 0
    assert ratios["patterns/itself"] > 0
    assert len(document["growth"]) == 5
