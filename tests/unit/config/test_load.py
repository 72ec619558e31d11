"""Load: text to gate, all mistakes at once."""

from pathlib import Path

import pytest

from mailward.config.factory import FACTORY
from mailward.config.load import ERRORS_MOST, load
from mailward.config.running import Counts
from mailward.criteria.envelope import SenderRegex
from mailward.criteria.lengths import BodyLength
from mailward.errors import ConfigErrors
from mailward.verdicts import DROPS, LOGS
from tests.unit.config.kit import (
    EMAIL,
    EMAIL_PASTED,
    EMAIL_RENDERED,
    ends,
    mistakes,
    told,
)


@pytest.mark.parametrize("text", [EMAIL, EMAIL_PASTED, EMAIL_RENDERED])
def test_the_example_in_each_form(text: str) -> None:
    """Bare commands, a pasted session and a saved configuration mean the same."""
    loaded = load(text)

    assert loaded.running.render() == EMAIL_RENDERED
    assert loaded.warnings == ()
    assert loaded.levels == {}


def test_what_the_example_means() -> None:
    """One attachment, two rules in typed order."""
    loaded = load(EMAIL)
    (attachment,) = loaded.gate.attachments
    body, sender = attachment.inspection.rules

    assert (
        attachment.place,
        attachment.policy_map,
        attachment.class_map,
        attachment.map_name,
    ) == ("outside", "L3_outside_policy", "L3_email_class_map", "L7_EMAIL_MAP")
    assert (body.criterion, body.action, body.place) == (
        BodyLength(35000),
        DROPS | LOGS,
        1,
    )
    assert (body.label, body.action_label) == (
        "body length gt 35000",
        "drop-connection log",
    )
    assert isinstance(sender.criterion, SenderRegex)
    assert sender.criterion.matcher.patterns == (r"@abc\.com",)
    assert (sender.action, sender.action_label) == (DROPS, "drop-connection")
    assert loaded.gate.choose(ends()) is attachment
    assert loaded.gate.choose(ends(port=587)) is None


def test_the_factory_configuration() -> None:
    """It loads without a warning, and only esmtp is in force."""
    loaded = load(FACTORY)
    (attachment,) = loaded.gate.attachments

    assert (attachment.place, attachment.map_name) == ("global", "_default_esmtp_map")
    assert loaded.lines == Counts(active=6, kept=18, ignored=0)
    assert loaded.warnings == ()


def test_the_default_map_of_a_release() -> None:
    """`asa-version 9.4` has a default map that allows TLS, `9.3` the older one."""
    text = f"{FACTORY}mailward compat asa-version "
    allowed = {
        version: load(f"{text}{version}\n").gate.attachments[0].inspection.parameters
        for version in ("9.3", "9.4")
    }

    assert [allowed[version].allow_tls for version in ("9.3", "9.4")] == [False, True]
    assert "  no special-character\n  allow-tls\n" in (
        load(f"{text}9.4\n").running.render(everything=True)
    )


def test_an_empty_configuration() -> None:
    """It loads; that nothing is inspected is said, behind all other warnings."""
    loaded = load("regex a b\n")

    assert loaded.gate.attachments == ()
    assert told(loaded.warnings) == [
        (1, 7, "the regex a is never used"),
        (0, 0, "no service-policy puts `inspect esmtp` in force anywhere"),
    ]


def test_all_mistakes_at_once() -> None:
    """Each line that is wrong is told, in order, whoever found it."""
    text = "regex a (b\n" + EMAIL.replace("35000", "0").replace(
        "match sender-address", "class x\nmatch sender-address"
    )

    assert told(mistakes(text)) == [
        (1, 9, "this parenthesis is never closed"),
        (6, 22, '"0" is not a number from 1 to 4294967295'),
        (7, 1, '"drop-connection" begins no command'),
        (8, 1, "an esmtp map has no classes: write its match lines here"),
    ]


def test_undefined_names() -> None:
    """A name that nobody defined is told where it stands, with those there are."""
    (error,) = mistakes(EMAIL.replace("match regex BAD", "match regex GOOD"))

    assert (error.line, error.column, error.message) == (
        3,
        13,
        "no regex is called GOOD_SENDER1",
    )
    assert error.expected == ("BAD_SENDER1",)


def test_mistakes_of_compiling() -> None:
    """An entry that decides what is inspected must be understood; two users of
    the list do not make two errors of it."""
    text = EMAIL.replace("any any eq 25", "any object mail eq 25")
    text += "service-policy L3_outside_policy interface dmz\n"

    assert [(e.line, e.column) for e in mistakes(text)] == [(9, 41)]


def test_not_all_errors_are_told() -> None:
    """A flood of errors is cut, and counted."""
    errors = mistakes("regex a (\n" * (ERRORS_MOST + 5))
    flood = mistakes("regex x\n" * (ERRORS_MOST + 5))

    assert len(errors) <= ERRORS_MOST + 1
    assert len(flood) == ERRORS_MOST + 1
    assert flood[-1].message == "5 further errors are not shown"


def test_warnings_stand_in_order() -> None:
    """Warnings of all sorts are sorted by line."""
    loaded = load(EMAIL.replace("drop-connection\n", "") + "regex z a$\n")

    assert [w.line for w in loaded.warnings] == sorted(w.line for w in loaded.warnings)
    assert len(loaded.warnings) == 3


def test_the_corpus(corpus: Path) -> None:
    """Every configuration of the corpus loads, or is refused for a reason with a
    line; what loads renders to a text that loads and renders the same."""
    refused = {}
    files = sorted(f for f in (corpus / "asa-config").iterdir() if f.is_file())
    for file in files:
        text = file.read_text("latin-1")
        try:
            rendered = load(text).running.render()
        except ConfigErrors as errors:
            refused[file.name] = errors.errors
        else:
            assert load(rendered).running.render() == rendered, file.name

    assert len(files) > 50
    assert all(e.line > 0 for errors in refused.values() for e in errors)
    assert {name.split("__")[-1] for name in refused} <= {
        "asa_interface",  # puts a policy in force that is not there
        "cisco_misc",  # policies with classes that are not there
        "fwsm1.test",  # `inspect smtp`
        "cisco_asa_show_access-list3.raw",  # no configuration
    }
