"""Several workers behind one place: what they do together, and what dies."""

import os
import re
import signal
import socket
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from tests.live.commands import mailward
from tests.live.test_cli import PATIENCE, POLICY, Process, running, speak
from tests.processes import workers

CONNECTIONS: Final = 1000
#: Held at once: the upstream's backlog, and descriptors, are finite.
HELD: Final = 200


def workers_of(gateway: Process) -> list[int]:
    """The processes that the supervisor has started."""
    return workers(gateway.child.pid)


def told(gateway: Process, *words: str) -> str:
    """What a show says."""
    return mailward("show", "--control", gateway.control, *words).stdout


def until_replaced(gateway: Process, dead: int, count: int) -> list[int]:
    """The workers, once the dead one has a successor."""
    end = monotonic() + PATIENCE
    while monotonic() < end:
        found = workers_of(gateway)
        if dead not in found and len(found) == count:
            return found
        sleep(0.05)
    raise AssertionError(f"{dead} was not replaced: {workers_of(gateway)}")


def test_a_thousand_connections_add_up(tmp_path: Path) -> None:
    """Over three workers: all are counted once, under numbers of their own, and
    the kernel has given some to each."""
    with running(tmp_path, "--workers", "3") as gateway:
        gateway.upstream.listen(HELD)
        for number in range(1, CONNECTIONS // HELD + 1):
            with ExitStack() as crowd:
                for _ in range(HELD):
                    client, server = gateway.both()
                    crowd.enter_context(client)
                    crowd.enter_context(server)
                held = told(gateway, "conn")
                assert held.startswith(f"{HELD} in use")
                assert held.count("\n") == HELD + 1
            # Those that are about to end would still be shown.
            gateway.log.wait("302014", count=HELD * number, timeout=60)
        numbers = gateway.log.found(r"302013: Built inbound TCP connection (\d+) ")
        records = told(gateway, "mailward", "records")

        assert len(set(numbers)) == CONNECTIONS
        assert {int(number) // 100_000_000 for number in numbers} == {0, 1, 2}
        assert re.findall(r"-30201[34] +(\d+)", records) == [str(CONNECTIONS)] * 2
        assert "packet 1000" in told(gateway, "service-policy")


def test_only_its_own_connections_die(tmp_path: Path) -> None:
    """A worker is killed: its connections are reset, the others' speak on; the log
    says so; it is replaced, and what it had counted stays counted."""
    with running(tmp_path, "--workers", "2") as gateway, ExitStack() as crowd:
        pairs = [gateway.both() for _ in range(30)]
        for pair in pairs:
            crowd.enter_context(pair[0])
            crowd.enter_context(pair[1])
        gateway.log.wait("302013", count=30)
        of = dict(
            re.findall(
                r"connection (\d+) for outside:127\.0\.0\.1/(\d+) ",
                "\n".join(gateway.log.text()),
            )
        )
        first = {int(port) for number, port in of.items() if int(number) < 100_000_000}
        # Whoever asks has all workers asked how far they have counted.
        assert re.findall(r"-302013 +(\d+)", told(gateway, "mailward", "records")) == [
            "30"
        ]
        before = workers_of(gateway)
        victim = before[0]
        os.kill(victim, signal.SIGKILL)
        gateway.log.wait("900023: Worker lost: worker 0 is dead: killed by signal 9")
        gateway.log.wait("900024: Worker replaced: worker 0 was replaced")
        after = until_replaced(gateway, victim, 2)
        dead = alive = 0
        for client, server in pairs:
            if client.getsockname()[1] in first:
                assert ended(client)
                assert ended(server)
                dead += 1
            else:
                speak(client, server)
                alive += 1
        for _ in range(10):
            client, server = gateway.both()
            with client, server:
                speak(client, server)
        records = told(gateway, "mailward", "records")

        assert set(after) - set(before) == {*after} - {before[1]}
        assert dead == len(first) > 0
        assert alive == 30 - dead > 0
        assert re.findall(r"-302013 +(\d+)", records) == ["40"]


def ended(sock: socket.socket) -> bool:
    """FIN or RST has come."""
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def test_clients_wait_for_the_successor(tmp_path: Path) -> None:
    """While the only worker is dead nobody is refused."""
    with running(tmp_path) as gateway:
        for _ in range(3):
            (victim,) = workers_of(gateway)
            os.kill(victim, signal.SIGKILL)
            client, server = gateway.both()
            with client, server:
                speak(client, server)
            until_replaced(gateway, victim, 1)


def test_a_reload_reaches_all_workers(tmp_path: Path) -> None:
    """Also those that come later; a broken configuration reaches nobody."""
    with running(tmp_path, "--workers", "2") as gateway:
        gateway.config.write_text(POLICY.format(name="SECOND").replace("40", "4"))
        gateway.tell(signal.SIGHUP)
        gateway.said.wait("read again")
        gateway.config.write_text("regex A [\n")
        gateway.tell(signal.SIGHUP)
        gateway.said.wait("stays as it was")
        victim = workers_of(gateway)[1]
        os.kill(victim, signal.SIGKILL)
        until_replaced(gateway, victim, 2)
        for _ in range(20):
            client, server = gateway.both()
            with client, server:
                client.sendall(b"MAIL FROM:<five5@b.c>\r\n")
                assert client.recv(100) == b""

        said = told(gateway, "service-policy", "inspect", "esmtp")
        assert "esmtp SECOND," in said
        assert "drop-connection log, packet 20" in said


def test_mail_does_not_wait_for_a_large_policy(tmp_path: Path) -> None:
    """It compiles beside the connections: none is left without an answer for as long
    as that takes, once in the supervisor and once in the worker."""
    entries = "".join(
        f"access-list A extended permit tcp host 10.1.{i >> 8}.{i & 255} any\n"
        for i in range(15_000)
    )
    with running(tmp_path) as gateway:
        client, server = gateway.both()
        waits: list[float] = []
        with client, server:
            # The machine may be slow for a moment; who compiles in line always is.
            while len(waits) < 4 and min(waits, default=1.0) >= 0.2:
                gateway.config.write_text(
                    entries + POLICY.format(name=f"AGAIN-{len(waits)}")
                )
                gateway.tell(signal.SIGHUP)
                began = last = monotonic()
                gap = 0.0
                while len(gateway.said.found("read again")) <= len(waits):
                    speak(client, server)
                    gap = max(gap, monotonic() - last)
                    last = monotonic()
                waits.append(gap / (last - began))

        assert f"esmtp AGAIN-{len(waits) - 1}," in told(gateway, "service-policy")
        assert min(waits) < 0.2, waits


def test_a_rate_is_shared(tmp_path: Path) -> None:
    """Of four commands a second each of two workers lets two pass at once."""
    rated = POLICY.replace(
        " match sender-address length gt 40\n  drop-connection log\n",
        " match cmd verb NOOP\n  rate-limit 4\n",
    )
    with running(tmp_path, "--workers", "2") as gateway, ExitStack() as crowd:
        gateway.config.write_text(rated.format(name="RATED"))
        gateway.tell(signal.SIGHUP)
        gateway.said.wait("read again")
        by_worker: dict[int, socket.socket] = {}
        servers: dict[int, socket.socket] = {}
        while len(by_worker) < 2:
            since = gateway.log.mark()
            client, server = gateway.both()
            crowd.enter_context(client)
            crowd.enter_context(server)
            line = gateway.log.wait("302013: Built", since=since)
            number = int(re.findall(r"connection (\d+) ", line)[0])
            by_worker[number // 100_000_000] = client
            servers[number // 100_000_000] = server
        for worker, client in by_worker.items():
            client.sendall(b"NOOP\r\n" * 3)
            server = servers[worker]
            heard = b""
            while heard.count(b"\n") < 3:
                heard += server.recv(100)
                server.sendall(b"250 ok\r\n" * heard.count(b"\n"))

        said = told(gateway, "service-policy", "inspect", "esmtp")
        delayed = int(re.findall(r"rate-limit 4, packet (\d+)", said)[0])
        assert delayed >= 2


def test_counters_are_cleared_everywhere(tmp_path: Path) -> None:
    """Those of the dead too."""
    with running(tmp_path, "--workers", "2") as gateway:
        for _ in range(10):
            client, server = gateway.both()
            client.close()
            server.close()
        gateway.log.wait("302014", count=10)
        assert "packet 10," in told(gateway, "service-policy")
        victim = workers_of(gateway)[0]
        os.kill(victim, signal.SIGKILL)
        until_replaced(gateway, victim, 2)
        assert "packet 10," in told(gateway, "service-policy")
        ask(gateway, "clear service-policy")

        assert "packet 0," in told(gateway, "service-policy")


def ask(gateway: Process, line: str) -> str:
    """A line on the control socket."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(PATIENCE)
        link.connect(gateway.control)
        link.sendall(line.encode() + b"\n")
        return b"".join(iter(lambda: link.recv(65536), b"")).decode()


def test_workers_leave_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    """Nobody is left behind."""
    with running(tmp_path, "--workers", "2") as gateway:
        there = workers_of(gateway)
        gateway.child.kill()
        gateway.wait()
        end = monotonic() + PATIENCE
        while monotonic() < end and any(Path(f"/proc/{pid}").exists() for pid in there):
            sleep(0.05)

        assert [pid for pid in there if Path(f"/proc/{pid}").exists()] == []
