"""What systemd is told, and that nobody is hurt where it is not there."""

import os
import socket
from pathlib import Path

import pytest

from mailward.fleet.notify import Notify


def test_lines_in_one_datagram(tmp_path: Path) -> None:
    """Each call is a datagram to the socket that the environment names."""
    path = str(tmp_path / "n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        notify = Notify({"NOTIFY_SOCKET": path})
        notify.tell("READY=1", "STATUS=well")
        notify.reloading()

        assert listener.recv(100) == b"READY=1\nSTATUS=well"
        assert listener.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC=")


def test_an_abstract_socket() -> None:
    """Its name begins with @ for NUL."""
    name = f"mailward-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name)
        Notify({"NOTIFY_SOCKET": "@" + name}).tell("WATCHDOG=1")

        assert listener.recv(100) == b"WATCHDOG=1"


def test_nobody_listens(tmp_path: Path) -> None:
    """No matter."""
    Notify({}).tell("READY=1")
    Notify({"NOTIFY_SOCKET": str(tmp_path / "none")}).tell("READY=1")


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, 0.0),
        ({"WATCHDOG_USEC": "x"}, 0.0),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}, 0.5),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"}, 0.0),
    ],
)
def test_the_watchdog(environment: dict[str, str], seconds: float) -> None:
    """How often a sign of life is wanted, if it is wanted of us."""
    assert Notify(environment).watchdog == seconds
