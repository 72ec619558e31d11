"""Interfaces, and commands of a session."""

import pytest

from mailward.config.objects.system import cleared
from mailward.config.running import Counts
from mailward.lang.tokens import Args
from tests.unit.config.kit import mistakes, taken, told

INTERFACE = """\
interface GigabitEthernet0/0
 description towards the world
 nameif outside
 security-level 0
 ip address 192.0.2.1 255.255.255.0
!
"""


def test_interface() -> None:
    """Our lines and all others stay together."""
    assert taken(INTERFACE).render() == INTERFACE
    assert taken(INTERFACE).counts == Counts(active=5, kept=0, ignored=0)


def test_addresses_of_version_6() -> None:
    """Each form; they add up."""
    text = (
        "mailward interface lan eth0\n"
        "interface e0.7\n vlan 7\n nameif lan\n"
        " ipv6 address 2001:db8::1/64 standby 2001:db8::2\n"
        " ipv6 address 2001:db8:1::/64 eui-64\n"
        " ipv6 address fe80::1 link-local\n"
        " ipv6 address autoconfig default\n"
        " ipv6 nd suppress-ra\n shutdown\n!\n"
    )
    out = taken(text).render()

    assert sorted(out.splitlines()) == sorted(text.splitlines())
    assert taken(text).counts == Counts(active=9, kept=1, ignored=0)


def test_what_is_off_is_told() -> None:
    """`no nameif` stays where there is none, once, as the appliance prints it."""
    text = "interface e0\n no nameif\n no security-level\n"

    assert taken(text).render() == f"{text}!\n"
    assert taken(f"{text} no nameif\n").render() == f"{text}!\n"
    assert taken(f"{text} nameif a\n").render() == (
        "interface e0\n nameif a\n no security-level\n!\n"
    )


def test_levels_are_from_0_to_100() -> None:
    """Any other number is refused."""
    assert told(mistakes("interface e0\n security-level 101\n")) == [
        (2, 17, '"101" is not a number from 0 to 100')
    ]


@pytest.mark.parametrize(
    "line",
    ["enable", "conf t", "write memory", "copy run start", "show ver", "clear xlate"],
)
def test_commands_are_no_configuration(line: str) -> None:
    """A pasted session may hold them; they are counted and left out."""
    running = taken(line)

    assert running.render() == ""
    assert running.counts == Counts(active=0, kept=0, ignored=1)


def test_cleared() -> None:
    """Whole words, however many blanks were typed; `all` is any beginning."""
    assert cleared(Args({"all": True})) == ""
    assert cleared(Args({"what": "access-list  a"})) == "access-list a "


def test_a_line_that_begins_like_ours() -> None:
    """It is kept."""
    line = "nameif ethernet0 outside security0"
    running = taken(line)

    assert running.render() == f"{line}\n"
    assert running.counts == Counts(active=0, kept=1, ignored=0)
