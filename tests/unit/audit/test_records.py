"""Claims about `mailward.audit.records`: the catalogue."""

from string import Formatter

from mailward.audit.records import (
    BY_KIND,
    BY_NUMBER,
    OWN,
    RECORDS,
    Record,
    tag,
)
from mailward.audit.rows import LEVEL_NAMES
from mailward.policy.findings import KIND_NAMES


def test_each_finding_kind_has_exactly_one_record() -> None:
    """No kind of finding is without a record, none has two."""
    kinds = sorted(kind for row in RECORDS for kind in row.kinds)
    assert kinds == list(range(len(KIND_NAMES)))


def test_numbers_are_unique_and_in_order_within_their_owner() -> None:
    """A number means one record; mailward's own lie above OWN."""
    numbers = [row.number for row in RECORDS]
    assert len(set(numbers)) == len(numbers)
    own = [number for number in numbers if number > OWN]
    assert own == list(range(OWN + 1, OWN + 1 + len(own)))


def test_every_row_is_documented() -> None:
    """Each record has a unique word, a severity, an explanation and advice."""
    assert len({row.action for row in RECORDS}) == len(RECORDS)
    for row in RECORDS:
        assert 0 <= row.severity < len(LEVEL_NAMES)
        assert row.explanation.endswith(".")
        assert row.advice.rstrip(")").endswith((".", "?"))


def test_templates_name_their_places() -> None:
    """No template has a place without a name: nothing is filled by position."""
    for row in RECORDS:
        for _, name, _, _ in Formatter().parse(row.template):
            assert name is None or name.isidentifier(), row.number


def test_severities_of_the_appliance_stand() -> None:
    """`reference section 6.2, 6.3`; 507003 as in real lines, not as in the guide."""
    assert {n: BY_NUMBER[n].severity for n in BY_NUMBER if n < OWN} == {
        108002: 2,
        108003: 2,
        108004: 4,
        108005: 6,
        108006: 7,
        108007: 6,
        111008: 5,
        111010: 5,
        302013: 6,
        302014: 6,
        507003: 4,
        605004: 6,
        605005: 6,
    }


def test_attacks_warn_and_noise_is_for_debugging() -> None:
    """At the default level an operator reads of attacks, not of every typing error."""
    shown = {KIND_NAMES[kind]: BY_KIND[kind].severity for kind in BY_KIND}
    assert [shown[k] for k in ("look-alike", "early-data", "early-tls")] == [4, 4, 4]
    assert [shown[k] for k in ("payload-command", "overlong")] == [4, 4]
    assert [shown[k] for k in ("unknown-command", "bare-in-command")] == [7, 7]
    assert [shown[k] for k in ("bare-in-reply", "bare-in-message")] == [7, 7]


def test_a_line_tells_whose_record_it_is() -> None:
    """`%ASA-` for the appliance's numbers, `%MAILWARD-` for our own."""
    assert tag(108004) == "ASA"
    assert tag(900001) == "MAILWARD"
    record = Record(BY_NUMBER[302013], "Built it", 0.0, {})
    assert record.line() == "%ASA-6-302013: Built it"
    record = Record(BY_NUMBER[900012], "Internal error: x", 0.0, {})
    assert record.line() == "%MAILWARD-2-900012: Internal error: x"
