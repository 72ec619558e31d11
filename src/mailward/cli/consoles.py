"""Consoles: where administrators come in.

Knows: the control socket, SSH; which of them may be missing.
Does not know: commands.
Called by: `cli.gateway`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, final

from mailward.cli.entrances import one_socket
from mailward.cli.files import fail, notice
from mailward.console.control import Control, ControlError
from mailward.console.control import serve as serve_control
from mailward.console.gateway import Gateway
from mailward.drivers.tcp import Place, bound
from mailward.fleet.sockets import Sockets

if TYPE_CHECKING:
    from asyncssh import SSHAcceptor


@final
class Consoles:
    """All of one gateway.  `control` is a path, `state` the folder of the host
    key; a socket for SSH is opened at once, the rest later.  `heir`: somebody else
    serves the control socket still, and will leave it to us."""

    def __init__(
        self,
        control: str,
        ssh: Place | None,
        state: str,
        sockets: Sockets,
        *,
        heir: bool,
    ) -> None:
        self._path = control
        self._place = ssh
        self._heir = heir
        self._listener = None
        if ssh is not None:
            self._listener = one_socket(sockets, "ssh", ssh)
        self._state = Path(state)
        self._control: Control | None = None
        self._ssh: SSHAcceptor | None = None

    async def open(self, gateway: Gateway) -> None:
        """Serve.  Mail matters more than a control socket that cannot be opened;
        but whoever asks for SSH and cannot have it must hear of it at once."""
        try:
            self._control = await serve_control(self._path, gateway, over=self._heir)
        except ControlError as error:
            notice(f"no control socket: {error}")
        if self._place is not None:
            self._ssh = await self._serve_ssh(self._place, gateway)

    def close(self) -> None:
        """Nobody comes in any more."""
        if self._control is not None:
            self._control.close()
        if self._ssh is not None:
            self._ssh.close()

    async def _serve_ssh(self, place: Place, gateway: Gateway) -> "SSHAcceptor":
        try:
            from mailward.console.ssh import SshError, serve
        except ImportError:
            fail("--ssh needs the extra `console`: pip install 'mailward[console]'")
        try:
            door = await serve(
                place.host, place.port, gateway, self._state, self._listener
            )
        except SshError as error:
            fail(f"--ssh {place}: {error}")
        notice(f"ssh on {bound(door.sockets[0])}")
        return door
