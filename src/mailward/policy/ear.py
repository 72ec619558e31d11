"""Ear: who listens to a session, so that it can be told afterwards.

Knows: what is heard.
Does not know: sessions; what is made of it.
Called by: engine.recorded (speaks to one), audit.recent (is one).
"""

from mypy_extensions import mypyc_attr

from mailward.policy.findings import Finding


@mypyc_attr(allow_interpreted_subclasses=True)
class Ear:
    """Hears one session.  Times are the driver's clock."""

    def client(
        self, segment: bytes, now: float, *, private: bool, message: bool
    ) -> None:
        """Octets of the client, before they are judged.  `private`: they may be of a
        message, an AUTH exchange or TLS; `message`: they are of a message."""
        raise NotImplementedError

    def server(self, segment: bytes, now: float, *, private: bool) -> None:
        """Octets of the server; `private`: they may answer AUTH."""
        raise NotImplementedError

    def found(self, finding: Finding, now: float) -> None:
        """The session has noticed something."""
        raise NotImplementedError

    def ended(self, verdict: int) -> None:
        """The session has ended the connection."""
        raise NotImplementedError
