"""`mailward logging` lines, as they are printed."""

from mailward.config.running import Counts
from tests.unit.config.kit import taken

TEXT = """\
mailward logging host inside 10.0.0.1 format rfc5424 framing octet-counted name l.e
mailward logging host inside 10.0.0.2 format json
mailward logging stop-on-failure
logging host inside 10.0.0.1 tcp/6514 secure
logging host inside 10.0.0.2 tcp/5170
"""


def test_lines() -> None:
    """All are honoured, and stand before the lines that they add to."""
    running = taken(TEXT)
    assert running.render() == TEXT
    assert running.counts == Counts(active=5, kept=0, ignored=0)


def test_a_line_typed_again() -> None:
    """It replaces the one of the same server; `no` needs no more than the server."""
    again = taken(TEXT + "mailward logging host inside 10.0.0.2 framing newline\n")
    assert again.render() == TEXT.replace("0.2 format json", "0.2 framing newline")
    gone = taken(TEXT + "no mailward logging host inside 10.0.0.2\n")
    assert gone.render() == TEXT.replace(
        "mailward logging host inside 10.0.0.2 format json\n", ""
    )
