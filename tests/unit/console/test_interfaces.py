"""Claims about `mailward.console.interfaces` and `mailward.console.faces`."""

import json
from typing import Final

from mailward.console.session import answer
from tests.unit.console.gateways import gateway

CONFIG: Final = """\
interface GigabitEthernet0/0
 description to the world
 nameif outside
 security-level 0
 ip address 203.0.113.1 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 ip address dhcp setroute
interface GigabitEthernet0/2
 shutdown
 no nameif
 no security-level
 no ip address
mtu outside 1500
"""


def test_interfaces_in_a_line_each() -> None:
    """Address, how they came by it, state."""
    shown = answer("show interface ip brief", gateway(CONFIG)).splitlines()
    assert [line.split() for line in shown[1:]] == [
        ["GigabitEthernet0/0", "203.0.113.1", "YES", "CONFIG", "up", "up"],
        ["GigabitEthernet0/1", "unassigned", "YES", "DHCP", "up", "up"],
        [
            *("GigabitEthernet0/2", "unassigned", "YES", "unset"),
            *("administratively", "down", "down"),
        ],
    ]


def test_interfaces_at_length() -> None:
    """All, or one."""
    state = gateway(CONFIG)
    whole = answer("show interface", state)
    one = answer("show interface outside", state)
    assert one == (
        'Interface GigabitEthernet0/0 "outside", is up, line protocol is up\n'
        "  Hardware is Virtual, BW Unknown Speed-Capability, DLY 10 usec\n"
        "\tDescription: to the world\n"
        "\tMAC address N/A, MTU 1500\n"
        "\tIP address 203.0.113.1, subnet mask 255.255.255.0\n"
    )
    assert whole.startswith(one)
    assert 'GigabitEthernet0/2 "", is administratively down, line protocol' in whole
    assert "\tAvailable but not configured via nameif\n\tMAC address N/A, MTU" in whole
    summary = answer("show interface summary", state)
    assert "Hardware" not in summary
    assert "Description" not in summary
    detail = answer("show interface detail", state).splitlines()
    assert detail[5:9] == [
        "  Control Point Interface States:",
        "\tInterface number is 1",
        "\tInterface config status is active",
        "\tInterface state is active",
    ]
    assert detail[-1] == "\tInterface state is not active"
    told = json.loads(answer("show interface | json", state))["answer"]
    assert told[0]["address"] == "203.0.113.1"
    assert told[1]["security-level"] == 100
    assert told[2]["status"] == "admin down"


def test_names_and_levels() -> None:
    """Of the configuration; without any, those on which mail comes and goes."""
    shown = answer("show nameif", gateway(CONFIG)).splitlines()
    assert [line.split() for line in shown[1:]] == [
        ["GigabitEthernet0/0", "outside", "0"],
        ["GigabitEthernet0/1", "inside", "100"],
    ]
    shown = answer("show nameif", gateway("")).splitlines()
    assert [line.split() for line in shown[1:]] == [
        ["outside", "outside", "0"],
        ["inside", "inside", "100"],
    ]


def test_addresses() -> None:
    """Those that are fixed, as of the system and as of now."""
    shown = answer("show ip address", gateway(CONFIG)).splitlines()
    assert shown[0] == "System IP Addresses:"
    assert shown[3] == "Current IP Addresses:"
    assert shown[2] == shown[5]
    assert shown[2].split() == [
        *("GigabitEthernet0/0", "outside", "203.0.113.1", "255.255.255.0", "CONFIG")
    ]
