"""ACTIONS: lines to bits."""

from mailward.actions import ACTIONS
from mailward.lang.tokens import Args, Word
from mailward.verdicts import DROPS, LOGS, MASKS, RESETS


def test_words_in_order() -> None:
    """Four action lines, by their first words."""
    firsts = [row.syntax[0] for row in ACTIONS]

    assert [w.text for w in firsts if isinstance(w, Word)] == [
        "drop-connection",
        "reset",
        "mask",
        "log",
    ]


def test_bits() -> None:
    """The first word gives its bit, `log` behind it adds another."""
    assert [row.action(Args({})) for row in ACTIONS] == [DROPS, RESETS, MASKS, LOGS]
    assert [row.action(Args({"log": True})) for row in ACTIONS[:3]] == [
        DROPS | LOGS,
        RESETS | LOGS,
        MASKS | LOGS,
    ]
