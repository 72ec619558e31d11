"""Claims about `mailward.audit.connections`: the records of every connection."""

import pytest

from mailward.audit.connections import Built, Ended
from mailward.audit.records import BUILT, BY_NUMBER, TEARDOWN
from mailward.policy.endpoints import Endpoints
from mailward.verdicts import PASS
from tests.unit.audit.cases import ATTACHED, IN, OUT, SIX


def outer_first(ends: Endpoints) -> tuple[tuple[str, str], tuple[str, str]]:
    """The less trusted side first: of each the interface, the address and the port."""
    client = (ends.client_interface, f"{ends.client_address}/{ends.client_port}")
    server = (ends.server_interface, f"{ends.server_address}/{ends.server_port}")
    return (client, server) if ends.inbound else (server, client)


@pytest.mark.parametrize("ends", [IN, OUT, SIX])
@pytest.mark.parametrize("number", [1, 2**31, 10**15])
def test_a_sentence_is_the_template_of_the_catalogue(
    ends: Endpoints, number: int
) -> None:
    """Filled by name it says the same."""
    (outer, outer_place), (inner, inner_place) = outer_first(ends)
    built = BY_NUMBER[BUILT]
    record = Built(built, number, ends, 1.5)
    assert record.text == built.template.format(
        direction="inbound" if ends.inbound else "outbound",
        number=number,
        outer=f"{outer}:{outer_place}",
        outer_mapped=outer_place,
        inner=f"{inner}:{inner_place}",
        inner_mapped=inner_place,
    )
    over = BY_NUMBER[TEARDOWN]
    ended = Ended(over, number, ends, None, PASS, "TCP FINs", 3661.9, 2**40, 1.5)
    assert ended.text == over.template.format(
        number=number,
        outer=f"{outer}:{outer_place}",
        inner=f"{inner}:{inner_place}",
        duration="1:01:01",
        octets=2**40,
        reason="TCP FINs",
    )
    assert (record.time, record.ends) == (ended.time, ended.ends) == (1.5, ends)


def test_what_json_adds() -> None:
    """The number of the connection; of its end how long and how much it was."""
    assert Built(BY_NUMBER[BUILT], 7, IN, 0.0).fields == {"esmtp.connection": 7}
    ended = Ended(BY_NUMBER[TEARDOWN], 7, IN, ATTACHED, PASS, "Reset", 1.5, 77, 0.0)
    assert ended.fields == {
        "rule.name": "L7_MAP",
        "rule.ruleset": "L3_outside_policy",
        "esmtp.connection": 7,
        "esmtp.verdict": "pass",
        "event.reason": "Reset",
        "event.duration": 1_500_000_000,
        "network.bytes": 77,
    }
