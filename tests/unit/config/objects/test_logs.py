"""`logging` lines, as they are printed."""

import pytest

from mailward.config.running import Counts
from tests.unit.config.kit import taken, told

TEXT = """\
logging list l level errors class session
logging list l message 108001-108007
logging enable
logging trap warnings
logging buffered l
logging asdm informational
logging facility 21
logging device-id hostname
logging host inside 10.0.0.1 udp/514 format emblem
logging class auth trap errors
logging class sys trap errors buffered debugging console alerts
logging flow-export-syslogs disable
no logging message 302013
logging message 302014 level errors
logging rate-limit 1 10 message 106023
"""


def test_lines() -> None:
    """Each is honoured but those for places that are not here."""
    running = taken(TEXT)

    assert running.render() == TEXT
    assert running.counts == Counts(active=13, kept=2, ignored=0)


@pytest.mark.parametrize(
    ("again", "gone", "come"),
    [
        ("logging on", "", ""),
        ("logging trap 3", "logging trap warnings", "logging trap errors"),
        ("logging facility 16", "logging facility 21", "logging facility 16"),
        ("no logging device-id", "logging device-id hostname\n", ""),
        ("no logging enable", "logging enable\n", ""),
        (
            "logging class auth trap 7",
            "logging class auth trap errors",
            "logging class auth trap debugging",
        ),
        ("logging message 302013", "no logging message 302013\n", ""),
        ("no logging message 302013", "", ""),
        (
            "logging message 302014 level 2",
            "logging message 302014 level errors",
            "logging message 302014 level critical",
        ),
        (
            "no logging message 302014 level errors",
            "logging message 302014 level errors\n",
            "",
        ),
        (
            "no logging host inside 10.0.0.1",
            "logging host inside 10.0.0.1 udp/514 format emblem\n",
            "",
        ),
    ],
)
def test_typed_again(again: str, gone: str, come: str) -> None:
    """A setting stands once, and `no` takes it away."""
    assert taken(f"{TEXT}{again}\n").render() == TEXT.replace(gone, come)


def test_a_list_is_in_use() -> None:
    """While a place asks for it."""
    running = taken(f"{TEXT}clear configure logging list\n")

    assert told(running.errors) == [(16, 0, "l is in use in line 5")]


def test_ours_is_not_kept_with_a_mistake() -> None:
    """Only settings that are not honoured are kept as they stand."""
    running = taken("logging savelog x\nlogging host\n")

    assert [line.kind for line in running.block.lines] == ["logging", ""]
