"""Admission: who may administer, from where."""

import pytest

from mailward.policy.acl import Network
from mailward.policy.admission import Admission

TEN = Network(4, 10 << 24, 0xFF000000)


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("10.1.1.1", True),
        ("192.0.2.1", False),
        ("127.0.0.1", True),
        ("::1", True),
        ("::2", False),
        ("::ffff:10.1.1.1", True),
        ("nobody", False),
    ],
)
def test_networks(address: str, may: bool) -> None:
    """Only from these, and from this machine."""
    assert Admission((TEN,)).admits(address) is may


def test_without_networks() -> None:
    """Anybody may come."""
    assert Admission().admits("192.0.2.1")
