"""Interfaces and times, compiled."""

import pytest

from mailward.config.places import interfaces, limits, timeouts
from mailward.errors import ConfigError
from mailward.policy.limits import Limits
from mailward.policy.places import NEVER, Interface, Timeouts
from tests.unit.config.kit import mistakes, taken, told

TEXT = """\
mailward interface outside eth0
mailward interface lab eth9
name 10.1.1.1 gate
interface GigabitEthernet0/0
 nameif outside
 ip address 192.0.2.1 255.255.255.0 standby 192.0.2.2
 ipv6 address 2001:db8::1/64
 ipv6 address fe80::1 link-local
 ipv6 address 2001:db8:1::/64 eui-64
 ipv6 address autoconfig
 ipv6 enable
interface GigabitEthernet0/1.10
 vlan 10
 nameif inside
 ip address gate 255.255.255.0
interface e2
 nameif dmz
 security-level 50
 ip address 10.2.0.1 255.0.255.0
 shutdown
interface e3
 nameif guest
 ip address dhcp setroute
interface e4
 nameif wan
 ip address 198.51.100.7
interface e5
 nameif lost
 ip address nobody 255.255.255.0
interface e6
 no nameif
"""


def made(text: str) -> tuple[list[Interface], list[ConfigError], list[ConfigError]]:
    """The interfaces of a text, errors, warnings."""
    errors: list[ConfigError] = []
    warnings: list[ConfigError] = []
    return list(interfaces(taken(text), errors, warnings)), errors, warnings


def test_interfaces() -> None:
    """Levels begin where the name says; addresses are those of the active unit;
    only those with a name count."""
    found, errors, warnings = made(TEXT)

    assert found == [
        Interface(
            "outside",
            "GigabitEthernet0/0",
            "eth0",
            0,
            ("192.0.2.1", "2001:db8::1"),
            ("192.0.2.0/24", "2001:db8::/64"),
        ),
        Interface(
            "inside",
            "GigabitEthernet0/1.10",
            "GigabitEthernet0/1.10",
            100,
            ("10.1.1.1",),
            ("10.1.1.0/24",),
            vlan=10,
        ),
        Interface("dmz", "e2", "e2", 50, ("10.2.0.1",), ("",), up=False),
        Interface("guest", "e3", "e3", 0),
        Interface("wan", "e4", "e4", 0, ("198.51.100.7",), ("",)),
        Interface("lost", "e5", "e5", 0),
    ]
    assert errors == []
    assert told(warnings) == [(2, 20, "no interface is named lab")]


def test_one_name_for_two() -> None:
    """The second is an error that names the first."""
    text = "interface e0\n nameif outside\ninterface e1\n nameif outside\n"

    assert told(mistakes(text)) == [(4, 9, "outside names interface e0 already")]


def times(*lines: str) -> Timeouts:
    """The times of some lines, without a mistake."""
    errors: list[ConfigError] = []
    found = timeouts(taken("\n".join(lines)), errors)
    assert errors == []
    return found


def test_times() -> None:
    """Of all that a line may say, those of connections; later lines win."""
    assert times() == Timeouts()
    assert times("timeout conn 2:00:00 half-closed 0:5:0 udp 0:02:00") == Timeouts(
        7200.0, 300.0
    )
    assert times("timeout xlate 3:00:00 conn 0:05:00", "regex a b") == Timeouts(300.0)
    assert times("timeout conn 0 half-closed 0:0:0") == Timeouts(NEVER, NEVER)
    assert times(
        "timeout conn 1:0:0 half-closed 0:10:0",
        "timeout half-closed 0:20:0",
        "timeout conn 1:0:0 half-closed 0:30:0",
    ) == Timeouts(3600.0, 1800.0)


@pytest.mark.parametrize(
    ("line", "column", "least"),
    [
        ("timeout conn 0:04:59", 14, "0:05:00"),
        ("timeout conn 1194:00:00", 14, "0:05:00"),
        ("timeout conn 1:00:00 half-closed 0:00:29", 34, "0:00:30"),
        ("timeout conn soon", 14, "0:05:00"),
        ("timeout conn 0:60:00", 14, "0:05:00"),
    ],
)
def test_times_that_are_none(line: str, column: int, least: str) -> None:
    """Too short, too long, no time at all: an error at the time."""
    (error,) = mistakes(line)

    assert (error.line, error.column) == (1, column)
    assert f"from {least} to" in error.message


def test_a_wrong_time_that_nobody_typed() -> None:
    """The line as a whole."""
    running = taken("timeout conn 0:00:01")
    (line,) = running.block.lines
    line.typed = None
    errors: list[ConfigError] = []
    timeouts(running, errors)

    assert [error.column for error in errors] == [0]


def test_limits() -> None:
    """What is not said is as always; the connections of a client need no line of
    their own."""
    text = "mailward limit connections 100 per-client 7\nmailward limit line 60\n"

    assert limits(taken("")) == Limits()
    assert limits(taken(text)) == Limits(100, 7, 60.0)
    assert limits(taken("mailward limit connections 5\n")) == Limits(5)
    assert limits(taken("mailward limit preface 3\n")) == Limits(preface=3.0)
    assert limits(taken("mailward sessions 3\n")) == Limits(sessions=3)
