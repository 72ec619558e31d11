"""The demonstration: run as anybody would, and unable to deceive."""

import subprocess
import sys
from dataclasses import replace

import pytest

from mailward.demo import main
from mailward.demo.trials import CLOSED, TRIALS, Trial


def test_demo_holds() -> None:
    """`mailward demo` shows each trial and leaves with 0."""
    shown = subprocess.run(
        [sys.executable, "-m", "mailward", "demo"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert shown.stderr == ""
    assert shown.stdout.splitlines()[-1] == f"All {len(TRIALS)} went as they must."
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (replace(TRIALS[0], sees=CLOSED), "the client ought to have seen"),
        (replace(TRIALS[0], arrives=()), "something else arrived at the server"),
        (replace(TRIALS[0], records=("108004",)), "records () instead of"),
    ],
)
def test_demo_tells_what_is_wrong(
    wrong: Trial, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Were anything otherwise than it must be, the demonstration would say so."""
    assert main((wrong,)) == 1

    assert f"WRONG: a good mail: {says}" in capsys.readouterr().out
