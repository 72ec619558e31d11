"""Usage, files and defaults of the commands."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.commands import mailward


def test_a_taken_port(tmp_path: Path) -> None:
    """Listening where somebody listens: one line, exit 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        words = ("--upstream", "127.0.0.1:9", "--control", str(tmp_path / "c.sock"))
        done = mailward("run", "--listen", where, *words)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"mailward: cannot listen on {where}: Address already in use\n"
    )


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("--upstream", "127.0.0.1"), "is not HOST:PORT"),
        (("--upstream", "127.0.0.1:x"), "is not a port"),
        (("--upstream", "127.0.0.1:9", "--log-format", "xml"), "asa nor json"),
        (("--upstream", "127.0.0.1:9", "--log-level", "loud"), "informational"),
        (("--upstream", "127.0.0.1:9", "--log-size", "10X"), "'10X' is no size"),
        (("--upstream", "127.0.0.1:9", "--idle", "0"), "--idle"),
    ],
)
def test_wrong_usage(words: tuple[str, ...], wrong: str) -> None:
    """Exit 2, and a word on what would be right."""
    done = mailward("run", "--listen", "127.0.0.1:0", *words, COLUMNS="200")

    assert done.returncode == 2
    assert wrong in done.stderr


PUBLISHED = """\
interface eth0
 nameif outside
interface eth1
 nameif inside
object network M
 host 10.0.0.1
 nat (inside,outside) static interface service tcp smtp smtp
class-map SMTP
 match port tcp eq smtp
policy-map POLICY
 class SMTP
  inspect esmtp
service-policy POLICY global
"""


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ((), "--listen and --upstream, or a CONFIG, are missing"),
        (("--listen", "127.0.0.1:0"), "--listen and --upstream go together"),
        (("--upstream", "127.0.0.1:9"), "--listen and --upstream go together"),
        (("--transparent", "--upstream", "127.0.0.1:9"), "no --listen"),
        (("--transparent", "--proxy-protocol"), "no --proxy-protocol"),
        (("--transparent", "--send-proxy", "v3"), "'v3' is neither v1 nor v2"),
    ],
)
def test_ways_that_exclude_each_other(words: tuple[str, ...], wrong: str) -> None:
    """Connections come by hand, by NAT, or diverted by the kernel."""
    done = mailward("run", *words, COLUMNS="200")

    assert done.returncode == 2
    assert wrong in done.stderr


@pytest.mark.parametrize(
    ("words", "lines", "told"),
    [
        ((), "hostname x", "nothing to listen at: the configuration publishes no"),
        (("--transparent",), "hostname x", "names no interface (nameif)"),
        (
            (),
            PUBLISHED,
            "line 7: interface outside has no address to publish a server at",
        ),
    ],
)
def test_nowhere_to_come_from(
    tmp_path: Path, words: tuple[str, ...], lines: str, told: str
) -> None:
    """What the configuration lacks is told in one line, exit 1."""
    file = tmp_path / "some.cfg"
    file.write_text(lines)
    done = mailward("run", str(file), *words)

    assert done.returncode == 1
    assert told in done.stderr.splitlines()[-1]


def test_a_name_without_an_address() -> None:
    """An upstream that does not resolve: one line, exit 1."""
    done = mailward("run", "--listen", "127.0.0.1:0", "--upstream", "no.invalid:25")

    assert done.returncode == 1
    assert done.stderr.startswith("mailward: no.invalid:25: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("octets", "code", "told"),
    [
        (b"\x7fELF\0\0\0", 1, "not a configuration: it holds NUL octets"),
        (b"hostname caf\xe9\n", 0, ""),
        (b"access-list A remark \x93quoted\x94\n", 0, ""),
        ("\ufeffhostname caf\u00e9\n".encode(), 0, ""),
    ],
)
def test_files_of_all_sorts(
    tmp_path: Path, octets: bytes, code: int, told: str
) -> None:
    """Binary junk is refused in one line; Latin-1, Windows and UTF-8 are text."""
    file = tmp_path / "some.cfg"
    file.write_bytes(octets)
    done = mailward("check", str(file))

    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert told in done.stderr


def test_strict_makes_warnings_errors(tmp_path: Path) -> None:
    """A policy that is never applied is a warning; --strict exits 1."""
    file = tmp_path / "some.cfg"
    file.write_text("policy-map type inspect esmtp UNUSED\n")
    lenient = mailward("check", str(file))
    strict = mailward("check", str(file), "--strict")

    assert (lenient.returncode, strict.returncode) == (0, 1)
    assert f"{file}:1:31: warning: " in lenient.stderr
    assert "Nothing is inspected: mail passes as it is" in lenient.stdout


def test_the_control_socket_has_a_default(tmp_path: Path) -> None:
    """Root: /run/mailward; others: the XDG folder, or one under home."""
    asked = "from mailward.cli import default_control as d; print(d(make=True))"
    told = []
    for name in ("XDG_RUNTIME_DIR", "HOME"):
        environment = {k: v for k, v in os.environ.items() if k != "XDG_RUNTIME_DIR"}
        environment[name] = str(tmp_path / name)
        done = subprocess.run(
            [sys.executable, "-c", f"import os; os.geteuid = lambda: 1\n{asked}"],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        told.append(done.stdout.strip())

    assert told == [
        str(tmp_path / "XDG_RUNTIME_DIR" / "mailward" / "control.sock"),
        str(tmp_path / "HOME" / ".local" / "state" / "mailward" / "control.sock"),
    ]
    assert Path(told[0]).parent.is_dir()
