"""The folder of dialogues itself: what it must hold."""

import re

import pytest

from mailward.config.objects.compat import COMPAT, CompatRow
from tests.harness.files import FILES


@pytest.mark.parametrize("vector", range(1, 16))
def test_each_vector_has_its_dialogue(vector: int) -> None:
    """The fifteen test vectors of the reference are each claimed by a file."""
    claims = [path.read_text().partition("\n")[0] for path in FILES]

    marks = (f"(vector {vector})", f"(vector {vector},")
    assert [claim for claim in claims if any(mark in claim for mark in marks)]


def test_claims_differ() -> None:
    """No two files claim the same."""
    claims = [path.read_text().partition("\n")[0] for path in FILES]

    assert len(set(claims)) == len(claims)


@pytest.mark.parametrize("transcript", range(1, 10))
def test_each_transcript_has_its_dialogue(transcript: int) -> None:
    """The nine real transcripts of the reference are each claimed by a file."""
    claims = [path.read_text().partition("\n")[0] for path in FILES]

    assert [claim for claim in claims if re.search(rf"\bT{transcript}\b", claim)]


@pytest.mark.parametrize("shape", range(1, 32))
def test_each_end_of_data_has_its_dialogue(shape: int) -> None:
    """Ends of data and what looks like one, E01 to E31: each is named by a file."""
    named = re.compile(rf"^#.*\bE{shape:02}\b", re.MULTILINE)

    assert [path.name for path in FILES if named.search(path.read_text())]


@pytest.mark.parametrize("row", COMPAT, ids=lambda row: row.name)
def test_each_switch_has_its_dialogues(row: CompatRow) -> None:
    """Each word of a compatibility switch that acts on the wire or on a record
    stands in force in some file; the default need not be typed."""
    typed = {
        line.removeprefix(f"mailward compat {row.name} ").strip()
        for path in FILES
        for line in path.read_text().splitlines()
        if line.startswith(f"mailward compat {row.name} ")
    }
    seen_elsewhere = row.name == "show-header"  # tests/unit/console/test_shows.py

    assert seen_elsewhere or {word for word, _ in row.words[1:]} <= typed
