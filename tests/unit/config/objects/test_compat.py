"""`mailward compat`: each switch, its words, what it sets."""

import pytest

from mailward.config.objects.compat import COMPAT, COMPAT_LINES, COMPAT_OF, CompatRow
from mailward.parameters import LINE, PACKET, WORD, Compat
from tests.unit.config.kit import mistakes, taken

#: What each word that is no default sets, in the order of the table.
SETS = {
    ("asa-version", "9.4"): Compat(default_tls=True),
    ("banner", "pix"): Compat(pix_banner=True),
    ("bdat", "cross"): Compat(cross_bdat=True),
    ("chunking", "by-map"): Compat(chunking_by_map=True),
    ("direction", "both"): Compat(both_ways=True),
    ("ehlo-auth-equals", "others"): Compat(auth_equals_others=True),
    ("ehlo-vrfy", "others"): Compat(vrfy_others=True),
    ("rate-excess", "cross"): Compat(cross_excess=True),
    ("severity-507003", "3"): Compat(guide_severity=True),
    ("show-header", "short"): Compat(short_header=True),
    ("unknown-command", "word"): Compat(unknown=WORD),
    ("unknown-command", "packet"): Compat(unknown=PACKET),
}
SWITCHES = [(row, word) for row in COMPAT for word, _ in row.words]


def test_the_switches() -> None:
    """Each word but the default of its switch sets something of its own."""
    assert {
        (row.name, word): row.apply(word, Compat())
        for row in COMPAT
        for word, _ in row.words[1:]
    } == SETS
    assert Compat().unknown == LINE


@pytest.mark.parametrize("row", COMPAT, ids=lambda row: row.name)
def test_defaults(row: CompatRow) -> None:
    """The first word puts back what the others have set."""
    for word, _ in row.words:
        changed = row.apply(word, Compat())
        assert row.apply(row.words[0][0], changed) == Compat()


@pytest.mark.parametrize(("row", "word"), SWITCHES)
def test_lines(row: CompatRow, word: str) -> None:
    """In any case and by prefixes; shown unless it is the default; replaced when
    typed again, and removed by its name."""
    typed = f"MAILward comp {row.name} {word.upper()}\n"
    shown = "" if word == row.words[0][0] else f"mailward compat {row.name} {word}\n"
    other = f"mailward compat {row.name} {row.words[-1][0]}\n"

    assert taken(typed).render() == shown
    assert taken(other + typed).render() == shown
    assert taken(f"{typed}no mailward compat {row.name}\n").render() == ""
    assert taken(f"{typed}no mailward compat {row.name} {word}\n").render() == ""


def test_a_wrong_word() -> None:
    """It is refused where it stands, with the words that there are."""
    (error,) = mistakes("mailward compat unknown-command all\n")

    assert (error.column, error.expected) == (33, ("line", "word", "packet"))


def test_each_row_has_its_line() -> None:
    """One line for each switch, which tells its default."""
    assert [row for _, row in COMPAT_OF.values()] == list(COMPAT)
    assert [line.default for line in COMPAT_LINES] == [
        f"mailward compat {row.name} {row.words[0][0]}" for row in COMPAT
    ]
