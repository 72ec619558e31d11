"""The transparent door, as far as it goes without a diverted connection."""

import socket

import pytest

from mailward.drivers.door import DoorError
from mailward.drivers.door_transparent import TransparentDoor
from mailward.drivers.tcp import Place, bound, listening
from mailward.policy.endpoints import Endpoints


def test_the_address_that_was_meant() -> None:
    """The socket's own address is the server's; the way there has a name."""
    door = TransparentDoor(
        "outside", Place("127.0.0.1", 1), {"127.0.0.1": "inside"}.__getitem__
    )
    door.heed({"outside": 100, "inside": 0})
    with listening(Place("127.0.0.1", 0)) as meant:
        server = bound(meant)
        visit = door.visit(meant, ("198.51.100.1", 4711))

    assert visit.upstream == server
    assert visit.ends == Endpoints(
        "outside", "198.51.100.1", 4711, "inside", server.host, server.port, False
    )


def test_the_servers_socket_is_the_clients_place() -> None:
    """It has the client's address and port; without CAP_NET_RAW it cannot."""
    door = TransparentDoor("outside", Place("127.0.0.1", 1), lambda _: "inside")
    with listening(Place("127.0.0.1", 0)) as meant, socket.socket() as out:
        visit = door.visit(meant, ("192.0.2.77", 4711))
        assert visit.prepare is not None
        try:
            visit.prepare(out)
        except PermissionError:
            pytest.skip("this process lacks CAP_NET_RAW")
        assert out.getsockname() == ("192.0.2.77", 4711)


def test_whoever_connects_to_the_relay_itself() -> None:
    """It was not diverted, and would lead in circles."""
    with listening(Place("127.0.0.1", 0)) as own:
        door = TransparentDoor("outside", bound(own), lambda _: "inside")
        with pytest.raises(DoorError, match="not diverted"):
            door.visit(own, ("127.0.0.1", 4711))
