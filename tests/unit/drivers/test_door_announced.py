"""The announced door: what is said to the server first."""

import socket

from mailward.drivers.door import FixedDoor, Route
from mailward.drivers.door_announced import AnnouncedDoor
from mailward.drivers.door_proxied import ProxiedDoor
from mailward.drivers.proxy import write
from mailward.drivers.tcp import Place
from mailward.drivers.xclient import Xclient

ROUTE = Route(Place("192.0.2.9", 2525), Place("192.0.2.25", 25), "dmz", "inside")


def test_a_header_goes_first() -> None:
    """It names the client, and the destination that policies see."""
    door = AnnouncedDoor(FixedDoor(ROUTE), 1, xclient=False)
    with socket.socket() as sock:
        visit = door.visit(sock, ("198.51.100.1", 4711))

    assert not door.prefaced
    assert visit.first == b"PROXY TCP4 198.51.100.1 192.0.2.25 4711 25\r\n"
    assert visit.overture is None


def test_xclient() -> None:
    """A dialogue instead; a new one for each connection."""
    door = AnnouncedDoor(FixedDoor(ROUTE), 0, xclient=True)
    with socket.socket() as sock:
        first = door.visit(sock, ("198.51.100.1", 4711))
        second = door.visit(sock, ("198.51.100.1", 4711))

    assert first.first == b""
    assert isinstance(first.overture, Xclient)
    assert first.overture is not second.overture


def test_in_and_out() -> None:
    """Behind a balancer the server hears of the balancer's client."""
    door = AnnouncedDoor(ProxiedDoor(FixedDoor(ROUTE)), 2, xclient=False)
    header = write(1, "2001:db8::7", 4711, "203.0.113.2", 25)
    with socket.socket() as sock:
        assert door.prefaced
        assert door.preface(b"PROXY", sock, ("203.0.113.1", 999)) is None
        visit = door.preface(header, sock, ("203.0.113.1", 999))

    assert visit is not None
    assert visit.used == len(header)
    assert visit.first == write(2, "2001:db8::7", 4711, "192.0.2.25", 25)
