"""PROXY: the header in which a balancer says whom it speaks for.

Knows: versions 1 and 2 of the PROXY protocol, reading and writing.
Does not know: sockets, who may be believed.
Called by: `drivers.door_proxied`, `drivers.door_announced`.

Reading is total and bounded: whatever octets come are a header, the beginning of
one, or an error, and a header never needs more than MOST.  What names no TCP
connection (a health check of the balancer's own, UNKNOWN, another family, port 0)
is `local`: the connection is then the balancer's own.  Extensions are skipped.
"""

import struct
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final, final

from mailward.errors import MailwardError

#: No header is longer, its extensions included.
MOST: Final = 2048
#: Of version 1, by its definition.
_LINE_MOST: Final = 107
_ONE: Final = b"PROXY "
_TWO: Final = b"\r\n\r\n\0\r\nQUIT\n"
# Version and command, family and transport, length of what follows.
_HEAD: Final = struct.Struct("!12sBBH")
_LOCAL: Final = 0x20
_PROXIED: Final = 0x21
_STREAMS: Final = {
    0x11: (4, struct.Struct("!4s4sHH")),
    0x21: (6, struct.Struct("!16s16sHH")),
}
_UNSPECIFIED: Final = frozenset({0x00, 0x31})  # nothing; a local socket


class ProxyError(MailwardError):
    """What came is no PROXY header."""


@final
@dataclass(frozen=True)
class Header:
    """Who connected to whom; `used` octets were the header.  `local`: it names
    nobody, and the addresses are empty."""

    used: int
    local: bool = True
    client: str = ""
    client_port: int = 0
    server: str = ""
    server_port: int = 0


def read(octets: bytes) -> Header | None:
    """The header at the beginning; None: more is needed.  Raises ProxyError."""
    if octets.startswith(_ONE[: len(octets)]):
        return _line(octets)
    if octets.startswith(_TWO[: len(octets)]):
        return _binary(octets)
    raise ProxyError("no PROXY header")


def write(
    version: int, client: str, client_port: int, server: str, server_port: int
) -> bytes:
    """A header of version 1 or 2 for a connection between literal addresses."""
    ends = (_address(client), _address(server))
    four = [end for end in ends if isinstance(end, IPv4Address)]
    if len(four) == 1:
        ends = (_mapped(ends[0]), _mapped(ends[1]))
    is_four = len(four) == 2
    if version == 1:
        words = ("TCP4" if is_four else "TCP6", str(ends[0]), str(ends[1]))
        line = f"PROXY {' '.join(words)} {client_port} {server_port}\r\n"
        return line.encode("ascii")
    kind = 0x11 if is_four else 0x21
    body = _STREAMS[kind][1].pack(
        ends[0].packed, ends[1].packed, client_port, server_port
    )
    return _HEAD.pack(_TWO, _PROXIED, kind, len(body)) + body


def _line(octets: bytes) -> Header | None:
    """Version 1: one line of words."""
    end = octets.find(b"\r\n", 0, _LINE_MOST)
    if end < 0:
        if len(octets) >= _LINE_MOST or b"\n" in octets:
            raise ProxyError("a PROXY line without its end")
        return None
    used = end + 2
    words = octets[len(_ONE) : end].split(b" ")
    if words[0] == b"UNKNOWN":
        return Header(used)
    if len(words) != 5 or words[0] not in (b"TCP4", b"TCP6"):
        raise ProxyError("a PROXY line that names no connection")
    version = 4 if words[0] == b"TCP4" else 6
    return _header(
        used,
        _spelt(version, words[1]),
        _port(words[3]),
        _spelt(version, words[2]),
        _port(words[4]),
    )


def _binary(octets: bytes) -> Header | None:
    """Version 2: fields of fixed sizes."""
    if len(octets) < _HEAD.size:
        return None
    _, command, kind, length = _HEAD.unpack_from(octets)
    used = _HEAD.size + length
    if command not in (_LOCAL, _PROXIED):
        raise ProxyError(f"a PROXY header of an unknown command ({command:#x})")
    if used > MOST:
        raise ProxyError(f"a PROXY header of {used} octets")
    if command == _PROXIED and kind not in _UNSPECIFIED and kind not in _STREAMS:
        raise ProxyError(f"a PROXY header of an unknown family ({kind:#x})")
    if len(octets) < used:
        return None
    if command == _LOCAL or kind in _UNSPECIFIED:
        return Header(used)
    version, form = _STREAMS[kind]
    if length < form.size:
        raise ProxyError("a PROXY header that is too short")
    source, target, client_port, server_port = form.unpack_from(octets, _HEAD.size)
    make = IPv4Address if version == 4 else IPv6Address
    return _header(used, make(source), client_port, make(target), server_port)


def _header(
    used: int,
    client: IPv4Address | IPv6Address,
    client_port: int,
    server: IPv4Address | IPv6Address,
    server_port: int,
) -> Header:
    """Whom it names; a connection has no port 0."""
    if not client_port or not server_port:
        return Header(used)
    return Header(used, False, _plain(client), client_port, _plain(server), server_port)


def _spelt(version: int, word: bytes) -> IPv4Address | IPv6Address:
    try:
        text = word.decode("ascii")
        return IPv4Address(text) if version == 4 else IPv6Address(text)
    except (UnicodeDecodeError, AddressValueError):
        raise ProxyError("a PROXY line with an address that is none") from None


def _port(word: bytes) -> int:
    if not word.isdigit() or len(word) > 5 or int(word) > 65535:
        raise ProxyError("a PROXY line with a port that is none")
    return int(word)


def _plain(address: IPv4Address | IPv6Address) -> str:
    """An IPv4 address written in IPv6 counts as IPv4."""
    if isinstance(address, IPv6Address):
        # A link's name is no part of the address.
        return str(address.ipv4_mapped or IPv6Address(int(address)))
    return str(address)


def _address(text: str) -> IPv4Address | IPv6Address:
    return IPv6Address(text) if ":" in text else IPv4Address(text)


def _mapped(address: IPv4Address | IPv6Address) -> IPv6Address:
    if isinstance(address, IPv6Address):
        return address
    return IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
