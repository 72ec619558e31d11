"""Who is given for a connection."""

from dataclasses import replace

from mailward.engine.inspector import inspector
from mailward.engine.monitor import Monitor
from mailward.engine.session import Session
from mailward.policy.tally import Tally
from tests.unit.engine.kit import inspection


def test_who_is_given() -> None:
    """A monitor only where the inspection asks for one."""
    plain = inspection()
    watched = replace(plain, monitor=True)

    assert isinstance(inspector(plain, Tally(plain)), Session)
    assert isinstance(inspector(watched, Tally(watched)), Monitor)
