"""The process as its administrator handles it: options, signals, files."""

import os
import resource
import select
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final, final

import pytest

from tests.acceptance.lines import Lines
from tests.live.commands import COMMAND, mailward

POLICY: Final = """\
policy-map type inspect esmtp {name}
 match sender-address length gt 40
  drop-connection log
class-map CLASS
 match any
policy-map POLICY
 class CLASS
  inspect esmtp {name}
service-policy POLICY global
"""
PATIENCE: Final = 60.0


@final
class Process:
    """`mailward run` in front of a listening socket of the test's."""

    def __init__(
        self,
        folder: Path,
        *more: str,
        descriptors: int = 0,
        logging: str = "",
        environment: dict[str, str] | None = None,
        python: str = "",
    ) -> None:
        self.upstream = socket.create_server(("127.0.0.1", 0))
        self.upstream.settimeout(PATIENCE)
        self.config = folder / "gateway.cfg"
        self.config.write_text(logging + POLICY.format(name="FIRST"))
        self.control = str(folder / "c.sock")
        port = self.upstream.getsockname()[1]
        words = ["run", str(self.config), "--listen", "127.0.0.1:0"]
        words += ["--upstream", f"127.0.0.1:{port}", "--control", self.control, *more]

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.child = subprocess.Popen(
            [python or COMMAND[0], *COMMAND[1:], *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            preexec_fn=limit if descriptors else None,  # noqa: PLW1509
        )
        assert self.child.stdout is not None
        assert self.child.stderr is not None
        self.log = Lines(self.child.stdout)
        self.said = Lines(self.child.stderr)
        line = self.said.wait("listening on")
        self.port = int(line.split(",")[0].rsplit(":", 1)[1])

    def client(self) -> socket.socket:
        """A new client."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def both(self) -> tuple[socket.socket, socket.socket]:
        """A new client, and its connection at the server, after the banner."""
        client = self.client()
        server, _ = self.upstream.accept()
        server.settimeout(PATIENCE)
        server.sendall(b"220 hello\r\n")
        assert client.recv(100) == b"220 hello\r\n"
        return client, server

    def refuses(self) -> None:
        """Wait until nobody is let in any more: the last of the processes that
        listen may be closing its socket still."""
        end = monotonic() + PATIENCE
        with suppress(ConnectionRefusedError):
            while monotonic() < end:
                with suppress(ConnectionResetError), self.client():
                    pass
            raise AssertionError("clients are let in")

    def tell(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.child.send_signal(number)

    def wait(self) -> int:
        """The exit code, once it is there."""
        return self.child.wait(PATIENCE)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait(PATIENCE)
        self.log.close()
        self.said.close()
        self.upstream.close()


@contextmanager
def running(
    folder: Path,
    *more: str,
    descriptors: int = 0,
    environment: dict[str, str] | None = None,
    python: str = "",
) -> Iterator[Process]:
    """A running gateway."""
    process = Process(
        folder,
        *more,
        descriptors=descriptors,
        environment=environment,
        python=python,
    )
    try:
        yield process
    finally:
        process.close()


def speak(client: socket.socket, server: socket.socket) -> None:
    """A command and its answer pass: the session lives."""
    client.sendall(b"NOOP\r\n")
    assert server.recv(100) == b"NOOP\r\n"
    server.sendall(b"250 ok\r\n")
    assert client.recv(100) == b"250 ok\r\n"


def test_sigterm_drains(tmp_path: Path) -> None:
    """No new connections; the session in progress ends as it likes; exit 0, and
    nothing is left behind."""
    with running(tmp_path) as gateway:
        client, server = gateway.both()
        with client, server:
            gateway.tell(signal.SIGTERM)
            said = gateway.said.wait("draining")
            gateway.refuses()
            speak(client, server)
        code = gateway.wait()
        gateway.log.ended(PATIENCE)

        assert said == "mailward: draining 1 connections, at most 60 s"
        assert code == 0
        assert gateway.log.found(r"(302014).* TCP FINs$") == ["302014"]
        assert not Path(gateway.control).exists()


def test_a_drain_is_bounded(tmp_path: Path) -> None:
    """Who does not end within --drain seconds is reset; exit 0."""
    with running(tmp_path, "--drain", "0.1") as gateway:
        client, server = gateway.both()
        with client, server:
            gateway.tell(signal.SIGTERM)
            code = gateway.wait()
            with pytest.raises(ConnectionResetError):
                client.recv(100)
            with pytest.raises(ConnectionResetError):
                server.recv(100)
        gateway.log.ended(PATIENCE)

        assert code == 0
        assert len(gateway.log.found(r"302014.* TCP Reset - APPLIANCE$")) == 1


def test_a_second_sigterm_ends_at_once(tmp_path: Path) -> None:
    """The session in progress is reset; exit 0."""
    with running(tmp_path) as gateway:
        client, server = gateway.both()
        with client, server:
            gateway.tell(signal.SIGTERM)
            gateway.said.wait("draining")
            gateway.tell(signal.SIGTERM)
            code = gateway.wait()
            with pytest.raises(ConnectionResetError):
                client.recv(100)

        assert code == 0


def test_sigint_interrupts(tmp_path: Path) -> None:
    """Exit 130, without waiting for anybody."""
    with running(tmp_path) as gateway:
        client, server = gateway.both()
        with client, server:
            gateway.tell(signal.SIGINT)

            assert gateway.wait() == 130


def test_sighup_is_for_new_connections(tmp_path: Path) -> None:
    """A good configuration replaces the old one; a bad one is told with its
    place, and the old one stays."""
    with running(tmp_path) as gateway:
        old = gateway.both()
        gateway.config.write_text(POLICY.format(name="SECOND").replace("40", "4"))
        gateway.tell(signal.SIGHUP)
        gateway.said.wait("the configuration was read again, for new connections")
        second = mailward("show", "--control", gateway.control, "service-policy")
        gateway.config.write_text("regex A [\n")
        gateway.tell(signal.SIGHUP)
        gateway.said.wait("the configuration stays as it was")
        gateway.config.unlink()
        gateway.tell(signal.SIGHUP)
        gateway.said.wait("gateway.cfg: No such file")
        third = mailward("show", "--control", gateway.control, "service-policy")
        new = gateway.both()
        with old[0], old[1], new[0], new[1]:
            for client, _ in (old, new):
                client.sendall(b"MAIL FROM:<five5@b.c>\r\n")

            assert old[1].recv(100) == b"MAIL FROM:<five5@b.c>\r\n"
            assert new[1].recv(100) == b""
            assert new[0].recv(100) == b""
        assert "esmtp SECOND," in second.stdout
        assert "esmtp SECOND," in third.stdout
        assert len(gateway.said.found(r"gateway.cfg:1:\d+: error: ")) == 1


def test_running_out_of_descriptors(tmp_path: Path) -> None:
    """Told once; who is connected lives on; who waited is served afterwards."""
    with running(tmp_path, "--log-level", "errors", descriptors=40) as gateway:
        client, server = gateway.both()
        with client, server:
            with ExitStack() as crowd:
                for _ in range(40):
                    crowd.enter_context(gateway.client())
                gateway.said.wait("cannot accept connections: Too many open files")
                speak(client, server)
            speak(client, server)
        with gateway.client() as late:
            # Those of the crowd reach the server too, one after the other.
            while True:
                ready, _, _ = select.select([late, gateway.upstream], [], [], PATIENCE)
                assert ready
                if late in ready:
                    heard = late.recv(100)
                    break
                server.close()
                server, _ = gateway.upstream.accept()
                with suppress(OSError):
                    server.sendall(b"220 late\r\n")
            server.close()

        assert heard == b"220 late\r\n"
        assert len(gateway.said.found("cannot accept")) == 1


def test_records_go_to_a_file_as_json(tmp_path: Path) -> None:
    """--log appends; --log-format json writes an object a line."""
    file = tmp_path / "audit.json"
    file.write_text("{}\n")
    with running(tmp_path, "--log", str(file), "--log-format", "json") as gateway:
        client, server = gateway.both()
        client.close()
        server.close()
        gateway.tell(signal.SIGTERM)
        code = gateway.wait()
        lines = file.read_text().splitlines()

        assert code == 0
        assert lines[0] == "{}"
        assert ['"code": "302013"' in line for line in lines[1:]] == [True, False]


def test_a_log_that_nobody_reads_does_not_stop_mail(tmp_path: Path) -> None:
    """Standard output is a pipe that is full: mail passes all the same."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while os.write(writer, b"x" * 65536):
            pass
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)
    with socket.create_server(("127.0.0.1", 0)) as upstream:
        port = upstream.getsockname()[1]
        words = ["run", "--listen", "127.0.0.1:0", "--upstream", f"127.0.0.1:{port}"]
        words += ["--control", str(tmp_path / "c.sock")]
        child = subprocess.Popen(
            [*COMMAND, *words], stdout=writer, stderr=subprocess.PIPE
        )
        os.close(writer)
        try:
            assert child.stderr is not None
            said = Lines(child.stderr)
            line = said.wait("listening on")
            where = int(line.split(",")[0].rsplit(":", 1)[1])
            for _ in range(20):
                with socket.create_connection(("127.0.0.1", where), PATIENCE) as client:
                    server, _ = upstream.accept()
                    with server:
                        server.sendall(b"220 hello\r\n")
                        assert client.recv(4) == b"220 "
        finally:
            child.kill()
            child.wait(PATIENCE)
            said.close()
            os.close(reader)


def test_a_control_socket_that_cannot_be_opened(tmp_path: Path) -> None:
    """It is told, and mail passes."""
    with running(tmp_path, "--control", str(tmp_path / "no" / "c.sock")) as gateway:
        client, server = gateway.both()
        with client, server:
            speak(client, server)

        assert len(gateway.said.found("no control socket: .*No such file")) == 1


def test_a_reset_of_the_client_reaches_the_server(tmp_path: Path) -> None:
    """RST in, RST out, through the whole process."""
    with running(tmp_path) as gateway:
        client, server = gateway.both()
        with server:
            linger = struct.pack("ii", 1, 0)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            client.close()
            with pytest.raises(ConnectionResetError):
                server.recv(100)
        gateway.log.wait(r"302014.* TCP Reset-O$")
