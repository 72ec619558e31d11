"""What the world around it is told: HTTP, the service manager, its user."""

import os
import pwd
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Final, final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.lines import Lines
from tests.house.sources import ROOT
from tests.live.commands import COMMAND, awaited
from tests.live.test_cli import PATIENCE, POLICY, Process, running, speak
from tests.live.test_upgrade import end, upgrade
from tests.live.test_workers import told, until_replaced, workers_of
from tests.processes import status

#: Somebody without privileges whom every Debian has.
NOBODY: Final = "daemon"

METRICS: Final = ("--metrics", "127.0.0.1:0")


def place_of(gateway: Process) -> str:
    """Where the metrics answer."""
    line = gateway.said.wait("metrics on ")
    return line.split("metrics on ")[1]


def got(place: str, path: str, method: str = "GET") -> tuple[int, str]:
    """The answer of a probe."""
    request = urllib.request.Request(f"http://{place}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def values(text: str) -> dict[str, float]:
    """Each sample, its labels but the map's left out."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(
                v for k, v in sample.labels.items() if k in ("result", "match", "code")
            )
            found[f"{sample.name} {labels}".strip()] = sample.value
    return found


def counts(place: str, **awaits: float) -> tuple[dict[str, float], str]:
    """The metrics, once these are as they must become: workers are asked now and then,
    each at a moment of its own, how far they have counted."""
    text = ""

    def there() -> bool:
        nonlocal text
        status, text = got(place, "/metrics")
        assert status == 200
        counted = values(text)
        return all(counted[name] == count for name, count in awaits.items())

    assert awaited(there), text
    return values(text), text


def test_probes_and_metrics(tmp_path: Path) -> None:
    """Alive, ready, and counted; not ready while a worker is dead or draining."""
    with running(tmp_path, "--workers", "2", *METRICS) as gateway:
        place = place_of(gateway)
        client, server = gateway.both()
        with client, server:
            client.sendall(b"MAIL FROM:<%s@b.c>\r\n" % (b"x" * 50))
            assert client.recv(100) == b""
        gateway.log.wait("302014")
        client, server = gateway.both()
        with client, server:
            live = got(place, "/livez")
            ready = got(place, "/readyz")
            counted, text = counts(
                place,
                mailward_connections_total=2,
                mailward_connections_active=1,
                mailward_connections_ended_by_inspection_total=1,
            )
            gateway.tell(signal.SIGTERM)
            gateway.said.wait("draining 1 connections")
            draining = got(place, "/readyz")
            still = got(place, "/livez")

        assert live == (200, "live\n")
        assert ready == (200, "ready\n")
        assert draining == (503, "draining\n")
        assert still == (200, "live\n")
        assert counted["mailward_workers"] == counted["mailward_workers_up"] == 2
        assert counted["mailward_policy_matches_total sender-address length gt 40"] == 1
        assert counted["mailward_policy_drops_total drop"] == 1
        assert counted["mailward_audit_records_total 302013"] == 2
        assert counted["mailward_config_last_reload_successful"] == 1
        assert not [name for name in counted if name.split()[0].endswith("_created")]
        assert "127.0.0.1" not in text


def test_what_is_not_asked_for_properly(tmp_path: Path) -> None:
    """Nothing but GET and HEAD of three pages, in few octets and little time."""
    with running(tmp_path, *METRICS) as gateway:
        place = place_of(gateway)
        host, port = place.split(":")
        head = got(place, "/livez", "HEAD")
        other = got(place, "/")
        post = got(place, "/livez", "POST")
        said = []
        for octets in (b"hello\r\n\r\n", b"GET /livez HTTP/1.1\r\n" + b"x" * 20_000):
            with socket.create_connection((host, int(port)), PATIENCE) as sock:
                sock.sendall(octets)
                with suppress(ConnectionResetError):
                    said.append(sock.recv(100)[:12])

        assert head == (200, "")
        assert other == (404, "not found\n")
        assert post == (405, "only GET and HEAD\n")
        assert said[0] == b"HTTP/1.1 400"
        assert said[1:] in ([], [b""])


def test_a_failed_reload_shows(tmp_path: Path) -> None:
    """In the metrics, until one succeeds."""
    with running(tmp_path, *METRICS) as gateway:
        place = place_of(gateway)
        gateway.config.write_text("regex A [\n")
        gateway.tell(signal.SIGHUP)
        gateway.said.wait("stays as it was")
        failed = values(got(place, "/metrics")[1])
        gateway.config.write_text(POLICY.format(name="SECOND"))
        gateway.tell(signal.SIGHUP)
        gateway.said.wait("read again")
        good = values(got(place, "/metrics")[1])

        assert failed["mailward_config_last_reload_successful"] == 0
        assert good["mailward_config_last_reload_successful"] == 1


def test_metrics_go_over_to_the_next_program(tmp_path: Path) -> None:
    """The same place answers, and says that it is ready."""
    with running(tmp_path, *METRICS) as gateway:
        place = place_of(gateway)
        pid = upgrade(gateway)
        gateway.wait()
        ready = got(place, "/readyz")
        end(pid)

        assert ready == (200, "ready\n")


@final
class Manager:
    """The service manager, as far as it listens."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / "notify"))
        self._socket.settimeout(0.1)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._heard: queue.Queue[str] = queue.Queue()
        self.environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(folder / "notify"),
            "WATCHDOG_USEC": "600000",
        }

    def __enter__(self) -> "Manager":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                self._heard.put(self._socket.recv(4096).decode())

    def hears(self, word: str) -> str:
        """The next datagram that has the word."""
        while True:
            text = self._heard.get(timeout=PATIENCE)
            if word in text:
                return text

    def silent(self) -> bool:
        """Does nothing come for a while?"""
        with suppress(queue.Empty):
            while True:
                self._heard.get_nowait()
        try:
            self._heard.get(timeout=1.5)
        except queue.Empty:
            return True
        return False


def test_the_service_manager_is_told(tmp_path: Path) -> None:
    """READY, the watchdog while workers answer, RELOADING, the next MAINPID,
    STOPPING."""
    manager = Manager(tmp_path)
    with manager, running(tmp_path, environment=manager.environment) as gateway:
        ready = manager.hears("READY=1")
        alive = manager.hears("WATCHDOG=1")
        (worker,) = workers_of(gateway)
        os.kill(worker, signal.SIGSTOP)
        # It owes an answer; until it is killed for that nobody says that all is well.
        os.kill(worker, signal.SIGKILL)
        until_replaced(gateway, worker, 1)
        manager.hears("WATCHDOG=1")
        gateway.tell(signal.SIGHUP)
        reloading = manager.hears("RELOADING=1")
        manager.hears("READY=1")
        pid = upgrade(gateway)
        main = manager.hears("MAINPID=")
        gateway.wait()
        manager.hears("WATCHDOG=1")
        end(pid)
        stopping = manager.hears("STOPPING=1")

        assert ready.startswith("READY=1\nSTATUS=1 of 1 workers, ")
        assert "STATUS=" in alive
        assert re.search(r"^MONOTONIC_USEC=\d+$", reloading, re.MULTILINE)
        assert main == f"MAINPID={pid}"
        assert stopping == "STOPPING=1\nSTATUS=draining"


def test_the_watchdog_is_silent_without_workers(tmp_path: Path) -> None:
    """A supervisor that cannot have a worker does not pretend."""
    manager = Manager(tmp_path)
    log = tmp_path / "logs" / "audit.log"
    log.parent.mkdir()
    more = ("--log", str(log))
    with (
        manager,
        running(tmp_path, *more, environment=manager.environment) as gateway,
    ):
        manager.hears("WATCHDOG=1")
        log.unlink()
        log.parent.rmdir()
        (worker,) = workers_of(gateway)
        os.kill(worker, signal.SIGKILL)
        assert awaited(
            lambda: (
                re.search(r"900023 +[1-9]", told(gateway, "mailward", "records"))
                is not None
            )
        )

        assert manager.silent()
        log.parent.mkdir()
        manager.hears("WATCHDOG=1")


def test_socket_activation(tmp_path: Path) -> None:
    """A socket that systemd has bound is used by all workers; who connected before
    mailward was there is served."""
    with (
        socket.create_server(("127.0.0.1", 0)) as upstream,
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_server(("127.0.0.1", 0)) as spare,
    ):
        upstream.settimeout(PATIENCE)
        port = listener.getsockname()[1]
        early = socket.create_connection(("127.0.0.1", port), PATIENCE)
        words = ["run", "--listen", f"127.0.0.1:{port}", "--workers", "2"]
        words += ["--upstream", f"127.0.0.1:{upstream.getsockname()[1]}"]
        words += ["--control", str(tmp_path / "c.sock")]
        activate = (
            "import os, sys\n"
            "a, b = map(int, sys.argv[1:3])\n"
            "os.dup2(a, 3); os.dup2(b, 4)\n"
            "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='2',"
            " LISTEN_FDNAMES='mail:spare')\n"
            "os.execv(sys.argv[3], sys.argv[3:])\n"
        )
        # Out of the way of 3 and 4.
        high = [os.dup2(s.fileno(), at) for s, at in ((listener, 60), (spare, 61))]
        child = subprocess.Popen(
            [sys.executable, "-c", activate, *map(str, high), *COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=high,
        )
        for fd in high:
            os.close(fd)
        assert child.stderr is not None
        said = Lines(child.stderr)
        try:
            spared = said.wait("nobody has asked for the socket")
            said.wait(f"listening on 127.0.0.1:{port}")
            for number in range(6):
                # One after the other: of two at once, either may be first.
                client = early
                if number:
                    client = socket.create_connection(("127.0.0.1", port), PATIENCE)
                server, _ = upstream.accept()
                with client, server:
                    client.settimeout(PATIENCE)
                    server.sendall(b"220 hello\r\n")
                    assert client.recv(100).startswith(b"220 ")
        finally:
            child.terminate()
            try:
                code = child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                code = child.wait()
            said.close()

        assert code == 0
        assert spared.endswith("handed over: spare")


def interpreter_for(name: str) -> tuple[str, dict[str, str]] | None:
    """A Python that this user may run, and where it finds mailward; ours may lie
    where only root may look."""
    paths = (str(ROOT / "src"), sysconfig.get_path("purelib"))
    environment = {**os.environ, "PYTHONPATH": ":".join(paths)}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    for python in (sys.executable, shutil.which("python3", path="/usr/bin:/bin")):
        if python is not None:
            words = [python, "-c", "import mailward.fleet.worker, uvloop, typer"]
            with suppress(OSError):
                done = subprocess.run(
                    words, user=name, env=environment, capture_output=True, check=False
                )
                if done.returncode == 0:
                    return python, environment
    return None


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_another_user() -> None:
    """Supervisor and workers are that user's, without a capability; the socket was
    opened before; a successor and an upgrade need no more."""
    found = interpreter_for(NOBODY)
    if found is None:
        pytest.skip(f"no Python here that {NOBODY} may run")
    python, environment = found
    with tempfile.TemporaryDirectory(prefix="mailward-") as name:
        Path(name).chmod(0o755)
        control = Path(name) / "mailward" / "c.sock"
        control.parent.mkdir()
        log = Path(name) / "audit.log"
        more = ("--user", NOBODY, "--log", str(log), "--control", str(control))
        with running(
            Path(name), *more, environment=environment, python=python
        ) as gateway:
            gateway.control = str(control)
            as_another_user(gateway, log)


def as_another_user(gateway: Process, log: Path) -> None:
    """What the test above looks at."""
    user = pwd.getpwnam(NOBODY)
    before = [status(pid) for pid in (gateway.child.pid, *workers_of(gateway))]
    (worker,) = workers_of(gateway)
    os.kill(worker, signal.SIGKILL)
    client, server = gateway.both()
    with client, server:
        speak(client, server)
    pid = upgrade(gateway)
    gateway.wait()
    client, server = gateway.both()
    with client, server:
        speak(client, server)
    after = status(pid)
    end(pid)

    for each in (*before, after):
        assert each["Uid"] == " ".join([str(user.pw_uid)] * 4)
        assert each["Gid"] == " ".join([str(user.pw_gid)] * 4)
        assert {each[f"Cap{s}"] for s in ("Prm", "Eff", "Amb", "Inh")} == {"0" * 16}
        assert each["NoNewPrivs"] == "1"
    assert log.stat().st_uid == user.pw_uid
    assert "302013" in log.read_text()


@pytest.mark.skipif(os.getuid() != 0, reason="only root has capabilities to keep")
def test_a_capability_is_kept() -> None:
    """And its children have it, which are programs of their own."""
    code = (
        "import subprocess\n"
        "from mailward.fleet.privileges import NET_RAW, become\n"
        f"become({NOBODY!r}, (NET_RAW,))\n"
        "print(open('/proc/self/status').read())\n"
        "print(subprocess.run(['/bin/cat', '/proc/self/status'],"
        " capture_output=True, text=True).stdout)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    found = re.findall(r"Cap(Prm|Eff|Amb|Inh):\s+(\w+)", done.stdout)

    assert {value for _, value in found} == {f"{1 << 13:016x}"}
    assert len(found) == 8


def test_nobody_of_that_name(tmp_path: Path) -> None:
    """One line, exit code 1."""
    done = subprocess.run(
        [
            *COMMAND,
            "run",
            "--listen",
            "127.0.0.1:0",
            "--upstream",
            "127.0.0.1:1",
            "--user",
            "no-such-user",
            "--control",
            str(tmp_path / "c.sock"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "--user no-such-user: there is no user no-such-user" in done.stderr
