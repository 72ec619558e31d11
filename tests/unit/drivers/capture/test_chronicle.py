"""What a conversation was about: chunks are no commands, folds keep their blanks."""

import pytest

from mailward.drivers.capture.chronicle import Chronicle
from mailward.policy.findings import CLIENT, SERVER

ENVELOPE = b"EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"
ANSWERS = b"250 b\r\n250 ok\r\n250 ok\r\n"


def _told(*said: tuple[int, bytes]) -> Chronicle:
    out = Chronicle()
    out.heard(SERVER, b"220 b\r\n")
    for speaker, octets in said:
        out.heard(speaker, octets)
    out.over()
    return out


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_chunk_is_no_command(cut: int) -> None:
    """However it is cut, no word of a mail is taken for a command."""
    body = b"Subject: private\r\n\r\nDATA of mine\r\nsecret words\r\n"
    last = b"BDAT %d LAST\r\n" % len(body)
    octets = last + body + b"QUIT\r\n"
    got = _told(
        (CLIENT, ENVELOPE),
        (SERVER, ANSWERS),
        (CLIENT, octets[:cut]),
        (CLIENT, octets[cut:]),
        (SERVER, b"250 queued\r\n221 bye\r\n"),
    )

    assert got.commands == ["EHLO", "MAIL", "RCPT", "BDAT", "QUIT"]
    (mail,) = got.transactions
    assert (mail.size, mail.accepted) == (len(body), True)


def test_several_chunks_are_one_mail() -> None:
    """Their octets add up; only the last is answered for all."""
    got = _told(
        (CLIENT, ENVELOPE + b"BDAT 3\r\nabcBDAT 4\r\ndefgBDAT 0 LAST\r\nRSET\r\n"),
        (SERVER, ANSWERS + b"250 ok\r\n250 ok\r\n552 no\r\n250 ok\r\n"),
    )

    assert got.commands == ["EHLO", "MAIL", "RCPT", "BDAT", "BDAT", "BDAT", "RSET"]
    (mail,) = got.transactions
    assert (mail.size, mail.accepted) == (7, False)


@pytest.mark.parametrize("command", [b"BDAT", b"BDAT -1 LAST", b"BDAT x", b"BDAT 1x"])
def test_a_chunk_of_no_length(command: bytes) -> None:
    """Nobody knows how long it is: words that follow are not told."""
    got = _told(
        (
            CLIENT,
            ENVELOPE + command + b"\r\nsecret words\r\n\r\nmore\r\nQUIT\r\nodd\r\n",
        )
    )

    assert got.commands == ["EHLO", "MAIL", "RCPT", "BDAT", "QUIT", "odd"]


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"Subject: a\r\n   b\r\n", "a   b"),
        (b"Subject:\r\n\tb  c \r\n", "b  c"),
        (b"subject : a\r\n b\r\nSubject: later\r\n", "a b"),
        (b"Subject: =?utf-8?q?=C3=A9?=\r\n =?utf-8?q?=C3=A8?=\r\n", "éè"),
        (b"X-Subject: a\r\n", ""),
    ],
)
def test_folds(header: bytes, subject: str) -> None:
    """A fold is its CR LF and no more; blanks stay as they were."""
    got = _told(
        (CLIENT, ENVELOPE + b"DATA\r\n"),
        (SERVER, ANSWERS + b"354 go\r\n"),
        (CLIENT, header + b"\r\ntext\r\n.\r\n"),
    )

    assert got.transactions[0].subject == subject
