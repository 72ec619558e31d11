"""`ssh` and `aaa` lines, as they are printed."""

import pytest

from mailward.config.running import Counts
from tests.unit.config.kit import taken

TEXT = """\
aaa authentication ssh console LOCAL
aaa authentication enable console RADIUS LOCAL
aaa authorization command LOCAL
aaa authentication login-history
ssh stricthostkeycheck
ssh 0.0.0.0 0.0.0.0 inside
ssh 2001:db8::/32 inside
ssh timeout 5
ssh version 2
"""


def test_lines() -> None:
    """Those that hold here, and those that are kept."""
    running = taken(TEXT)

    assert running.render() == TEXT
    assert running.counts == Counts(active=5, kept=4, ignored=0)


@pytest.mark.parametrize(
    ("again", "gone", "come"),
    [
        ("ssh timeout 9", "ssh timeout 5", "ssh timeout 9"),
        ("no ssh timeout", "ssh timeout 5\n", ""),
        ("no ssh 0.0.0.0 0.0.0.0 inside", "ssh 0.0.0.0 0.0.0.0 inside\n", ""),
        (
            "no aaa authentication ssh console",
            "aaa authentication ssh console LOCAL\n",
            "",
        ),
        ("ssh timeout -1", "", ""),
    ],
)
def test_typed_again(again: str, gone: str, come: str) -> None:
    """A setting stands once, and `no` takes it away; what the appliance would
    refuse is only kept."""
    kept = "ssh timeout -1\n" if again.endswith("-1") else ""

    assert taken(f"{TEXT}{again}\n").render() == TEXT.replace(gone, come) + kept
