"""The manual: the catalogue of records as a page of the reference.

Knows: how the two tables of this house read in Markdown.
Does not know: where the page is put.
Called by: the script that writes the reference, tests.
"""

from mailward.audit.ecs import FIELDS
from mailward.audit.records import RECORDS, tag
from mailward.audit.rows import LEVEL_NAMES, RecordRow
from mailward.policy.findings import KIND_NAMES


def page() -> str:
    """The whole page, Markdown, ending with a line end."""
    parts = [
        (
            "# Records\n\n"
            "What the audit trail can say. Records tagged `%ASA-` have the numbers and "
            "words of the appliance; those tagged `%MAILWARD-` are mailward's own. "
            "Words in braces are filled in.\n"
        )
    ]
    parts += [_section(row) for row in RECORDS]
    parts.append(
        "## Fields of the JSON log\n\n"
        "One object a line; a dot in a name is an object within an object. A field "
        "that has nothing to say is left out.\n\n"
        "| field | meaning |\n|---|---|\n"
        + "".join(f"| `{name}` | {meaning} |\n" for name, meaning in FIELDS)
    )
    return "\n".join(parts)


def _section(row: RecordRow) -> str:
    """One record: heading, sentence, severity, explanation, advice."""
    kinds = ", ".join(KIND_NAMES[kind] for kind in row.kinds)
    return (
        f"## {row.number} {row.action}\n\n"
        f"```\n%{tag(row.number)}-{row.severity}-{row.number}: {row.template}\n```\n\n"
        f"Severity {row.severity} ({LEVEL_NAMES[row.severity]})."
        + (f" Findings: {kinds}." if kinds else "")
        + f"\n\n{row.explanation}\n\n**What to do:** {row.advice}\n"
    )
