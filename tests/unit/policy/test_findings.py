"""Findings are compared by key and named in their repr."""

from mailward.criteria.lengths import BodyLength
from mailward.policy.findings import CLIENT, MATCHED, OVERLONG, SERVER, Finding
from mailward.policy.rule import Rule
from mailward.verdicts import DROP, DROPS, RESET


def test_key_with_a_rule() -> None:
    """A rule counts by its place."""
    rule = Rule(BodyLength(1), DROPS, 4, "body length gt 1", "drop-connection")

    assert Finding(MATCHED, CLIENT, DROP, rule=rule, detail=b"d").key() == (
        "matched",
        CLIENT,
        DROP,
        b"",
        b"d",
        4,
        0,
    )


def test_repr_shows_the_key() -> None:
    """What a failing test prints is what it compared."""
    finding = Finding(OVERLONG, SERVER, RESET, b"x", count=3)

    assert repr(finding) == "<Finding ('overlong', 1, 2, b'x', b'', 0, 3)>"
