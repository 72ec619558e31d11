"""Tally: what one attachment of a map has counted.

Knows: the numbers that `show service-policy inspect esmtp` prints.
Does not know: how they are printed.  The one mutable thing that sessions of an
attachment share; one process, one thread, so no lock.
Called by: engine (counts), console and audit (read).
"""

from typing import final

from mailward.policy.inspection import Inspection


@final
class Tally:
    """Counters of one attachment.

    `packets` are segments handled, both ways; `drops` segments not let
    through, `reset_drops` those dropped with a reset.  `rules` has one number
    for each rule of the inspection, by place - 1.  `mask_banner`,
    `special_character`, `allow_tls` count what the parameter did.
    """

    __slots__ = (
        "allow_tls",
        "drops",
        "mask_banner",
        "packets",
        "reset_drops",
        "rules",
        "special_character",
    )

    def __init__(self, inspection: Inspection) -> None:
        self.rules = [0] * len(inspection.rules)
        self.clear()

    def clear(self) -> None:
        """`clear service-policy`: every number back to nought."""
        self.packets = 0
        self.drops = 0
        self.reset_drops = 0
        self.mask_banner = 0
        self.special_character = 0
        self.allow_tls = 0
        self.rules = [0] * len(self.rules)
