"""XCLIENT: the dialogue before the client's own."""

import pytest

from mailward.drivers.door import DoorError
from mailward.drivers.xclient import Xclient
from mailward.policy.endpoints import Endpoints

ENDS = Endpoints("outside", "198.51.100.1", 4711, "inside", "192.0.2.25", 25)
SIX = Endpoints("outside", "2001:db8::1", 4711, "inside", "2001:db8::2", 25)
GREETING = b"220 mail.example.com ESMTP\r\n"
OFFER = (
    b"250-mail.example.com\r\n"
    b"250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT\r\n"
    b"250 8BITMIME\r\n"
)
FRESH = b"220 mail.example.com ESMTP anew\r\n"
HELLO = b"EHLO mailward.invalid\r\n"
COMMAND = (
    b"XCLIENT NAME=[UNAVAILABLE] ADDR=198.51.100.1 PORT=4711 "
    b"DESTADDR=192.0.2.25 DESTPORT=25\r\n"
)


def test_the_server_greets_anew() -> None:
    """The second greeting is the client's, with whatever stands behind it."""
    overture = Xclient(ENDS)

    assert overture.hear(GREETING) == HELLO
    assert overture.hear(OFFER) == COMMAND
    assert not overture.done
    assert overture.hear(FRESH + b"421 ") == b""
    assert (overture.done, overture.rest, overture.remark) == (
        True,
        FRESH + b"421 ",
        "",
    )


@pytest.mark.parametrize("step", [1, 2, 7])
def test_any_cut(step: int) -> None:
    """However the server's octets come."""
    overture = Xclient(ENDS)
    octets = GREETING + OFFER + FRESH
    said = b""
    for at in range(0, len(octets), step):
        said += overture.hear(octets[at : at + step])

    assert said == HELLO + COMMAND
    assert (overture.done, overture.rest) == (True, FRESH)


def test_what_the_server_wants_to_know() -> None:
    """Only what it names; IPv6 in its own form; names in any case."""
    overture = Xclient(SIX)
    overture.hear(GREETING)

    assert overture.hear(b"250-x\r\n250 xclient addr Port HELO\r\n") == (
        b"XCLIENT ADDR=IPV6:2001:db8::1 PORT=4711\r\n"
    )


@pytest.mark.parametrize(
    ("said", "rest", "remark"),
    [
        ([b"554 No\r\n"], b"554 No\r\n", ""),
        (
            [GREETING, b"250-x\r\n250 8BITMIME\r\n"],
            GREETING,
            "the server does not offer XCLIENT",
        ),
        ([GREETING, b"250 XCLIENT\r\n"], GREETING, "the server does not offer XCLIENT"),
        (
            [GREETING, b"502 What?\r\n"],
            GREETING,
            "the server does not offer XCLIENT",
        ),
        ([GREETING, b"421 Bye\r\n"], b"421 Bye\r\n", ""),
        (
            [GREETING, OFFER, b"550 insufficient\r\n"],
            GREETING,
            "the server refuses XCLIENT: 550 insufficient",
        ),
        ([GREETING, OFFER, b"421 Bye\r\n"], b"421 Bye\r\n", ""),
    ],
)
def test_without_it(said: list[bytes], rest: bytes, remark: str) -> None:
    """The client gets the first greeting, or what ended it all."""
    overture = Xclient(ENDS)
    for octets in said:
        overture.hear(octets)

    assert (overture.done, overture.rest, overture.remark) == (True, rest, remark)


@pytest.mark.parametrize(
    "octets",
    [
        b"hello\r\n",
        b"22\r\n",
        b"220x\r\n",
        b"220 " + b"x" * 2050,
        b"220-x\r\n" * 201,
    ],
)
def test_what_is_no_reply(octets: bytes) -> None:
    """A server that speaks no SMTP is not waited for."""
    with pytest.raises(DoorError, match="no reply"):
        Xclient(ENDS).hear(octets)
