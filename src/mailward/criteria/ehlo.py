"""`match ehlo-reply-parameter`: the server announces one of these extensions.

Knows: a set of keyword codes, as bits of one int.
Does not know: how a reply is read, how a line is masked.
Called by: policy (sorts by stage), engine (asks).
"""

from dataclasses import dataclass
from typing import ClassVar, Final, final

from mailward.criteria.base import Criterion, CriterionRow
from mailward.criteria.words import ENDS
from mailward.facts import Facts
from mailward.lang.tokens import Choice, Word
from mailward.smtp.ehlo import KEYWORDS, OTHERS_CLI, OTHERS_CODES
from mailward.stages import KEYWORD
from mailward.verdicts import MASKS


@final
@dataclass(frozen=True)
class EhloKeyword(Criterion):
    """The announced keyword's code is a set bit of `mask`."""

    mask: int
    stage: ClassVar[int] = KEYWORD

    def holds(self, facts: Facts) -> bool:
        """Is the keyword under judgement in the list?"""
        return bool((self.mask >> facts.keyword) & 1)


_CODES: Final = {
    **{row.cli: (row.code,) for row in KEYWORDS},
    OTHERS_CLI: OTHERS_CODES,
}
_HELP: Final = {
    **{row.cli: row.help for row in KEYWORDS},
    OTHERS_CLI: "Every other extension",
}


def mask_of(words: tuple[str, ...]) -> int:
    """The bits of the codes that the words of the configuration stand for."""
    mask = 0
    for word in words:
        for code in _CODES[word]:
            mask |= 1 << code
    return mask


EHLO_KEYWORD: Final = CriterionRow(
    kind=EhloKeyword,
    syntax=(
        Word("ehlo-reply-parameter", "Match on what the server announces"),
        Choice(
            "keywords",
            tuple((word, _HELP[word]) for word in sorted(_HELP)),
            many=True,
            aliases=(("binarymime", "binaryname"),),
        ),
    ),
    make=lambda args, _names: EhloKeyword(mask_of(args.words("keywords"))),
    allows=ENDS | MASKS,
    doc="Holds for each line of the server's reply to EHLO that announces one of "
    "the listed extensions. `mask` covers the line, so that the client never "
    "learns of the extension.",
)
