"""Times: what a configuration says, and what goes before it."""

import math

from mailward.drivers.times import Times
from mailward.policy.limits import Limits
from mailward.policy.places import NEVER, Timeouts


def test_a_configuration_says_them() -> None:
    """All but how long a closed end may linger."""
    times = Times().under(Timeouts(600.0, 60.0, 7.0), Limits(line=8.0, preface=9.0))

    assert times == Times(600.0, 60.0, 7.0, preface=9.0, line=8.0)


def test_what_was_asked_for_stays() -> None:
    """An idle time of the command line goes before that of the configuration."""
    times = Times(idle=5.0).under(Timeouts(conn=600.0), Limits())

    assert times.idle == 5.0


def test_the_pace_of_looking() -> None:
    """A quarter of the shortest, but neither a spin nor a sleep; for ever is no
    reason to look."""
    assert Times().sweep == 1.25
    assert Times(linger=100.0).sweep == 2.5
    assert Times(NEVER, NEVER, NEVER, NEVER, NEVER, NEVER).sweep == 5.0
    assert Times(idle=0.001).sweep == 0.02
    assert math.isinf(NEVER)
