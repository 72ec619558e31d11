"""The gate: which attachment a connection gets."""

from mailward.policy.access import Access, Denial, Hit
from mailward.policy.acl import AccessList
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import DEFAULT_PORTS, GLOBAL, Attachment, Gate, Traffic
from mailward.policy.inspection import build

SMTP = Traffic(DEFAULT_PORTS)
NEVER = Traffic(())


def attachment(place: str, class_map: str = "c", traffic: Traffic = SMTP) -> Attachment:
    """An attachment at a place."""
    return Attachment(place, "p", class_map, traffic, build("m"))


def ends(client: str = "outside", server: str = "inside", port: int = 25) -> Endpoints:
    """A connection between two interfaces."""
    return Endpoints(client, "192.0.2.9", 40000, server, "10.1.1.5", port)


def test_an_attachment_knows_its_names() -> None:
    """The map's name is the inspection's, the tally is fresh."""
    made = attachment("outside")

    assert made.map_name == "m"
    assert (made.tally.packets, made.tally.rules) == (0, [])


def test_no_attachment() -> None:
    """A gate without attachments chooses none."""
    assert Gate(()).choose(ends()) is None


def test_interface_wins_over_global() -> None:
    """The policy of either side's interface is asked before the global one, the
    client's side first."""
    everywhere = attachment(GLOBAL)
    inside = attachment("inside")
    outside = attachment("outside")
    gate = Gate((everywhere, inside, outside))

    assert gate.choose(ends()) is outside
    assert gate.choose(ends(client="dmz")) is inside
    assert gate.choose(ends(client="dmz", server="lab")) is everywhere


def test_both_directions_of_an_interface() -> None:
    """An interface policy holds for connections out of it and into it."""
    outside = attachment("outside")

    assert Gate((outside,)).choose(ends("inside", "outside")) is outside


def test_first_class_that_holds() -> None:
    """Within a policy the order of its classes decides; if none holds on the
    interface, the global policy is asked."""
    first = attachment("outside", "first", NEVER)
    second = attachment("outside", "second")
    third = attachment("outside", "third")
    everywhere = attachment(GLOBAL, "global", Traffic(((0, 65535),)))
    gate = Gate((everywhere, first, second, third))

    assert gate.choose(ends()) is second
    assert gate.choose(ends(port=587)) is everywhere


def test_traffic() -> None:
    """Ports of the server, then the access list if there is one."""
    denies = AccessList("a", ())

    assert SMTP.holds(ends())
    assert not SMTP.holds(ends(port=26))
    assert not Traffic(DEFAULT_PORTS, denies).holds(ends())


def test_one_interface_for_both_sides_is_asked_once() -> None:
    """A connection that turns round on an interface is not counted twice."""
    asked = attachment("lan", traffic=NEVER)

    assert Gate((asked,)).choose(ends("lan", "lan")) is None


def test_direction() -> None:
    """From lower to higher, equal and unknown levels are inspected; from
    higher to lower not."""
    everywhere = attachment(GLOBAL)
    gate = Gate((everywhere,), {"inside": 100, "outside": 0, "dmz": 0})

    assert gate.choose(ends("outside", "inside")) is everywhere
    assert gate.choose(ends("inside", "outside")) is None
    assert gate.choose(ends("dmz", "outside")) is everywhere
    assert gate.choose(ends("inside", "unknown")) is everywhere
    assert gate.choose(ends("unknown", "outside")) is everywhere


def test_both_directions() -> None:
    """With `both_ways` the levels do not matter."""
    everywhere = attachment(GLOBAL)
    gate = Gate((everywhere,), {"inside": 100, "outside": 0}, both_ways=True)

    assert gate.choose(ends("inside", "outside")) is everywhere
    assert gate.choose(ends("outside", "inside")) is everywhere


def test_who_may_pass() -> None:
    """The access groups are asked, with the levels of the gate."""
    denies = Access({"outside": AccessList("a", ())})
    hits: list[Hit] = []

    assert Gate((), {"inside": 100}).admits(ends()) == Denial("outside")
    assert Gate((), {"inside": 100}).admits(ends(), by_level=False) is None
    assert Gate((), access=denies).admits(ends("outside", "dmz"), hits) is not None
