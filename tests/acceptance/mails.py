"""Mails for the acceptance tests, as octets with CRLF.

Knows: how large a body is by the appliance's count.
Does not know: how a mail travels.
Called by: the acceptance tests.
"""

from typing import Final

HEADER: Final = (
    b"From: Alice <alice@example.org>\r\n"
    b"To: Bob <bob@example.com>\r\n"
    b"Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?= and a folded\r\n"
    b"\tsubject | with <odd> things\r\n"
    b"Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n"
    b"Message-ID: <1@example.org>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
)

#: Dots at line starts, blanks at line ends, eight-bit octets, words that look
#: like commands, an address that the policy does not want: all of it content.
BODY: Final = (
    b"Hello Bob,\r\n"
    b"\r\n"
    b".\r\n"
    b"..\r\n"
    b". a dot\r\n"
    b"a blank at the end \r\n"
    b"gr\xc3\xbc\xc3\x9fe \xff\xfe\x80\r\n"
    b"MAIL FROM:<x@abc.com>\r\n"
    b"QUIT\r\n"
    b"220 XXXXXXXA ****\r\n"
    b"<a|b@example.com>\r\n"
    b"\r\n"
    b"\r\n"
)

MAIL: Final = HEADER + b"\r\n" + BODY


def body(octets: int) -> bytes:
    """A body of exactly so many octets, line ends counted, no line over 78."""
    line = b"x" * 76 + b"\r\n"
    whole, left = divmod(octets, len(line))
    if left in (0, 1):
        whole, left = whole - 1, left + len(line)
    return line * whole + b"y" * (left - 2) + b"\r\n"


def stuffed(mail: bytes) -> bytes:
    """The mail as it travels: dots doubled at line starts, the end of data."""
    lines = mail.split(b"\r\n")
    return b"\r\n".join(b"." + x if x[:1] == b"." else x for x in lines) + b".\r\n"


def stored(mail: bytes) -> bytes:
    """The mail as a UNIX mailbox holds it."""
    return mail.replace(b"\r\n", b"\n")
