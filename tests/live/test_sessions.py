"""A live session told afterwards: by the console, and by `mailward trace --live`."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.live.commands import mailward
from tests.live.test_cli import Process

SECRET = b"c2VjcmV0"


def speak(process: Process, sender: bytes) -> None:
    """A session with this sender; its server refuses nothing."""
    client, server = process.both()
    with closing(client), closing(server):
        for said, answer in (
            (b"EHLO a\r\n", b"250-mail\r\n250 AUTH PLAIN\r\n"),
            (b"AUTH PLAIN " + SECRET + b"\r\n", b"235 ok\r\n"),
            (b"MAIL FROM:<" + sender + b">\r\n", b"250 ok\r\n"),
            (b"DATA\r\n", b"354 go\r\n"),
            (b"Subject: " + SECRET + b"\r\n\r\nbody\r\n.\r\n", b"250 queued\r\n"),
            (b"QUIT\r\n", b"221 bye\r\n"),
        ):
            client.sendall(said)
            if not received(server, said):
                assert client.recv(100) == b""
                return
            server.sendall(answer)
            assert received(client, answer)
        client.shutdown(socket.SHUT_WR)
        assert server.recv(100) == b""
        server.shutdown(socket.SHUT_WR)
        assert client.recv(100) == b""


def received(end: socket.socket, octets: bytes) -> bool:
    """Does it all arrive?"""
    got = b""
    while len(got) < len(octets):
        more = end.recv(4096)
        if not more:
            return False
        got += more
    assert got == octets
    return True


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """A gateway of two workers, each of which keeps some sessions."""
    made = Process(tmp_path, "--workers", "2", logging="mailward sessions 8\n")
    try:
        yield made
    finally:
        made.close()


def numbers(process: Process) -> list[int]:
    """The connections that the log tells of, in their order."""
    return [int(n) for n in process.log.found(r"Built inbound TCP connection (\d+)")]


def test_a_session_is_told_afterwards(process: Process) -> None:
    """By the number that the log gives it, whichever worker had it; without message
    and secrets."""
    speak(process, b"a@b")
    speak(process, b"x" * 60 + b"@long.example")
    process.log.wait("%ASA-4-507003")
    process.log.wait("TCP FINs")
    passed, ended = numbers(process)
    control = ("--control", process.control)

    listed = mailward("show", *control, "mailward", "sessions")
    assert listed.stdout.splitlines()[0] == "2 sessions can be told"
    told = mailward("trace", "--live", str(passed), *control)
    assert (told.returncode, told.stderr) == (0, "")
    assert "C: MAIL FROM:<a@b>" in told.stdout
    assert SECRET.decode() not in told.stdout
    assert "a message with the fields Subject" in told.stdout
    assert "Class 1: sender-address length gt 40 - saw 3: no" in told.stdout
    assert f"TCP connection {passed} " in told.stdout
    told = mailward("trace", "--live", str(ended), *control, "--json")
    assert told.returncode == 1
    last = json.loads(told.stdout.splitlines()[-1])
    assert last["rule"]["match"] == "sender-address length gt 40"
    assert last["verdict"] == "drop"
    assert SECRET.decode() not in told.stdout


def test_who_asks_for_what_is_not_there(process: Process, tmp_path: Path) -> None:
    """A session that nobody knows, a gateway that is not there, wrong usage."""
    told = mailward("trace", "--live", "77", "--control", process.control)
    assert (told.returncode, told.stdout) == (2, "")
    assert "nothing is known of session 77" in told.stderr
    told = mailward("trace", "--live", "1", "--control", str(tmp_path / "none.sock"))
    assert told.returncode == 2
    assert mailward("trace", "x", "--live", "1", COLUMNS="200").returncode == 2
    assert mailward("trace", COLUMNS="200").returncode == 2
