"""Mails of a size and a depth that nobody sends: judged as any other, in bounded
memory."""

import sys
from collections.abc import Iterator
from time import monotonic
from typing import Final

import pytest

from tests.acceptance.gateway import Gateway
from tests.acceptance.mails import HEADER
from tests.acceptance.postfix import Postfix, stripped
from tests.acceptance.speaker import Speaker
from tests.processes import kilobytes

pytestmark = pytest.mark.postfix

#: Every rule that looks at a message, those that let it pass first: each has to
#: read on to the end.
EVERYTHING: Final = r"""regex EXECUTABLE \.(exe|scr|pif)
regex TARBALL \.tar\.xz
class-map type regex match-any UNWANTED
match regex EXECUTABLE
policy-map type inspect esmtp EVERYTHING
match body line length gt 1100
log
match header length gt 1000000
drop-connection log
match header line length gt 998
drop-connection log
match header to-fields count gt 500
drop-connection log
match MIME filename length gt 200
drop-connection log
match MIME filetype regex class UNWANTED
drop-connection log
match MIME filetype regex TARBALL
reset log
match MIME encoding others
drop-connection log
match body length gt 205000000
drop-connection log
policy-map global_policy
class inspection_default
inspect esmtp EVERYTHING
service-policy global_policy global
"""

#: Octets of memory that the gateway may have had at most, whatever passed.
MEMORY: Final = 80 << 20
#: A line that is noted, and a mebibyte of lines that are not.
LONG: Final = b"x" * 1200 + b"\r\n"
CHUNK: Final = (b"0123456789abcde " * 63 + b"0123456789abcd\r\n") * 1024


@pytest.fixture(scope="module")
def gateway(postfix: Postfix) -> Iterator[Gateway]:
    """The gateway with every rule about messages."""
    gateway = Gateway(postfix.port, EVERYTHING)
    yield gateway
    assert gateway.stop() == 0


def peak(gateway: Gateway) -> int:
    """The octets of memory the gateway has had at most."""
    return kilobytes(gateway.process.pid, "VmHWM") * 1024


def send(gateway: Gateway, name: str, *parts: bytes) -> tuple[bytes, list[str]]:
    """Send a mail in these parts: the reply to it, empty if there was none, and the
    numbers of the session's records."""
    began, since = monotonic(), gateway.log.mark()
    with Speaker(gateway.port) as client:
        client.ask(b"EHLO client.example.org")
        client.ask(b"MAIL FROM:<alice@example.org>")
        client.ask(b"RCPT TO:<bob@example.com>")
        assert client.ask(b"DATA").startswith(b"354 ")
        try:
            for part in parts:
                client.send(part)
            client.send(b".\r\n")
            answer = client.reply()
            client.ask(b"QUIT")
        except ConnectionError:
            answer = b""
    took = monotonic() - began
    octets = sum(len(part) for part in parts)
    held = peak(gateway)
    sys.stdout.write(f"{name}: {octets:,} octets in {took:.1f} s; held {held:,}\n")
    return answer, gateway.records(since, client.address)


def delivered(postfix: Postfix, answer: bytes) -> bytes:
    """The mail that this reply acknowledged, as it was delivered; taken out of the
    mailbox, where others would have to read it."""
    assert answer.startswith(b"250 2.0.0 Ok: queued as "), answer
    mail = stripped(postfix.delivered(answer.split()[-1].decode()))
    for file in postfix.mails():
        if file.stat().st_size > len(mail):
            file.unlink()
    return mail


def many(name: str) -> bytes:
    """Ten thousand attachments side by side; the last one has this name."""
    part = (
        b"--side\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="%s"\r\n\r\n'
        b"TWFpbHdhcmQ=\r\n"
    )
    parts = [part % (b"file-%d.pdf" % number) for number in range(9_999)]
    header = HEADER.replace(
        b"text/plain; charset=utf-8", b"multipart/mixed; boundary=side"
    )
    return b"".join((header, b"\r\n", *parts, part % name.encode(), b"--side--\r\n"))


def nested(depth: int, name: str) -> bytes:
    """So many parts, each in the one before; the innermost has this name."""
    header = HEADER.replace(
        b"text/plain; charset=utf-8", b"multipart/mixed; boundary=deep-0"
    )
    opening = [
        b"--deep-%d\r\nContent-Type: multipart/mixed; boundary=deep-%d\r\n\r\n"
        % (number, number + 1)
        for number in range(depth - 1)
    ]
    innermost = (
        b"--deep-%d\r\nContent-Type: application/octet-stream\r\n"
        b'Content-Disposition: attachment; filename="%s"\r\n\r\nx\r\n'
        % (depth - 1, name.encode())
    )
    closing = [b"--deep-%d--\r\n" % number for number in range(depth - 1, -1, -1)]
    return b"".join((header, b"\r\n", *opening, innermost, *closing))


HARMLESS: Final = (many("harmless.pdf"), nested(50, "harmless.pdf"))
HARMFUL: Final = (many("setup.exe"), nested(50, "setup.exe"))
SHAPES: Final = ("many", "nested")


@pytest.mark.parametrize("mail", HARMLESS, ids=SHAPES)
def test_many_parts_pass(postfix: Postfix, gateway: Gateway, mail: bytes) -> None:
    """Ten thousand side by side, fifty in each other: they arrive as they were
    sent."""
    answer, _ = send(gateway, "many parts", mail)

    assert delivered(postfix, answer) == mail.replace(b"\r\n", b"\n")
    assert peak(gateway) < MEMORY


@pytest.mark.parametrize("mail", HARMFUL, ids=SHAPES)
def test_the_last_of_many_parts_is_found(gateway: Gateway, mail: bytes) -> None:
    """Its name ends the connection, whatever came before it."""
    since = gateway.log.mark()
    answer, numbers = send(gateway, "many parts, one unwanted", mail)

    assert answer == b""
    assert numbers == ["302013", "108004", "507003", "302014"]
    assert gateway.log.found(r"matched (Class \d+: .*)$", since) == [
        "Class 6: MIME filetype regex class UNWANTED"
    ]
    assert peak(gateway) < MEMORY


def test_parts_beyond_all_depth_are_dropped(gateway: Gateway) -> None:
    """Ten thousand parts in each other cannot be judged: rules on parts drop them,
    with 900014."""
    answer, numbers = send(gateway, "ten thousand deep", nested(10_000, "harmless.pdf"))

    assert answer == b""
    assert numbers == ["302013", "900014", "507003", "302014"]
    assert peak(gateway) < MEMORY


def test_parts_beyond_all_depth_pass_where_nobody_asks(postfix: Postfix) -> None:
    """Where no rule asks for parts, ten thousand in each other arrive."""
    lines = iter(EVERYTHING.splitlines())
    rules = [
        f"{x}\n" for x in lines if not (x.startswith("match MIME") and next(lines))
    ]
    gateway = Gateway(postfix.port, "".join(rules))
    try:
        mail = nested(10_000, "setup.exe")
        answer, _ = send(gateway, "ten thousand deep, unasked", mail)
    finally:
        code = gateway.stop()

    assert code == 0
    assert delivered(postfix, answer) == mail.replace(b"\r\n", b"\n")


def test_two_hundred_megabytes_pass(postfix: Postfix, gateway: Gateway) -> None:
    """A body below the limit arrives, and none of it was kept."""
    answer, numbers = send(gateway, "large", HEADER + b"\r\n", LONG, *[CHUNK] * 195)

    assert numbers == ["302013", "108005", "302014"]
    assert len(delivered(postfix, answer)) > 195 * 1023 * 1024
    assert peak(gateway) < MEMORY


def test_two_hundred_megabytes_and_more_do_not(gateway: Gateway) -> None:
    """A body beyond the limit is cut."""
    answer, numbers = send(gateway, "too large", HEADER + b"\r\n", LONG, *[CHUNK] * 205)

    assert answer == b""
    assert numbers == ["302013", "108005", "108004", "507003", "302014"]
    assert peak(gateway) < MEMORY
