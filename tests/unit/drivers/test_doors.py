"""Doors as data: what travels to a worker makes the same door there."""

import json
import socket
from collections.abc import Mapping

import pytest

from mailward.drivers.door import FixedDoor, Route
from mailward.drivers.door_announced import AnnouncedDoor
from mailward.drivers.door_proxied import ProxiedDoor
from mailward.drivers.door_transparent import TransparentDoor
from mailward.drivers.doors import Entrance, entrance
from mailward.drivers.tcp import Place, bound

ROUTE = Route(Place("192.0.2.9", 2525), Place("192.0.2.25", 25), "dmz", "inside")
FIXED = Entrance(Place("127.0.0.1", 0), ROUTE)
DIVERTED = Entrance(
    Place("127.0.0.1", 0), None, interface="outside", devices={"inside": "lo"}
)


@pytest.mark.parametrize(
    "each",
    [
        FIXED,
        DIVERTED,
        Entrance(Place("::1", 25), ROUTE, proxied=True, announced=2, xclient=True),
    ],
)
def test_it_travels(each: Entrance) -> None:
    """Through JSON and back."""
    assert entrance(json.loads(json.dumps(each.data()))) == each


@pytest.mark.parametrize(
    "data", [{}, {"place": {}}, {**FIXED.data(), "route": {}}, {**FIXED.data(), "x": 1}]
)
def test_what_is_none(data: Mapping[str, object]) -> None:
    """Anything else is no entrance."""
    with pytest.raises((KeyError, TypeError)):
        entrance(data)


def test_the_doors_are_made() -> None:
    """One within the other: what is nearest to the client is asked first."""
    assert isinstance(FIXED.door(), FixedDoor)
    assert isinstance(DIVERTED.door(), TransparentDoor)
    outer = Entrance(FIXED.place, ROUTE, proxied=True, announced=1).door()
    assert isinstance(outer, AnnouncedDoor)
    assert isinstance(outer.inner, ProxiedDoor)
    assert isinstance(outer.inner.inner, FixedDoor)


def test_where_it_leads() -> None:
    """As the operator is told."""
    assert str(FIXED) == "upstream 192.0.2.9:2525"
    assert str(DIVERTED) == "for what comes in through outside"


def test_a_listener() -> None:
    """What must be done to the socket before it is bound is done."""
    prepared: list[socket.socket] = []
    with FIXED.listener(prepared.append) as listener:
        assert prepared == [listener]
        assert bound(listener).host == "127.0.0.1"


def test_a_listener_for_what_is_diverted() -> None:
    """It may take connections to any address (IP_TRANSPARENT)."""
    prepared: list[socket.socket] = []
    try:
        listener = DIVERTED.listener(prepared.append)
    except PermissionError:
        pytest.skip("this process lacks CAP_NET_RAW")
    with listener:
        assert listener.getsockopt(socket.SOL_IP, 19) == 1
        assert prepared == [listener]
    with DIVERTED.listener() as listener:
        assert listener.getsockopt(socket.SOL_IP, 19) == 1
