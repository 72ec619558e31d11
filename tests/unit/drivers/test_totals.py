"""Claims about `mailward.drivers.totals`: gathering, clearing, carrying on."""

from mailward.audit.auditor import Auditor
from mailward.audit.totals import RECENT, Counted
from mailward.config.load import load
from mailward.drivers.flow import Flow
from mailward.drivers.totals import Counters, Ring, Traffic
from mailward.engine.session import Session
from mailward.policy.endpoints import Endpoints
from tests.unit.console.gateways import CONFIG
from tests.unit.drivers.test_flow import Desk, Memory, Side


def counters() -> tuple[Counters, Auditor, Ring, list[Flow]]:
    """Of a process with two connections."""
    ring = Ring()
    auditor = Auditor((ring,))
    gate = load(CONFIG).gate
    attachment = gate.attachments[1]
    host = Desk(Memory())
    first = Endpoints("outside", "203.0.113.9", 51111, "inside", "10.1.1.5", 25)
    second = Endpoints("inside", "10.1.1.5", 4000, "outside", "192.0.2.1", 25, False)
    session = Session(attachment.inspection, attachment.tally)
    flows = [
        Flow(None, Side(), Side(), second, None, host, 8, 40.0),
        Flow(session, Side(), Side(), first, attachment, host, 7, 30.0),
    ]
    flows[1].octets_in, flows[1].octets_out = 800, 12
    flows[1].segments_in, flows[1].segments_out = 5, 6
    flows[1].seen = 40.0
    made = Counters(
        gate,
        auditor,
        ring,
        lambda: 42.5,
        flows=lambda: flows,
        most=lambda: 12,
        built=lambda: 20,
        lost=lambda: 3,
    )
    return made, auditor, ring, flows


def test_everything_is_gathered() -> None:
    """Tallies, hits, connections, records."""
    made, auditor, _, _ = counters()
    attachment = made.gate.attachments[1]
    attachment.tally.packets, attachment.tally.rules = 5, [3, 0]
    assert attachment.traffic.access_list is not None
    attachment.traffic.access_list.hits[0] = 7
    auditor.managed(111008, {"user": "u", "command": "c"}, 1.0)
    totals = made.totals()
    numbers = made.totals(whole=False)
    assert not numbers.connections
    assert not numbers.recent
    assert (numbers.attachments, numbers.most) == (totals.attachments, 12)
    assert totals.attachments[1] == Counted(
        "outside", "L3_policy", "L3_email", "L7_MAP", 5, rules=(3, 0)
    )
    assert totals.access_lists == {"email": (7,)}
    assert (totals.most, totals.built, totals.lost) == (12, 20, 3)
    assert totals.records == {111008: 1}
    assert totals.recent[0][0] == 1.0
    assert totals.written == {"buffered": 1}
    inside, outside = totals.connections
    assert (inside.map_name, inside.inspected, inside.idle, inside.age) == (
        *("", False),
        *(2.5, 2.5),
    )
    assert (outside.map_name, outside.octets, outside.idle, outside.age) == (
        *("L7_MAP", 812),
        *(2.5, 12.5),
    )


def test_clearing() -> None:
    """One of a kind, or all of it, and nothing else."""
    made, auditor, ring, _ = counters()
    for attachment in made.gate.attachments:
        attachment.tally.packets = 1
    made.clear("service-policy", "outside")
    assert [a.packets for a in made.totals().attachments] == [1, 0]
    made.clear("service-policy")
    assert [a.packets for a in made.totals().attachments] == [0, 0]
    made.gate.attachments[1].traffic.access_list.hits[0] = 3  # type: ignore[union-attr]
    made.clear("access-list", "other")
    assert made.totals().hits("email", 1) == (3,)
    made.clear("access-list", "email")
    assert made.totals().hits("email", 1) == (0,)
    auditor.managed(111008, {"user": "u", "command": "c"}, 1.0)
    made.clear("logging")
    assert not ring.lines
    assert made.totals().records == {111008: 1}
    made.clear("records")
    assert made.totals().records == {}
    made.clear("nonsense")


def test_connections_can_be_ended() -> None:
    """Those of an address, or all."""
    made, _, _, flows = counters()
    made.clear("conn", "192.0.2.99")
    assert [flow.over for flow in flows] == [False, False]
    made.clear("conn", "203.0.113.9")
    assert [flow.over for flow in flows] == [False, True]
    made.clear("conn")
    assert [flow.over for flow in flows] == [True, True]


def test_the_ring_keeps_the_last() -> None:
    """And counts all."""
    ring = Ring()
    auditor = Auditor((ring,))
    for number in range(RECENT + 3):
        auditor.managed(111008, {"user": "u", "command": str(number)}, 1.0)
    assert (len(ring.lines), ring.written) == (RECENT, RECENT + 3)
    assert ring.lines[0][1].endswith("the '3' command.")


def test_traffic_by_interface() -> None:
    """What was said comes in on the side that said it; cleared, it begins anew,
    connections that stand too."""
    made, _, _, flows = counters()
    assert made.totals().traffic == {
        "outside": (5, 800, 6, 12),
        "inside": (6, 12, 5, 800),
    }
    made.clear("traffic")
    flows[1].octets_out += 8
    flows[1].segments_out += 1
    assert made.totals().traffic["inside"] == (1, 8, 0, 0)
    past = Traffic()
    past.add(flows.pop(1))
    made = Counters(made.gate, Auditor(()), Ring(), lambda: 0.0, passed=lambda: past)
    assert made.totals().traffic["outside"] == (5, 800, 7, 20)
