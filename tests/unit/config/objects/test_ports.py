"""Ports: words and ranges."""

import pytest

from mailward.config.objects.ports import PORTS, number_of, ranges, tidied
from mailward.lang.tokens import Args


def test_tidied() -> None:
    """A number with a word is kept by the word, of two words by the first; other
    numbers and other names stay."""
    args = Args({"a": 25, "b": 514, "c": 2525, "other": 25})

    assert tidied(args, "a", "b", "c", "d").values == {
        "a-word": ("smtp",),
        "b-word": ("rsh",),
        "c": 2525,
        "other": 25,
    }


def test_number_of() -> None:
    """By number or by word."""
    assert number_of(Args({"a": 7}), "a") == 7
    assert number_of(Args({"a-word": ("smtp",)}), "a") == 25


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ((0, 65535),)),
        ({"x-is": ("eq",), "x-port": 25}, ((25, 25),)),
        ({"x-is": ("gt",), "x-port": 25}, ((26, 65535),)),
        ({"x-is": ("lt",), "x-port": 25}, ((0, 24),)),
        ({"x-is": ("neq",), "x-port-word": ("smtp",)}, ((0, 24), (26, 65535))),
        ({"x-range": True, "x-low": 5, "x-high-word": ("smtp",)}, ((5, 25),)),
    ],
)
def test_ranges(values: dict[str, object], expected: object) -> None:
    """Each operator as ranges with both ends."""
    assert ranges(Args(values), "x") == expected


def test_ports_are_ports() -> None:
    """Words are lower case, numbers in range."""
    assert all(word == word.lower() for word in PORTS)
    assert all(0 < number < 65536 for number in PORTS.values())
