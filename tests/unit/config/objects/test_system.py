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


def test_what_is_off_is_told() -> None:
    """`no nameif` stays where there is none, once, as the appliance prints it."""
    text = "interface e0\n no nameif\n no security-level\n"

    assert taken(text).render() == f"{text}!\n"
    assert taken(f"{text} no nameif\n").render() == f"{text}!\n"


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
