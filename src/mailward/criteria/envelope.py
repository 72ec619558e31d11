"""Criteria on the envelope: the sender's address and the recipients' number.

Knows: what MAIL and RCPT are asked for, and the `match` lines that ask.
Does not know: how a path is parsed, what a yes causes.
Called by: policy (sorts by stage), engine (asks).
"""

from dataclasses import dataclass
from typing import ClassVar, Final, final

from mailward.criteria.base import Criterion, CriterionRow
from mailward.criteria.words import CMD_WORD, COUNT_WORD, ENDS, LENGTH_WORD, limit
from mailward.facts import Facts
from mailward.lang.tokens import Args, Names, OneOf, Ref, Word
from mailward.rex.matcher import Matcher
from mailward.stages import RECIPIENT, SENDER

#: Kinds under which a `Names` keeps compiled patterns; both give a Matcher.
REGEX: Final = "regex"
REGEX_CLASS: Final = "class-map type regex"


@final
@dataclass(frozen=True)
class SenderLength(Criterion):
    """The mailbox of MAIL has more than `limit` octets, brackets not counted."""

    limit: int
    stage: ClassVar[int] = SENDER

    def holds(self, facts: Facts) -> bool:
        """Is the sender longer?"""
        return len(facts.sender) > self.limit


@final
@dataclass(frozen=True)
class SenderRegex(Criterion):
    """A pattern occurs in the mailbox of MAIL; the null path is empty."""

    matcher: Matcher
    stage: ClassVar[int] = SENDER

    def holds(self, facts: Facts) -> bool:
        """Does any of the patterns occur in any reading of the sender?"""
        for sender in facts.senders:
            if self.matcher.search(sender):
                return True
        return False


@final
@dataclass(frozen=True)
class RecipientCount(Criterion):
    """RCPT commands of this transaction number more than `limit`."""

    limit: int
    stage: ClassVar[int] = RECIPIENT

    def holds(self, facts: Facts) -> bool:
        """Are there more?"""
        return facts.recipients > self.limit


def _sender_regex(args: Args, names: Names) -> SenderRegex:
    kind = REGEX_CLASS if args.has("class") else REGEX
    name = args.text("class" if args.has("class") else "regex")
    matcher = names.compiled(kind, name)
    assert isinstance(matcher, Matcher)
    return SenderRegex(matcher)


_SENDER_WORD: Final = Word("sender-address", "Match on the address of the sender")

SENDER_LENGTH: Final = CriterionRow(
    kind=SenderLength,
    syntax=(_SENDER_WORD, LENGTH_WORD, *limit("Length in bytes")),
    make=lambda args, _names: SenderLength(args.number("limit")),
    allows=ENDS,
    doc="Holds when the mailbox between the brackets of MAIL FROM is longer than "
    "the limit.",
)

SENDER_REGEX: Final = CriterionRow(
    kind=SenderRegex,
    syntax=(
        _SENDER_WORD,
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
    ),
    make=_sender_regex,
    allows=ENDS,
    doc="Holds when the pattern, or any pattern of the class, occurs anywhere in "
    "the mailbox of MAIL FROM. Letter case counts; the null path is the empty "
    "text. Where servers read the address differently (a source route, quotes, a "
    "display name) each reading is searched.",
)

RECIPIENT_COUNT: Final = CriterionRow(
    kind=RecipientCount,
    syntax=(
        CMD_WORD,
        Word("RCPT", "Match on RCPT commands"),
        COUNT_WORD,
        *limit("Number of recipients"),
    ),
    make=lambda args, _names: RecipientCount(args.number("limit")),
    allows=ENDS,
    doc="Holds at each RCPT command beyond the limit in one mail transaction; "
    "MAIL, RSET, HELO, EHLO and the end of the data begin a new count.",
)
