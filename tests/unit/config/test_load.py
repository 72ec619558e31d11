"""Load: text to gate, all mistakes at once."""

import pytest

from mailward.config.factory import FACTORY
from mailward.config.load import (
    ERRORS_MOST,
    LINES_MOST,
    blank,
    compile_running,
    load,
    load_file,
    text_of,
)
from mailward.config.running import TOP, Account, Counts
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


def test_too_many_lines() -> None:
    """They are refused before they are read."""
    (error,) = mistakes("\n" * LINES_MOST)

    assert (error.line, error.message) == (
        LINES_MOST + 1,
        "more than 500000 lines are no configuration",
    )


def test_binary_junk() -> None:
    """It is refused where it begins, and never printed."""
    (error,) = mistakes("hostname fw\r\nbanner \x1b[2J\n")

    assert (error.line, error.column, error.text) == (2, 8, "")
    assert error.message.startswith("a control character stands here")


def test_the_edges_of_files() -> None:
    """A byte order mark, carriage returns, half a line at the end."""
    loaded = load("\ufeffhostname fw\r\nregex a b\r\nclass-map c")

    assert loaded.running.render() == 'hostname fw\nregex a "b"\nclass-map c\n!\n!\n'
    assert told(mistakes("hostname fw\r\nregex a")) == [
        (2, 9, "the command is not complete")
    ]


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("\ufeffremark caf\u00e9\n".encode(), "remark caf\u00e9\n"),
        (b"remark caf\xe9 \x93quoted\x94\n", "remark caf\u00e9 \u201cquoted\u201d\n"),
        (b"remark \xe9\x81\n", "remark \u00e9\x81\n"),
    ],
)
def test_encodings(octets: bytes, text: str) -> None:
    """UTF-8, Windows, and what is neither."""
    assert text_of(octets) == text


def test_blanks_of_a_document() -> None:
    """A remark may hold what a word processor has put into it; it is kept."""
    line = "access-list a remark mail\xa0to\xadday\u200b\n"
    assert line in load(line).running.render()


def test_long_names() -> None:
    """They are refused at their column."""
    assert told(mistakes(f"access-list {'x' * 1000} permit ip any any\n")) == [
        (1, 13, "the name is longer than 241 characters")
    ]


def test_a_big_group() -> None:
    """A group of ten thousand networks tells them apart."""
    group = "".join(
        f" network-object 10.{n >> 7}.{n & 127}.0 255.255.255.128\n"
        for n in range(10_000)
    )
    text = f"object-group network g\n{group}" + EMAIL.replace(
        "any any", "object-group g any"
    )
    gate = load(text).gate

    assert gate.choose(ends(client="10.77.5.1")) is not None
    assert gate.choose(ends(client="10.77.5.129")) is None


def test_typed_line_by_line() -> None:
    """What is typed line by line is what is read at once."""
    running, place = blank(), TOP
    for line in EMAIL.splitlines():
        place = running.apply(place, line)

    assert compile_running(running).running.render() == EMAIL_RENDERED
    assert len(compile_running(running).gate.attachments) == 1


def test_the_default_map_goes_back() -> None:
    """The release may be changed line by line, too."""
    running = load(f"{FACTORY}mailward compat asa-version 9.4\n").running
    tls = []
    for line in ("hostname fw", "no mailward compat asa-version"):
        running.apply(TOP, line, keep=True)
        (attachment,) = compile_running(running).gate.attachments
        tls.append(attachment.inspection.parameters.allow_tls)

    assert tls == [True, False]


def test_accounts() -> None:
    """Each line that was typed is told, with what became of it."""
    text = "regex a b\nstrange fw\n thing\nwrite memory\nno regex a\n"

    assert [(a.line, a.text, a.status) for a in load(text).accounts] == [
        (1, 'regex a "b"', "active"),
        (2, "strange fw", "kept"),
        (3, "thing", "kept"),
        (4, "write memory", "ignored"),
        (5, "no regex a", "active"),
    ]
    assert load("regex a b\n").accounts == (Account(1, 'regex a "b"', "active"),)


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


@pytest.mark.parametrize(
    ("text", "told_of"),
    [
        ("hostname fw\n", []),
        ("hostname fw\n\n  \n", []),
        ("", []),
        ("\n\n", []),
        (": Saved\n:\nhostname fw\n: end\n", []),
        (": Saved\n:\nhostname fw\n: end", []),
        (
            "hostname fw\nregex a b",
            [(2, "the last line has no line end: is the file whole?")],
        ),
        (
            ": Saved\n:\nhostname fw\n",
            [(0, "the file begins `: Saved` and has no `: end`: is it whole?")],
        ),
    ],
)
def test_files_that_may_be_cut(text: str, told_of: list[object]) -> None:
    """Half a line may be lawful; whoever reads a file is told."""
    more = load_file(text).warnings[len(load(text).warnings) :]

    assert [(w.line, w.message) for w in more] == told_of


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "policy-map p\n class class-default\n  inspect esmtp\nservice-policy p",
            "the last line has no line end: is the file whole?",
        ),
        (
            ": Saved\n:\nhostname fw\nhostname f",
            "the file begins `: Saved` and has no `: end`: is it whole?",
        ),
    ],
)
def test_files_that_are_cut(text: str, why: str) -> None:
    """Half a line that means nothing, and a file that says itself that its end is
    missing: the policy that is left must not come in force.  As a line of its own
    it is what it is."""
    with pytest.raises(ConfigErrors) as caught:
        load_file(text)

    assert [error.message for error in caught.value.errors] == [why]
    assert load_file(f"{text}\n").running.block.lines
