"""Real configurations load, and no line of them is lost."""

from pathlib import Path

import pytest

from mailward.config.load import Loaded, load
from mailward.errors import ConfigErrors
from tests.corpus.configurations import (
    EXPLAINED,
    files,
    loaded,
    oracle,
    page,
    parents,
    unaccounted,
)
from tests.house.sources import ROOT

PAGE = ROOT / "docs" / "internals" / "configurations.md"
BANNER = "networktocode-netutils__tests__unit__mock__config__parser__base__cisco_asa__"


@pytest.mark.corpus
def test_every_file_loads(corpus: Path) -> None:
    """But for those that are refused for a reason that is written down."""
    found = {file.name: loaded(file) for file in files(corpus)}
    refused = {n for n, got in found.items() if isinstance(got, ConfigErrors)}

    assert len(found) > 50
    assert refused == set(EXPLAINED)


@pytest.mark.corpus
def test_every_line_is_accounted_for(corpus: Path) -> None:
    """Each line of each file is active, kept or ignored."""
    lost = {
        file.name: unaccounted(file, got)
        for file in files(corpus)
        if isinstance(got := loaded(file), Loaded)
    }

    assert {name: lines for name, lines in lost.items() if lines} == {}


@pytest.mark.corpus
def test_what_is_printed_loads_and_prints_the_same(corpus: Path) -> None:
    """A configuration that was read, printed and read again is the same."""
    for file in files(corpus):
        got = loaded(file)
        if isinstance(got, Loaded):
            printed = got.running.render()
            assert load(printed).running.render() == printed, file.name


@pytest.mark.corpus
def test_trees_of_others(corpus: Path) -> None:
    """Lines stand under the lines under which others see them."""
    got = loaded(corpus / "asa-config" / f"{BANNER}asa_nested_banner_sent.txt")

    assert isinstance(got, Loaded)
    assert parents(got) == oracle(corpus, f"{BANNER}asa_nested_banner_received.json")


@pytest.mark.corpus
def test_the_page_is_fresh(corpus: Path) -> None:
    """docs/internals/configurations.md is what the files say today."""
    assert PAGE.read_text("utf-8") == page(corpus)
