"""Covers of the same length."""

from mailward.octets import crossed, starred


def test_covers() -> None:
    """A cover has the length asked for; nothing for nought."""
    assert crossed(3) == b"XXX"
    assert starred(2) == b"**"
    assert crossed(0) == starred(0) == b""
