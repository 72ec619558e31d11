"""The addresses of MAIL and RCPT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.smtp.path import (
    NO_SIZE,
    blanked,
    declared_size,
    domain_of,
    read_path,
    readings,
    routes,
    strange,
)


def _mailbox(line: bytes, keyword: bytes = b"FROM") -> bytes:
    path = read_path(line, keyword)
    return line[path.start : path.end]


@pytest.mark.parametrize(
    ("line", "mailbox"),
    [
        (b"MAIL FROM:<a@b>\r\n", b"a@b"),
        (b"MAIL FROM:<>\r\n", b""),
        (b"mail from: <a@b> SIZE=1\r\n", b"a@b"),
        (b"MAIL FROM : \t<a@b>\r\n", b"a@b"),
        (b"MAIL FROM:a@b SIZE=1\r\n", b"a@b"),
        (b"MAIL FROM:a@b\r\n", b"a@b"),
        (b"MAIL FROM:<a@b\r\n", b"a@b"),
        (b"MAIL FROM:\r\n", b""),
        (b"MAIL\r\n", b""),
        (b"MAIL FROM\r\n", b"FROM"),
        (b"MAIL a@b\r\n", b"a@b"),
        (b'MAIL FROM:<"a>b"@c>\r\n', b'"a>b"@c'),
        (b'MAIL FROM:<"a\\">"@c> x\r\n', b'"a\\">"@c'),
        (b'MAIL FROM:<"open>@c\r\n', b'"open'),
        (b"MAIL FROM:<@x,@y:u@z>\r\n", b"@x,@y:u@z"),
        (b"MAIL FROM:<a@p>b@c\r\n", b"a@p"),
    ],
)
def test_mailbox(line: bytes, mailbox: bytes) -> None:
    """The mailbox stands between its brackets, or is the bare word."""
    assert _mailbox(line) == mailbox


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        (b"RCPT TO:<a@b>\r\n", b"RCPT TO:<a@b>\r\n"),
        (b"RCPT TO:<a|b@c>\r\n", b"RCPT TO:<a b@c>\r\n"),
        (b'RCPT TO:<"|id"@mx>\r\n', b'RCPT TO:<" id"@mx>\r\n'),
        (b"RCPT TO:<a<b@c>\r\n", b"RCPT TO:<a b@c>\r\n"),
        (b"RCPT TO:<a@b>c>\r\n", b"RCPT TO:<a@b>c \r\n"),
        (b"RCPT TO:a<b@c\r\n", b"RCPT TO:a b@c\r\n"),
        (b"RCPT TO:a>b@c\r\n", b"RCPT TO:a b@c\r\n"),
        (b"RCPT TO:<a@b> AUTH=<>\r\n", b"RCPT TO:<a@b> AUTH=<>\r\n"),
        (b"RCPT TO:<a@b> ORCPT=rfc822;|c\r\n", b"RCPT TO:<a@b> ORCPT=rfc822; c\r\n"),
        (b"RCPT TO:<<<a>>>\r\n", b"RCPT TO:<  a>  \r\n"),
    ],
)
def test_strange(line: bytes, clean: bytes) -> None:
    """A pipe, and brackets that delimit nothing, become blanks: same length."""
    path = read_path(line, b"TO")

    assert blanked(line, strange(line, path)) == clean


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"MAIL FROM:<a@b>\r\n", (b"a@b",)),
        (b"MAIL FROM:<@x:u@z>\r\n", (b"@x:u@z", b"u@z")),
        (b'MAIL FROM:<"a"@b>\r\n', (b'"a"@b', b"a@b")),
        (b"MAIL FROM:<a\\.b@c>\r\n", (b"a\\.b@c", b"a.b@c")),
        (b'MAIL FROM:"Evil" <e@x>\r\n', (b'"Evil"', b"Evil", b"e@x")),
        (b"MAIL FROM:Evil <e@x\r\n", (b"Evil", b"e@x")),
        (b"MAIL FROM:Evil\r\n", (b"Evil",)),
    ],
)
def test_readings(line: bytes, found: tuple[bytes, ...]) -> None:
    """Every mailbox that some server would read, the plain one first."""
    assert readings(line, read_path(line, b"FROM")) == found


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        (b"", NO_SIZE),
        (b" SIZE=1000", 1000),
        (b" BODY=8BITMIME size=0", 0),
        (b" SIZE=", NO_SIZE),
        (b" SIZE=1x", NO_SIZE),
        (b" SIZE=-1", NO_SIZE),
        (b" SIZE=" + b"9" * 20, int("9" * 20)),
        (b" SIZE=" + b"9" * 21, NO_SIZE),
        (b" XSIZE=1", NO_SIZE),
    ],
)
def test_declared_size(parameters: bytes, size: int) -> None:
    """RFC 1870: digits behind SIZE=, at most twenty."""
    line = b"MAIL FROM:<SIZE=5@b>" + parameters + b"\r\n"

    assert declared_size(line, read_path(line, b"FROM")) == size


@pytest.mark.parametrize(
    ("mailbox", "domain"),
    [
        (b"a@B.Example", b"b.example"),
        (b"a@b@c", b"c"),
        (b"a@b.", b"b"),
        (b"a@b \t", b"b"),
        (b"postmaster", b""),
        (b"", b""),
    ],
)
def test_domain_of(mailbox: bytes, domain: bytes) -> None:
    """Behind the last at-sign, letter case and a final dot aside."""
    assert domain_of(mailbox) == domain


@pytest.mark.parametrize(
    ("mailbox", "through"),
    [
        (b"a@b", False),
        (b"a", False),
        (b"a%b@c", True),
        (b"a!b@c", True),
        (b"a!b", True),
        (b"@x:a@b", True),
        (b'"a@b"@c', True),
        (b"a@b%c", True),
    ],
)
def test_routes(mailbox: bytes, through: bool) -> None:
    """A mailbox that asks its server to send the mail on."""
    assert routes(mailbox) == through


_PIECES = (b"a", b"@", b".", b"|", b"`", b"\0", b'"', b"\\", b"<", b">", b" ", b":")


@given(
    st.lists(st.sampled_from(_PIECES), max_size=8).map(b"".join),
    st.sampled_from((b"", b" SIZE=10", b" BODY=8BITMIME x", b" |", b" `", b"x")),
    st.sampled_from((b"MAIL FROM:", b"mail from:", b"RCPT TO:", b"RCPT FROM:")),
)
def test_plain(address: bytes, rest: bytes, begin: bytes) -> None:
    """A plain path is what the careful reading finds, with nothing strange."""
    keyword = b"TO" if begin[:4] == b"RCPT" else b"FROM"
    line = begin + b"<" + address + b">" + rest + b"\r\n"
    path = read_path(line, keyword)
    if not path.plain:
        return
    # One blank more, and it is read with care.
    careful = begin + b" <" + address + b">" + rest + b"\r\n"
    slow = read_path(careful, keyword)

    assert not slow.plain
    assert (path.start, path.end, path.stop) == (
        slow.start - 1,
        slow.end - 1,
        slow.stop - 1,
    )
    assert strange(careful, slow) == strange(line, path) == []
    assert readings(careful, slow) == readings(line, path)
    assert not set(line) & set(b"`|\0")
    assert declared_size(line, path) == declared_size(careful, slow)


@pytest.mark.parametrize("line", [b"MAIL FROM:<a.b+c@d-e.f> SIZE=1", b"x" * 4])
def test_plain_is_common(line: bytes) -> None:
    """What nearly every client sends is plain."""
    assert read_path(line + b"\r\n", b"FROM").plain == (line[:4] == b"MAIL")


@given(
    st.binary(max_size=6) | st.text('a@.+-<>|"\\`: \0\r\n\xe9').map(str.encode),
    st.sampled_from((b">\r\n", b"> SIZE=1\r\n", b">", b"\r\n", b">>\r\n")),
    st.sampled_from((b"MAIL FROM:<", b"RCPT TO:<")),
)
def test_most_common(address: bytes, rest: bytes, begin: bytes) -> None:
    """What is compared first means what the pattern says."""
    keyword = b"TO" if begin[:4] == b"RCPT" else b"FROM"
    found = [
        read_path(start + address + rest, keyword)
        for start in (begin, begin.lower())  # which is not compared
    ]
    spans = [(path.start, path.end, path.stop, path.plain) for path in found]

    assert spans[0] == spans[1]
