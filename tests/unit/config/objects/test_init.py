"""OBJECTS: the table as a whole."""

from mailward.config.modes import MODES
from mailward.config.objects import GRAMMAR, OBJECT_OF, OBJECTS
from mailward.lang.reader import read
from mailward.lang.rows import ACTIVE
from mailward.lang.samples import lines


def test_kinds_are_unique_and_documented() -> None:
    """Each row has a name of its own and a paragraph for the reference."""
    assert len(OBJECT_OF) == len(OBJECTS)
    assert [row.line.kind for row in OBJECTS if not row.line.doc.endswith(".")] == []


def test_every_mode_is_entered() -> None:
    """No mode stands beside the language."""
    entered = {row.line.enters for row in OBJECTS if row.line.enters is not None}

    assert {mode for mode in MODES if mode.parent is not None} == entered
    assert set(GRAMMAR.modes) == set(MODES)


def test_each_line_is_read_as_its_own_row() -> None:
    """No honoured row hides behind another: its sample lines, in its mode, are
    read as that row."""
    wrong = [
        (row.line.kind, text, got.row.kind)
        for row in OBJECTS
        if row.line.status == ACTIVE
        for text in lines(row.line)
        if (got := read(GRAMMAR, row.line.mode, text)).row is not row.line
    ]

    assert wrong == []
