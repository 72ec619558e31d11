"""Real and odd mails: what others read in them is among our readings."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.corpus.mails import EXPLAINED, differences, mails, oracles, page
from tests.unit.engine.readings import read

PAGE = ROOT / "docs" / "internals" / "mail-readings.md"


@pytest.mark.corpus
def test_all_that_others_read(corpus: Path) -> None:
    """Each type, encoding and name that an oracle finds is among the readings of
    a part, in order; what is not is explained."""
    missing = {
        (mail.name, title)
        for mail in mails(corpus)
        for title, parts in oracles(mail)
        if differences(read(mail.read_bytes()), parts)
    }

    assert sorted(missing) == sorted(EXPLAINED)


@pytest.mark.corpus
def test_there_are_oracles(corpus: Path) -> None:
    """Every kind of oracle has been asked."""
    titles = {title for mail in mails(corpus) for title, _ in oracles(mail)}

    assert titles == {
        "mime4j",
        "mime4j decoded",
        "postfix",
        "stalwart",
        "stalwart crlf",
        "stdlib compat32",
        "stdlib default",
    }


@pytest.mark.corpus
def test_ends_of_line(corpus: Path) -> None:
    """A mail with CRLFs is read as the same mail with LFs."""
    for mail in mails(corpus):
        lines = mail.read_bytes().replace(b"\r\n", b"\n")
        if b"\r" not in lines:
            plain = [event[1:] for event in read(lines)]
            crlf = [event[1:] for event in read(lines.replace(b"\n", b"\r\n"))]

            assert (mail.name, crlf) == (mail.name, plain)


@pytest.mark.corpus
@settings(max_examples=20)
@given(data=st.data())
def test_cuts(corpus: Path, data: st.DataObject) -> None:
    """A real mail is read alike wherever it is cut."""
    mail = data.draw(st.sampled_from(mails(corpus))).read_bytes()
    cuts = data.draw(st.lists(st.integers(0, len(mail)), max_size=20))

    assert read(mail, tuple(cuts)) == read(mail)


@pytest.mark.corpus
def test_the_page(corpus: Path) -> None:
    """docs/internals/mail-readings.md is what the mails say today."""
    assert PAGE.read_text("utf-8") == page(corpus)
