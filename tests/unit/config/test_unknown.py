"""Lines that nobody knows: kept or refused, and where they go."""

import pytest

from mailward.config.load import load
from mailward.config.objects.base import EARLY, HEAD, MIDDLE, TAIL, rank_in_middle
from mailward.config.unknown import of_the_top, place_of
from tests.unit.config.kit import EMAIL, mistakes, told

MAP = "policy-map type inspect esmtp m\n"
PASTED = (
    f"fw(config)# {MAP}fw(config-pmap)# match body length gt 1\n"
    "fw(config-pmap-c)# mask\n"
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("hostname fw", (HEAD, 0)),
        ("no names", (HEAD, 0)),
        ("ftp mode passive", (EARLY, 0)),
        ("Cryptochecksum:d41d8c", (TAIL, 0)),
        ("pager 24", (MIDDLE, 0)),
        ("crypto map", (MIDDLE, rank_in_middle("crypto"))),
        ("quite unheard of", None),
        ("no", None),
    ],
)
def test_places(text: str, place: tuple[int, int] | None) -> None:
    """By the first word, `no` aside."""
    assert place_of(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "quite unheard of\n",
        "interface e0\n speed 100\n",
        f"{MAP} parameters\nquite unheard of\n",
        f"{MAP}domain-name fw\n",
        f"fw(config)# {MAP}fw(config)# quite unheard of\n",
    ],
)
def test_kept(text: str) -> None:
    """Outside of esmtp maps anything unknown is kept."""
    assert load(text).lines.kept == 1


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (f"{MAP}drop-conection\n", 1),
        (f"{MAP} parameters\n  mask-baner\n", 3),
        (f"{MAP}match body length gt 1\nmask\n", 1),
        (PASTED, 20),
    ],
)
def test_refused(text: str, column: int) -> None:
    """Within an esmtp map a word that nobody knows is a mistake, and so is an
    action that the match does not allow."""
    (error,) = mistakes(text)

    assert (error.line, error.column) == (text.count("\n"), column)
    assert error.message.endswith("begins no command")


def test_a_mistake_in_a_line_of_ours() -> None:
    """It is never kept."""
    assert told(mistakes(EMAIL.replace("eq 25", "eq 99999"))) == [
        (9, 41, '"99999" is not a number from 0 to 65535')
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no access-list a", True),
        ("crypto map", True),
        ("match any", False),
        ("description x", False),
        ("quite unheard of", False),
    ],
)
def test_of_the_top(text: str, expected: bool) -> None:
    """What only lines outside of objects begin with."""
    assert of_the_top(text) is expected
