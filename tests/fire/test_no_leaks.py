"""No leaks: descriptors and memory stay flat over very many sessions.

MAILWARD_LEAKS says how many (200,000 for the whole count; `make test` runs a share,
enough that a descriptor or a kilobyte kept for each session would show).
"""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.layers import until
from tests.acceptance.lines import Lines
from tests.fire.test_nothing_lost import send, sink
from tests.live.commands import COMMAND
from tests.processes import descriptors, workers

SESSIONS: Final = int(os.environ.get("MAILWARD_LEAKS", "12000"))
#: Looks at the processes, evenly spread.
LOOKS: Final = 6
CLIENTS: Final = 20
#: Octets a session that memory may grow by after the first look: a fragment here and
#: there, not anything that is kept for a session (that begins at some kilobytes).
GROWTH: Final = 300

pytestmark = [pytest.mark.fire, pytest.mark.timeout(3600)]


def memory(pid: int) -> int:
    """What the process has for itself, in octets."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    fields = {
        line.split(":")[0]: int(line.split()[1])
        for line in text.splitlines()[1:]
        if line.split(":")[0] in ("Private_Dirty", "Private_Clean")
    }
    return 1024 * sum(fields.values())


def held(pid: int) -> list[int]:
    """The descriptors of its workers: to ask the supervisor itself would cost it
    memory, a little once."""
    return [descriptors(worker) for worker in workers(pid)]


def test_descriptors_and_memory_are_flat(tmp_path: Path) -> None:
    """Of the supervisor and of each worker, between the first look and the last."""
    with sink(tmp_path / "journal") as port:
        words = ["run", "--listen", "127.0.0.1:0", "--upstream", f"127.0.0.1:{port}"]
        words += ["--control", str(tmp_path / "c.sock"), "--workers", "2"]
        words += [
            "--log",
            str(tmp_path / "log"),
            "--log-size",
            "10M",
            "--log-keep",
            "1",
        ]
        child = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert child.stderr is not None
        said = Lines(child.stderr)
        try:
            line = said.wait("listening on", timeout=60)
            where = int(line.split(",")[0].rsplit(":", 1)[1])
            idle = held(child.pid)
            looks = []
            for _ in range(LOOKS):
                share = range(SESSIONS // LOOKS)
                send(where, share, CLIENTS, tmp_path / "report", each=1)
                until(lambda: held(child.pid) == idle, 60, "the last one is gone")
                looks.append(
                    [
                        (memory(p), descriptors(p))
                        for p in (child.pid, *workers(child.pid))
                    ]
                )
        finally:
            child.terminate()
            child.wait(60)
            said.close()
    between = SESSIONS * (LOOKS - 1) // LOOKS
    for index, name in enumerate(("supervisor", "worker 0", "worker 1")):
        seen = [look[index] for look in looks]
        text = ", ".join(f"{size / 1e6:.1f} MB {fds}" for size, fds in seen)
        print(f"{name}: memory and descriptors after each sixth of {SESSIONS}: {text}")
        assert seen[-1][1] == seen[0][1]
        assert seen[-1][0] - seen[0][0] <= max(GROWTH * between, 2_000_000)
