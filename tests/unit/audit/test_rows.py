"""Claims about `mailward.audit.rows`: severities and the shape of a row."""

from mailward.audit.rows import (
    DEBUGGING,
    EMERGENCIES,
    LEVEL_NAMES,
    RecordRow,
    at_severity,
    tag,
)


def test_a_severity_is_the_place_of_its_word() -> None:
    """0 emergencies to 7 debugging."""
    assert LEVEL_NAMES[EMERGENCIES] == "emergencies"
    assert LEVEL_NAMES[DEBUGGING] == "debugging"
    assert len(LEVEL_NAMES) == DEBUGGING + 1


def test_a_row_leads_to_no_finding_unless_it_says_so() -> None:
    """`kinds` is empty."""
    assert RecordRow(1, 6, "done", "Done", "It was done.", "None.").kinds == ()


def test_a_row_at_another_severity_is_one_object() -> None:
    """What is remembered of a row is remembered of that too."""
    row = RecordRow(108004, 4, "a", "A", "A.", "A.")
    assert at_severity(row, 4) is row
    assert at_severity(row, 2).head == "%ASA-2-108004: "
    assert at_severity(row, 2) is at_severity(row, 2)


def test_a_row_has_its_head() -> None:
    """`%ASA-` for the appliance's numbers, `%MAILWARD-` for our own."""
    assert tag(108004) == "ASA"
    assert RecordRow(108004, 4, "a", "A", "A.", "A.").head == "%ASA-4-108004: "
    assert RecordRow(900001, 7, "b", "B", "B.", "B.").head == "%MAILWARD-7-900001: "
