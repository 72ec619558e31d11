"""What the counters of dead workers are worth after a change."""

from dataclasses import replace

import pytest

from mailward.audit.totals import Counted, Totals
from mailward.config.load import load
from mailward.drivers.totals import (
    ACCESS_LISTS,
    CONNECTIONS,
    LOGGING,
    RECORDS,
    SERVICE_POLICY,
    TRAFFIC,
)
from mailward.fleet.dead import carried, cleared

POLICY = """\
policy-map type inspect esmtp ONE
 match sender-address length gt 40
  drop-connection log
policy-map type inspect esmtp TWO
 match sender-address length gt 50
  drop-connection log
access-list A extended permit tcp any any
access-list B extended permit tcp any any
class-map CLASS-A
 match access-list A
class-map CLASS-B
 match access-list B
policy-map POLICY
 class CLASS-A
  inspect esmtp ONE
 class CLASS-B
  inspect esmtp TWO
service-policy POLICY global
"""

ONE = Counted("global", "POLICY", "CLASS-A", "ONE", packets=3, rules=(1,))
TWO = Counted("global", "POLICY", "CLASS-B", "TWO", packets=4, rules=(2,))
INSIDE = Counted("inside", "P", "C", "M", packets=5)
LEFT = Totals(
    attachments=(ONE, TWO, INSIDE),
    access_lists={"A": (1,), "B": (2,)},
    records={302013: 5},
    recent=((1.0, "x"),),
    traffic={"outside": (1, 2, 3, 4)},
    built=9,
)


@pytest.mark.parametrize(
    ("what", "which", "left"),
    [
        (SERVICE_POLICY, "", replace(LEFT, attachments=())),
        (SERVICE_POLICY, "inside", replace(LEFT, attachments=(ONE, TWO))),
        (ACCESS_LISTS, "", replace(LEFT, access_lists={})),
        (ACCESS_LISTS, "A", replace(LEFT, access_lists={"B": (2,)})),
        (RECORDS, "", replace(LEFT, records={})),
        (LOGGING, "", replace(LEFT, recent=())),
        (TRAFFIC, "", replace(LEFT, traffic={})),
        (CONNECTIONS, "", LEFT),
    ],
)
def test_cleared(what: str, which: str, left: Totals) -> None:
    """What is named goes back to nought, and nothing else."""
    assert cleared(LEFT, what, which) == left


def test_carried() -> None:
    """A map that says something else now counts from nought, and so does an
    access list with other entries; the rest counts on."""
    old = load(POLICY).gate
    same = load(POLICY + "regex X y\n").gate
    other = load(
        POLICY.replace("gt 50", "gt 51").replace(
            "A extended permit tcp any any", "A extended permit tcp any any eq 25"
        )
    ).gate

    assert carried(LEFT, old, same) == replace(LEFT, attachments=(ONE, TWO))
    assert carried(LEFT, old, other) == replace(
        LEFT, attachments=(ONE,), access_lists={}
    )
