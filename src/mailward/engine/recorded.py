"""Recorded: a session, or a monitor, that somebody listens to.

Knows: what an ear is told, and when.
Does not know: what the ear keeps.
Called by: `engine.inspector`.

It stands between driver and session only where somebody listens, so that whoever
does not pays nothing.
"""

from typing import final

from mailward.engine.dialogue import BODY
from mailward.engine.monitor import Monitor
from mailward.engine.session import Session
from mailward.policy.ear import Ear
from mailward.policy.findings import Finding
from mailward.verdicts import PASS


@final
class Recorded:
    """Has the face of a Session; `opaque` may be set by the driver."""

    __slots__ = ("_ear", "_session", "due", "findings", "opaque", "verdict", "waiting")

    def __init__(self, session: Session | Monitor, ear: Ear) -> None:
        self._session = session
        self._ear = ear
        self.verdict = PASS
        self.due = 0.0
        self.waiting = False
        self.opaque = False
        self.findings: list[Finding] = session.findings

    def from_client(self, segment: bytes, now: float) -> bytes:
        """See Session."""
        session = self._session
        private = session.private
        message = private and session.phase == BODY
        self._ear.client(segment, now, private=private, message=message)
        out = session.from_client(segment, now)
        self._settle(now)
        return out

    def from_server(self, segment: bytes, now: float) -> bytes:
        """See Session."""
        session = self._session
        self._ear.server(segment, now, private=session.private)
        out = session.from_server(segment, now)
        self._settle(now)
        return out

    def client_closed(self, now: float) -> bytes:
        """See Session."""
        return self._session.client_closed(now)

    def server_closed(self, now: float) -> bytes:
        """See Session."""
        return self._session.server_closed(now)

    def on_time(self, now: float) -> bytes:
        """See Session."""
        out = self._session.on_time(now)
        self._settle(now)
        return out

    @property
    def held(self) -> int:
        """See Session."""
        return self._session.held

    def _settle(self, now: float) -> None:
        """Show the driver where the session stands now."""
        session = self._session
        self.due = session.due
        self.waiting = session.waiting
        self.opaque = session.opaque
        for finding in self.findings:
            self._ear.found(finding, now)
        if session.verdict != self.verdict:
            self.verdict = session.verdict
            self._ear.ended(session.verdict)
