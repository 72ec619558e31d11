"""The folder of dialogues itself: what it must hold."""

import pytest

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
