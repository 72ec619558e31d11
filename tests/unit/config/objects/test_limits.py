"""`mailward limit`: typed, shown, replaced, removed."""

import pytest

from mailward.config.objects.limits import LIMITS
from tests.unit.config.kit import mistakes, taken


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("connections 100", "connections 100"),
        ("CONN 100 per 7", "connections 100 per-client 7"),
        ("connections 0 per-client 7", "connections 0 per-client 7"),
        ("connections 0", ""),
        ("line 60", "line 60"),
        ("line 300", ""),
        ("preface 3", "preface 3"),
        ("preface 10", ""),
    ],
)
def test_lines(typed: str, shown: str) -> None:
    """By prefixes; shown unless they say what holds anyway."""
    text = f"mailward limit {shown}\n" if shown else ""

    assert taken(f"mailward limit {typed}\n").render() == text


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row.line.kind)
def test_removal(row: object) -> None:
    """By the name of the limit alone."""
    kind = row.line.kind  # type: ignore[attr-defined]

    assert taken(f"{kind} 7\nno {kind}\n").render() == ""
    assert taken(f"{kind} 7\n{kind} 8\n").render() == f"{kind} 8\n"


@pytest.mark.parametrize(
    "typed", ["connections -1", "connections 2 per-client 0", "line 0", "preface 3601"]
)
def test_wrong_numbers(typed: str) -> None:
    """They are refused where they stand."""
    assert len(mistakes(f"mailward limit {typed}\n")) == 1
