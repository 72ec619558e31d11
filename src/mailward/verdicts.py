"""Verdicts and the kinds of action, as small ints.

Knows: what a driver must do with a connection, what a rule asks for.
Does not know: who decides.
Called by: criteria, policy, engine, audit, drivers.
"""

from typing import Final

# What a driver must do.  DROP: orderly FIN to both sides, no SMTP reply.
# RESET: abort both sides with RST.
PASS: Final = 0
DROP: Final = 1
RESET: Final = 2
VERDICT_NAMES: Final = ("pass", "drop", "reset")

# What a rule or a parameter asks for, as bits of one int.
DROPS: Final = 1
RESETS: Final = 2
MASKS: Final = 4
RATES: Final = 8
LOGS: Final = 16


def verdict_of(action: int) -> int:
    """The verdict that the bits of an action lead to."""
    if action & RESETS:
        return RESET
    return DROP if action & DROPS else PASS
