"""PARAMETERS: lines to fields."""

from mailward.lang.tokens import Args, Word
from mailward.parameters import PARAMETERS, ParameterRow, Parameters
from mailward.verdicts import DROPS, LOGS


def row(name: str) -> ParameterRow:
    """The row of that name."""
    found = [
        r
        for r in PARAMETERS
        if isinstance(r.syntax[0], Word) and r.syntax[0].text == name
    ]
    assert len(found) == 1
    return found[0]


def test_mask_banner() -> None:
    """`mask-banner` sets its field and no other."""
    assert row("mask-banner").apply(Args({}), Parameters(allow_tls=True)) == (
        Parameters(mask_banner=True, allow_tls=True)
    )


def test_mail_relay() -> None:
    """The three forms become action bits; the domain loses its case and the dots
    at its ends."""
    apply = row("mail-relay").apply
    made = [
        apply(Args({"domain": "Mail.Example.COM.", **typed}), Parameters())
        for typed in ({"drop": True}, {"drop": True, "log": True}, {"log": True})
    ]

    assert [m.mail_relay for m in made] == [DROPS, DROPS | LOGS, LOGS]
    assert {m.local_domain for m in made} == {b"mail.example.com"}


def test_special_character() -> None:
    """The three forms become action bits."""
    apply = row("special-character").apply

    assert [
        apply(Args(typed), Parameters()).special_character
        for typed in ({"drop": True}, {"drop": True, "log": True}, {"log": True})
    ] == [DROPS, DROPS | LOGS, LOGS]


def test_allow_tls() -> None:
    """`action log` is kept apart from the permission."""
    apply = row("allow-tls").apply

    assert apply(Args({}), Parameters(allow_tls_log=True)) == Parameters(allow_tls=True)
    assert apply(Args({"log": True}), Parameters()) == (
        Parameters(allow_tls=True, allow_tls_log=True)
    )
