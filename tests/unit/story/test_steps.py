"""A story as JSON has it: exactly the fields that are documented."""

import json

from mailward.config.factory import FACTORY
from mailward.story.manual import END, HEAD, LOOK, STEP
from tests.unit.story.kit import Talk, policy


def names(table: tuple[tuple[str, str], ...]) -> set[str]:
    """The fields of a table."""
    return {name for name, _ in table}


def test_fields_are_those_of_the_manual() -> None:
    """Each object has the fields of its table; looks those of their sort."""
    talk = Talk(FACTORY).greeted().client(b"MAIL FROM:<a@b>").client(b"BDAT 1")
    story = talk.walk.finish()

    assert set(story.head()) == names(HEAD)
    assert set(story.end()) == names(END)
    assert all(set(step.data()) == names(STEP) for step in story.steps)
    looks = [set(look.data()) for step in story.steps for look in step.looks]
    assert {frozenset(look) for look in looks} == {
        frozenset(names(LOOK) - {"parameter"}),
        frozenset(names(LOOK) - {"class", "match"}),
    }
    json.dumps([story.head(), *(step.data() for step in story.steps), story.end()])


def test_who_ended_it() -> None:
    """A rule, a parameter, or neither."""
    by_rule = Talk(policy("match cmd verb NOOP", " reset log")).greeted()
    ended = by_rule.client(b"NOOP").walk.finish().end()
    assert (ended["verdict"], ended["parameter"]) == ("reset", None)
    assert ended["rule"] == {
        "map": "M",
        "class": 1,
        "match": "cmd verb NOOP",
        "action": "reset log",
    }
    by_parameter = Talk(
        policy("parameters", " special-character action drop-connection")
    ).greeted()
    ended = by_parameter.client(b"MAIL FROM:<a|b>").walk.finish().end()
    assert (ended["rule"], ended["parameter"]) == (None, "special-character")
    by_nature = Talk().greeted().client(b"BDAT 1").walk.finish().end()
    assert (by_nature["rule"], by_nature["parameter"]) == (None, None)


def test_what_was_forwarded() -> None:
    """Null if it is what was said; escaped otherwise; empty where it is secret."""
    talk = Talk().server(b"220 m\xff")
    data = talk.last.data()
    assert (data["sent"], data["forwarded"]) == (
        "220 m\\xff\\x0d\\x0a",
        "220 **\\x0d\\x0a",
    )
    assert talk.client(b"EHLO a").last.data()["forwarded"] is None
    talk.server(b"250 ok").client(b"AUTH PLAIN eA==", b"AUTH PLAIN eA==")
    data = talk.last.data()
    assert (data["forwarded"], data["hidden"], data["octets"]) == ("", 7, 17)
