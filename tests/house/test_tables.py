"""Tables: rows unique, documented, and in step with what reads them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Final, final

import pytest

from mailward.actions import ACTIONS
from mailward.audit.records import RECORDS
from mailward.config.modes import MODES
from mailward.config.objects import OBJECTS
from mailward.console.session import GRAMMAR as EXEC
from mailward.criteria import CRITERIA
from mailward.engine.dialogue import ROWS
from mailward.lang.rows import leaves, named
from mailward.lang.tokens import (
    Args,
    Choice,
    Maybe,
    Name,
    Names,
    Number,
    OneOf,
    Ref,
    Token,
    Word,
)
from mailward.parameters import PARAMETERS, Parameters
from mailward.policy.findings import KIND_NAMES
from mailward.rex.matcher import Matcher
from mailward.smtp.ehlo import KEYWORDS
from mailward.smtp.verbs import VERBS
from mailward.stages import GROWING, STAGE_NAMES
from tests.house.sources import ROOT

#: Table -> what tells its rows apart.
IDENTITIES: Final[dict[str, list[object]]] = {
    "CRITERIA by kind": [row.kind for row in CRITERIA],
    "CRITERIA by syntax": [row.syntax for row in CRITERIA],
    "ACTIONS by bits": [row.bits for row in ACTIONS],
    "ACTIONS by syntax": [row.syntax for row in ACTIONS],
    "PARAMETERS by name": [row.syntax[0] for row in PARAMETERS],
    "MODES by name": [mode.name for mode in MODES],
    "OBJECTS by kind": [row.line.kind for row in OBJECTS],
    "OBJECTS by line": [(row.line.mode, row.line.syntax) for row in OBJECTS],
    "EXEC by kind": [row.kind for row in EXEC.rows],
    "EXEC by line": [row.syntax for row in EXEC.rows],
    "VERBS by code": [row.code for row in VERBS],
    "VERBS by word": [row.word for row in VERBS],
    "KEYWORDS by code": [row.code for row in KEYWORDS],
    "KEYWORDS by word": [row.wire for row in KEYWORDS],
    "RECORDS by number": [row.number for row in RECORDS],
    "RECORDS by action": [row.action for row in RECORDS],
    "dialogue ROWS": [row[:2] for row in ROWS],
    "findings": list(KIND_NAMES),
    "stages": list(STAGE_NAMES),
}

#: Table -> what explains its rows.
WORDS: Final[dict[str, list[str]]] = {
    "CRITERIA": [row.doc for row in CRITERIA],
    "ACTIONS": [row.doc for row in ACTIONS],
    "PARAMETERS": [row.doc for row in PARAMETERS],
    "OBJECTS": [row.line.doc for row in OBJECTS],
    "EXEC": [row.doc for row in EXEC.rows],
    "VERBS": [row.doc for row in VERBS],
    "KEYWORDS": [row.help for row in KEYWORDS],
    "RECORDS": [row.explanation for row in RECORDS],
    "what to do about RECORDS": [row.advice for row in RECORDS],
    "dialogue ROWS": [row[3] for row in ROWS],
}

SYNTAXES: Final[list[tuple[Token, ...]]] = [
    *(row.syntax for row in CRITERIA),
    *(row.syntax for row in ACTIONS),
    *(row.syntax for row in PARAMETERS),
    *(row.line.syntax for row in OBJECTS),
    *(row.syntax for row in EXEC.rows),
]


@final
class Asked(Mapping[str, object]):
    """Values that remember which names were asked for."""

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> object:
        self.names.add(name)
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@final
class AnyName(Names):
    """Every name stands for the same pattern."""

    def compiled(self, kind: str, name: str) -> object:
        """A matcher, whatever the name."""
        del kind, name
        return Matcher(["x"])


def ways(tokens: tuple[Token, ...]) -> list[dict[str, object]]:
    """The values of every way to type these tokens."""
    return [
        {name: value for part in parts for name, value in part.items()}
        for parts in product(*map(ways_of, tokens))
    ]


def ways_of(token: Token) -> list[dict[str, object]]:
    """The values of every way to type one token."""
    if isinstance(token, Maybe):
        return [{}, *ways(token.tokens)]
    if isinstance(token, OneOf):
        return [way for branch in token.branches for way in ways(branch)]
    if isinstance(token, Word):
        return [{token.name: True}] if token.name else [{}]
    if isinstance(token, Number):
        return [{token.name: token.low}]
    if isinstance(token, Choice):
        return [{token.name: (token.words[0][0],)}]
    assert isinstance(token, Name | Ref)
    return [{token.name: "X"}]


def twice(things: Iterable[object]) -> list[object]:
    """What occurs more than once."""
    return [thing for thing, count in Counter(things).items() if count > 1]


@pytest.mark.parametrize("table", IDENTITIES)
def test_rows_are_unique(table: str) -> None:
    """No two rows of a table answer to the same name."""
    assert IDENTITIES[table]
    assert twice(IDENTITIES[table]) == []


@pytest.mark.parametrize("table", WORDS)
def test_rows_are_documented(table: str) -> None:
    """Each row says what it is for; there is no such table without rows."""
    assert WORDS[table]
    assert [number for number, text in enumerate(WORDS[table], 1) if not text] == []


def test_every_position_has_its_help() -> None:
    """`?` never offers a word without saying what it means."""
    silent = [
        repr(leaf)
        for syntax in SYNTAXES
        for leaf in leaves(syntax)
        if not (
            all(text for _, text in leaf.words)
            if isinstance(leaf, Choice)
            else getattr(leaf, "help", "")
        )
    ]

    assert silent == []


@pytest.mark.parametrize("row", CRITERIA, ids=lambda row: row.kind.__name__)
def test_criteria_ask_for_what_was_typed(row: object) -> None:
    """`make` asks for every name of the syntax, and for no other."""
    found = next(r for r in CRITERIA if r is row)
    asked: set[str] = set()
    for way in ways(found.syntax):
        values = Asked(way)
        criterion = found.make(Args(values), AnyName())
        asked |= values.names
        assert type(criterion) is found.kind

    assert asked == named(found.syntax)


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: str(row.syntax[0].text))
def test_parameters_ask_for_what_was_typed(row: object) -> None:
    """`apply` asks for every name of the syntax that changes something."""
    found = next(r for r in PARAMETERS if r is row)
    asked: set[str] = set()
    for way in ways(found.syntax):
        values = Asked(way)
        found.apply(Args(values), Parameters())
        asked |= values.names

    assert asked <= named(found.syntax)


def test_modes_enclose_their_lines() -> None:
    """A line opens only a mode whose parent is the mode of the line."""
    wrong = [
        row.line.kind
        for row in OBJECTS
        if row.line.enters is not None and row.line.enters.parent != row.line.mode
    ]

    assert wrong == []
    assert {row.line.mode for row in OBJECTS} <= set(MODES)
    assert {mode.parent for mode in MODES} <= {*MODES, None}


def test_each_finding_has_one_record() -> None:
    """A kind of finding leads to exactly one row of RECORDS."""
    kinds = sorted(kind for row in RECORDS for kind in row.kinds)

    assert kinds == list(range(len(KIND_NAMES)))


def test_each_record_has_a_dialogue() -> None:
    """Every record about what was said on the wire, unless it is mere
    information, is produced by some dialogue file."""
    said = {
        int(number)
        for file in (ROOT / "tests" / "dialogues").rglob("*.dlg")
        for number in re.findall(
            r"^% (?:\d-)?(\d+)", file.read_text("utf-8"), re.MULTILINE
        )
    }
    due = {row.number for row in RECORDS if row.kinds and row.severity <= 5}

    assert due - said == set()


def test_growing_stages_are_stages() -> None:
    """GROWING names stages that exist."""
    assert set(range(len(STAGE_NAMES))) >= GROWING
