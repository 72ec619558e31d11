"""The program on disk takes over from the one that runs."""

import os
import re
import signal
import socket
import threading
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final, final

from mailward.console.link import LINE, Link
from tests.live.commands import mailward
from tests.live.test_cli import PATIENCE, POLICY, Process, running, speak
from tests.processes import ended

_TOOK: Final = r"upgraded: process (\d+) has taken over from (\d+)"


def upgrade(gateway: Process) -> int:
    """Ask for it; the process of the new program."""
    done = mailward("upgrade", "--control", gateway.control)
    found = re.fullmatch(_TOOK + "\n", done.stdout)
    assert found, done
    assert done.returncode == 0
    return int(found[1])


def end(pid: int) -> None:
    """End a program that is not our child, and wait for it."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    gone(pid)


def gone(pid: int) -> None:
    """Wait until a process that is not our child is no more."""
    until = monotonic() + PATIENCE
    while monotonic() < until and not ended(pid):
        sleep(0.05)
    assert ended(pid)


@final
class Knocking:
    """Somebody connects again and again; `refused` counts."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.let_in = 0
        self.refused: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._knock)

    def __enter__(self) -> "Knocking":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _knock(self) -> None:
        while not self._over.is_set():
            try:
                with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as s:
                    s.settimeout(PATIENCE)
                    if s.recv(100).startswith(b"220"):
                        self.let_in += 1
                    else:
                        self.refused.append("closed")
            except OSError as error:
                self.refused.append(str(error))


@final
class Greeter:
    """A server that greets whoever comes, until its socket is closed."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._listener.settimeout(0.1)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._greet)
        self._held: list[socket.socket] = []

    def __enter__(self) -> "Greeter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for sock in self._held:
            sock.close()

    def _greet(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                sock, _ = self._listener.accept()
                sock.sendall(b"220 hello\r\n")
                self._held.append(sock)


def test_nobody_is_refused(tmp_path: Path) -> None:
    """Somebody knocks while the program is replaced three times."""
    with running(tmp_path, "--workers", "2") as gateway:
        gateway.upstream.listen(200)
        pid = gateway.child.pid
        with Greeter(gateway.upstream), Knocking(gateway.port) as knocking:
            for _ in range(3):
                before, pid = pid, upgrade(gateway)
                assert pid != before
                count = knocking.let_in
                until = monotonic() + PATIENCE
                while knocking.let_in < count + 20 and monotonic() < until:
                    sleep(0.01)
        end(pid)

        assert knocking.refused == []
        assert knocking.let_in > 60


def test_connections_are_ended_by_the_old_program(tmp_path: Path) -> None:
    """Who is connected speaks on; the old program leaves behind the last of them;
    what was changed and not saved goes on holding."""
    with running(tmp_path) as gateway:
        client, server = gateway.both()
        gateway.config.write_text(POLICY.format(name="SECOND").replace("40", "4"))
        gateway.tell(signal.SIGHUP)
        gateway.said.wait("read again")
        gateway.config.write_text("regex BROKEN [\n")
        pid = upgrade(gateway)
        gateway.said.wait("draining 1 connections, as long as they last")
        fresh, behind = gateway.both()
        with fresh, behind:
            fresh.sendall(b"MAIL FROM:<five5@b.c>\r\n")
            assert fresh.recv(100) == b""
        with client, server:
            client.sendall(b"MAIL FROM:<five5@b.c>\r\n")
            assert server.recv(100) == b"MAIL FROM:<five5@b.c>\r\n"
            server.sendall(b"250 ok\r\n")
            assert client.recv(100) == b"250 ok\r\n"
            speak(client, server)
        code = gateway.wait()
        shown = mailward("show", "--control", gateway.control, "service-policy")
        gateway.log.wait("302013: ", count=2)
        numbers = gateway.log.found(r"302013: Built inbound TCP connection (\d+) ")
        end(pid)

        assert code == 0
        assert "esmtp SECOND," in shown.stdout
        assert numbers == ["1", "100000001"]
        assert not Path(gateway.control).exists()


def test_a_program_that_does_not_begin(tmp_path: Path) -> None:
    """The old one goes on and says so; a later attempt succeeds."""
    log = tmp_path / "logs" / "audit.log"
    log.parent.mkdir()
    with running(tmp_path, "--log", str(log)) as gateway:
        log.unlink()
        log.parent.rmdir()
        done = mailward("upgrade", "--control", gateway.control)
        client, server = gateway.both()
        with client, server:
            speak(client, server)
        log.parent.mkdir()
        pid = upgrade(gateway)
        end(pid)

        assert done.returncode == 1
        assert done.stdout == (
            "ERROR: no upgrade: the new program ended before it had begun, exit code "
            f"1; process {gateway.child.pid} goes on\n"
        )
        assert gateway.said.found("audit.log: No such file or directory")


def test_by_signal(tmp_path: Path) -> None:
    """SIGUSR2 does the same, and tells on standard error."""
    with running(tmp_path) as gateway:
        gateway.tell(signal.SIGUSR2)
        said = gateway.said.wait(_TOOK)
        code = gateway.wait()
        client, server = gateway.both()
        with client, server:
            speak(client, server)
        found = re.search(_TOOK, said)
        assert found
        end(int(found[1]))

        assert code == 0
        assert int(found[2]) == gateway.child.pid


def test_open_consoles(tmp_path: Path) -> None:
    """While mail is still with the old program, nobody at its consoles mistakes
    it for the new one: what they type is refused, and they are out; what was
    changed before goes on holding, and a change that waits for a word holds the
    upgrade up."""
    with running(tmp_path) as gateway:
        client, server = gateway.both()
        local, other = Link(gateway.control), Link(gateway.control)
        with client, server, closing(local), closing(other):
            for line in ("conf t", "hostname fresh", "commit confirmed 9"):
                local.ask(LINE, line)
            early = mailward("upgrade", "--control", gateway.control)
            local.ask(LINE, "commit")
            pid = upgrade(gateway)
            told = local.ask(LINE, "hostname lost")
            saved = other.ask(LINE, "write memory")
            asked = mailward("show", "--control", gateway.control, "run", "hostname")
        code = gateway.wait()
        end(pid)

        assert early.returncode == 1
        assert early.stdout == "ERROR: no upgrade: a change waits for `commit`\n"
        assert told.text == f"ERROR: process {pid} has taken over: log in again\n"
        assert told.closed
        assert saved.text == told.text
        assert asked.stdout == "hostname fresh\n"
        assert "fresh" not in gateway.config.read_text()
        assert code == 0


def test_nobody_to_upgrade(tmp_path: Path) -> None:
    """One line, exit code 1."""
    done = mailward("upgrade", "--control", str(tmp_path / "c.sock"))

    assert done.returncode == 1
    assert "nobody answers" in done.stderr
