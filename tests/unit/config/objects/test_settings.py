"""Access groups and times: which of their lines replace each other."""

import pytest

from mailward.config.running import Counts
from tests.unit.config.kit import taken, told

TEXT = """\
same-security-traffic permit inter-interface
access-list a extended permit ip any any~
access-list b extended permit ip any any~
access-group a in interface outside
access-group a global
access-group a in interface outside control-plane
timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00
timeout xlate 3:00:00
""".replace("~", " ")


def test_lines() -> None:
    """They are printed as they are."""
    running = taken(TEXT)

    assert running.render() == TEXT
    assert running.counts == Counts(active=6, kept=2, ignored=0)


@pytest.mark.parametrize(
    ("again", "gone", "come"),
    [
        (
            "access-group b in interface outside",
            "access-group a in interface outside\n",
            "access-group b in interface outside\n",
        ),
        ("access-group b global", "access-group a global", "access-group b global"),
        ("no access-group a global", "access-group a global\n", ""),
        (
            "timeout xlate 4:00:00",
            "timeout xlate 3:00:00",
            "timeout xlate 4:00:00",
        ),
        (
            "no timeout conn",
            "timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00\n",
            "",
        ),
        ("no timeout", "", ""),
    ],
)
def test_typed_again(again: str, gone: str, come: str) -> None:
    """A setting stands once, and `no` takes it away."""
    assert taken(f"{TEXT}{again}\n").render() == TEXT.replace(gone, come)


def test_each_way_has_its_list() -> None:
    """The same list, or another, may filter at other places."""
    more = "access-group b out interface outside\naccess-group b in interface dmz\n"

    assert more in taken(TEXT.replace("access-group a global\n", more)).render()


def test_later_times_win() -> None:
    """A line typed again goes behind those that came since."""
    text = "timeout conn 1:0:0\ntimeout xlate 3:0:0\ntimeout conn 2:0:0\n"

    assert taken(text).render() == "timeout xlate 3:0:0\ntimeout conn 2:0:0\n"


def test_a_list_that_filters_is_in_use() -> None:
    """It cannot go."""
    running = taken(f"{TEXT}clear configure access-list a\n")

    assert told(running.errors) == [(9, 0, "a is in use in line 4")]
