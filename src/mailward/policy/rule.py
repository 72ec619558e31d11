"""A rule: a criterion with its action, and where it stood in its map.

Knows: what a `match` line with its action line means to the data plane.
Does not know: names, text of the configuration, how facts are obtained.
Called by: `policy.inspection`, engine, audit.
"""

from dataclasses import dataclass
from typing import final

from mailward.criteria.base import Criterion


@final
@dataclass(frozen=True)
class Rule:
    """One `match` of an inspection map.

    `place` is its 1-based place in the map (the audit's "Class N"), `label`
    the match as the audit prints it (`body length gt 35000`), `action` the
    bits of `verdicts`, `action_label` the action line as `show` prints it
    (`drop-connection log`; empty when none was given).  `negated`: it was typed
    as `match not`.  `rate` is commands per second where `action` has RATES.
    """

    criterion: Criterion
    action: int
    place: int
    label: str
    action_label: str
    negated: bool = False
    rate: int = 0
