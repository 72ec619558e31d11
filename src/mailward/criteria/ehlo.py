"""`match ehlo-reply-parameter`: the server announces one of these extensions.

Knows: a set of keyword codes, as bits of one int.
Does not know: how a reply is read, how a line is masked.
Called by: policy (sorts by stage), engine (asks).
"""

from dataclasses import dataclass
from typing import ClassVar, Final, final

from mailward.criteria.base import Criterion, CriterionRow
from mailward.criteria.words import ENDS, mask_of
from mailward.facts import Facts
from mailward.lang.tokens import Args, Choice, Names, Word
from mailward.smtp.ehlo import (
    CHUNKING,
    KEYWORDS,
    OTHERS_CLI,
    OTHERS_CODES,
    STARTTLS,
)
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
_WORDS: Final = {
    **{row.code: row.wire for row in KEYWORDS},
    STARTTLS: b"STARTTLS",
    CHUNKING: b"CHUNKING",
}
_HELP: Final = {
    **{row.cli: row.help for row in KEYWORDS},
    OTHERS_CLI: "Every other extension",
}


def _keywords(args: Args, _names: Names) -> EhloKeyword:
    words = args.words("keywords")
    return EhloKeyword(mask_of([code for word in words for code in _CODES[word]]))


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
    make=_keywords,
    allows=ENDS | MASKS,
    doc="Holds for each line of the server's reply to EHLO that announces one of "
    "the listed extensions; with `not`, one that is none of them. `mask` covers the "
    "line, so that the client never learns of the extension.",
    saw=lambda facts: _WORDS.get(facts.keyword, b"another extension"),
)
