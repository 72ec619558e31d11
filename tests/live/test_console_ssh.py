"""The console over SSH, with a client of this process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec, cast, final

import asyncssh
import pytest

from mailward.audit.auditor import Auditor
from mailward.config.load import load
from mailward.console.gateway import Gateway
from mailward.console.machine import SSH_MOST
from mailward.console.ssh import Door, Guard, SshError, serve
from mailward.drivers.totals import Ring
from mailward.policy.admission import Admission
from tests.live.commands import mailward

P = ParamSpec("P")
CONFIG: Final = """\
hostname gw
username admin password cisco privilege 15
username guest password nobody privilege 1
enable password sesame
"""


def timed(work: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """A test that is a coroutine, and ends."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(30):
                await work(*args, **kwargs)

        asyncio.run(bounded())

    return run


def gateway(text: str = CONFIG) -> Gateway:
    """A gateway with users, whose records are kept."""
    return Gateway(load(text), "1.2.3", 1_700_000_000.0, auditor=Auditor((Ring(),)))


def records(made: Gateway) -> list[str]:
    """What the audit trail says."""
    assert made.auditor is not None
    (ring,) = made.auditor.sinks
    assert isinstance(ring, Ring)
    return [line for _, line in ring.lines]


@asynccontextmanager
async def served(state: Path, made: Gateway) -> AsyncIterator[int]:
    """The port at which it is served."""
    acceptor = await serve("127.0.0.1", 0, made, state)
    try:
        yield acceptor.get_port()
    finally:
        acceptor.close()
        await acceptor.wait_closed()


@asynccontextmanager
async def client(
    port: int, user: str = "admin", password: str = "cisco", **more: object
) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """Somebody who has logged in."""
    connection = await asyncssh.connect(
        "127.0.0.1",
        port,
        username=user,
        password=password,
        known_hosts=None,
        config=[],
        agent_path=None,
        **more,
    )
    async with connection:
        yield connection


@timed
async def test_a_shell_is_a_terminal(tmp_path: Path) -> None:
    """Prompt, echo, `enable`, configuration, the end; the terminal may be
    narrow and have no rows."""
    made = gateway()
    async with served(tmp_path, made) as port, client(port) as connection:
        shell = await connection.create_process(
            term_type="vt100", term_size=(20, 0), encoding="utf-8"
        )
        assert await shell.stdout.readuntil("> ") == "gw> "
        shell.stdin.write("enable\n")
        assert await shell.stdout.readuntil(": ") == "enable\r\nPassword: "
        shell.stdin.write("sesame\n")
        assert await shell.stdout.readuntil("# ") == "\r\ngw# "
        shell.stdin.write("conf t\nhostname gx\nend\nexit\n")
        told = await shell.stdout.read()
        assert told == (
            "conf t\r\ngw(config)# hostname gx\r\ngx(config)# end\r\ngx# exit\r\n"
            "\r\nLogoff\r\n\r\n"
        )
        assert (await shell.wait()).exit_status == 0
    assert records(made)[0].endswith('to console:ssh for user "admin"')
    assert records(made)[0].startswith("%ASA-6-605005: Login permitted from 127.0.")


@timed
async def test_whose_gateway_has_been_replaced_is_told(tmp_path: Path) -> None:
    """In the middle of a line; who has left already is not asked."""
    made = gateway()
    async with served(tmp_path, made) as port, client(port) as connection:
        gone = await connection.create_process(term_type="vt100", encoding="utf-8")
        gone.stdin.write("exit\n")
        await gone.wait()
        shell = await connection.create_process(term_type="vt100", encoding="utf-8")
        plain = await connection.create_process(encoding="utf-8")
        shell.stdin.write("hostn")
        await shell.stdout.readuntil("hostn")
        await plain.stdout.readuntil("> ")
        made.retire("process 7 has taken over: log in again")
        ended = await shell.wait()
        other = await plain.wait()
    assert ended.stdout == "\r\nINFO: process 7 has taken over: log in again\r\n"
    assert other.stdout == "INFO: process 7 has taken over: log in again\n"
    assert ended.exit_status == other.exit_status == 1


@timed
async def test_a_terminal_changes_its_size(tmp_path: Path) -> None:
    """In the middle of a line, and of pages, nothing happens; a break forgets the
    line as Ctrl-C does, another signal hangs up."""
    async with served(tmp_path, gateway()) as port, client(port) as connection:
        shell = await connection.create_process(term_type="vt100", encoding="utf-8")
        shell.stdin.write("enable\nsesame\nshow run h")
        await shell.stdout.readuntil("show run h")
        shell.change_terminal_size(20, 5)
        shell.change_terminal_size(132, 0)
        shell.stdin.write("ostname\nshow running-config all\n")
        told = await shell.stdout.readuntil("<--- More --->")
        shell.change_terminal_size(80, 50)
        shell.stdin.write("qhostn")
        await shell.stdout.readuntil("hostn")
        shell.send_break(0)
        broken = await shell.stdout.readuntil("# ")
        shell.stdin.write("nonsense")
        await shell.stdout.readuntil("nonsense")
        shell.send_signal("INT")
        signalled = await shell.stdout.readuntil("# ")
        shell.send_signal("HUP")
        ended = await shell.wait()
    assert told.startswith("ostname\r\nhostname gw\r\ngw# show running-config all\r\n")
    assert broken == signalled == "^C\r\ngw# "
    assert ended.exit_status == 0


@timed
async def test_one_command_has_its_status(tmp_path: Path) -> None:
    """0 and the answer, 1 and the mistake; who is no master may not do much."""
    async with served(tmp_path, gateway()) as port:
        async with client(port) as connection:
            good = await connection.run("show run hostname")
            bad = await connection.run("show frob")
        async with client(port, "guest", "nobody") as connection:
            shy = await connection.run("show running-config")
    assert (good.exit_status, good.stdout) == (0, "hostname gw\n")
    assert bad.exit_status == 1
    assert str(bad.stdout).startswith("show frob\n     ^\nERROR: % Invalid input")
    assert shy.exit_status == 1


@timed
async def test_who_is_not_known_stays_outside(tmp_path: Path) -> None:
    """A wrong password is refused and told."""
    made = gateway()
    async with served(tmp_path, made) as port:
        with pytest.raises(asyncssh.PermissionDenied):
            async with client(port, "admin", "wrong"):
                raise AssertionError("let in")
    assert [line.split()[1] for line in records(made)] == ["Login"]
    assert records(made)[0].startswith("%ASA-6-605004: Login denied from 127.0.0.1")


@timed
async def test_a_key_of_the_user_opens(tmp_path: Path) -> None:
    """From the folder of keys, for that user only."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "admin").write_bytes(key.export_public_key())
    async with served(tmp_path, gateway()) as port:
        async with client(port, "admin", "wrong", client_keys=[key]) as connection:
            assert (await connection.run("show run hostname")).exit_status == 0
        with pytest.raises(asyncssh.PermissionDenied):
            async with client(port, "guest", "wrong", client_keys=[key]):
                raise AssertionError("let in")


@timed
async def test_the_host_key_stays(tmp_path: Path) -> None:
    """It is made once, and nobody else can read it."""
    file = tmp_path / "state" / "ssh_host_ed25519_key"
    seen: list[bytes] = []
    for _ in range(2):
        async with served(tmp_path / "state", gateway()) as port:
            key = await asyncssh.get_server_host_key("127.0.0.1", port, config=[])
            assert key is not None
            seen.append(key.export_public_key())
    assert seen[0] == seen[1]
    assert file.stat().st_mode & 0o777 == 0o600


@timed
async def test_there_is_an_end_to_connections(tmp_path: Path) -> None:
    """As many as the appliance has, and room again when one goes."""
    async with served(tmp_path, gateway()) as port:
        kept = [
            await asyncssh.connect(
                "127.0.0.1",
                port,
                username="admin",
                password="cisco",
                known_hosts=None,
                config=[],
                agent_path=None,
            )
            for _ in range(SSH_MOST)
        ]
        with pytest.raises((asyncssh.Error, OSError)):
            async with client(port):
                raise AssertionError("let in")
        kept[0].close()
        await kept[0].wait_closed()
        async with client(port) as connection:
            assert (await connection.run("show version")).exit_status == 0
        for connection in kept[1:]:
            connection.close()
            await connection.wait_closed()


@final
class Caller:
    """A connection from somewhere, as far as it is looked at."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.aborted = False

    def get_extra_info(self, _name: str) -> tuple[str, int]:
        """Who it is."""
        return self._address, 40000

    def abort(self) -> None:
        """It is over."""
        self.aborted = True


@pytest.mark.parametrize(
    ("address", "refused"),
    [("10.1.1.1", False), ("192.0.2.1", True), ("127.0.0.1", False)],
)
def test_ssh_lines_say_from_where(tmp_path: Path, address: str, refused: bool) -> None:
    """Others are turned away before they can say who they are."""
    made = gateway(f"{CONFIG}ssh 10.0.0.0 255.0.0.0 inside\n")
    caller = Caller(address)
    guard = Guard(Door(made, tmp_path))
    guard.connection_made(cast("asyncssh.SSHServerConnection", caller))

    assert caller.aborted is refused


@timed
async def test_ssh_timeout_ends_a_session(tmp_path: Path) -> None:
    """One in which nothing is typed."""
    made = gateway()
    made.loaded = replace(made.loaded, admission=Admission(idle=1))
    async with served(tmp_path, made) as port, client(port) as connection:
        process = await connection.create_process(term_type="vt100")
        await process.wait()
        assert process.exit_status == 0


@timed
async def test_without_users_there_is_no_ssh(tmp_path: Path) -> None:
    """And what is missing is told."""
    with pytest.raises(SshError, match="add `username NAME password"):
        await serve("127.0.0.1", 0, gateway(""), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_says_what_is_missing(tmp_path: Path) -> None:
    """`--ssh` without a user in the configuration ends at once."""
    file = tmp_path / "gateway.cfg"
    file.write_text("hostname gw\n")
    ways = ["--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:9"]
    control = str(tmp_path / "c.sock")
    ends = mailward("run", str(file), *ways, "--control", control, "--ssh", "[::1]:0")
    assert ends.returncode == 1
    assert "the configuration has no user: add `username" in ends.stderr
