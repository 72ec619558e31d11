#!/usr/bin/env python3
"""What a mail costs in line: mailward beside HAProxy in TCP mode.

smtp-source -> relay -> smtp-sink over loopback for small mails, `bulk.py` on both
sides for large ones; the same traffic through each relay in alternating rounds.
Processor time is the kernel's own account of the relay's whole process tree (user
and system): microseconds for a session with one mail of 1 KB, nanoseconds for an
octet of a 40 MB mail.  Absolute figures drift with the machine and the hour; the
ratio within one round is what counts, and less than 15 % of difference means
nothing.

    bench/relay.py                     five rounds, some four minutes
    bench/relay.py --quick             two short rounds, under a minute
    bench/relay.py --config FILE       under another policy than the factory's
    bench/relay.py --json FILE         the figures for a machine
"""

import argparse
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final

PATH: Final = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
HOST: Final = "127.0.0.1"
SMALL: Final = 1024
LARGE: Final = 40_000_000
BULK: Final = Path(__file__).with_name("bulk.py")
PATIENCE: Final = 300

HAPROXY: Final = """\
global
    nbthread 1
    maxconn 1000
defaults
    mode tcp
    timeout connect 10s
    timeout client 60s
    timeout server 60s
listen relay
    bind {host}:{port}
    server sink {host}:{upstream}
"""


@dataclass(frozen=True)
class Load:
    """One kind of traffic: so many mails of so many octets, one a session."""

    name: str
    mails: int
    octets: int
    unit: str

    @property
    def source(self) -> list[str]:
        """The program that sends it, up to its port."""
        if self.octets == SMALL:
            return [
                program("smtp-source"),
                *("-s", "10", "-m", str(self.mails), "-l", str(self.octets)),
                *("-f", "alice@example.org", "-t", "bob@example.com"),
            ]
        return [sys.executable, str(BULK), "source"]

    def sink(self, port: int) -> list[str]:
        """The program that takes it."""
        if self.octets == SMALL:
            drop = ["-u", "nobody"] if os.getuid() == 0 else []
            return [program("smtp-sink"), *drop, f"inet:{HOST}:{port}", "200"]
        return [sys.executable, str(BULK), "sink", str(port)]

    def cost(self, seconds: float) -> float:
        """Processor seconds of one run in the load's unit."""
        if self.octets == SMALL:
            return seconds / self.mails * 1e6
        return seconds / (self.mails * self.octets) * 1e9

    def pace(self, seconds: float) -> str:
        """Wall seconds of one run as a speed."""
        if self.octets == SMALL:
            return f"{self.mails / seconds:,.0f} sessions/s"
        return f"{self.mails * self.octets / seconds / 1e6:,.0f} MB/s"


@dataclass(frozen=True)
class Measure:
    """One load through one relay once: processor and wall seconds."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Comparison:
    """What one load has shown, relay by relay; `ratios` are mailward's
    processor time over HAProxy's, round by round."""

    load: Load
    measures: dict[str, list[Measure]]
    ratios: list[float]
    memory_mb: dict[str, int]


def program(name: str) -> str:
    """The full path of a program, or the end of this one."""
    found = shutil.which(name, path=PATH)
    if found is None:
        sys.exit(f"bench: {name} is not installed (Debian: postfix, haproxy)")
    return found


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def pinned(core: int | None) -> list[str]:
    """The words that keep a command to one core."""
    return [] if core is None else ["taskset", "-c", str(core)]


@contextmanager
def started(
    words: list[str], port: int, core: int | None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, once its port answers; ended afterwards."""
    process = subprocess.Popen(
        [*pinned(core), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection((HOST, port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    process.kill()
                    assert process.stderr is not None
                    why = process.stderr.read().decode("utf-8", "replace")[-2000:]
                    sys.exit(f"bench: {words[0]} does not answer\n{why}")
                time.sleep(0.05)
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            process.kill()
            process.wait(5)


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += tree(int(child))
    return found


def spent(pid: int) -> float:
    """Processor seconds that a process tree has used so far."""
    total = 0
    for process in tree(pid):
        for task in Path(f"/proc/{process}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def peak_memory(pid: int) -> float:
    """The most memory that the processes of a tree ever held, in MB."""
    total = 0
    for process in tree(pid):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                total += int(line.split()[1])
    return total / 1024


def send(load: Load, port: int, core: int | None) -> float:
    """The load, once; wall seconds."""
    begun = time.monotonic()
    target = (
        [f"inet:{HOST}:{port}"]
        if load.octets == SMALL
        else [str(port), str(load.mails), str(load.octets)]
    )
    done = subprocess.run(
        [*pinned(core), *load.source, *target],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        sys.exit(f"bench: {load.name}: {done.stderr.decode('utf-8', 'replace')}")
    return time.monotonic() - begun


def measure(load: Load, port: int, pid: int, core: int | None) -> Measure:
    """The load through the relay `pid` on `port`; `pid` 0 for no relay."""
    before = spent(pid) if pid else 0.0
    wall = send(load, port, core)
    return Measure((spent(pid) if pid else 0.0) - before, wall)


def first_line(*words: str) -> str:
    """The first line that a program prints of itself."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0]


def machine() -> dict[str, str]:
    """Where and with what this was measured."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {
        "processor": model,
        "cores": str(os.cpu_count()),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "mailward": version("mailward"),
        "uvloop": version("uvloop"),
        "haproxy": first_line(program("haproxy"), "-v").split(" 20")[0],
        "load average": f"{os.getloadavg()[0]:.2f}",
    }


def spread(values: list[float], digits: int) -> str:
    """`median (least-most)`."""
    low, middle, high = (
        f"{value:.{digits}f}" for value in (min(values), median(values), max(values))
    )
    return f"{middle} ({low}-{high})"


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="under a minute")
    parser.add_argument("--rounds", type=int, help="alternating rounds (5)")
    parser.add_argument("--sessions", type=int, help="small mails a round (4000)")
    parser.add_argument("--mails", type=int, help="40 MB mails a round (10)")
    parser.add_argument("--config", type=Path, help="policy (default: factory)")
    parser.add_argument("--json", type=Path, help="write the figures here")
    typed = parser.parse_args()
    typed.rounds = typed.rounds or (2 if typed.quick else 5)
    typed.sessions = typed.sessions or (1000 if typed.quick else 4000)
    typed.mails = typed.mails or (3 if typed.quick else 10)
    return typed


def compare(
    load: Load, typed: argparse.Namespace, cores: tuple[int | None, int | None]
) -> Comparison:
    """One load in all rounds: sink and relays are started for it, and ended."""
    relay_core, rest_core = cores
    sink, haproxy, mailward = free_port(), free_port(), free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "haproxy.cfg").write_text(
            HAPROXY.format(host=HOST, port=haproxy, upstream=sink)
        )
        stack.enter_context(started(load.sink(sink), sink, rest_core))
        theirs = stack.enter_context(
            started(
                [program("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")],
                haproxy,
                relay_core,
            )
        )
        ours = stack.enter_context(
            started(
                [
                    *(sys.executable, "-m", "mailward", "run"),
                    *([str(typed.config)] if typed.config else []),
                    *("--listen", f"{HOST}:{mailward}"),
                    *("--upstream", f"{HOST}:{sink}"),
                    *("--control", str(folder / "control.sock")),
                    *("--log", str(folder / "log")),
                ],
                mailward,
                relay_core,
            )
        )
        relays = {
            "direct": (sink, 0),
            "haproxy": (haproxy, theirs.pid),
            "mailward": (mailward, ours.pid),
        }
        warm = replace(load, mails=100 if load.octets == SMALL else 1)
        for port, _ in relays.values():
            send(warm, port, rest_core)
        rows: dict[str, list[Measure]] = {relay: [] for relay in relays}
        for number in range(typed.rounds):
            for relay in list(relays)[:: 1 if number % 2 == 0 else -1]:
                rows[relay].append(measure(load, *relays[relay], rest_core))
        memory = {
            relay: round(peak_memory(pid)) for relay, (_, pid) in relays.items() if pid
        }
    ratios = [
        mine.cpu / peer.cpu
        for mine, peer in zip(rows["mailward"], rows["haproxy"], strict=True)
    ]
    return Comparison(load, rows, ratios, memory)


def report(found: Comparison) -> None:
    """Print what one load has shown."""
    load = found.load
    print(f"\n{load.name}: processor time, {load.unit}, median (least-most)")
    for relay, measures in found.measures.items():
        costs = [load.cost(m.cpu) for m in measures]
        digits = 0 if load.octets == SMALL else 3
        cost = spread(costs, digits) if relay != "direct" else "-"
        pace = load.pace(median(m.wall for m in measures))
        memory = f"{found.memory_mb[relay]} MB" if relay in found.memory_mb else ""
        print(f"  {relay:9} {cost:24} {pace:>18} {memory:>8}")
    print(f"  mailward / haproxy, round by round: {spread(found.ratios, 2)}")


def main() -> None:
    """Measure and print."""
    typed = arguments()
    cores = sorted(os.sched_getaffinity(0))
    pair = (cores[0], cores[1]) if len(cores) > 1 else (None, None)
    loads = (
        Load("1 KB mails", typed.sessions, SMALL, "us a session"),
        Load("40 MB mails", typed.mails, LARGE, "ns an octet"),
    )
    about = machine()
    print("; ".join(f"{key} {value}" for key, value in about.items()))
    pinning = "relay and load on a core each" if len(cores) > 1 else "not pinned"
    print(
        f"{typed.rounds} rounds, {typed.sessions} sessions of 1 KB, "
        f"{typed.mails} mails of 40 MB, {pinning}"
    )
    results = []
    for load in loads:
        results.append(compare(load, typed, pair))
        report(results[-1])
    if typed.json:
        document = {"machine": about, "results": [asdict(x) for x in results]}
        typed.json.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
