"""Doors: what the fixed one answers, and what all have in common."""

import socket

import pytest

from mailward.drivers.door import Door, FixedDoor, Overture, Route, host_of
from mailward.drivers.tcp import Place
from mailward.policy.endpoints import Endpoints

ROUTE = Route(Place("192.0.2.9", 2525), Place("192.0.2.25", 25), "dmz", "inside")


def test_the_fixed_door() -> None:
    """The peer is the client, the route says the rest."""
    door = FixedDoor(ROUTE)
    with socket.socket() as sock:
        visit = door.visit(sock, ("198.51.100.1", 4711))

    assert visit.ends == Endpoints(
        "dmz", "198.51.100.1", 4711, "inside", "192.0.2.25", 25, inbound=True
    )
    assert visit.upstream == Place("192.0.2.9", 2525)
    assert (visit.prepare, visit.first, visit.overture, visit.used) == (
        None,
        b"",
        None,
        0,
    )
    assert not door.prefaced


@pytest.mark.parametrize(
    ("levels", "inbound"),
    [
        ({}, True),
        ({"dmz": 50}, True),
        ({"dmz": 50, "inside": 100}, True),
        ({"dmz": 50, "inside": 50}, True),
        ({"dmz": 50, "inside": 0}, False),
    ],
)
def test_direction_is_by_level(levels: dict[str, int], inbound: bool) -> None:
    """Only what goes to a less trusted side is outbound."""
    door = FixedDoor(ROUTE)
    door.heed(levels)
    with socket.socket() as sock:
        ends = door.visit(sock, ("198.51.100.1", 4711)).ends

    assert ends.inbound is inbound


def test_an_address_has_no_link() -> None:
    """The zone of a link-local address says nothing to an access list."""
    assert host_of(("fe80::1%eth0", 1, 0, 2)) == "fe80::1"
    assert host_of(("2001:db8::1", 1, 0, 0)) == "2001:db8::1"


def test_a_door_says_nothing_by_itself() -> None:
    """Each kind fills it in."""
    door = Door()
    with socket.socket() as sock:
        with pytest.raises(NotImplementedError):
            door.visit(sock, ("192.0.2.1", 1))
        with pytest.raises(NotImplementedError):
            door.preface(b"", sock, ("192.0.2.1", 1))
    with pytest.raises(NotImplementedError):
        Overture().hear(b"")
    assert not Overture().done
