"""The proxied door: the header says who the client is."""

import socket

import pytest

from mailward.drivers.door import DoorError, FixedDoor, Route
from mailward.drivers.door_proxied import ProxiedDoor
from mailward.drivers.proxy import write
from mailward.drivers.tcp import Place
from mailward.policy.endpoints import Endpoints

ROUTE = Route(Place("192.0.2.9", 2525), Place("192.0.2.25", 25), "dmz", "inside")
PEER = ("203.0.113.1", 999)


def made() -> ProxiedDoor:
    """A door around the fixed one."""
    return ProxiedDoor(FixedDoor(ROUTE))


def test_the_client_of_the_header() -> None:
    """Policies see the client that the balancer names, at the door's own
    destination."""
    header = write(2, "198.51.100.1", 4711, "203.0.113.2", 25)
    with socket.socket() as sock:
        door = made()
        assert door.prefaced
        assert door.preface(header[:-1], sock, PEER) is None
        visit = door.preface(header + b"EHLO x\r\n", sock, PEER)

    assert visit is not None
    assert (visit.used, visit.check) == (len(header), False)
    assert visit.ends == Endpoints(
        "dmz", "198.51.100.1", 4711, "inside", "192.0.2.25", 25
    )
    assert visit.upstream == ROUTE.upstream


def test_nobody_is_named() -> None:
    """The balancer itself is the client, and it is a health check."""
    with socket.socket() as sock:
        visit = made().preface(b"PROXY UNKNOWN\r\n", sock, PEER)

    assert visit is not None
    assert (visit.used, visit.check) == (15, True)
    assert visit.ends.client_address == "203.0.113.1"


def test_the_balancer_names_itself() -> None:
    """A health check in version 1."""
    header = write(1, *PEER, "203.0.113.2", 25)
    other = write(1, PEER[0], 1000, "203.0.113.2", 25)
    with socket.socket() as sock:
        visit = made().preface(header, sock, PEER)
        client = made().preface(other, sock, PEER)

    assert visit is not None
    assert client is not None
    assert (visit.check, client.check) == (True, False)
    assert (visit.ends.client_address, visit.ends.client_port) == PEER


def test_no_header() -> None:
    """Whoever says something else is refused."""
    with socket.socket() as sock, pytest.raises(DoorError, match="no PROXY header"):
        made().preface(b"EHLO x\r\n", sock, PEER)


def test_levels_are_the_inner_doors() -> None:
    """The relay tells the outer door alone."""
    door = made()
    door.heed({"dmz": 50, "inside": 0})
    with socket.socket() as sock:
        visit = door.preface(b"PROXY UNKNOWN\r\n", sock, PEER)

    assert visit is not None
    assert not visit.ends.inbound
    assert door.levels == door.inner.levels == {"dmz": 50, "inside": 0}
