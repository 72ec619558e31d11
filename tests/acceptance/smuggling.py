"""The look-alikes of the end of data, and sessions that try them.

Knows: the octets that one mail server or another takes for an end; how an
attacker cuts them.
Does not know: which server listens, nor whether a gateway stands before it.
Called by: the tests of smuggling.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, final

from tests.acceptance.speaker import Speaker

END: Final = b"\r\n.\r\n"
FIRST: Final = b"the first line"
LAST: Final = b"the last line"

#: How long an attacker waits between two segments, in seconds.
PAUSE: Final = 0.001
LONG_PAUSE: Final = 0.03


class Server(Protocol):
    """What the three mail servers have in common."""

    port: int

    def mails(self) -> list[Path]:
        """The files of the mails that were delivered."""

    def quiet(self) -> None:
        """Wait until no session is open and no mail is on its way."""


@final
@dataclass(frozen=True, slots=True)
class Vector:
    """One look-alike: its name in the literature's order, its octets, and what
    stands before it."""

    name: str
    octets: bytes
    #: Before it: the header's first line, a blank line, the body's first line.
    before: bytes = b"Subject: s\r\n\r\n" + FIRST
    #: Is a second mail's dialogue hidden behind it?
    hides: bool = True


_LF_HEADER: Final = b"Subject: s\n\r\n" + FIRST
_IN_HEADER: Final = b"X-First: " + FIRST + b"\r\nSubject: s"
_FIRST_HEADER: Final = b"Subject: " + FIRST

VECTORS: Final = (
    Vector("E01", b"\r\n.\r\n", hides=False),
    Vector("E02", b"\n.\n"),
    Vector("E03", b"\n.\r\n"),
    Vector("E04", b"\r\n.\n"),
    Vector("E05", b"\r.\r"),
    Vector("E06", b"\r.\n"),
    Vector("E07", b"\n.\r"),
    Vector("E08", b"\r.\r\n"),
    Vector("E09", b"\r\n.\r"),
    Vector("E09-x", b"\r\n.\rx"),
    Vector("E10", b"\r\n.\r\r\n"),
    Vector("E11", b"\r\r\n.\r\n", hides=False),
    Vector("E12", b"\r\r\n.\r\r\n"),
    Vector("E13", b"\n\r.\r\n"),
    Vector("E14", b"\n\r.\n"),
    Vector("E15", b"\r\n\0.\r\n"),
    Vector("E16", b"\r\n.\0\r\n"),
    Vector("E17", b"\r\n.\0x\r\n"),
    Vector("E18", b"\r\0\n.\r\0\n"),
    Vector("E19", b"\r\n .\r\n"),
    Vector("E20", b"\r\n. \r\n"),
    Vector("E20-tab", b"\r\n.\t\r\n"),
    Vector("E21-vt", b"\x0b.\x0b"),
    Vector("E21-ff", b"\x0c.\x0c"),
    Vector("E21-nel", b"\x85.\x85"),
    Vector("E21-ls", b"\xe2\x80\xa8.\xe2\x80\xa8"),
    Vector("E22", b"\r\n..\r\n"),
    Vector("E23", b"\r\n.x\r\n"),
    Vector("E24-E02", b"\n.\n", _IN_HEADER),
    Vector("E24-E03", b"\n.\r\n", _IN_HEADER),
    Vector("E24-E04", b"\r\n.\n", _IN_HEADER),
    Vector("E24-E05", b"\r.\r", _IN_HEADER),
    Vector("E24-E06", b"\r.\n", _IN_HEADER),
    Vector("E24-E07", b"\n.\r", _IN_HEADER),
    Vector("E24-E08", b"\r.\r\n", _IN_HEADER),
    Vector("E24-E09", b"\r\n.\r", _IN_HEADER),
    Vector("E24-E10", b"\r\n.\r\r\n", _IN_HEADER),
    Vector("E24-first-E02", b"\n.\n", _FIRST_HEADER),
    Vector("E24-first-E03", b"\n.\r\n", _FIRST_HEADER),
    Vector("E24-first-E04", b"\r\n.\n", _FIRST_HEADER),
    Vector("E27-E02", b"\n.\n", _LF_HEADER),
    Vector("E27-E03", b"\n.\r\n", _LF_HEADER),
    Vector("E27-E04", b"\r\n.\n", _LF_HEADER),
    Vector("E27-E10", b"\r\n.\r\r\n", _LF_HEADER),
    Vector("E27-E16", b"\r\n.\0\r\n", _LF_HEADER),
)

#: Those that the servers take for an end when nothing stands before them.
TAKEN: Final = {
    "postfix": ("E02", "E03", "E04", "E10", "E12"),
    "opensmtpd": ("E02", "E03", "E04", "E16", "E17"),
    "exim": ("E27-E02", "E27-E03", "E27-E04"),
}

WAYS: Final = ("whole", "octets", "cuts", "paced")


def hidden(name: str) -> tuple[bytes, ...]:
    """The dialogue of the second mail, without its end."""
    return (
        b"MAIL FROM:<hidden-" + name.encode() + b"@example.org>\r\n",
        b"RCPT TO:<bob@example.com>\r\n",
        b"DATA\r\n",
        b"Subject: hidden\r\n\r\n" + LAST,
    )


def segments(vector: Vector, way: str, name: str) -> Iterator[tuple[bytes, float]]:
    """What is sent behind the 354, and how long the attacker then listens."""
    before, at = vector.before, vector.octets
    after = hidden(name) if vector.hides else ()
    end = END if vector.hides else b""
    match way:
        case "whole":
            yield before + at + b"".join(after) + end, 0
        case "octets":
            yield before, PAUSE
            for octet in at + b"".join(after[:1]):
                yield bytes((octet,)), PAUSE
            yield b"".join(after[1:]), PAUSE
            for octet in end:
                yield bytes((octet,)), PAUSE
        case "cuts":
            middle = at.index(b".")
            yield before + at[:middle], LONG_PAUSE
            yield at[middle : middle + 1], LONG_PAUSE
            yield at[middle + 1 :] + b"".join(after) + end[:3], LONG_PAUSE
            yield end[3:], 0
        case _:
            yield before + at, LONG_PAUSE
            for part in after:
                yield part, LONG_PAUSE
            yield end, 0


def opened(port: int, sender: str, *parameters: str) -> Speaker:
    """A client that has got as far as the server's 354."""
    client = Speaker(port)
    client.ask(b"EHLO client.example.org")
    client.ask(" ".join((f"MAIL FROM:<{sender}@example.org>", *parameters)).encode())
    client.ask(b"RCPT TO:<bob@example.com>")
    answer = client.ask(b"DATA")
    assert answer.startswith(b"354 "), answer
    return client


def attempt(port: int, vector: Vector, way: str, name: str) -> bytes:
    """One session that tries the vector; all replies behind the 354."""
    with opened(port, name) as client:
        try:
            for segment, pause in segments(vector, way, name):
                client.send(segment)
                if pause:
                    client.listen(pause)
            told = client.reply()
            client.send(b"QUIT\r\n")
            return told + client.rest()
        except ConnectionError as error:
            return f"({error})".encode()


def mailbox(server: Server) -> dict[str, list[bytes]]:
    """The mails that were delivered, by sender."""
    found: dict[str, list[bytes]] = {}
    for file in server.mails():
        mail = file.read_bytes()
        # Exim writes `Return-path`.
        if path := re.match(rb"(?i)return-path: <([^@>]*)@example.org>\n", mail):
            found.setdefault(path[1].decode(), []).append(mail)
    return found


def arrived(server: Server, sender: str) -> list[bytes]:
    """The mails of this sender, as they were delivered."""
    return mailbox(server).get(sender, [])
