"""Claims about `mailward.console.gateway`: changes and what they leave alone."""

from mailward.audit.auditor import Auditor
from mailward.config.load import Loaded, load
from mailward.console.gateway import RING, Ring
from mailward.console.session import Session
from tests.unit.console.gateways import CONFIG, gateway


def test_a_change_leaves_the_counters_of_others_alone() -> None:
    """The attachment whose map changed begins anew, the other goes on, and so
    do the hits of an access list that stayed as it was."""
    state = gateway()
    told: list[Loaded] = []
    state.told = told.append
    everywhere, outside = state.loaded.gate.attachments
    everywhere.tally.packets, outside.tally.packets = 5, 6
    assert outside.traffic.access_list is not None
    outside.traffic.access_list.hits[0] = 7
    session = Session(state)
    for line in ("conf t", "policy-map type inspect esmtp EMPTY_MAP", "parameters"):
        session.line(line)
    session.line("exit")
    session.line("match body length gt 5")
    assert told[-1] is state.loaded
    first, second = state.loaded.gate.attachments
    assert (first.tally.packets, second.tally) == (0, outside.tally)
    assert second.traffic.access_list is not None
    assert second.traffic.access_list.hits == [7]
    session.line("access-list email permit tcp any any eq 587")
    _, second = state.loaded.gate.attachments
    assert second.traffic.access_list is not None
    assert (second.tally.packets, second.traffic.access_list.hits) == (6, [0, 0])


def test_a_name_is_fit_for_a_prompt() -> None:
    """The appliance's name unless the configuration gives one."""
    state = gateway()
    assert state.host == "ciscoasa"
    state.install(load(f"{CONFIG}hostname {'x' * 63}\n"))
    assert state.host == "x" * 63


def test_the_ring_keeps_the_last() -> None:
    """And counts all."""
    ring = Ring()
    auditor = Auditor((ring,))
    for number in range(RING + 3):
        auditor.managed(111008, {"user": "u", "command": str(number)}, 1.0)
    assert (len(ring.lines), ring.written) == (RING, RING + 3)
    assert ring.lines[0].endswith("the '3' command.")
