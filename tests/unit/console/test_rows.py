"""Claims about every command that tells something: `mailward.console.rows`."""

import json
import re
from typing import Final

import pytest

from mailward.audit.totals import Connection, Totals
from mailward.console.gateway import Gateway
from mailward.console.rows import ShowRow
from mailward.console.session import _BY_KIND, Session
from mailward.lang.samples import lines
from tests.unit.console.gateways import CONFIG, gateway
from tests.unit.console.test_lists import GROUPED
from tests.unit.console.test_tracer import PUBLISHED

#: What Ansible takes for a failure; what a terminal would obey.
CHOKES: Final = re.compile(r"(?i)error:|^WARNING:|[^\n\t -~]", re.MULTILINE)
ROWS: Final = [row for row in _BY_KIND.values() if isinstance(row, ShowRow)]
ENDS: Final = ("outside", "203.0.113.9", 51111, "inside", "10.1.1.5", 25)


def full(text: str) -> Gateway:
    """A gateway that has seen much, also what a record should not say."""
    state = gateway(text)
    totals = Totals(
        connections=(Connection(1, *ENDS, True, True, 1, 1.0, 1.0),),
        records={507003: 1, 900012: 1},
        recent=((1.0, '%MAILWARD-2-900012: Internal error: 500 Error: "X"'),),
        lost=1,
    )
    state.totals = lambda: totals
    return state


@pytest.mark.parametrize("text", ["", CONFIG, GROUPED, PUBLISHED])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.line.kind)
def test_no_answer_chokes_a_tool(row: ShowRow, text: str) -> None:
    """Every form of every show, as text and as JSON: no word that means failure,
    nothing that moves a cursor, every line ended."""
    session = Session(full(text))

    def known(kind: str) -> list[str]:
        return session._known(kind)[:2] or ["nothing"]

    for line in lines(row.line, known):
        if "nothing" in line:
            continue
        done, answer = session.line(line)
        assert done, answer
        assert CHOKES.findall(answer) == [], line
        assert answer == "" or answer.endswith("\n")
        if line.startswith(("show", "dir", "packet-tracer")):
            told = json.loads(session.line(f"{line} | json")[1])
            assert told["command"] == line
            assert "answer" in told
            counted = session.line(f"{line} | count")[1]
            assert counted.startswith("Number of lines: ")


def test_there_are_rows() -> None:
    """The list above is not empty by mistake."""
    assert len(ROWS) > 20
