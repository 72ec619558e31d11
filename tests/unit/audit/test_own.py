"""Claims about `mailward.audit.own`: the records of mailward alone."""

from mailward.audit.numbers import OWN
from mailward.audit.own import OWN_RECORDS
from mailward.policy.findings import KIND_NAMES


def test_attacks_warn_and_noise_is_for_debugging() -> None:
    """At the default level an operator reads of attacks, not of every typing error."""
    shown = {KIND_NAMES[k]: row.severity for row in OWN_RECORDS for k in row.kinds}
    assert [shown[k] for k in ("look-alike", "early-data", "early-tls")] == [4, 4, 4]
    assert [shown[k] for k in ("payload-command", "overlong")] == [4, 4]
    assert [shown[k] for k in ("unknown-command", "bare-in-command")] == [7, 7]
    assert [shown[k] for k in ("bare-in-reply", "bare-in-message")] == [7, 7]


def test_all_are_of_our_own() -> None:
    """Their tag is mailward's, so that no parser takes them for the appliance's."""
    assert all(row.number > OWN for row in OWN_RECORDS)
    assert all(row.head.startswith("%MAILWARD-") for row in OWN_RECORDS)
