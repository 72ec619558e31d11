"""Settings that are kept: which of their lines replace each other."""

import pytest

from mailward.config.running import Counts
from tests.unit.config.kit import taken, told

TEXT = """\
access-list a extended permit ip any any~
logging enable
logging trap warnings
logging buffered 6
logging asdm mylist
logging facility 20
logging device-id hostname
logging host inside 10.0.0.1 udp/514 format emblem
access-group a in interface outside
access-group a global
timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00
""".replace("~", " ")


def test_lines() -> None:
    """They are printed as they are, and none is honoured but the list."""
    running = taken(TEXT)

    assert running.render() == TEXT
    assert running.counts == Counts(active=1, kept=10, ignored=0)


@pytest.mark.parametrize(
    ("again", "gone", "come"),
    [
        ("logging trap 3", "logging trap warnings", "logging trap 3"),
        ("logging facility 16", "logging facility 20", "logging facility 16"),
        ("no logging device-id", "logging device-id hostname\n", ""),
        ("no logging enable", "logging enable\n", ""),
        (
            "timeout conn 2:00:00",
            "timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00",
            "timeout conn 2:00:00",
        ),
        ("no access-group a global", "access-group a global\n", ""),
    ],
)
def test_typed_again(again: str, gone: str, come: str) -> None:
    """A setting stands once, and `no` takes it away."""
    assert taken(f"{TEXT}{again}\n").render() == TEXT.replace(gone, come)


def test_a_list_that_filters_is_in_use() -> None:
    """It cannot go."""
    running = taken(f"{TEXT}clear configure access-list a\n")

    assert told(running.errors) == [(12, 0, "a is in use in line 9")]
