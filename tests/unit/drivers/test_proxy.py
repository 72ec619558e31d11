"""PROXY headers, read and written."""

import struct
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.drivers.proxy import MOST, Header, ProxyError, read, write

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
PORTS = st.integers(1, 65535)
FOUR = st.ip_addresses(v=4)
SIX = st.ip_addresses(v=6).filter(
    lambda address: isinstance(address, IPv6Address) and address.ipv4_mapped is None
)


def binary(command: int, kind: int, body: bytes = b"") -> bytes:
    """A header of version 2."""
    return SIGNATURE + struct.pack("!BBH", command, kind, len(body)) + body


@given(
    version=st.sampled_from((1, 2)),
    hosts=st.tuples(FOUR, FOUR) | st.tuples(SIX, SIX),
    ports=st.tuples(PORTS, PORTS),
    behind=st.binary(max_size=20),
)
def test_there_and_back(
    version: int,
    hosts: tuple[IPv4Address | IPv6Address, IPv4Address | IPv6Address],
    ports: tuple[int, int],
    behind: bytes,
) -> None:
    """What is written is read, whatever follows it; no beginning of it is."""
    client, server = map(str, hosts)
    octets = write(version, client, ports[0], server, ports[1])

    assert read(octets + behind) == Header(
        len(octets), False, client, ports[0], server, ports[1]
    )
    assert all(read(octets[:cut]) is None for cut in range(len(octets)))


@given(
    octets=st.binary(max_size=200)
    | st.binary(max_size=200).map(SIGNATURE.__add__)
    | st.binary(max_size=120).map(b"PROXY ".__add__)
    | st.text("0123456789.:TCP46 UNKOW\r\n").map(
        lambda text: b"PROXY " + text.encode("ascii")
    )
)
def test_whatever_comes(octets: bytes) -> None:
    """Reading is total; an answer stays whatever more comes, and a cut never
    changes it."""
    told: list[object] = []
    for cut in range(len(octets) + 1):
        try:
            told.append(read(octets[:cut]))
        except ProxyError:
            told.append("error")
    known = [answer for answer in told if answer is not None]

    assert all(answer == known[0] for answer in known)
    assert told == [None] * (len(told) - len(known)) + known


def test_it_never_needs_more_than_most() -> None:
    """Whatever has MOST octets is a header or an error."""
    long = binary(0x21, 0x11, b"x" * (MOST - 16))

    assert isinstance(read(long), Header)
    with pytest.raises(ProxyError, match="of 2049 octets"):
        read(binary(0x21, 0x11, b"x" * (MOST - 15))[:16])


@pytest.mark.parametrize(
    "octets",
    [
        b"PROXY UNKNOWN\r\n",
        b"PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 0 25\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 4711 0\r\n",
        binary(0x20, 0x00),
        binary(0x20, 0x11, b"1234567890ab"),
        binary(0x20, 0xFF, b"whatever"),
        binary(0x21, 0x00, b"an extension"),
        binary(0x21, 0x31, b"/run/a\0" + b"\0" * 209),
        binary(0x21, 0x11, b"\xc0\0\2\1\xc0\0\2\2\0\0\0\x19"),
    ],
)
def test_nobody_is_named(octets: bytes) -> None:
    """Health checks and their like: the connection is the balancer's own."""
    assert read(octets + b"EHLO") == Header(len(octets))


@pytest.mark.parametrize(
    "octets",
    [
        b"EHLO x\r\n",
        b"\r\n\r\n\0\r\nQUIT\r",
        b"PROXY\r\n",
        b"PROXY \r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
        b"PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
        b"PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
        b"PROXY TCP4 ::1 ::2 1 2\r\n",
        b"PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.300 1 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.\xc3 1 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2" + b" " * 73,
        binary(0x11, 0x11, b"1234567890ab"),
        binary(0x22, 0x11, b"1234567890ab"),
        binary(0x21, 0x12, b"1234567890ab"),
        binary(0x21, 0x11, b"1234567890a"),
        binary(0x21, 0x21, b"1234567890ab"),
    ],
)
def test_no_header(octets: bytes) -> None:
    """What is none is refused."""
    with pytest.raises(ProxyError):
        read(octets)


def test_extensions_are_skipped() -> None:
    """What follows the addresses of version 2 is no part of the mail."""
    body = b"\xc0\0\2\1\xc0\0\2\2\x12\x67\0\x19" + b"\x04\0\4abcd"
    octets = binary(0x21, 0x11, body)

    assert read(octets + b"EHLO") == Header(
        len(octets), False, "192.0.2.1", 4711, "192.0.2.2", 25
    )


def test_the_form_of_each() -> None:
    """Both versions, to the octet; two families meet in IPv6."""
    four = ("192.0.2.1", 4711, "192.0.2.2", 25)
    mixed = ("192.0.2.1", 4711, "2001:db8::2", 25)

    assert write(1, *four) == b"PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\r\n"
    assert write(2, *four) == binary(0x21, 0x11, b"\xc0\0\2\1\xc0\0\2\2\x12\x67\0\x19")
    assert write(1, *mixed).startswith(b"PROXY TCP6 ::ffff:")
    for version in (1, 2):
        octets = write(version, *mixed)
        assert read(octets) == Header(len(octets), False, *mixed)
        octets = write(version, *mixed[2:], *mixed[:2])
        assert read(octets) == Header(len(octets), False, *mixed[2:], *mixed[:2])
