"""Endpoints are frozen data."""

from mailward.policy.endpoints import Endpoints


def test_inbound_unless_said_otherwise() -> None:
    """A connection counts as inbound where levels are equal or unknown."""
    assert Endpoints("a", "192.0.2.1", 1, "b", "192.0.2.2", 25).inbound is True
