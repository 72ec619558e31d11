"""What a row says beyond its line."""

from mailward.config.objects.base import (
    ACCESS_LISTS,
    CLASS_MAPS,
    EARLY,
    HEAD,
    INTERFACES,
    MIDDLE,
    NETWORKS,
    POLICY_MAPS,
    REGEXES,
    SERVICE_POLICIES,
    TAIL,
    as_typed,
    holds,
    rank_in_middle,
)
from mailward.lang.tokens import Args


def test_sections_are_in_the_order_of_the_appliance() -> None:
    """Reference section 9.8."""
    sections = [HEAD, INTERFACES, EARLY, REGEXES, NETWORKS, ACCESS_LISTS, MIDDLE]
    sections += [CLASS_MAPS, POLICY_MAPS, SERVICE_POLICIES, TAIL]

    assert sections == list(range(11))


def test_as_typed() -> None:
    """Most lines need no tidying."""
    args = Args({"a": 1})

    assert as_typed(args) is args


def test_order_in_the_middle() -> None:
    """By the first word; what nobody knows at the end."""
    ranks = [rank_in_middle(word) for word in ("logging", "nat", "timeout", "what")]

    assert ranks == sorted(set(ranks))
    assert rank_in_middle("nat", 1) == rank_in_middle("nat") + 1


def test_what_an_object_holds() -> None:
    """What is told of it, and what is done to its addresses, is none of it."""
    kinds = ("host of an object", "description of an object", "nat of an object", "")

    assert [holds(kind) for kind in kinds] == [True, False, False, True]
