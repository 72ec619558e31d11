"""ACTIONS: lines to bits."""

from mailward.actions import ACTIONS
from mailward.lang.tokens import Args, Word
from mailward.verdicts import DROPS, LOGS, MASKS, RATES, RESETS


def test_words_in_order() -> None:
    """Five action lines, in the order in which they are printed."""
    firsts = [row.syntax[0] for row in ACTIONS]

    assert [w.text for w in firsts if isinstance(w, Word)] == [
        "mask",
        "rate-limit",
        "drop-connection",
        "reset",
        "log",
    ]


def test_bits() -> None:
    """The first word gives its bit, `log` behind it adds another."""
    assert [row.action(Args({})) for row in ACTIONS] == [
        MASKS,
        RATES,
        DROPS,
        RESETS,
        LOGS,
    ]
    assert [row.action(Args({"log": True})) for row in ACTIONS[:4]] == [
        MASKS | LOGS,
        RATES | LOGS,
        DROPS | LOGS,
        RESETS | LOGS,
    ]


def test_rate() -> None:
    """Commands per second, where the line has them."""
    assert [row.rate(Args({"rate": 7})) for row in ACTIONS[1:2]] == [7]
    assert {row.rate(Args({})) for row in ACTIONS} == {0}
