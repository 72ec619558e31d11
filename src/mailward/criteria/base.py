"""What every criterion is, and what its row in CRITERIA says.

Knows: the two sorts of criterion (a question, a step), the shape of a row.
Does not know: any criterion, how a configuration line is read.
Called by: the criterion files beside it, `policy`, `config`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, final

from mailward.facts import Facts
from mailward.lang.tokens import Args, Names, Token


class Criterion:
    """A question about the facts, yes or no.  Frozen; closed set."""

    stage: ClassVar[int]

    def holds(self, facts: Facts) -> bool:
        """Is it so, now that the facts of its stage are filled?"""
        raise NotImplementedError


class Step(Criterion):
    """A limit on a quantity that only grows: it holds once `limit` is passed.

    The engine looks for the crossing itself, so `holds` is never asked.
    """

    limit: int

    def holds(self, facts: Facts) -> bool:
        """Steps are crossed, not asked."""
        return False


#: What a criterion looked at: octets of the wire, or a number.
Saw = bytes | int


def crossed(_facts: Facts) -> Saw:
    """What a step looked at: it is crossed, so no fact tells."""
    return b""


@final
@dataclass(frozen=True)
class CriterionRow:
    """One `match …` line of `policy-map type inspect esmtp`.

    `syntax` is what follows `match`; `make` builds the criterion from the
    typed arguments and the compiled names; `allows` are the action bits that
    may follow (`verdicts`), `doc` a paragraph for the reference, `saw` what of
    the facts it looks at (only an explanation asks for it).
    """

    kind: type[Criterion]
    syntax: tuple[Token, ...]
    make: Callable[[Args, Names], Criterion]
    allows: int
    doc: str
    saw: Callable[[Facts], Saw] = crossed
