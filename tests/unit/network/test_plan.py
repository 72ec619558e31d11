"""The plan of what the kernel diverts."""

import pytest

from mailward.config.load import load
from mailward.network.plan import NUMBER, NetworkError, Plan, planned
from mailward.policy.gate import Gate

DEVICES = {"outside": "eth0", "inside": "eth1", "dmz": "eth2"}

INTERFACES = """\
interface eth0
 nameif outside
 security-level 0
interface eth1
 nameif inside
 security-level 100
interface eth2
 nameif dmz
 security-level 50
"""
EVERYWHERE = """\
class-map SMTP
 match port tcp eq 25
policy-map POLICY
 class SMTP
  inspect esmtp
service-policy POLICY global
"""


def pairs(plan: Plan) -> dict[str, list[str]]:
    """The devices that traffic is taken to, by the interface it came from."""
    return {
        ingress.name: [device for device, _ in ingress.taken]
        for ingress in plan.ingresses
    }


def test_from_the_less_to_the_more_trusted() -> None:
    """A pair of interfaces is watched in the direction that is inspected, and
    an interface towards itself."""
    plan = planned(load(INTERFACES + EVERYWHERE).gate, DEVICES)

    assert pairs(plan) == {
        "outside": ["eth0", "eth1", "eth2"],
        "inside": ["eth1"],
        "dmz": ["eth1", "eth2"],
    }
    assert plan.devices == DEVICES


def test_both_ways() -> None:
    """Where the switch says so, every pair is watched."""
    text = INTERFACES + EVERYWHERE + "mailward compat direction both\n"
    plan = planned(load(text).gate, DEVICES)

    assert pairs(plan) == {name: list(DEVICES.values()) for name in DEVICES}


def test_a_policy_on_an_interface() -> None:
    """It sees what comes in there and what goes out there."""
    text = INTERFACES + EVERYWHERE.replace("global", "interface dmz")
    plan = planned(load(text).gate, DEVICES)

    assert pairs(plan) == {
        "outside": ["eth2"],
        "inside": [],
        "dmz": ["eth1", "eth2"],
    }


def test_ports_stay() -> None:
    """The port of an interface depends on its place alone, not on a policy."""
    plan = planned(load(INTERFACES).gate, DEVICES)

    assert plan.ports == {
        NUMBER: "outside",
        NUMBER + 1: "inside",
        NUMBER + 2: "dmz",
    }
    assert pairs(plan) == {"outside": [], "inside": [], "dmz": []}


@pytest.mark.parametrize(
    ("devices", "said"),
    [
        ({}, "names no interface"),
        ({"outside": "GigabitEthernet0/0"}, "mailward interface outside LINUXNAME"),
        ({"outside": 'e"h0'}, "cannot be a device"),
        ({"outside": ""}, "cannot be a device"),
        ({"outside": ".."}, "cannot be a device"),
        ({"outside": "sixteen-letters-"}, "cannot be a device"),
        ({"outside": "eth0", "inside": "eth0"}, "outside and inside: both eth0"),
        ({f"if{n}": f"eth{n}" for n in range(1025)}, "more than 1024"),
    ],
)
def test_names_that_cannot_be(devices: dict[str, str], said: str) -> None:
    """What can be no device is told by its interface."""
    with pytest.raises(NetworkError, match=said):
        planned(Gate(()), devices)
