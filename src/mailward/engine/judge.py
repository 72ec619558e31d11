"""The judge: asks the rules of a stage and keeps what followed.

Knows: rules, the tally, the findings, the sticky verdict.
Does not know: where the octets came from.
Called by: every other room of the engine.
"""

from typing import final

from mailward.facts import Facts
from mailward.policy.findings import EVIDENCE, MATCHED, Finding
from mailward.policy.inspection import Inspection
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.verdicts import DROP, LOGS, MASKS, PASS, verdict_of


@final
class Judge:
    """The verdict of one session and the way to it."""

    __slots__ = ("facts", "findings", "inspection", "tally", "verdict")

    def __init__(self, inspection: Inspection, tally: Tally) -> None:
        self.inspection = inspection
        self.tally = tally
        self.facts = Facts()
        self.findings: list[Finding] = []
        self.verdict = PASS

    def ask(self, rules: tuple[Rule, ...], speaker: int, evidence: bytes) -> bool:
        """Ask each rule of a question stage in turn; must the thing be masked?

        The first rule that ends the connection ends the asking; `log` and
        `mask` go on (reference section 3.2).
        """
        masked = False
        for rule in rules:
            if rule.criterion.holds(self.facts):
                self._hit(rule, speaker, evidence)
                if self.verdict != PASS:
                    return masked
                if rule.action & MASKS:
                    masked = True
        return masked

    def cross(self, rules: tuple[Rule, ...], speaker: int, evidence: bytes) -> None:
        """A growing quantity has passed the limit of these rules."""
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

    def _hit(self, rule: Rule, speaker: int, evidence: bytes) -> None:
        self.tally.rules[rule.place - 1] += 1
        verdict = verdict_of(rule.action)
        if verdict != PASS:
            self.verdict = verdict
        if verdict != PASS or rule.action & LOGS:
            self.findings.append(
                Finding(MATCHED, speaker, verdict, evidence[:EVIDENCE], b"", rule)
            )
