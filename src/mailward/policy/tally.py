"""Tally: what one attachment of a map has counted.

Knows: the numbers that `show service-policy inspect esmtp` prints.
Does not know: how they are printed.  The one mutable thing that sessions of an
attachment share; one process, one thread, so no lock.
Called by: engine (counts), console and audit (read).
"""

from typing import final

from mailward.policy.inspection import Inspection


@final
class Bucket:
    """A token bucket: `rate` tokens a second, and as many in store.

    Kept as the moment at which it was full last and the tokens taken since, so
    nothing need be refilled and no rounding adds up: a burst of exactly `rate`
    never waits.  Times are the driver's clock.
    """

    __slots__ = ("_full", "_rate", "_taken")

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._full = 0.0
        self._taken = 0

    def take(self, now: float) -> float:
        """Take one token; the moment from which it may be used, `now` if there
        is one in store."""
        if now >= self._full + self._taken / self._rate:
            self._full = now
            self._taken = 0
        self._taken += 1
        return max(now, self._next(self._taken))

    def spare(self, now: float) -> bool:
        """Take one token if there is one in store."""
        if self._next(self._taken + 1) > now:
            return False
        self.take(now)
        return True

    def _next(self, taken: int) -> float:
        """From when the last of so many tokens may be used."""
        return self._full + (taken - self._rate) / self._rate


def part(rate: int, index: int, workers: int) -> int:
    """What worker `index` of so many has of a rate: an equal part, the first ones
    one more if it does not divide.  Nobody has none, for whoever came to that
    worker would wait for ever: a rate below the number of workers is one for each.
    """
    whole, over = divmod(rate, workers)
    mine = whole + (index < over)
    return max(mine, 1) if rate else 0


@final
class Tally:
    """Counters of one attachment.

    `packets` are segments handled, both ways; `drops` segments not let
    through, `reset_drops` those dropped with a reset.  `rules` has one number
    for each rule of the inspection, by place - 1.  `mask_banner`,
    `mail_relay`, `special_character`, `allow_tls` count what the parameter did.
    `buckets` hold the rate of each rule that has one, by place - 1; `rates` are
    those of the map, of which one worker has a part.
    """

    __slots__ = (
        "allow_tls",
        "buckets",
        "drops",
        "mail_relay",
        "mask_banner",
        "packets",
        "rates",
        "reset_drops",
        "rules",
        "special_character",
    )

    def __init__(self, inspection: Inspection) -> None:
        self.rules = [0] * len(inspection.rules)
        self.rates = tuple(rule.rate for rule in inspection.rules)
        self.buckets = [Bucket(rate) for rate in self.rates]
        self.clear()

    def share(self, index: int, workers: int) -> None:
        """Of each rate keep what is worker `index`'s of so many."""
        self.buckets = [Bucket(part(rate, index, workers)) for rate in self.rates]

    def clear(self) -> None:
        """`clear service-policy`: every number back to nought."""
        self.packets = 0
        self.drops = 0
        self.reset_drops = 0
        self.mail_relay = 0
        self.mask_banner = 0
        self.special_character = 0
        self.allow_tls = 0
        self.rules = [0] * len(self.rules)
