"""Times: how long what may last.

Knows: the times of a relay, how often it must look at them.
Does not know: what is done when one is over.
Called by: `drivers.relay`, whoever makes one.
"""

from dataclasses import dataclass, replace
from typing import Final, final

from mailward.policy.limits import LINE, PREFACE, Limits
from mailward.policy.places import CONN, EMBRYONIC, HALF_CLOSED, Timeouts

#: The longest pause between two looks, in seconds.
_SWEEP: Final = 5.0


@final
@dataclass(frozen=True)
class Times:
    """Seconds.  `idle` and `half_closed` as the appliance's `timeout conn` and
    `timeout half-closed`, `connect` as its limit for a half-open connection;
    `preface`: how long a door waits for its client; `line`: how long a line may
    lack its end; `linger`: how long a closed end may take to flush and to say
    FIN."""

    idle: float = CONN
    half_closed: float = HALF_CLOSED
    connect: float = EMBRYONIC
    preface: float = PREFACE
    line: float = LINE
    linger: float = 5.0

    def under(self, timeouts: Timeouts, limits: Limits) -> "Times":
        """The times of a configuration; `idle` stays where it is not the usual:
        somebody has asked for it."""
        return replace(
            self,
            idle=timeouts.conn if self.idle == CONN else self.idle,
            half_closed=timeouts.half_closed,
            connect=timeouts.embryonic,
            line=limits.line,
            preface=limits.preface,
        )

    @property
    def sweep(self) -> float:
        """How often all are looked at."""
        least = min(
            self.idle,
            self.half_closed,
            self.connect,
            self.preface,
            self.line,
            self.linger,
        )
        return min(_SWEEP, max(least / 4, 0.02))
