"""Findings are compared by key and named in their repr."""

from mailward.criteria.lengths import BodyLength
from mailward.policy.findings import (
    CLIENT,
    DELAYED,
    DIVERGED,
    KIND_NAMES,
    MATCHED,
    OVERLONG,
    SERVER,
    UNREADABLE,
    Finding,
)
from mailward.policy.rule import Rule
from mailward.verdicts import DROP, DROPS, PASS, RATES, RESET


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


def test_a_delay_names_its_rule() -> None:
    """As a match does; the connection goes on."""
    rule = Rule(BodyLength(1), RATES, 2, "", "rate-limit 5", rate=5)

    assert Finding(DELAYED, CLIENT, PASS, rule=rule).key()[:6] == (
        "delayed",
        CLIENT,
        PASS,
        b"",
        b"",
        2,
    )


def test_every_kind_has_a_name_of_its_own() -> None:
    """The last kinds stand at their names; no two share one."""
    assert [KIND_NAMES[k] for k in (UNREADABLE, DELAYED, DIVERGED)] == [
        "unreadable",
        "delayed",
        "diverged",
    ]
    assert len(set(KIND_NAMES)) == len(KIND_NAMES) == DIVERGED + 1


def test_repr_shows_the_key() -> None:
    """What a failing test prints is what it compared."""
    finding = Finding(OVERLONG, SERVER, RESET, b"x", count=3)

    assert repr(finding) == "<Finding ('overlong', 1, 2, b'x', b'', 0, 3)>"
