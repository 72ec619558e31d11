"""What was heard of sessions, at the console."""

import json
from collections.abc import Mapping
from typing import Any

from mailward.console.session import answer
from tests.unit.console.gateways import gateway

KNOWN = {"verdict": "pass", "map": "M", "began": 1.0}
SESSIONS = [
    {"number": 12, "client": "b:2", "server": "s:25", "alive": True, **KNOWN},
    {"number": 3, "client": "a:1", "server": "s:25", "alive": False, **KNOWN},
]
STORY = {
    "head": {"map": "M"},
    "steps": [],
    "end": {"why": "x"},
    "lines": ["a \u2014 b"],
}


def story(number: int) -> Mapping[str, Any]:
    """What workers answer."""
    if number == 0:
        return {"sessions": SESSIONS}
    return STORY if number == 12 else {}


def asked(line: str) -> str:
    """The answer to a line."""
    state = gateway()
    state.story = story
    return answer(line, state)


def test_the_list() -> None:
    """By number, whichever worker knows it."""
    assert asked("show mailward sessions") == (
        "2 sessions can be told\n"
        "    number  verdict         client -> server\n"
        "         3  pass            a:1 -> s:25\n"
        "        12  pass     alive  b:2 -> s:25\n"
    )
    told = json.loads(asked("show mailward sessions | json"))["answer"]
    assert [one["number"] for one in told] == [3, 12]


def test_one_of_them() -> None:
    """In ASCII, as tools want it; in JSON without the lines."""
    assert asked("show mailward session 12") == "a - b\n"
    told = json.loads(asked("show mailward session 12 | json"))["answer"]
    assert told == {"head": {"map": "M"}, "steps": [], "end": {"why": "x"}}


def test_one_that_nobody_knows() -> None:
    """A sentence, and an empty object."""
    assert asked("show mailward session 4") == (
        "Nothing is known of session 4: see show mailward sessions\n"
    )
    assert json.loads(asked("show mailward session 4 | json"))["answer"] == {}


def test_nobody_listens() -> None:
    """A gateway that keeps nothing."""
    assert answer("show mailward sessions", gateway()) == "0 sessions can be told\n"
