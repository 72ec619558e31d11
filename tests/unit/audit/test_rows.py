"""Claims about `mailward.audit.rows`: severities and the shape of a row."""

from mailward.audit.rows import DEBUGGING, EMERGENCIES, LEVEL_NAMES, RecordRow


def test_a_severity_is_the_place_of_its_word() -> None:
    """0 emergencies to 7 debugging."""
    assert LEVEL_NAMES[EMERGENCIES] == "emergencies"
    assert LEVEL_NAMES[DEBUGGING] == "debugging"
    assert len(LEVEL_NAMES) == DEBUGGING + 1


def test_a_row_leads_to_no_finding_unless_it_says_so() -> None:
    """`kinds` is empty."""
    assert RecordRow(1, 6, "done", "Done", "It was done.", "None.").kinds == ()
