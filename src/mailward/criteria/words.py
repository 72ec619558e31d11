"""Words that several `match` lines share, so that their help agrees.

Knows: the shared positions of the `match` lines, their help and their values.
Does not know: any criterion.
Called by: the criterion files beside it; config (the kinds of patterns).
"""

from collections.abc import Iterable
from typing import Final

from mailward.lang.tokens import Args, Names, Number, OneOf, Ref, Token, Word
from mailward.rex.matcher import Matcher
from mailward.verdicts import DROPS, LOGS, RESETS

#: What may follow every match: end the connection, or only tell.
ENDS: Final = DROPS | RESETS | LOGS

BODY_WORD: Final = Word("body", "Match on the body of the message")
CMD_WORD: Final = Word("cmd", "Match on a command of the client")
HEADER_WORD: Final = Word("header", "Match on the header of the message")
COUNT_WORD: Final = Word("count", "Match on a number of occurrences")
LENGTH_WORD: Final = Word("length", "Match on a length")
LINE_WORD: Final = Word("line", "Match on one line")
MIME_WORD: Final = Word("MIME", "Match on the parts of the message")

#: The largest limit or count (reference section 2.2).
MOST: Final = 4294967295

#: Kinds under which a `Names` keeps compiled patterns; both give a Matcher.
REGEX: Final = "regex"
REGEX_CLASS: Final = "class-map type regex"


def limit(what: str) -> tuple[Token, ...]:
    """`gt N`, kept under the name `limit`."""
    return (
        Word("gt", "Greater than"),
        Number("limit", 1, MOST, what),
    )


#: `regex {class CLASS | NAME}`; `matcher_of` is what it stands for.
PATTERN: Final[tuple[Token, ...]] = (
    Word("regex", "Match on a regular expression"),
    OneOf(
        (
            (
                Word("class", "A class of regular expressions"),
                Ref("class", REGEX_CLASS, "Name of a class-map of type regex"),
            ),
            (Ref("regex", REGEX, "Name of a regular expression"),),
        )
    ),
)


def matcher_of(args: Args, names: Names) -> Matcher:
    """The patterns that PATTERN names."""
    kind = REGEX_CLASS if args.has("class") else REGEX
    name = args.text("class" if args.has("class") else "regex")
    matcher = names.compiled(kind, name)
    assert isinstance(matcher, Matcher)
    return matcher


def mask_of(codes: Iterable[int]) -> int:
    """A set of small codes as the bits of one int."""
    mask = 0
    for code in codes:
        mask |= 1 << code
    return mask
