"""What the tests of captures share: reading what a connection wrote."""

from pathlib import Path

from mailward.drivers.capture.conversations import Conversation, Reader
from mailward.drivers.capture.feed import found
from mailward.drivers.capture.hearers import Opening
from mailward.testing.wire import ETHERNET, Connection, Packet, pcap

CLIENT = ("203.0.113.9", 51111)
SERVER = ("10.1.1.5", 25)
#: What both sides say in `mail`.
SAID = (
    (1, b"220 mail\r\n"),
    (0, b"EHLO a\r\n"),
    (1, b"250-mail\r\n250 PIPELINING\r\n"),
    (0, b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"),
    (1, b"250 ok\r\n250 ok\r\n354 go\r\n"),
    (0, b"Subject: s\r\n\r\n" + (b"x" * 78 + b"\r\n") * 50 + b".\r\n"),
    (1, b"250 ok\r\n"),
    (0, b"QUIT\r\n"),
    (1, b"221 bye\r\n"),
)


def mail(
    client: tuple[str, int] = CLIENT, server: tuple[str, int] = SERVER, **more: int
) -> Connection:
    """A whole connection with one mail."""
    out = Connection(client, server, **more)
    out.open()
    for speaker, octets in SAID:
        out.say(speaker, octets)
    out.close(0)
    out.close(1)
    return out


class Read:
    """What was heard of some captures."""

    def __init__(self, *paths: Path | str, budget: int = 64 << 20) -> None:
        self.conversations: list[Conversation] = []

        def opened(opening: Opening) -> Conversation:
            return Conversation(opening, 1 << 30, self.conversations.append)

        self.reader = Reader(found([str(path) for path in paths]), opened, budget)
        self.reader.run()
        self.census = self.reader.census
        self.troubles = self.reader.troubles

    @property
    def one(self) -> Conversation:
        """The only conversation."""
        assert len(self.conversations) == 1
        return self.conversations[0]


def read_octets(path: Path, octets: bytes, budget: int = 64 << 20) -> Read:
    """Write a capture, and read it."""
    path.write_bytes(octets)
    return Read(path, budget=budget)


def read_packets(path: Path, packets: list[Packet], link: int = ETHERNET) -> Read:
    """Write packets as pcap, and read them."""
    return read_octets(path, pcap(packets, link))


def said(conversation: Conversation) -> list[tuple[int, bytes]]:
    """Who said what, runs of one speaker joined; a hole is `<n>`."""
    out: list[tuple[int, bytes]] = []
    for piece in conversation.pieces:
        octets = piece.octets or b"<%d>" % piece.missing
        if out and out[-1][0] == piece.speaker:
            out[-1] = (piece.speaker, out[-1][1] + octets)
        else:
            out.append((piece.speaker, octets))
    return out
