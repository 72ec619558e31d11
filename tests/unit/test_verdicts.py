"""What an action leads to."""

import pytest

from mailward.verdicts import (
    DROP,
    DROPS,
    LOGS,
    MASKS,
    PASS,
    RESET,
    RESETS,
    verdict_of,
)


@pytest.mark.parametrize(
    ("action", "verdict"),
    [(LOGS, PASS), (MASKS, PASS), (DROPS | LOGS, DROP), (RESETS | LOGS, RESET)],
)
def test_verdict_of(action: int, verdict: int) -> None:
    """Only drop-connection and reset end a connection."""
    assert verdict_of(action) == verdict
