"""What the tests of the console share: a small gateway to ask."""

from mailward.audit.auditor import Auditor
from mailward.config.load import Loaded, load
from mailward.console.gateway import Gateway
from mailward.drivers.totals import Counters, Ring

CONFIG = """\
interface GigabitEthernet0/0
 nameif outside
 security-level 0
interface GigabitEthernet0/1
 nameif inside
 security-level 100
access-list email permit tcp any any eq 25
class-map L3_email
 match access-list email
class-map inspection_default
 match default-inspection-traffic
policy-map type inspect esmtp EMPTY_MAP
policy-map type inspect esmtp L7_MAP
 parameters
  mask-banner
  special-character action drop-connection log
  allow-tls
 match body length gt 35000
  drop-connection log
 match cmd line length gt 100
policy-map global_policy
 class inspection_default
  inspect esmtp EMPTY_MAP
policy-map L3_policy
 class L3_email
  inspect esmtp L7_MAP
service-policy global_policy global
service-policy L3_policy interface outside
"""


def counting(text: str = CONFIG) -> tuple[Gateway, Ring]:
    """A gateway of version 1.2.3, started on 14 November 2023, that counts by
    itself, and its ring of records."""
    ring = Ring()
    made = Gateway(load(text), "1.2.3", 1_700_000_000.0, auditor=Auditor((ring,)))
    assert made.auditor is not None
    counters = Counters(made.loaded.gate, made.auditor, ring, lambda: 42.5)

    def told(loaded: Loaded) -> None:
        counters.follow(loaded.gate)

    made.told, made.totals, made.clear = told, counters.totals, counters.clear
    return made, ring


def gateway(text: str = CONFIG) -> Gateway:
    """The same, for who asks for no records."""
    return counting(text)[0]
