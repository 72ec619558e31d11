"""Crowd: how many connections there are, in all and of each client.

Knows: the limits, who is inside; that a flood is told as one.
Does not know: connections, what is done with one too many.
Called by: `drivers.relay`.
"""

import math
from typing import Final, final

from mailward.audit.auditor import Auditor
from mailward.audit.records import CLIENT_LIMIT, CONNECTION_LIMIT
from mailward.policy.endpoints import Endpoints
from mailward.policy.limits import Limits

#: That a limit was reached is told no more often than this, in seconds.
TELL: Final = 1.0


@final
class Crowd:
    """Counts.  `limits` may be replaced at any time: nobody is put out."""

    __slots__ = ("_auditor", "_clients", "_told", "limits")

    def __init__(self, limits: Limits, auditor: Auditor) -> None:
        self.limits = limits
        self._auditor = auditor
        self._clients: dict[str, int] = {}
        self._told: dict[int, float] = {}  # when a limit was last told

    def of(self, client: str) -> int:
        """How many connections a client has."""
        return self._clients.get(client, 0)

    def full(self, others: int) -> bool:
        """Is one more too many, whoever it is?"""
        return 0 < self.limits.connections <= others

    def enter(self, ends: Endpoints, others: int, now: float, wall: float) -> bool:
        """One more beside so many others; false, told and not counted, if that is
        too many.  `now` is the driver's clock, `wall` what records show."""
        if self.full(others):
            self._tell(
                CONNECTION_LIMIT, others, self.limits.connections, ends, now, wall
            )
            return False
        clients = self._clients
        count = clients.get(ends.client_address, 0)
        if 0 < self.limits.per_client <= count:
            self._tell(CLIENT_LIMIT, count, self.limits.per_client, ends, now, wall)
            return False
        clients[ends.client_address] = count + 1
        return True

    def leave(self, client: str) -> None:
        """One less."""
        clients = self._clients
        count = clients[client]
        if count == 1:
            del clients[client]
        else:
            clients[client] = count - 1

    def _tell(
        self,
        code: int,
        count: int,
        most: int,
        ends: Endpoints,
        now: float,
        wall: float,
    ) -> None:
        if now - self._told.get(code, -math.inf) >= TELL:
            self._told[code] = now
            self._auditor.limited(code, count, most, ends, wall)
