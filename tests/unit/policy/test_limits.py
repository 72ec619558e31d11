"""Limits: what holds where nothing is said."""

from mailward.policy.limits import LINE, PREFACE, Limits


def test_the_defaults() -> None:
    """As many connections as there are descriptors; times that harm no honest
    speaker."""
    limits = Limits()

    assert (limits.connections, limits.per_client) == (0, 0)
    assert (limits.line, limits.preface) == (LINE, PREFACE) == (300.0, 10.0)
