"""Checks: undefined names, and what is lawful but odd."""

import pytest

from mailward.config.check import oddities, undefined, unknown_name
from mailward.config.modes import CONFIG, POLICY_MAP
from mailward.config.objects import GRAMMAR
from mailward.lang.reader import read
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import GLOBAL, Attachment, Gate, Traffic
from mailward.policy.inspection import build
from tests.unit.config.kit import EMAIL, taken, told

SOMETHING = Gate((Attachment(GLOBAL, "p", "c", Traffic(()), build("m")),))


def odd(text: str) -> list[object]:
    """The oddities of a text, with something in force."""
    return told(list(oddities(taken(text), SOMETHING)))


def test_a_gate_with_something_in_force() -> None:
    """The gate of these tests chooses nothing, and is not empty."""
    ends = Endpoints("a", "192.0.2.1", 1, "b", "192.0.2.2", 25)

    assert SOMETHING.choose(ends) is None


def test_all_defined() -> None:
    """The example refers to nothing that is not there; `class-default` is
    always there."""
    assert list(undefined(taken(EMAIL))) == []
    text = "policy-map p\nclass class-default\ninspect esmtp\n"
    assert list(undefined(taken(text))) == []


def test_undefined() -> None:
    """Each reference is told, with a bounded list of the names there are."""
    text = "".join(f"regex r{n} x\n" for n in range(9))
    text += "class-map type regex match-any c\nmatch regex nine\n"
    text += "policy-map p\nclass none\ninspect esmtp\n"
    regex, traffic = undefined(taken(text))

    assert (regex.line, regex.column, regex.message) == (
        11,
        13,
        "no regex is called nine",
    )
    assert regex.expected == ("r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "…")
    assert (traffic.message, traffic.expected) == (
        "no class-map is called none",
        (),
    )


def test_undefined_and_harmless() -> None:
    """A class without inspection of mail, and what lists name, are told as odd:
    lists serve other ends as well.  Lists that filter are told of elsewhere."""
    text = (
        "policy-map p\nclass none\nservice-policy p global\n"
        "access-list a permit tcp host h object o object-group g\n"
        "access-group b in interface outside\n"
    )

    assert list(undefined(taken(text))) == []
    assert odd(text) == [
        (2, 7, "no class-map is called none"),
        (4, 31, "no name is called h"),
        (4, 40, "no object is called o"),
        (4, 55, "no object-group is called g"),
    ]


def test_groups_that_hold_themselves() -> None:
    """They are mistakes, whoever uses them."""
    text = "object-group network g\n group-object g\n"

    assert told(list(undefined(taken(text)))) == [(2, 15, "g would hold itself")]


def test_undefined_looks_into_the_factory() -> None:
    """Factory names are known names."""
    text = "policy-map p\nclass inspection_default\ninspect esmtp\n"

    assert list(undefined(taken(text, "class-map inspection_default\n"))) == []
    assert len(list(undefined(taken(text)))) == 1


def test_nothing_in_force() -> None:
    """That mail passes uninspected is told last."""
    assert [e.message for e in oddities(taken(EMAIL), Gate(()))] == [
        "no service-policy puts `inspect esmtp` in force anywhere"
    ]
    assert odd(EMAIL) == []


def test_maps() -> None:
    """Matches without action, and lines that nobody knows, are told."""
    used = "policy-map q\nclass class-default\ninspect esmtp m\nservice-policy q global"
    text = (
        "policy-map type inspect esmtp m\n parameters\n  what\n"
        " match body length gt 1\n match body length gt 2\n  log\n" + used
    )

    assert odd(text) == [
        (3, 0, "this line is kept and has no effect"),
        (4, 0, "this match has no action, so it does nothing"),
    ]


def test_empty_classes() -> None:
    """A class without a match is told; one with a match of any sort is not."""
    text = "class-map a\ndescription x\nclass-map b\nmatch dscp ef\npolicy-map p\n"
    text += "class a\nclass b\nservice-policy p global\n"

    assert odd(text) == [(1, 0, "this class has no match, so nothing belongs to it")]


def test_unused() -> None:
    """Objects of ours that nobody names; a line that nobody knows may name
    anything."""
    text = (
        "regex a x\nregex b x\nclass-map type regex match-any c\nclass-map d\n"
        "match any\npolicy-map type inspect esmtp e\npolicy-map f\n"
        "class-map type inspect http h\n match request uri regex b\n"
        "access-list g permit ip any any\n"
    )

    assert odd(text) == [
        (1, 7, "the regex a is never used"),
        (3, 32, "the class-map of type regex c is never used"),
        (4, 11, "the class-map d is never used"),
        (6, 31, "the esmtp inspection map e is never used"),
        (7, 12, "the policy-map f is never used"),
    ]


def test_unused_leaves_the_factory_alone() -> None:
    """Nobody has to use what the factory brings."""
    assert list(oddities(taken("", "regex f x\n"), SOMETHING)) == []


def test_interfaces() -> None:
    """A policy on an interface that is not there is told, if any is there."""
    policy = (
        "policy-map p\nservice-policy p interface outside\nservice-policy p global\n"
    )

    assert odd(policy) == []
    assert odd(f"interface e0\n nameif outside\n{policy}") == []
    assert odd(f"interface e0\n nameif inside\n{policy}") == [
        (4, 28, "no interface is named outside")
    ]


def test_one_name_for_two_things() -> None:
    """Objects and groups share their names; a group typed again is the same."""
    text = (
        "object network a\n host 10.0.0.1\nobject-group network a\n"
        "object service b\nobject network b\n"
        "object-group network c\nobject-group network c\n"
    )

    assert told(tuple(undefined(taken(text)))) == [
        (3, 22, "a is defined by line 1 already"),
        (5, 16, "b is defined by line 4 already"),
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("access-group A in interface outside", "no access list is called A"),
        ("access-list a permit tcp object-group G any", "no object-group is called G"),
        ("access-list a permit tcp host H any", "no name is called H"),
        ("access-list a permit tcp object O any", ""),
        ("access-list a permit tcp any any", ""),
    ],
)
def test_names_that_a_typed_line_does_not_find(line: str, why: str) -> None:
    """What a text may define later; an interface may have any name."""
    running = taken("object network O\n host 10.0.0.1\n")
    reading = read(GRAMMAR, CONFIG, line)
    assert unknown_name(running, reading.row, reading.args) == why


def test_the_class_that_is_always_there() -> None:
    """It needs no definition."""
    for name, why in (("class-default", ""), ("C", "no class-map is called C")):
        reading = read(GRAMMAR, POLICY_MAP, f"class {name}")
        assert unknown_name(taken(""), reading.row, reading.args) == why
