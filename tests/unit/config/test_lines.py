"""Lines and blocks: found by key, in typed order."""

import pytest

from mailward.config.lines import (
    Block,
    Line,
    at_start,
    group_of,
    key_of,
    rank_of,
    slot_of,
)
from mailward.config.objects import OBJECT_OF
from mailward.lang.tokens import Args
from tests.unit.config.kit import taken

REGEX = OBJECT_OF["regex"]
MEMBER = OBJECT_OF["match regex"]
PARAMETERS = OBJECT_OF["parameters"]
REMARK = OBJECT_OF["access-list remark"]


def regex(name: str, pattern: str = "p") -> Line:
    """A `regex` line that nobody typed."""
    args = Args({"name": name, "pattern": pattern})
    return Line(REGEX, f'regex {name} "{pattern}"', args)


def test_key() -> None:
    """The key tokens tell lines apart; without a key the whole line does."""
    assert key_of(REGEX.line, regex("a").args) == key_of(
        REGEX.line, regex("a", "other").args
    )
    assert key_of(REGEX.line, regex("a").args) != key_of(REGEX.line, regex("b").args)
    assert key_of(MEMBER.line, Args({"regex": "a"})) == "match regex: match regex a"
    assert key_of(MEMBER.line, Args({}), "as told") == "match regex: as told"
    assert key_of(PARAMETERS.line, Args({})) == "parameters: parameters"


def test_rank() -> None:
    """Lines stand as their rows say; one that nobody knows goes first."""
    assert rank_of(Line(MEMBER, "match regex a", Args({"regex": "a"}))) == 1
    assert rank_of(Line(None, "what")) == 0


def test_find_replace_remove() -> None:
    """A line is found by what would type it again, keeps its place when it is
    replaced, and is gone when it is removed."""
    block = Block()
    first, second, unknown = regex("a"), regex("b"), Line(None, "what", number=3)
    for line in (first, second, unknown):
        block.add(line)
    newer = regex("a", "other")
    block.replace(first, newer)

    assert block.find(first.key) is newer
    assert block.lines == [newer, second, unknown]
    block.remove(newer)
    block.remove(unknown)
    assert block.lines == [second]
    assert block.find(newer.key) is None


def test_insert() -> None:
    """A line may go to a place among those of its name; they stand together
    where the first of them stands, and keep their places when one is replaced."""
    first, other, second, third = (
        Line(REMARK, f"access-list {name} remark {text}", Args({"name": name, **rest}))
        for name, text in (("a", "1"), ("b", "x"), ("a", "2"), ("a", "3"))
        for rest in ({"text": text},)
    )
    block = Block()
    block.add(first)
    block.add(other)
    block.add(second, 1)
    block.add(third, 9)

    assert block.lines == [second, first, third, other]
    block.replace(first, newer := first.copy())
    block.remove(second)
    assert block.lines == [newer, third, other]


def test_copies() -> None:
    """A copy has lines of its own, and changes by itself."""
    running = taken("interface e0\n nameif outside\nregex a b\n")
    copy = running.block.copy()
    copy.remove(copy.lines[1])
    copy.lines[0].block.remove(copy.lines[0].block.lines[0])

    assert [line.text for line in copy.walk()] == ["interface e0"]
    assert [line.text for line in running.block.walk()] == [
        "interface e0",
        "nameif outside",
        'regex a "b"',
    ]


def test_slot() -> None:
    """The line at a slot, whatever row it is of; none if nothing stands there."""
    block = (
        taken("policy-map type inspect esmtp m\nmatch body length gt 1\nlog\n")
        .block.lines[0]
        .block
    )
    match = block.lines[1]

    assert block.at_slot("action") is None
    assert match.block.at_slot("action") is match.block.lines[0]
    assert Block().at_slot("action") is None
    match.block.remove(match.block.lines[0])
    assert match.block.at_slot("action") is None
    unknown = Block()
    unknown.add(Line(None, "what"))
    assert unknown.at_slot("action") is None


def test_slots_with_values() -> None:
    """A slot may depend on what was typed."""
    group = "access-group a in interface"
    block = taken(f"access-list a permit ip any any\n{group} x\n{group} y\n").block

    assert [slot_of(line) for line in block.lines] == [
        "",
        "access-group in x",
        "access-group in y",
    ]
    assert block.at_slot("access-group in y") is block.lines[2]


def test_lines_without_a_name_have_places_too() -> None:
    """They stand among those of their kind."""
    lines = taken("nat source static o p\nregex a b\nnat source static q r\n").block

    assert [group_of(line) for line in lines.lines] == [
        "nat source static",
        "nat source static",
        "",
    ]


def test_what_defines() -> None:
    """The lines that define objects of a kind, as they come and go."""
    running = taken("regex a b\nno logging message 302013\nregex c d\n")
    block = running.block

    assert [line.args.text("name") for line in block.defining("regex")] == ["a", "c"]
    assert block.defining("class-map") == []
    block.remove(block.lines[0])
    assert [line.args.text("name") for line in block.defining("regex")] == ["c"]


def test_off() -> None:
    """The `no` of a row stands at its key, and is of no kind."""
    (line,) = taken("no logging message 302013").block.lines

    assert (line.off, line.kind, line.copy().off) == (True, "", True)
    assert line.row is OBJECT_OF["logging message"]


def test_walk_and_under() -> None:
    """All lines, from the outside in; those of one kind right beneath."""
    running = taken("interface e0\n nameif outside\n speed 100\n")
    (interface,) = running.block.lines

    assert [line.text for line in running.block.walk()] == [
        "interface e0",
        "nameif outside",
        "speed 100",
    ]
    assert [line.text for line in interface.under("nameif")] == ["nameif outside"]
    assert [line.kind for line in interface.block.lines] == ["nameif", ""]


@pytest.mark.parametrize(("name", "column"), [("name", 9), ("", 0), ("nothing", 0)])
def test_mistakes_of_typed_lines(name: str, column: int) -> None:
    """They point at the token in the line as typed."""
    (line,) = taken("  regex a b").block.lines
    error = line.mistake("wrong", name, ("right",))

    assert (error.line, error.column, error.text) == (1, column, "  regex a b")
    assert (error.message, error.expected) == ("wrong", ("right",))


def test_how_errors_call_it() -> None:
    """By its number, or by its text if nobody typed it in a file."""
    third, fourth = Line(None, "what ", number=3), Line(None, "x", number=4)
    assert third.known_to(fourth) == "line 3"
    assert third.known_to(Line(None, "x")) == "`what`"
    assert Line(None, "what").known_to(fourth) == "`what`"


def test_mistakes_of_other_lines() -> None:
    """They show the line as it is kept."""
    error = Line(None, "what", number=3).mistake("wrong")

    assert (error.line, error.column, error.text) == (3, 0, "what")
    assert regex("a").number == 0


def test_a_mistake_of_a_whole_line() -> None:
    """It stands at the first word, behind a prompt that was pasted."""
    typed = taken("fw(config)#  regex a b\n").block.lines[0].typed
    assert typed is not None
    error = at_start(typed, "no")

    assert (error.message, error.line, error.column) == ("no", 1, 14)
