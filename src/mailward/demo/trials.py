"""The mails of the demonstration, and what must become of each.

Knows: what a client sends, what it must see, what must reach the mail server,
which records must be written.
Does not know: how the gateway does it; tables.
Called by: `mailward.demo`.
"""

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from mailward.demo.parts import PATIENCE

CLOSED: Final = "connection closed"

_GOOD: Final = (
    b"From: Alice <alice@client.example>\r\n"
    b"To: Bob <bob@example.com>\r\n"
    b"Subject: lunch\r\n"
    b"\r\n"
    b"Dear Bob,\r\n"
    b"a line with a | and <brackets>, 8-bit \xe9, and then\r\n"
    b".a line that begins with a dot.\r\n"
)
_SMUGGLED: Final = b"Subject: two in one\r\n\r\nhello\n.\nMAIL FROM:<evil@x>\r\n"


@final
@dataclass(frozen=True)
class Trial:
    """One connection.  `play` gets it and returns what the client saw in the
    end; `sees` must be the beginning of that, `arrives` what the server must
    get, `records` the numbers the audit trail must hold besides the
    connection's own, `why` the rule in plain words."""

    title: str
    play: "Callable[[Link], str]"
    sees: str
    arrives: tuple[bytes, ...]
    records: tuple[str, ...]
    why: str


@final
class Link:
    """A client's connection: lines out, replies in."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._file = self._socket.makefile("rb")
        self.port = int(self._socket.getsockname()[1])
        self.banner = self.reply()

    def reply(self) -> list[str]:
        """The lines of one reply; empty when the connection is closed."""
        lines: list[str] = []
        while not lines or lines[-1][3:4] == "-":
            try:
                line = self._file.readline()
            except ConnectionError:
                line = b""
            if not line:
                return []
            lines.append(line.decode("latin-1").rstrip("\r\n"))
        return lines

    def ask(self, line: str) -> list[str]:
        """Send a line, wait for its reply."""
        self.send(line.encode("latin-1") + b"\r\n")
        return self.reply()

    def send(self, octets: bytes) -> None:
        """Send octets as they are."""
        with contextlib.suppress(ConnectionError):
            self._socket.sendall(octets)

    def envelope(self, sender: str = "alice@client.example") -> None:
        """All up to the message itself."""
        for line in (
            "EHLO client.example",
            f"MAIL FROM:<{sender}>",
            "RCPT TO:<bob@example.com>",
            "DATA",
        ):
            self.ask(line)

    def close(self) -> None:
        """Leave."""
        self._file.close()
        self._socket.close()


def seen(lines: list[str]) -> str:
    """What a client says it saw: the last line of a reply."""
    return lines[-1] if lines else CLOSED


def _message(link: Link, content: bytes) -> str:
    """Send a message as it stands and its end; what came back."""
    link.envelope()
    link.send(content + b".\r\n")
    came = seen(link.reply())
    link.ask("QUIT")
    return came


def _body(length: int) -> bytes:
    """A message whose body has so many octets."""
    lines, rest = divmod(length, 70)
    return (
        b"Subject: %d octets\r\n\r\n" % length
        + (b"x" * 68 + b"\r\n") * (lines - 1)
        + b"x" * (68 + rest)
        + b"\r\n"
    )


def _ehlo(link: Link) -> str:
    shown = link.ask("EHLO client.example")
    link.ask("QUIT")
    return " ".join(line[4:] for line in shown if "XXX" in line)


def _command(line: str) -> Callable[[Link], str]:
    """Send one command behind EHLO; what came back."""

    def play(link: Link) -> str:
        link.ask("EHLO client.example")
        came = seen(link.ask(line))
        if came != CLOSED:
            link.ask("QUIT")
        return came

    return play


def _recipient(link: Link) -> str:
    link.ask("EHLO client.example")
    link.ask("MAIL FROM:<alice@client.example>")
    came = seen(link.ask("RCPT TO:<bob|mail@example.com>"))
    link.ask("QUIT")
    return came


def _chunk(link: Link) -> str:
    link.ask("EHLO client.example")
    link.ask("MAIL FROM:<alice@client.example>")
    link.ask("RCPT TO:<bob@example.com>")
    link.send(b"BDAT 22 LAST\r\nMAIL FROM:<evil@x>\r\n\r\n")
    return seen(link.reply())


TRIALS: Final = (
    Trial(
        "a good mail",
        lambda link: _message(link, _GOOD.replace(b"\r\n.", b"\r\n..")),
        "250 2.0.0 Ok: queued",
        (_GOOD,),
        (),
        "nothing in it is forbidden; not an octet changed",
    ),
    Trial(
        "from x@abc.com",
        _command("MAIL FROM:<x@abc.com>"),
        CLOSED,
        (),
        ("507003",),
        "sender-address regex class BAD_SENDERS: drop-connection",
    ),
    Trial(
        "a body of 35,000 octets",
        lambda link: _message(link, _body(35_000)),
        "250 2.0.0 Ok: queued",
        (_body(35_000),),
        (),
        "body length gt 35000 does not hold",
    ),
    Trial(
        "a body of 35,001 octets",
        lambda link: _message(link, _body(35_001)),
        CLOSED,
        (),
        ("108004", "507003"),
        "body length gt 35000: cut before the final dot",
    ),
    Trial(
        "EHLO",
        _ehlo,
        "XXXXXXXA XXXXXXXB",
        (),
        (),
        "STARTTLS and CHUNKING are hidden",
    ),
    Trial(
        "to bob|mail@example.com",
        _recipient,
        "550 5.1.1 No such user: ",
        (),
        ("108002",),
        "a pipe in an address becomes a blank",
    ),
    Trial(
        "XEXCH50 1 2",
        _command("XEXCH50 1 2"),
        '500 Error: command "XXXXXXXXXXX"',
        (),
        (),
        "not a lawful command: it arrives as Xs",
    ),
    Trial(
        "a smuggled second mail",
        lambda link: _message(link, _SMUGGLED),
        "250 2.0.0 Ok: queued",
        (_SMUGGLED.replace(b"\n.\n", b"\n \n"),),
        ("900005",),
        "a false end of data: its dot becomes a blank",
    ),
    Trial(
        "BDAT with commands in it",
        _chunk,
        CLOSED,
        (),
        ("900008", "507003"),
        "its octets would run as commands",
    ),
)
