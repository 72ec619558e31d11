"""Claims about `mailward.audit.records`: the catalogue."""

from dataclasses import replace
from string import Formatter

from mailward.audit.records import (
    BY_NUMBER,
    OWN,
    RECORDS,
    Record,
    tag,
)
from mailward.audit.rows import LEVEL_NAMES, Field
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


def test_a_line_tells_whose_record_it_is() -> None:
    """`%ASA-` for the appliance's numbers, `%MAILWARD-` for our own."""
    assert tag(108004) == "ASA"
    assert tag(900001) == "MAILWARD"
    record = Record(BY_NUMBER[302013], "Built it", 0.0, {})
    assert record.line() == "%ASA-6-302013: Built it"
    record = Record(BY_NUMBER[900012], "Internal error: x", 0.0, {})
    assert record.line() == "%MAILWARD-2-900012: Internal error: x"


def test_what_only_json_reads_is_made_when_it_is_asked_for() -> None:
    """Fields, or what makes them: whoever asks sees no difference."""
    made: list[int] = []

    def make() -> dict[str, Field]:
        made.append(1)
        return {"esmtp.connection": 7}

    row = BY_NUMBER[302013]
    late, early = Record(row, "x", 0.0, make), Record(row, "x", 0.0, make())
    assert made == [1]
    assert late.fields == early.fields
    assert made == [1, 1]


def test_a_record_has_the_number_and_the_severity_of_its_row() -> None:
    """At another severity it is another row."""
    row = replace(BY_NUMBER[302013], severity=3)
    record = Record(row, "Built it", 0.0, {})
    assert (record.number, record.severity) == (302013, 3)
    assert record.line() == "%ASA-3-302013: Built it"
