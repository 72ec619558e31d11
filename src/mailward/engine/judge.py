"""The judge: asks the rules of a stage and keeps what followed.

Knows: rules, the tally, the findings, the sticky verdict.
Does not know: where the octets came from.
Called by: every other room of the engine.
"""

from typing import Final, final

from mailward.facts import Facts
from mailward.policy.findings import DELAYED, EVIDENCE, MATCHED, Finding
from mailward.policy.inspection import Inspection
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.verdicts import DROP, LOGS, MASKS, PASS, RATES, verdict_of

#: A question that does not depend on how a text is read.
NO_TEXT: Final[tuple[bytes, ...]] = (b"",)


@final
class Judge:
    """The verdict of one session and the way to it.

    `now` is the moment of the call in progress, `until` the moment before
    which what is being judged may not leave (a rate was passed), 0.0 if it may.
    """

    __slots__ = (
        "facts",
        "findings",
        "inspection",
        "now",
        "tally",
        "until",
        "verdict",
    )

    def __init__(self, inspection: Inspection, tally: Tally) -> None:
        self.inspection = inspection
        self.tally = tally
        self.facts = Facts()
        self.findings: list[Finding] = []
        self.verdict = PASS
        self.now = 0.0
        self.until = 0.0

    def ask(
        self,
        rules: tuple[Rule, ...],
        speaker: int,
        evidence: bytes,
        texts: tuple[bytes, ...] = NO_TEXT,
    ) -> bool:
        """Ask each rule of a question stage in turn; must the thing be masked?

        `texts` are its readings: a rule holds if it holds for one of them, a
        negated rule if for one of them its criterion does not, so that none is
        evaded by ambiguity.  The first rule that ends the connection ends the
        asking; `log` and `mask` go on (reference section 3.2).
        """
        masked = False
        facts = self.facts
        for rule in rules:
            for text in texts:
                facts.text = text
                if rule.criterion.holds(facts) != rule.negated:
                    if self._hit(rule, speaker, evidence):
                        masked = True
                    if self.verdict != PASS:
                        return masked
                    break
        return masked

    def cross(self, rules: tuple[Rule, ...], speaker: int, evidence: bytes) -> None:
        """A growing quantity has passed, or has kept, the limit of these rules."""
        for rule in rules:
            self._hit(rule, speaker, evidence)
            if self.verdict != PASS:
                return

    def note(
        self,
        kind: int,
        speaker: int,
        evidence: bytes = b"",
        detail: bytes = b"",
        verdict: int = PASS,
        count: int = 0,
    ) -> None:
        """Something was noticed; with a verdict it ends the connection."""
        if self.verdict == PASS:
            self.verdict = verdict
        self.findings.append(
            Finding(kind, speaker, verdict, evidence[:EVIDENCE], detail, None, count)
        )

    def drop(
        self, kind: int, speaker: int, evidence: bytes = b"", detail: bytes = b""
    ) -> None:
        """Something was noticed that no connection survives."""
        self.note(kind, speaker, evidence, detail, DROP)

    def _hit(self, rule: Rule, speaker: int, evidence: bytes) -> bool:
        """What follows from a rule that holds; must the thing be masked?"""
        self.tally.rules[rule.place - 1] += 1
        action = rule.action
        verdict = verdict_of(action)
        if verdict != PASS:
            self.verdict = verdict
        excess = bool(action & RATES) and self._exceeds(rule)
        told = action & LOGS and (excess or not action & RATES or action & MASKS)
        if verdict != PASS or told:
            kind = DELAYED if excess else MATCHED
            self.findings.append(
                Finding(kind, speaker, verdict, evidence[:EVIDENCE], b"", rule)
            )
        return bool(action & MASKS) or (excess and self.inspection.compat.cross_excess)

    def _exceeds(self, rule: Rule) -> bool:
        """Take one of the rule's tokens; is there none in store?"""
        bucket = self.tally.buckets[rule.place - 1]
        if self.inspection.compat.cross_excess:
            if bucket.spare(self.now):
                return False
        else:
            free = bucket.take(self.now)
            if free <= self.now:
                return False
            self.until = max(self.until, free)
        self.tally.drops += 1
        return True
