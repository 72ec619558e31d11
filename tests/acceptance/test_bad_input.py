"""Mistakes of the administrator and of the network are told in plain lines."""

import json
import socket
from pathlib import Path

from tests.acceptance.conftest import EXAMPLE
from tests.acceptance.gateway import Gateway, mailward
from tests.acceptance.postfix import free_port

BAD = EXAMPLE.replace("match body length gt 35000", "match body lenght gt 35000")


def test_configuration_error(tmp_path: Path) -> None:
    """file:line:column, the line, a caret, what would be right; exit 1."""
    file = tmp_path / "bad.cfg"
    file.write_text(BAD)
    done = mailward("check", str(file))
    first, line, caret = done.stderr.splitlines()[:3]

    assert done.returncode == 1
    assert first.startswith(f"{file}:5:12: error: ")
    assert line == "  match body lenght gt 35000"
    assert caret == " " * 13 + "^"
    assert "length" in done.stderr.splitlines()[3]
    assert "Traceback" not in done.stderr


def test_nothing_starts_with_a_bad_configuration(tmp_path: Path) -> None:
    """`run` ends at once with the same words and exit 1."""
    file = tmp_path / "bad.cfg"
    file.write_text(BAD)
    done = mailward(
        "run", str(file), "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:9"
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"{file}:5:12: error: ")
    assert "listening" not in done.stderr


def test_check_in_words_and_in_json(tmp_path: Path) -> None:
    """A good configuration: exit 0, and a document that says so."""
    file = tmp_path / "good.cfg"
    file.write_text(EXAMPLE)
    plain = mailward("check", str(file))
    document = json.loads(mailward("check", str(file), "--json").stdout)

    assert (plain.returncode, plain.stderr) == (0, "")
    assert document["errors"] == []
    assert [x["map"] for x in document["inspections"]] == ["L7_EMAIL_MAP"]


def test_no_such_file(tmp_path: Path) -> None:
    """A configuration that is not there: one line, exit 1."""
    done = mailward("check", str(tmp_path / "none.cfg"))

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "none.cfg" in done.stderr


def test_control_socket_that_nobody_serves(tmp_path: Path) -> None:
    """One clear line, exit 1."""
    path = tmp_path / "control.sock"
    done = mailward("show", "--control", str(path), "service-policy")

    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert str(path) in done.stderr


def test_control_socket_that_is_left_over(tmp_path: Path) -> None:
    """A socket file whose server is gone is told in the same way."""
    path = tmp_path / "c.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    done = mailward("show", "--control", str(path), "service-policy")

    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1


def test_upstream_refuses() -> None:
    """The client's connection is closed, one log line, no traceback."""
    gateway = Gateway(free_port())
    try:
        with socket.create_connection(("127.0.0.1", gateway.port), 20) as client:
            told = client.recv(100)
        line = gateway.log.wait("127.0.0.1")
    finally:
        code = gateway.stop()

    assert told == b""
    assert code == 0
    assert gateway.log.text() == [line]
    assert not any("Traceback" in x for x in gateway.said.text())


def test_wrong_usage() -> None:
    """A missing option is wrong usage: exit 2."""
    assert mailward("run").returncode == 2
