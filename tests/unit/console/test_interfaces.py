"""Claims about `mailward.console.interfaces` and `mailward.console.faces`."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from mailward.audit.totals import Counted, Totals
from mailward.console.hardware import Hardware
from mailward.console.session import answer
from tests.unit.console.gateways import gateway
from tests.unit.console.gateways import gateway as policies

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
        "  Hardware is Virtual, BW 0 Mbps, DLY 10 usec\n"
        "\tDescription: to the world\n"
        "\tMAC address 0000.0000.0000, MTU 1500\n"
        "\tIP address 203.0.113.1, subnet mask 255.255.255.0\n"
    )
    assert whole.startswith(one)
    assert 'GigabitEthernet0/2 "", is administratively down, line protocol' in whole
    assert (
        "\tAvailable but not configured via nameif\n\tMAC address 0000.0000.0000, MTU"
        in whole
    )
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
    assert told[2]["status"] == "administratively down"


def test_what_linux_tells(tmp_path: Path) -> None:
    """Of an interface that it has: address, speed, whether it is up."""
    state = gateway("interface eth7\n nameif outside\n security-level 0\n")
    state.hardware = Hardware(tmp_path)
    folder = tmp_path / "sys" / "class" / "net" / "eth7"
    folder.mkdir(parents=True)
    for name, text in (("address", "02:00:5e:10:00:01"), ("mtu", "9000")):
        (folder / name).write_text(f"{text}\n")
    shown = answer("show interface outside", state)
    assert "is up, line protocol is up\n" in shown
    assert "BW 0 Mbps" in shown
    assert "\tMAC address 0200.5e10.0001, MTU 9000\n" in shown
    (folder / "speed").write_text("10000\n")
    (folder / "operstate").write_text("down\n")
    shown = answer("show interface outside", state)
    assert "is down, line protocol is down\n" in shown
    assert "BW 10000 Mbps" in shown


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


def test_traffic() -> None:
    """In and out of each interface, and how fast it goes; cleared on demand."""
    state = gateway(CONFIG)
    now = [state.started]
    state.clock = lambda: now[0]
    state.totals = lambda: Totals(traffic={"outside": (10, 1000, 20, 2000)})
    state.measure()
    now[0] += 50.0
    state.totals = lambda: Totals(traffic={"outside": (110, 6000, 20, 2500)})
    shown = answer("show traffic", state)
    assert shown.startswith(
        "outside:\n"
        "\treceived (in 50.000 secs):\n"
        "\t\t110 packets\t6000 bytes\n"
        "\t\t2 pkts/sec\t120 bytes/sec\n"
        "\ttransmitted (in 50.000 secs):\n"
        "\t\t20 packets\t2500 bytes\n"
        "\t\t0 pkts/sec\t50 bytes/sec\n"
        "      1 minute input rate 2 pkts/sec,  100 bytes/sec\n"
        "      1 minute output rate 0 pkts/sec,  10 bytes/sec\n"
        "      1 minute drop rate, 0 pkts/sec\n"
    )
    assert "inside:\n\treceived (in 50.000 secs):\n\t\t0 packets\t0 bytes" in shown
    told = json.loads(answer("show traffic | json", state))["answer"]
    assert told["outside"] == {
        "packets-in": 110,
        "bytes-in": 6000,
        "packets-out": 20,
        "bytes-out": 2500,
    }
    asked: list[tuple[str, str]] = []
    state.clear = lambda what, which: asked.append((what, which))
    assert answer("clear traffic", state) == ""
    assert asked == [("traffic", "")]


def test_the_rate_of_a_policy() -> None:
    """Segments a second, as measured."""
    state = policies()
    counted = Counted("outside", "L3_policy", "L3_email", "L7_MAP", rules=(0, 0))
    now = [state.started]
    state.clock = lambda: now[0]
    state.totals = lambda: Totals((counted,))
    state.measure()
    now[0] += 100.0
    state.totals = lambda: Totals((replace(counted, packets=700),))
    shown = answer("show service-policy interface outside", state)
    assert "packet 700, " in shown
    assert "5-min-pkt-rate 7 pkts/sec, v6-fail-close 0" in shown
