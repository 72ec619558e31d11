"""The rig of the benchmarks: peers as processes, and what the kernel says of them.

Knows: how HAProxy, nginx and mailward are started in front of a sink, pinned, and
measured.
Does not know: what passes through them.
Called by: the scripts beside it.
"""

import os
import platform
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final

PATH: Final = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
HOST: Final = "127.0.0.1"
PATIENCE: Final = 300
#: Where `make compiled` leaves the compiled build.
COMPILED: Final = Path(__file__).resolve().parent.parent / ".venv" / "compiled"
#: nginx's own module, where Debian puts it.
STREAM: Final = Path("/usr/lib/nginx/modules/ngx_stream_module.so")

HAPROXY: Final = """\
global
    nbthread 1
    maxconn {most}
defaults
    mode tcp
    {option}
    timeout connect 10s
    timeout client 600s
    timeout server 600s
listen relay
    bind {host}:{port}
    server sink {host}:{upstream}
"""

NGINX: Final = """\
load_module {module};
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections {most}; }}
stream {{
    proxy_half_close on;
    server {{ listen {host}:{port} backlog=4096; proxy_pass {host}:{upstream}; }}
}}
"""


@dataclass(frozen=True)
class Peer:
    """A relay that runs; `pid` 0: none, the sink itself."""

    port: int
    pid: int


@dataclass(frozen=True)
class Measure:
    """One load through one relay once: processor and wall seconds."""

    cpu: float
    wall: float


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


def cores() -> tuple[int | None, int | None]:
    """A core for the relays and one for all else, if there are two."""
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[1]) if len(allowed) > 1 else (None, None)


def pinned(core: int | None) -> list[str]:
    """The words that keep a command to one core."""
    return [] if core is None else ["taskset", "-c", str(core)]


@contextmanager
def started(
    words: list[str],
    port: int,
    core: int | None,
    variables: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, once its port answers; ended afterwards."""
    # A pipe that nobody reads would hold whoever says much.
    complaints = tempfile.TemporaryFile()  # noqa: SIM115  closed at the end
    process = subprocess.Popen(
        [*pinned(core), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
        start_new_session=True,
        env={**os.environ, **(variables or {})},
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
                    complaints.seek(0)
                    why = complaints.read().decode("utf-8", "replace")[-2000:]
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
        complaints.close()


def sink_words(port: int) -> list[str]:
    """smtp-sink, as nobody where we are root."""
    drop = ["-u", "nobody"] if os.getuid() == 0 else []
    return [program("smtp-sink"), *drop, f"inet:{HOST}:{port}", "4096"]


def peers(
    stack: ExitStack, folder: Path, sink: int, config: Path | None, *, splice: bool
) -> dict[str, Peer]:
    """Every relay that can be had, started in front of the sink.  `splice`:
    HAProxy hands octets over inside of the kernel."""
    relay_core, _ = cores()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 100
    found = {"direct": Peer(sink, 0)}
    port = free_port()
    option = "option splice-auto" if splice else ""
    (folder / "haproxy.cfg").write_text(
        HAPROXY.format(
            host=HOST, port=port, upstream=sink, option=option, most=most // 4
        )
    )
    words = [program("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")]
    theirs = stack.enter_context(started(words, port, relay_core))
    found["haproxy"] = Peer(port, theirs.pid)
    if STREAM.exists() and shutil.which("nginx", path=PATH):
        port = free_port()
        (folder / "nginx.conf").write_text(
            NGINX.format(
                module=STREAM,
                folder=folder,
                host=HOST,
                port=port,
                upstream=sink,
                most=most,
            )
        )
        words = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        theirs = stack.enter_context(started(words, port, relay_core))
        found["nginx"] = Peer(port, theirs.pid)
    found["mailward"] = gateway(stack, folder, sink, config)
    if (COMPILED / ".whole").exists():
        found["compiled"] = gateway(stack, folder, sink, config, "compiled")
    return found


def gateway(
    stack: ExitStack,
    folder: Path,
    sink: int,
    config: Path | None,
    name: str = "mailward",
    workers: int = 1,
) -> Peer:
    """mailward in front of the sink; `compiled` is the build of that name."""
    port = free_port()
    variables = {"PYTHONPATH": str(COMPILED)} if name.startswith("compiled") else {}
    words = [
        *(sys.executable, "-m", "mailward", "run"),
        *([str(config)] if config else []),
        *("--listen", f"{HOST}:{port}", "--upstream", f"{HOST}:{sink}"),
        *("--control", str(folder / f"{name}.sock"), "--workers", str(workers)),
        *("--log", str(folder / f"{name}.log")),
    ]
    ours = stack.enter_context(started(words, port, cores()[0], variables))
    return Peer(port, ours.pid)


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            for child in (task / "children").read_text().split():
                found += tree(int(child))
    return found


def spent(pid: int) -> float:
    """Processor seconds that a process tree has used so far: threads that have
    ended too (the kernel's clock of a process), and children that were waited for."""
    total = 0.0
    for process in tree(pid):
        total += time.clock_gettime((~process << 3) | 2)  # clock_getcpuclockid(3)
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    return total


def memory(pid: int, what: str = "VmHWM") -> float:
    """What the processes of a tree hold in MB; VmHWM: the most they ever did,
    VmRSS: now."""
    total = 0
    for process in tree(pid):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith(f"{what}:"):
                total += int(line.split()[1])
    return total / 1024


def first_line(*words: str) -> str:
    """The first line that a program prints of itself."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0]


def python() -> str:
    """Its version, and whose it is: a distribution's is built with more care."""
    of_system = sys.base_prefix == "/usr"
    return platform.python_version() + (" (the system's)" if of_system else "")


def machine() -> dict[str, str]:
    """Where and with what this was measured."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    about = {
        "processor": model,
        "cores": str(os.cpu_count()),
        "kernel": platform.release(),
        "python": python(),
        "mailward": version("mailward"),
        "haproxy": first_line(program("haproxy"), "-v").split(" 20")[0],
    }
    if shutil.which("nginx", path=PATH):
        about["nginx"] = first_line(program("nginx"), "-v").rpartition(" ")[2]
    about["load average"] = f"{os.getloadavg()[0]:.2f}"
    return about


def spread(values: list[float], digits: int) -> str:
    """`median (least-most)`."""
    low, middle, high = (
        f"{value:.{digits}f}" for value in (min(values), median(values), max(values))
    )
    return f"{middle} ({low}-{high})"
