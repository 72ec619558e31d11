"""Ear: who listens to a session, so that it can be told afterwards.

Knows: what is heard.
Does not know: sessions; what is made of it.
Called by: drivers.flow (speaks to one), audit.recent (is one).
"""

from typing import Final

from mypy_extensions import mypyc_attr

from mailward.policy.findings import Finding

#: What the client's octets may be.
OPEN: Final = 0  # commands
PRIVATE: Final = 1  # of an AUTH exchange or TLS, or of a message that is not awaited
MESSAGE: Final = 2  # of a message


@mypyc_attr(allow_interpreted_subclasses=True)
class Ear:
    """Hears one session.  Times are the driver's clock."""

    def client(self, segment: bytes, now: float, secrecy: int) -> None:
        """Octets of the client, before they are judged: OPEN, PRIVATE or MESSAGE."""
        raise NotImplementedError

    def server(self, segment: bytes, now: float) -> None:
        """Octets of the server, before they are judged."""
        raise NotImplementedError

    def found(self, finding: Finding, now: float) -> None:
        """The session has noticed something."""
        raise NotImplementedError

    def ended(self, verdict: int) -> None:
        """The session has ended the connection."""
        raise NotImplementedError
