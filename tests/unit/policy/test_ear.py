"""An ear by itself hears nothing."""

import pytest

from mailward.policy.ear import OPEN, Ear
from mailward.policy.findings import CLIENT, OVERLONG, Finding
from mailward.verdicts import DROP


def test_who_listens_says_how() -> None:
    """Each kind of news is for the listener to take."""
    ear = Ear()
    with pytest.raises(NotImplementedError):
        ear.client(b"", 1.0, OPEN)
    with pytest.raises(NotImplementedError):
        ear.server(b"", 1.0)
    with pytest.raises(NotImplementedError):
        ear.found(Finding(OVERLONG, CLIENT, DROP), 1.0)
    with pytest.raises(NotImplementedError):
        ear.ended(DROP)
