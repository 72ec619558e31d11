"""The `ssh` and `aaa` lines, compiled."""

from mailward.config.load import load
from mailward.policy.acl import Network
from mailward.policy.admission import Admission
from tests.unit.config.kit import mistakes, told


def test_lines() -> None:
    """Networks add up, the last timeout holds."""
    text = (
        "name 10.2.0.0 lan\n"
        "ssh 10.1.0.0 255.255.0.0 inside\nssh lan 255.255.0.0 inside\n"
        "ssh 2001:db8::/32 inside\nssh timeout 5\nssh version 2\nssh scopy enable\n"
        "aaa authentication ssh console LOCAL\n"
    )

    assert load(text).admission == Admission(
        (
            Network(4, 0x0A010000, 0xFFFF0000),
            Network(4, 0x0A020000, 0xFFFF0000),
            Network(6, 0x20010DB8 << 96, 0xFFFFFFFF << 96),
        ),
        300,
    )


def test_whose_secret() -> None:
    """`enable` asks for the user's own only if it is told so."""
    line = "aaa authentication {} console LOCAL\n"
    both = line.format("enable") + line.format("ssh")

    assert load("").admission == Admission()
    assert load(both).admission == Admission(own_secret=True)
    assert not load("aaa authentication enable console RADIUS").admission.own_secret


def test_names_that_nobody_defined() -> None:
    """Who may come in must be known."""
    assert told(mistakes("ssh lan 255.255.0.0 inside")) == [
        (1, 5, "no name is called lan")
    ]
