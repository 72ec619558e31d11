"""Samples: lawful lines for property tests."""

import pytest

from mailward.lang import samples
from mailward.lang.tokens import (
    Address,
    Choice,
    Leaf,
    Name,
    Number,
    Quoted,
    Ref,
    Rest,
    Word,
)
from tests.unit.lang import toy


def test_lines_use_every_option() -> None:
    """Each branch and each optional part stands in one line, without one line
    for each combination."""
    assert samples.lines(toy.SERVE, lambda _: ("x",)) == [
        "serve x everywhere quietly",
        "serve x room 1",
        "serve x room 20 quietly",
        "serve x room 40",
    ]


def test_lines_after_no() -> None:
    """The `no` form has its samples too: with and without what may follow."""
    found = samples.lines(toy.SPICE, negated=True)

    assert found[-1] == "no spice q_long-NAME."
    assert found[0] == r'no spice Q_1 "@abc\.com"'


def test_lines_are_repeatable() -> None:
    """The same rows give the same lines."""
    assert samples.lines(toy.DOOR) == samples.lines(toy.DOOR)


def test_line_as_the_chooser_wills() -> None:
    """The first of everything, and nothing optional; or the last and all."""
    assert samples.line(toy.SERVE, lambda _: 0) == "serve Q_1 everywhere"
    assert samples.line(toy.SERVE, lambda n: n - 1, lambda _: ("a", "b")) == (
        "serve b room 40 quietly"
    )
    assert samples.line(toy.LAMP, lambda _: 0, negated=True) == "no lamp"


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (Word("a", ""), ["a"]),
        (Choice("c", (("a", ""), ("b", ""))), ["a", "b"]),
        (Choice("c", (("a", ""), ("b", "")), many=True), ["a", "b", "a b"]),
        (Name("n", "", shape="x+", sample="xx"), ["xx"]),
        (Number("n", 0, 9, ""), ["0", "4", "9"]),
        (Number("n", 1, 1, ""), ["1"]),
        (Name("n", "", 3), ["Q_1", "q_l", "Q_x", "Q_0"]),
        (Ref("r", "menu", ""), ["lunch", "late"]),
        (Address("a", "", 4), ["192.0.2.1", "0.0.0.0", "255.255.255.0"]),
        (
            Address("a", "", 4, prefix=True),
            ["192.0.2.1/32", "0.0.0.0/32", "255.255.255.0/32"],
        ),
        (Quoted("q", "", 9), ['"@abc\\.com"', '""']),
        (Rest("r", "", 3), ["a t", "wit", "! :", "one"]),
    ],
)
def test_values(leaf: Leaf, expected: list[str]) -> None:
    """Values within the bounds of their token."""
    assert samples.values(leaf, toy.known) == expected


def test_addresses_of_both_versions() -> None:
    """A token for any address has samples of both."""
    found = samples.values(Address("a", ""))

    assert {":" in text for text in found} == {True, False}
