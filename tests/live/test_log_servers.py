"""Log servers of a running gateway: what they get, and that mail never waits."""

import contextlib
import json
import re
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, final

from tests.live.commands import awaited, mailward
from tests.live.test_cli import Process, speak
from tests.processes import kilobytes, workers

PATIENCE: Final = 60.0


@final
class Server:
    """A log server by TCP in a thread of its own; it may be deaf."""

    def __init__(self, address: str, port: int = 0, *, deaf: bool = False) -> None:
        self.address = address
        self._socket = socket.create_server((address, port))
        self.port = self._socket.getsockname()[1]
        self.text = ""
        self._deaf = deaf
        self._connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self._connections.append(connection)
                while not self._deaf and (octets := connection.recv(1 << 16)):
                    self.text += octets.decode()

    @property
    def connected(self) -> bool:
        """Is somebody there?"""
        return bool(self._connections)

    def stop(self) -> None:
        """Gone, with every connection."""
        for end in (self._socket, *self._connections):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._thread.join(PATIENCE)


@contextlib.contextmanager
def gateway(folder: Path, logging: str, *more: str) -> Iterator[Process]:
    """A running gateway with these lines, under a policy; its log is a file."""
    log = folder / "log"
    process = Process(folder, "--log", str(log), *more, logging=logging)
    try:
        yield process
    finally:
        process.close()


def session(process: Process) -> None:
    """One connection in which a command passes."""
    client, server = process.both()
    with client, server:
        speak(client, server)


def host(server: Server, more: str = "") -> str:
    """The line that names it."""
    return f"logging host inside {server.address} tcp/{server.port} {more}\n"


def test_by_datagrams_and_by_streams(tmp_path: Path) -> None:
    """Each server gets what it wants, as it wants it, of two workers; what the
    configuration holds back does not go."""
    stream, objects = Server("127.0.0.2"), Server("127.0.0.3")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("127.0.0.1", 0))
        datagrams.settimeout(PATIENCE)
        port = datagrams.getsockname()[1]
        logging = (
            "hostname gate\n"
            "logging enable\nlogging timestamp\nlogging device-id hostname\n"
            "logging trap informational\nno logging message 302013\n"
            f"logging host inside 127.0.0.1 udp/{port}\n"
            f"{host(stream)}{host(objects)}"
            "mailward logging host inside 127.0.0.3 format json\n"
        )
        with gateway(tmp_path, logging, "--workers", "2") as process:
            for _ in range(10):
                session(process)
            told = [datagrams.recv(2000).decode() for _ in range(10)]
            assert awaited(lambda: stream.text.count("\n") == 10)
            assert awaited(lambda: objects.text.count("\n") == 10)
    ended = re.compile(
        r"<166>\w{3} \d\d \d{4} \d\d:\d\d:\d\d gate : %ASA-6-302014: Teardown TCP .*"
    )
    assert all(ended.fullmatch(line) for line in told)
    assert sorted(stream.text.splitlines()) == sorted(told)
    for line in objects.text.splitlines():
        made = json.loads(line)
        assert made["event"]["code"] == "302014"
        assert made["source"]["ip"] == "127.0.0.1"
    log = (tmp_path / "log").read_text().splitlines()
    assert all(re.fullmatch(r"\w{3} .* gate : %ASA-6-302014: .*", line) for line in log)
    stream.stop()
    objects.stop()


def test_a_server_that_is_gone_or_deaf_holds_no_mail(tmp_path: Path) -> None:
    """One server dies, one never reads, one was never there: sessions pass as before,
    and when the first is back it gets what has waited and how much was lost."""
    dies, deaf = Server("127.0.0.2"), Server("127.0.0.3", deaf=True)
    gone = Server("127.0.0.4")
    gone.stop()
    logging = (
        "logging enable\nlogging trap debugging\nlogging queue 100\n"
        f"{host(dies)}{host(deaf)}{host(gone)}"
    )
    with gateway(tmp_path, logging) as process:
        session(process)
        assert awaited(lambda: "302014" in dies.text)
        dies.stop()
        log = tmp_path / "log"
        assert awaited(lambda: log.read_text().count("-414003: ") == 2)
        for _ in range(100):
            session(process)
        back = Server("127.0.0.2", dies.port)
        assert awaited(lambda: "-900015: Lost " in back.text)
        assert awaited(lambda: log.read_text().count("-414004: ") == 1)
        session(process)
        shown = mailward("show", "logging", "--control", process.control).stdout
    lost = re.search(r"Lost (\d+) records for log server inside:127.0.0.2/", back.text)
    assert lost is not None
    count = back.text.count("-302013: ") + back.text.count("-302014: ")
    assert 100 <= count + int(lost[1]) <= 204
    assert "permitted based on logging permit-hostdown policy" in shown
    back.stop()
    deaf.stop()


def test_a_burst_costs_records_and_nothing_else(tmp_path: Path) -> None:
    """100,000 records as fast as they can be caused, for one server that is deaf, one
    that is gone and one that reads: a session beside it is served all the while,
    memory stays bounded, and each record is sent, waiting or counted as lost."""
    reads, deaf = Server("127.0.0.2"), Server("127.0.0.3", deaf=True)
    gone = Server("127.0.0.4")
    gone.stop()
    logging = (
        "logging enable\nlogging trap 2\nlogging queue 512\n"
        f"{host(reads)}{host(deaf)}{host(gone)}"
    )
    with gateway(tmp_path, logging) as process:
        session(process)
        processes = [process.child.pid, *workers(process.child.pid)]
        before = [kilobytes(pid, "VmHWM") for pid in processes]
        assert awaited(lambda: reads.connected)
        client, upstream = process.both()
        trips: list[float] = []
        over = threading.Event()

        def beside() -> None:
            with client, upstream:
                while not over.is_set():
                    began = time.monotonic()
                    speak(client, upstream)
                    trips.append(time.monotonic() - began)
                    time.sleep(0.005)

        thread = threading.Thread(target=beside)
        thread.start()
        for _ in range(100):
            _thousand(process)
        over.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()

        control = f"--control={process.control}"

        def servers() -> list[dict[str, int]]:
            shown = mailward("show", "logging", "setting", "|", "json", control)
            found = json.loads(shown.stdout)["answer"]["servers"]
            assert isinstance(found, list)
            return found

        assert awaited(lambda: servers()[0]["waiting"] == 0)
        told = servers()
        after = [kilobytes(pid, "VmHWM") for pid in processes]
        assert awaited(lambda: reads.text.count("-108002: ") >= told[0]["sent"] - 9)
    whole = {one["sent"] + one["dropped"] + one["waiting"] for one in told}
    grown = [b - a for a, b in zip(before, after, strict=True)]
    sys.stdout.write(
        f"{len(trips)} round trips beside it, the slowest {max(trips) * 1000:.0f} ms; "
        f"memory grew by {grown} KB; sent {[one['sent'] for one in told]}\n"
    )
    assert len(trips) > 10
    assert len(whole) == 1
    assert told[2]["sent"] == 0
    assert all(one["waiting"] <= 512 + 1000 for one in told)
    assert all(more < 65_536 for more in grown)
    reads.stop()
    deaf.stop()


def _thousand(process: Process) -> None:
    """One connection with a thousand records: a bar in each of its recipients."""
    client = process.client()
    upstream, _ = process.upstream.accept()
    upstream.settimeout(PATIENCE)
    with client, upstream:
        _exchange(client, upstream, 0, b"", b"220 hello\r\n")
        pipelining = b"250-hello\r\n250 PIPELINING\r\n"
        _exchange(client, upstream, 1, b"EHLO me\r\n", pipelining)
        _exchange(client, upstream, 1, b"MAIL FROM:<a@b.example>\r\n", b"250 ok\r\n")
        for _ in range(10):
            commands = b"RCPT TO:<x|y@b.example>\r\n" * 100
            _exchange(client, upstream, 100, commands, b"250 ok\r\n" * 100)


def _exchange(
    client: socket.socket,
    upstream: socket.socket,
    lines: int,
    commands: bytes,
    replies: bytes,
) -> None:
    client.sendall(commands)
    while lines:
        lines -= upstream.recv(65536).count(b"\n")
    upstream.sendall(replies)
    left = replies.count(b"\n")
    while left:
        left -= client.recv(65536).count(b"\n")


def test_the_appliances_way(tmp_path: Path) -> None:
    """`mailward logging stop-on-failure`: new connections are reset while no server
    can be reached, those that stand go on; every worker hears of it, and a worker
    that comes later too."""
    server = Server("127.0.0.2")
    logging = (
        "mailward logging stop-on-failure\nlogging enable\nlogging trap 6\n"
        + host(server)
    )
    with gateway(tmp_path, logging, "--workers", "2") as process:
        assert awaited(lambda: server.connected)
        client, upstream = process.both()
        with client, upstream:
            server.stop()
            assert awaited(lambda: all(_tried(process)))
            speak(client, upstream)
            back = Server("127.0.0.2", server.port)
            assert awaited(lambda: not any(_tried(process)))
            session(process)
        log = (tmp_path / "log").read_text()
    assert "%ASA-3-201008: Disallowing new connections." in log
    assert "%ASA-6-414007: TCP syslog server connection restored. New conn" in log
    assert "New connections are denied based on logging permit-hostdown" in log
    back.stop()


def _tried(process: Process) -> list[bool]:
    """So many new connections that every worker has some: which are reset?"""
    return [_reset(process) for _ in range(20)]


def _reset(process: Process) -> bool:
    """Is one more connection reset, before the server hears of it?"""
    try:
        with process.client() as client:
            ready, _, _ = select.select([client, process.upstream], [], [], PATIENCE)
            if process.upstream not in ready:
                assert client.recv(1) == b"", "nobody has said anything"
    except ConnectionResetError:
        return True
    upstream, _ = process.upstream.accept()
    upstream.close()
    return False
