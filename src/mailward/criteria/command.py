"""`match cmd verb`: the client sends one of these commands.

Knows: a set of verb codes, as bits of one int.
Does not know: how a command is read, how it is covered or delayed.
Called by: policy (sorts by stage), engine (asks).
"""

from dataclasses import dataclass
from typing import ClassVar, Final, final

from mailward.criteria.base import Criterion, CriterionRow
from mailward.criteria.words import CMD_WORD, ENDS, mask_of
from mailward.facts import Facts
from mailward.lang.tokens import Args, Choice, Names, Word
from mailward.smtp.verbs import VERBS
from mailward.stages import VERB
from mailward.verdicts import MASKS, RATES


@final
@dataclass(frozen=True)
class VerbIn(Criterion):
    """The code of the command is a set bit of `mask`."""

    mask: int
    stage: ClassVar[int] = VERB

    def holds(self, facts: Facts) -> bool:
        """Is the command in the list?"""
        return bool((self.mask >> facts.verb) & 1)


_CODES: Final = {row.word.decode(): row.code for row in VERBS}
_HELP: Final = {row.word.decode(): row.doc for row in VERBS}
_WORDS: Final = {row.code: row.word for row in VERBS}


def _verbs(args: Args, _names: Names) -> VerbIn:
    return VerbIn(mask_of([_CODES[word] for word in args.words("verbs")]))


VERB_IN: Final = CriterionRow(
    kind=VerbIn,
    syntax=(
        CMD_WORD,
        Word("verb", "Match on the verb of the command"),
        Choice(
            "verbs", tuple((word, _HELP[word]) for word in sorted(_HELP)), many=True
        ),
    ),
    make=_verbs,
    allows=ENDS | MASKS | RATES,
    doc="Holds for each command whose verb is in the list; with `not`, for each "
    "command whose verb is none of them, unknown ones included. `mask` covers the "
    "command, so that the server answers it as unknown; `rate-limit` lets so many "
    "through in a second and delays the rest. `SEND` and `STARTTLS` cannot be listed "
    "on the appliance.",
    saw=lambda facts: _WORDS.get(facts.verb, b"an unknown command"),
)
