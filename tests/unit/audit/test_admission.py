"""Claims about `mailward.audit.admission`: what access groups decided is told."""

from collections.abc import Sequence

from mailward.audit.admission import admission
from mailward.audit.auditor import Auditor
from mailward.audit.rows import DEBUGGING, INFORMATIONAL
from mailward.policy.access import IN as ENTRANCE
from mailward.policy.access import Denial, Hit
from mailward.policy.acl import EntryLog
from tests.unit.audit.cases import IN, SIX, Kept


def told(
    denial: Denial | None, hits: Sequence[Hit] = (), level: int = DEBUGGING
) -> list[str]:
    """The lines about a connection."""
    kept = Kept()
    admission(Auditor((kept,), level), IN, denial, hits, 0.0)
    return kept.lines()


def test_a_list_denies() -> None:
    """106023, with the entry; none at the end of the list."""
    assert told(Denial("outside", ENTRANCE, "acl_out", 0x71761F18)) == [
        (
            "%ASA-4-106023: Deny tcp src outside:75.75.75.75/35314 dst "
            'DMZ:10.0.25.101/25 by access-group "acl_out" [0x71761f18, 0x0]'
        )
    ]
    assert told(Denial("outside", ENTRANCE, "acl_out"))[0].endswith("[0x0, 0x0]")


def test_the_levels_deny() -> None:
    """106001: no list has a say."""
    assert told(Denial("outside")) == [
        (
            "%ASA-2-106001: Inbound TCP connection denied from 75.75.75.75/35314 to "
            "10.0.25.101/25 flags SYN  on interface outside"
        )
    ]


def test_an_entry_with_log_speaks_for_itself() -> None:
    """106100 at its own severity, whatever was decided; and no 106023."""
    log = EntryLog(level=5)
    denied = Denial("outside", ENTRANCE, "acl_out", 7, log)

    assert told(None, [Hit("acl_out", True, log, 0x71A87D94)]) == [
        (
            "%ASA-5-106100: access-list acl_out permitted tcp "
            "outside/75.75.75.75(35314) -> DMZ/10.0.25.101(25) hit-cnt 1 first hit "
            "[0x71a87d94, 0x0]"
        )
    ]
    assert [line[:35] for line in told(denied, [Hit("acl_out", False, log, 7)])] == [
        "%ASA-5-106100: access-list acl_out "
    ]
    quiet = EntryLog(level=DEBUGGING)
    assert told(None, [Hit("acl_out", True, quiet, 7)], INFORMATIONAL) == []


def test_an_entry_that_is_to_be_silent() -> None:
    """`log disable`: nothing is written."""
    silent = EntryLog(silent=True)

    assert told(Denial("outside", ENTRANCE, "acl_out", 7, silent)) == []


def test_what_json_adds() -> None:
    """The list and what it decided."""
    kept = Kept()
    auditor = Auditor((kept,), DEBUGGING)
    hit = Hit("L", True, EntryLog(), 7)
    admission(auditor, SIX, Denial("outside", ENTRANCE, "M"), [hit], 0.0)
    admission(auditor, SIX, Denial("outside"), [], 0.0)

    assert [record.fields for record in kept.records] == [
        {"event.outcome": "success", "rule.ruleset": "L"},
        {"event.outcome": "failure", "rule.ruleset": "M"},
        {"event.outcome": "failure"},
    ]
    assert all(record.ends == SIX for record in kept.records)
