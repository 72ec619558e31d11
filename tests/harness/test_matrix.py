"""The matrix of matches and actions: complete, and proved by dialogues."""

from pathlib import Path

from mailward.actions import ACTIONS
from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.criteria import CRITERIA
from mailward.testing import dialogue
from mailward.verdicts import LOGS
from scripts.reference import DIALOGUES, WORDS, Cell, cells, proofs, title


def test_the_matrix_is_whole() -> None:
    """Every criterion by a name of its own, every action, negated or not."""
    every = list(cells())

    assert len(every) == len(CRITERIA) * len(ACTIONS) * 2 == 150
    assert len({cell for cell, _ in every}) == len(every)
    assert [title(row) for row in CRITERIA] == [
        "cmd line length",
        "cmd verb",
        "sender-address length",
        "sender-address regex",
        "cmd RCPT count",
        "ehlo-reply-parameter",
        "invalid-recipients count",
        "header line length",
        "header length",
        "header to-fields count",
        "MIME encoding",
        "MIME filename length",
        "MIME filetype regex",
        "body line length",
        "body length",
    ]


def test_what_is_legal() -> None:
    """Three actions everywhere, `mask` in two matches, `rate-limit` in one, all of
    them negated or not."""
    legal = [cell for cell, may in cells() if may]

    assert len(legal) == 2 * (3 * 15 + 2 + 1)
    assert [cell for cell in legal if cell[1] == "rate-limit"] == [
        ("cmd verb", "rate-limit", False),
        ("cmd verb", "rate-limit", True),
    ]


def test_each_legal_cell_is_proved() -> None:
    """No cell of the page is empty: a dialogue shows what the action does."""
    proved = proofs()

    assert [cell for cell, legal in cells() if legal and cell not in proved] == []


def test_only_what_is_legal_is_proved() -> None:
    """A dialogue that names no legal cell has a slip of the pen."""
    legal = {cell for cell, may in cells() if may}

    assert {cell: files for cell, files in proofs().items() if cell not in legal} == {}


def test_proofs_use_what_they_prove() -> None:
    """The configuration of a dialogue has the match and the action that the
    dialogue names; `log` being what stands alone."""
    slips = [
        (file, cell)
        for cell, files in proofs().items()
        for file in files
        if cell not in in_force(DIALOGUES / file)
    ]

    assert slips == []


def in_force(file: Path) -> set[Cell]:
    """The cells that the configuration of a dialogue file makes use of."""
    names = {row.kind: title(row) for row in CRITERIA}
    made = load(dialogue.load(file).config_text(FACTORY))
    found: set[Cell] = set()
    for attachment in made.gate.attachments:
        for rule in attachment.inspection.rules:
            ends = rule.action & ~LOGS or rule.action
            words = [word for bit, word in WORDS.items() if ends & bit]
            name = names[type(rule.criterion)]
            found.update((name, word, rule.negated) for word in words)
    return found
