"""The two programs of the demonstration: a mail server and the real gateway.

Knows: how each is started on the loopback, and how each is heard.
Does not know: which mails are sent, what ought to become of them.
Called by: `mailward.demo`.
"""

import asyncio
import logging
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Final, final

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailward.errors import MailwardError

#: Seconds after which something that must come is given up.
PATIENCE: Final = 15.0

_LISTENING: Final = "mailward: listening on 127.0.0.1:"

#: What the mail server announces besides what it can; some of it is not for
#: strangers.
_ANNOUNCED: Final = ("STARTTLS", "CHUNKING", "XEXCH50", "DSN", "VRFY")


@final
class Mailbox:
    """The handler of the mail server: keeps what arrives."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_EHLO(  # noqa: N802 - the library's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """A rich list: each keyword stands before the closing line."""
        session.host_name = hostname
        return [*responses[:-1], *(f"250-{w}" for w in _ANNOUNCED), responses[-1]]

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Everybody at home but Bob is unknown."""
        if address != "bob@example.com":
            return f"550 5.1.1 No such user: <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.contents.append(content)
        return "250 2.0.0 Ok: queued"


@final
class MailServer:
    """aiosmtpd in a thread, on a port that the system chooses."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self._port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        # The library tells of each bad command on standard error.
        logging.getLogger("mail.log").propagate = False
        logging.getLogger("mail.log").addHandler(logging.NullHandler())
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> int:
        """Serve; the port."""
        self._thread.start()
        self._ready.wait(PATIENCE)
        return self._port

    def stop(self) -> None:
        """Serve no more."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await self._loop.create_server(self._session, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()

    def _session(self) -> SMTP:
        """One connection's server."""
        return SMTP(
            self.mailbox, hostname="mail.example.com", ident="demo", loop=self._loop
        )


@final
class Gateway:
    """`mailward run` in a process of its own; its audit trail, line by line."""

    def __init__(self, config: Path, upstream: int) -> None:
        self.control = str(config.parent / "control.sock")
        self.trail: list[str] = []
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "mailward", "run", str(config)),
                *("--listen", "127.0.0.1:0", "--upstream", f"127.0.0.1:{upstream}"),
                *("--control", self.control, "--log", "-"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start(self) -> int:
        """Wait until it listens; the port.  MailwardError with its own words
        when it does not."""
        process = self._process
        assert process.stdout is not None
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            if line.startswith(_LISTENING):
                port = line.removeprefix(_LISTENING).partition(",")[0]
                self._listen_to(process.stdout, keep=True)
                self._listen_to(process.stderr, keep=False)
                return int(port)
            said.append(line)
        raise MailwardError("the gateway did not start:\n" + "".join(said))

    def records_of(self, port: int) -> list[str]:
        """The records up to the teardown of the client's connection."""
        out: list[str] = []
        while not any(": Teardown " in x and f"/{port} " in x for x in out[-1:]):
            try:
                line = self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                line = None
            if line is None:
                break
            out.append(line)
        self.trail += out
        return out

    def stop(self) -> None:
        """End it, politely at first."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen_to(self, stream: IO[str], *, keep: bool) -> None:
        def read() -> None:
            for line in stream:
                if keep:
                    self._lines.put(line.rstrip("\n"))
            if keep:
                self._lines.put(None)
            stream.close()

        threading.Thread(target=read, daemon=True).start()
