"""Watch: an inspection whose rules tell what they were asked.

Knows: how a criterion is put in the place of another without anybody noticing.
Does not know: sessions, what is made of the answers.
Called by: story.walk.

The engine has no hook for this: a watched inspection is another inspection, made
only where somebody wants to know, so live mail pays nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, final

from mailward.criteria import CRITERIA
from mailward.criteria.base import Criterion, Saw
from mailward.facts import Facts
from mailward.policy.announced import Announced
from mailward.policy.inspection import Inspection
from mailward.policy.rule import Rule

#: Called with the rule that was asked, what it saw, and whether it holds.
Watch = Callable[[Rule, Saw, bool], None]

_SAW: Final = {row.kind: row.saw for row in CRITERIA}


@final
class Watched(Criterion):
    """Asks another criterion, and tells."""

    __slots__ = ("_rule", "_saw", "_watch")

    def __init__(self, rule: Rule, watch: Watch) -> None:
        self._rule = rule
        self._saw = _SAW[type(rule.criterion)]
        self._watch = watch

    def holds(self, facts: Facts) -> bool:
        """The answer of the other."""
        held = self._rule.criterion.holds(facts)
        self._watch(self._rule, self._saw(facts), held != self._rule.negated)
        return held


def watched(inspection: Inspection, watch: Watch) -> Inspection:
    """The same inspection, its questions watched.

    Its rules are copies: who finds one in a finding takes that of the same place
    in the original.  Growing lengths are crossed, not asked, so nothing is told
    of them.
    """

    def copies(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(replace(rule, criterion=Watched(rule, watch)) for rule in rules)

    return replace(
        inspection,
        verb=copies(inspection.verb),
        sender=copies(inspection.sender),
        recipient=copies(inspection.recipient),
        keyword=copies(inspection.keyword),
        refused=copies(inspection.refused),
        addresses=copies(inspection.addresses),
        encoding=copies(inspection.encoding),
        file_name=copies(inspection.file_name),
        file_type=copies(inspection.file_type),
        announced=Announced(0),  # each reply is to be asked about
    )
