"""What of a client's lines may be shown."""

import pytest

from mailward.smtp.secrets import Discretion, is_plain


def shown(*pieces: bytes, secret: bool = False) -> list[bytes]:
    """What is shown of each piece."""
    discretion = Discretion()
    return [piece[: discretion.shown(piece, secret=secret)] for piece in pieces]


def test_commands_are_shown() -> None:
    """Lines that hold no secret are shown whole, unknown commands too."""
    lines = (b"EHLO a\r\n", b"MAIL FROM:<auth@b>\r\n", b"XYZ 1\r\n", b"\r\n")

    assert shown(*lines) == list(lines)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (b"AUTH PLAIN c2VjcmV0\r\n", b"AUTH PLAIN"),
        (b"auth\tplain\tc2VjcmV0\r\n", b"auth\tplain"),
        (b" AUTH PLAIN c2VjcmV0\r\n", b" AUTH PLAIN"),
        (b"AUTH=PLAIN LOGIN c2VjcmV0\r\n", b"AUTH=PLAIN LOGIN"),
        (b"NOOP\nAUTH PLAIN c2VjcmV0\r\n", b"NOOP\nAUTH PLAIN"),
        (b"AUTH LOGIN\r\n", b"AUTH LOGIN\r\n"),
        (b"AUTH\r\n", b"AUTH\r\n"),
    ],
)
def test_auth_is_shown_up_to_its_mechanism(line: bytes, left: bytes) -> None:
    """The initial response is a secret (RFC 4954 section 4)."""
    assert shown(line) == [left]


@pytest.mark.parametrize(
    ("octets", "plain"),
    [
        (b"QUIT\r\n", True),
        (b"noop\r\n", True),
        (b"\r\n", True),
        (b"XAUTH PLAIN c2VjcmV0\r\n", True),
        (b"AUTH PLAIN c2VjcmV0\r\n", False),
        (b"auth PLAIN c2VjcmV0\r\n", False),
        (b" AUTH PLAIN c2VjcmV0\r\n", False),
        (b"\tAUTH PLAIN c2VjcmV0\r\n", False),
        (b"NOOP\r\nAUTH PLAIN c2VjcmV0\r\n", False),
        (b"NOOP\rAUTH PLAIN c2VjcmV0\r\n", False),
        (b"NOOP\n", False),
        (b"", False),
    ],
)
def test_what_is_plainly_no_auth(octets: bytes, plain: bool) -> None:
    """One line that does not begin as AUTH may."""
    assert is_plain(octets) == plain


def test_what_is_known_to_be_secret() -> None:
    """Nothing of it is shown."""
    assert shown(b"EHLO a\r\n", secret=True) == [b""]


def test_a_password_that_comes_all_the_same() -> None:
    """Behind AUTH what is no command is hidden, until a lawful one comes."""
    lines = (b"AUTH LOGIN\r\n", b"c2VjcmV0\r\n", b"quit\r\n", b"c2VjcmV0\r\n")

    assert shown(*lines) == [b"AUTH LOGIN\r\n", b"", b"quit\r\n", b"c2VjcmV0\r\n"]


def test_a_line_in_pieces_is_one_line() -> None:
    """However the network cuts, the secret stays hidden."""
    line = b"AUTH PLAIN c2VjcmV0\r\n"
    for at in range(1, len(line)):
        left = b"".join(shown(line[:at], line[at:]))
        assert b"c2VjcmV0".startswith(left.removeprefix(b"AUTH PLAIN").strip())
        assert len(left) <= len(b"AUTH PLAIN ")
    assert shown(*(bytes((c,)) for c in line))[-9:] == [b""] * 9


def test_when_care_is_due() -> None:
    """While a line is open, and behind AUTH until a lawful command."""
    discretion = Discretion()
    said = (b"NO", b"OP\r\n", b"AUTH LOGIN\r\n", b"eA==\r\n", b"QUIT\r\n")
    care = [(discretion.shown(piece), discretion.wary)[1] for piece in said]

    assert care == [True, False, True, True, False]
