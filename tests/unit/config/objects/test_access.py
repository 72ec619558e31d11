"""`access-list` lines, as they are printed."""

import pytest

from mailward.config.objects import OBJECT_OF
from mailward.config.objects.access import NOT_HONOURED
from mailward.lang.rows import named
from tests.unit.config.kit import taken

WITH_WORDS = (
    "extended permit tcp 10.0.0.0 255.0.0.0 range ftp-data ftp any neq rsh "
    "log default inactive "
)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("permit tcp any any eq 25", "extended permit tcp any any eq smtp "),
        ("extended deny ip any4 any6", "extended deny ip any4 any6 "),
        (
            "permit tcp any gt 1023 host 10.1.1.5 eq http log 6 interval 300",
            "extended permit tcp any gt 1023 host 10.1.1.5 eq www log 6 interval 300 ",
        ),
        (
            "per tcp 10.0.0.0 255.0.0.0 range 20 21 any neq 514 log def inact",
            WITH_WORDS,
        ),
        (
            "permit tcp any object-group a object-group b",
            "extended permit tcp any object-group a object-group b ",
        ),
        (
            "permit ip host mail interface outside time-range night",
            "extended permit ip host mail interface outside time-range night ",
        ),
        ("permit udp any any eq 53", "extended permit udp any any eq 53 "),
        ("permit 50 any any", "extended permit 50 any any "),
        (
            "permit object-group svc any any",
            "extended permit object-group svc any any ",
        ),
        ("standard permit any", "standard permit any "),
        ("remark mail  in", "remark mail  in"),
        ("remark", "remark"),
    ],
)
def test_entries(typed: str, printed: str) -> None:
    """In full words, ports by name, `extended` told, a blank at the end."""
    assert taken(f"access-list a {typed}\n").render() == f"access-list a {printed}\n"


@pytest.mark.parametrize(
    "line", ["compiled", "mode auto-commit", "deny-flow-max 4096", "alert-interval 300"]
)
def test_settings(line: str) -> None:
    """What is said of all lists defines none."""
    running = taken(f"access-list {line}\n")

    assert running.render() == f"access-list {line}\n"
    assert list(running.definitions("access-list")) == []


def test_not_honoured_are_names_of_the_entry() -> None:
    """The list of what we only keep names values that an entry can have."""
    assert set(NOT_HONOURED) <= named(OBJECT_OF["access-list"].line.syntax)
