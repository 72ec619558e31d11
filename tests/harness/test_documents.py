"""The documents: generated pages are current, and what is named exists."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from mailward.cli.report import sentences
from mailward.config.load import load
from scripts.reference import FOLDER, PAGES, page

ROOT: Final = Path(__file__).resolve().parent.parent.parent
WRITTEN: Final = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

#: The guides that begin with a policy; not every one needs its own.
GUIDES: Final = tuple(
    path
    for path in sorted((ROOT / "docs" / "guide").glob("*.md"))
    if "\n```text\nregex " in path.read_text("utf-8")
)

#: A configuration in a guide, and what `mailward check` is said to make of it.
POLICY: Final = re.compile(r"```text\n(regex .*?)```", re.DOTALL)
CHECKED: Final = re.compile(
    r"```console\n\$ mailward check mail\.cfg\n(mail\.cfg: .*?)```", re.DOTALL
)
LINK: Final = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize(("name", "write"), PAGES)
def test_reference_is_current(name: str, write: Callable[[], str]) -> None:
    """Each page says what the tables say; `scripts/reference.py` writes it."""
    assert (FOLDER / name).read_text(encoding="utf-8") == page(write)


def test_reference_holds_nothing_else() -> None:
    """A page that nothing writes any more is gone."""
    assert {p.name for p in FOLDER.iterdir()} == {name for name, _ in PAGES}


@pytest.mark.parametrize("document", WRITTEN, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    """Every link to a file of the repository finds it."""
    text = document.read_text(encoding="utf-8")
    lost = [
        target
        for target in LINK.findall(text)
        if not (document.parent / target).exists()
    ]

    assert lost == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda p: p.stem)
def test_guides_check_out(guide: Path) -> None:
    """The policy of a guide means what the guide says `mailward check` prints."""
    text = guide.read_text(encoding="utf-8")
    policy, printed = POLICY.findall(text)[0], CHECKED.findall(text)[0]

    assert sentences("mail.cfg", load(policy)) == printed.splitlines()


def test_decisions_are_numbered() -> None:
    """Decisions count on from 0001 without a gap, and each has its heading."""
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [int(d.name[:4]) for d in decisions] == list(range(1, len(decisions) + 1))
    for decision in decisions:
        text = decision.read_text(encoding="utf-8")
        assert text.startswith(f"# {decision.name[:4]} ")
