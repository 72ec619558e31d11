"""The systemd units, as systemd itself judges them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.house.sources import ROOT

UNITS: Final = ROOT / "contrib" / "systemd"
#: `systemd-analyze security`, in tenths: 0 is shut, 100 is open.  What cannot be
#: had is the network (the trade of the thing), its address families and its user,
#: who is not a dynamic one, for the log files are his.
EXPOSURE: Final = {"mailward.service": 20, "mailward-network.service": 40}

PROGRAM: Final = shutil.which("systemd-analyze")

needs_systemd = pytest.mark.skipif(
    PROGRAM is None, reason="systemd-analyze is not here (Debian: systemd)"
)


def copied(folder: Path) -> list[Path]:
    """The units, with a program that is there and a user that is there."""
    program = shutil.which("true")
    assert program is not None
    made = []
    for unit in sorted(UNITS.glob("mailward*.s*")):
        if unit.suffix not in (".service", ".socket"):
            continue
        text = unit.read_text().replace("/usr/bin/mailward", program)
        text = re.sub(r"(User|Group)=mailward", r"\1=daemon", text)
        made.append(folder / unit.name)
        made[-1].write_text(text)
    return made


@needs_systemd
def test_systemd_understands_them(tmp_path: Path) -> None:
    """Not a word is unknown to it."""
    units = copied(tmp_path)
    done = subprocess.run(
        [
            PROGRAM or "",
            "verify",
            "--man=no",
            "--recursive-errors=no",
            *map(str, units),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
    )
    ours = [line for line in done.stderr.splitlines() if "mailward" in line]

    assert [unit.name for unit in units] == [
        "mailward-network.service",
        "mailward.service",
        "mailward.socket",
    ]
    assert ours == []
    assert done.returncode == 0


@needs_systemd
@pytest.mark.parametrize("unit", sorted(EXPOSURE))
def test_the_sandbox_is_tight(tmp_path: Path, unit: str) -> None:
    """No more exposed than we say."""
    copied(tmp_path)
    done = subprocess.run(
        [
            PROGRAM or "",
            "security",
            "--offline=true",
            "--json=short",
            f"--threshold={EXPOSURE[unit]}",
            str(tmp_path / unit),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )

    assert done.returncode == 0, worst(done.stdout) or done.stderr


def worst(text: str) -> str:
    """What exposes it most."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    rows = [row for row in found if row.get("exposure")]
    rows.sort(key=lambda row: -float(row["exposure"]))
    return "\n".join(f"{row['exposure']} {row['description']}" for row in rows[:12])
