"""Places: what holds where the configuration says nothing."""

from mailward.policy.places import NEVER, Interface, Publication, Timeouts


def test_defaults() -> None:
    """An interface without more than a name; a publication seen as it is."""
    one = Interface("inside", "eth1", "eth1", 100)
    made = Publication("outside", "inside", "", 25, "10.1.1.5", 25)

    assert (one.addresses, one.networks, one.vlan, one.up) == ((), (), 0, True)
    assert (made.line, made.service, made.service_port) == (0, "", 0)


def test_times() -> None:
    """An hour, ten minutes, half a minute; for ever is longer than any."""
    made = Timeouts()

    assert (made.conn, made.half_closed, made.embryonic) == (3600.0, 600.0, 30.0)
    assert made.conn < NEVER
