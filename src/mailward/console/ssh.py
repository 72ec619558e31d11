"""SSH: the console for those who come over the network.

Knows: who is let in, the host key, channels with and without a terminal.
Does not know: commands; what keys do (that is `console.discipline`).
Called by: cli (`run --ssh`), tests.
"""

import asyncio
import socket
from pathlib import Path
from typing import Final, final

import asyncssh

from mailward.audit.records import LOGIN_DENIED, LOGIN_PERMITTED
from mailward.console.desk import TRIES, Person
from mailward.console.discipline import Discipline
from mailward.console.gateway import Gateway
from mailward.console.guests import Guest, Guests
from mailward.console.home import work
from mailward.console.machine import SSH_MOST
from mailward.console.session import Session
from mailward.console.users import Users
from mailward.errors import MailwardError

#: Seconds to log in, and without a key pressed where `ssh timeout` says nothing.
LOGIN_SECONDS: Final = 60
IDLE_SECONDS: Final = 1800
#: From this privilege on a single command needs no `enable`.
_MASTER: Final = 15
#: Ctrl-C.
_INTERRUPT: Final = "\x03"


class SshError(MailwardError):
    """SSH cannot be served; the text says why."""


async def serve(
    host: str,
    port: int,
    gateway: Gateway,
    state: Path,
    sock: socket.socket | None = None,
) -> asyncssh.SSHAcceptor:
    """Let the users of the configuration in, at this address, or at a socket that
    is bound to it already, until the acceptor is closed.

    The host key lies in the folder `state`, and is made there if it is not
    there yet; `state/keys/NAME` holds the public keys of a user.  Raises
    SshError.
    """
    if not Users(gateway.loaded.running):
        raise SshError(
            "the configuration has no user: add "
            "`username NAME password PASSWORD privilege 15`"
        )
    door = Door(gateway, state / "keys")
    try:
        return await asyncssh.create_server(
            lambda: Guard(door),
            "" if sock is not None else host,
            None if sock is not None else port,
            sock=sock,
            server_host_keys=[_host_key(state)],
            process_factory=door.talk,
            line_editor=False,
            encoding="utf-8",
            errors="replace",
            login_timeout=LOGIN_SECONDS,
            server_version="mailward",
            allow_scp=False,
            agent_forwarding=False,
            x11_forwarding=False,
        )
    except (OSError, asyncssh.Error, asyncssh.KeyImportError) as error:
        raise SshError(str(error)) from error


def _host_key(state: Path) -> asyncssh.SSHKey:
    """The host key, made at the first time, readable by nobody else."""
    file = state / "ssh_host_ed25519_key"
    try:
        return asyncssh.read_private_key(file)
    except FileNotFoundError:
        key = asyncssh.generate_private_key("ssh-ed25519", "mailward")
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(key.export_private_key())
        return key


@final
class Door:
    """What all connections of one server share."""

    __slots__ = ("_gateway", "keys", "open")

    def __init__(self, gateway: Gateway, keys: Path) -> None:
        self._gateway = gateway
        self.keys = keys
        self.open = 0

    @property
    def guests(self) -> Guests:
        """Who is here."""
        return self._gateway.guests

    @property
    def users(self) -> Users:
        """Who may come in, as things stand."""
        return Users(self._gateway.loaded.running)

    def admits(self, address: str) -> bool:
        """May somebody come in from there, as things stand?"""
        return self._gateway.loaded.admission.admits(address)

    def audit(self, code: int, name: str, peer: tuple[str, int]) -> None:
        """605004 or 605005."""
        words = {
            "user": name,
            "address": peer[0],
            "port": str(peer[1]),
            "place": "console",
            "service": "ssh",
        }
        self._gateway.audit(code, words)

    async def talk(self, process: "asyncssh.SSHServerProcess[str]") -> None:
        """One channel, to its end."""
        name = str(process.get_extra_info("username"))
        address = process.get_extra_info("peername")[0]
        command = process.command
        # Who sends one command cannot be asked for a secret.
        master = command is not None and self.users.level(name) >= _MASTER
        terminal = process.term_type is not None
        session = Session(
            self._gateway,
            Person(name, address),
            privileged=master,
            typed=terminal and command is None,
        )
        if command is not None:
            done, text = await work(session.line, command)
            process.stdout.write(text)
            process.exit(0 if done else 1)
            return
        discipline = Discipline(session, echo=terminal)
        process.stdout.write(discipline.begin())

        def sends_away(word: str) -> None:
            process.stdout.write(f"\r\n{word.rstrip()}\r\n" if terminal else word)
            process.exit(1)

        self.guests.talks(process, sends_away)
        try:
            while not discipline.closed:
                idle = self._gateway.loaded.admission.idle or IDLE_SECONDS
                async with asyncio.timeout(idle):
                    typed = await _typed(process)
                if not typed:
                    break
                process.stdout.write(await work(discipline.feed, typed))
                await process.stdout.drain()
        except (TimeoutError, OSError, asyncssh.Error):
            pass  # gone, or asleep
        finally:
            self.guests.hung_up(process)
        process.exit(0)


async def _typed(process: "asyncssh.SSHServerProcess[str]") -> str:
    """What comes next; empty at the end.  A terminal that changes its size says
    nothing, a break and the signal of Ctrl-C are that key."""
    while True:
        try:
            return await process.stdin.read(4096)
        except asyncssh.TerminalSizeChanged:
            continue  # nothing here depends on it
        except asyncssh.BreakReceived:
            return _INTERRUPT
        except asyncssh.SignalReceived as signal:
            return _INTERRUPT if signal.signal == "INT" else ""


@final
class Guard(asyncssh.SSHServer):
    """Lets one connection in, or not."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._name = ""
        self._peer = ("0.0.0.0", 0)
        self._tries = TRIES
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Another one, if there is room, and it may come from there."""
        self._connection = conn
        self._peer = conn.get_extra_info("peername")[:2]
        self._door.open += 1
        if self._door.open > SSH_MOST or not self._door.admits(self._peer[0]):
            self._door.guests.refused += 1
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """One less."""
        self._door.open -= 1
        self._door.guests.went(self)

    def begin_auth(self, username: str) -> bool:
        """Nobody comes in unasked; a user may have keys."""
        self._name = username
        file = self._door.keys / username
        known = username.replace("-", "").replace(".", "").isalnum()
        if known and self._connection is not None and file.is_file():
            self._connection.set_authorized_keys(str(file))
        return True

    def auth_completed(self) -> None:
        """In."""
        self._door.audit(LOGIN_PERMITTED, self._name, self._peer)
        assert self._connection is not None
        told = self._connection.get_extra_info
        names = ("recv_cipher", "recv_mac", "send_cipher", "send_mac")
        guest = Guest(self._name, str(self._peer[0]), *(str(told(n)) for n in names))
        self._door.guests.came(self, guest)

    def password_auth_supported(self) -> bool:
        """See SSHServer."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Is it the user's?  Three wrong ones are enough."""
        if self._door.users.known(username, password):
            return True
        self._door.audit(LOGIN_DENIED, username, self._peer)
        self._tries -= 1
        if not self._tries:
            raise asyncssh.PermissionDenied("Access denied.")
        return False
