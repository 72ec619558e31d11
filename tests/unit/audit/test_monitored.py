"""What stands for a record where nothing was done."""

from mailward.audit.monitored import quoting
from mailward.audit.records import BY_NUMBER, DIVERGED, REPLACED, WOULD_END


def test_a_record_is_quoted() -> None:
    """Under a number of ours, at its own severity, its sentence still to be filled."""
    quoting.cache_clear()  # other tests may have asked
    template, row = quoting(BY_NUMBER[REPLACED])

    assert template == (
        "Monitor of {map}, nothing was done: 108002: SMTP replaced {detail}: out {out} "
        "in {inside} data: {evidence}"
    )
    assert (row.severity, row.action) == (2, "monitored")


def test_those_of_monitors_are_not() -> None:
    """They speak for themselves."""
    quoting.cache_clear()
    for number in (WOULD_END, DIVERGED):
        row = BY_NUMBER[number]
        assert quoting(row) == (row.template, row)
