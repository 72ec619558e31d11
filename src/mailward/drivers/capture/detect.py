"""Detection: is a conversation one of mail, and who is the client?

Knows: the ports of mail, how a mail server and its client begin.
Does not know: segments, sessions.
Called by: `drivers.capture.links`.
"""

from typing import Final

from mailward.policy.findings import CLIENT, SERVER

#: Ports at which a server speaks SMTP from the first octet on.
MAIL_PORTS: Final = (25, 587)
#: And where TLS comes first: nothing of it can be read.
CLOSED_PORTS: Final = (465,)

#: So many first octets of a side tell.
ENOUGH: Final = 5

YES: Final = 1
NO: Final = 0
NOT_YET: Final = -1

_GREETING: Final = (b"220 ", b"220-")
_HELLO: Final = (b"EHLO", b"HELO")


def by_port(server_port: int) -> int:
    """What the port alone says."""
    if server_port in MAIL_PORTS:
        return YES
    return NO if server_port in CLOSED_PORTS else NOT_YET


def likely_server(port: int, other: int) -> bool:
    """Is this the server's port, where nobody saw who opened the connection?"""
    known = (*MAIL_PORTS, *CLOSED_PORTS)
    if (port in known) != (other in known):
        return port in known
    return port < other


def by_words(client: bytes, server: bytes) -> int:
    """What the first octets of both sides say: `220` and EHLO or HELO.

    FTP greets with 220 too, so the greeting alone is not enough.
    """
    greets = _begins(server, _GREETING)
    hails = _begins(client, _HELLO)
    if NO in (greets, hails):
        return NO
    return YES if greets == hails == YES else NOT_YET


def speaker_of(first: bytes) -> int:
    """Who begins so, a server or a client; NOT_YET if neither or not known."""
    if _begins(first, _GREETING) == YES:
        return SERVER
    return CLIENT if _begins(first, _HELLO) == YES else NOT_YET


def _begins(octets: bytes, words: tuple[bytes, ...]) -> int:
    """Do the octets begin with one of the words (4 octets each), so far as
    they are there?"""
    start = octets[:4].upper()
    if len(start) == 4:
        follows = octets[4:5]
        if start in words:
            hello = words is _HELLO
            return NO if hello and follows not in (b"", b" ", b"\r", b"\n") else YES
        return NO
    return NOT_YET if any(word.startswith(start) for word in words) else NO
