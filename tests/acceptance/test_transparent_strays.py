"""What belongs to no connection of the relay's: calls that are never finished, by the
ten thousand, and connections older than the rules."""

import random
import socket
import struct
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Final

import pytest

from tests.acceptance.bed import INSIDE, OUTSIDE, Bed, host
from tests.acceptance.firewall import POLICY, Firewall
from tests.acceptance.layers import until
from tests.acceptance.sink import Sink
from tests.processes import descriptors, kilobytes, workers

CALLS: Final = 20_000
#: After so many calls a true client comes.
SHARE: Final = 1_000
#: Octets that the relay may grow by; a kilobyte for each call would be ten times that.
GROWTH: Final = 2_000_000


def checksum(octets: bytes) -> int:
    """Of a TCP segment behind its pseudo-header (RFC 9293, section 3.1)."""
    total: int = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def call(source: str, port: int, target: str) -> bytes:
    """An IPv4 packet that asks for a connection to port 25 (a SYN)."""
    ends = socket.inet_aton(source) + socket.inet_aton(target)
    segment = struct.pack("!HHIIBBHHH", port, 25, port, 0, 0x50, 0x02, 64240, 0, 0)
    pseudo = ends + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(segment))
    seal = struct.pack("!H", checksum(pseudo + segment))
    segment = segment[:16] + seal + segment[18:]
    # The kernel fills in the length and the header's checksum.
    head = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 64, socket.IPPROTO_TCP, 0)
    return head + ends + segment


def held(pid: int) -> tuple[int, int]:
    """Memory in octets and descriptors of the relay, in all."""
    family = [pid, *workers(pid)]
    memory = sum(kilobytes(each, "RssAnon") for each in family) * 1024
    return memory, sum(map(descriptors, family))


def called(bed: Bed, place: tuple[str, int]) -> None:
    """A true client comes, and is served."""
    with bed.connect(OUTSIDE, place) as client:
        client.settimeout(60)
        assert client.recv(4) == b"220 "
        client.sendall(b"QUIT\r\n")
        with client.makefile("rb") as file:
            assert b"\r\n221 " in b"\r\n" + file.read()


def at_rest(firewall: Firewall) -> None:
    """Wait until the relay has let go of everybody."""
    until(
        lambda: firewall.show("conn", "count").startswith("0 in use"), 60, "no client"
    )


def test_half_open_connections_cost_the_relay_nothing(
    bed: Bed, figure: Callable[[str], None]
) -> None:
    """The kernel keeps them from the relay: a true client is served all the while,
    the server hears of none of the others, and the relay grows by nothing."""
    place = (host(INSIDE), 25)
    # A net behind the outside whose hosts are silent.
    bed.ip("firewall", "route", "add", "203.0.113.0/24", "via", host(OUTSIDE))
    bed.ip(OUTSIDE, "route", "add", "blackhole", "203.0.113.0/24")
    sink = Sink(bed.within(INSIDE, lambda: socket.create_server(place, backlog=1024)))
    firewall = Firewall(bed, POLICY, "--workers", "2")
    chance = random.Random(5)
    net = int(IPv4Address("203.0.113.0"))
    served = 1
    try:
        called(bed, place)
        at_rest(firewall)
        before = held(firewall.process.pid)
        raw = bed.within(
            OUTSIDE,
            lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
        )
        with raw:
            for number in range(1, CALLS + 1):
                source = str(IPv4Address(net + chance.randrange(1, 255)))
                port = chance.randrange(1024, 65536)
                raw.sendto(call(source, port, place[0]), (place[0], 0))
                if number % SHARE == 0:
                    called(bed, place)
                    served += 1
        diverted = firewall.diverted()["outside"]
        at_rest(firewall)
        after = held(firewall.process.pid)
    finally:
        sink.stop()
    figure(
        f"half-open: {CALLS} calls, {diverted - served} diverted; {served} clients "
        f"served meanwhile; the relay grew by {(after[0] - before[0]) / 1e3:.0f} kB "
        f"and {after[1] - before[1]} descriptors"
    )
    assert diverted > CALLS * 0.9, "the calls do not arrive"
    assert len(sink.callers) == served
    assert after[0] - before[0] < GROWTH
    assert after[1] == before[1]
    assert firewall.stop() == 0


def test_a_connection_that_stood_before_is_reset(bed: Bed) -> None:
    """It was not inspected from its beginning: it goes on no more, and at once."""
    place = (host(INSIDE), 25)
    sink = Sink(bed.within(INSIDE, lambda: socket.create_server(place)))
    try:
        with bed.connect(OUTSIDE, place) as client:
            client.settimeout(30)
            assert client.recv(100).endswith(b"ESMTP\r\n")
            firewall = Firewall(bed, POLICY)
            client.sendall(b"NOOP\r\n")
            with pytest.raises(ConnectionResetError):
                client.recv(100)
        assert firewall.stop() == 0
    finally:
        sink.stop()
