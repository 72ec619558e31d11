"""Claims about `mailward.audit.manual`: the page made of the tables."""

from mailward.audit.ecs import FIELDS
from mailward.audit.manual import page
from mailward.audit.records import RECORDS


def test_every_record_and_field_is_on_the_page() -> None:
    """The page lists each record under its number, and each JSON field."""
    text = page()
    for row in RECORDS:
        assert text.count(f"\n## {row.number} {row.action}\n") == 1
    for name, _ in FIELDS:
        assert text.count(f"\n| `{name}` |") == 1


def test_a_record_reads_well() -> None:
    """A section shows the sentence as it is logged, severity, findings, advice."""
    text = page()
    start = text.index("## 900001 ")
    assert text[start : text.index("## 900002 ")].splitlines()[:6] == [
        "## 900001 command-masked",
        "",
        "```",
        (
            "%MAILWARD-7-900001: Masked unknown command from {source} to {destination}"
            "; first word: {evidence}"
        ),
        "```",
        "",
    ]
    assert "Severity 7 (debugging). Findings: unknown-command." in text
    assert "Severity 6 (informational).\n" in text
    assert text.endswith("|\n")
