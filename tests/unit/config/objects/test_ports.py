"""Ports: words and ranges."""

import pytest

from mailward.config.objects.ports import PORTS, UDP_PORTS, number_of, ranges, tidied
from mailward.lang.tokens import Args


def test_tidied() -> None:
    """A number with a word is kept by the word, of two words by the first; other
    numbers and other sides stay."""
    args = Args({"a-port": 25, "a-low": 514, "a-high": 2525, "b-port": 25})

    assert tidied(args, "a", "c").values == {
        "a-port-word": ("smtp",),
        "a-low-word": ("rsh",),
        "a-high": 2525,
        "b-port": 25,
    }


def test_tidied_where_udp_is_lawful() -> None:
    """A number that UDP calls otherwise stays a number."""
    args = Args({"a-low": 25, "a-high": 514})

    assert tidied(args, "a", udp=True).values == {
        "a-low-word": ("smtp",),
        "a-high": 514,
    }


def test_number_of() -> None:
    """By number or by word."""
    assert number_of(Args({"a": 7}), "a") == 7
    assert number_of(Args({"a-word": ("smtp",)}), "a") == 25
    assert number_of(Args({"a-word": ("snmp",)}), "a") == 161


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
    numbers = {**PORTS, **UDP_PORTS}

    assert all(word == word.lower() for word in numbers)
    assert all(0 < number < 65536 for number in numbers.values())
    assert set(PORTS) & set(UDP_PORTS) == set()
