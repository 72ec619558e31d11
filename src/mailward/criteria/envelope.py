"""Criteria on the envelope: the sender's address, the recipients' numbers.

Knows: what MAIL, RCPT and the replies to RCPT are asked for, and the `match`
lines that ask.
Does not know: how a path is parsed, what a yes causes.
Called by: policy (sorts by stage), engine (asks).
"""

from dataclasses import dataclass
from typing import ClassVar, Final, final

from mailward.criteria.base import Criterion, CriterionRow
from mailward.criteria.words import (
    CMD_WORD,
    COUNT_WORD,
    ENDS,
    LENGTH_WORD,
    PATTERN,
    limit,
    matcher_of,
)
from mailward.facts import Facts
from mailward.lang.tokens import Word
from mailward.rex.matcher import Matcher
from mailward.stages import RECIPIENT, REFUSED, SENDER


@final
@dataclass(frozen=True)
class SenderLength(Criterion):
    """The mailbox of MAIL has more than `limit` octets, brackets not counted."""

    limit: int
    stage: ClassVar[int] = SENDER

    def holds(self, facts: Facts) -> bool:
        """Is the sender longer?"""
        return len(facts.text) > self.limit


@final
@dataclass(frozen=True)
class SenderRegex(Criterion):
    """A pattern occurs in the mailbox of MAIL; the null path is empty."""

    matcher: Matcher
    stage: ClassVar[int] = SENDER

    def holds(self, facts: Facts) -> bool:
        """Does any of the patterns occur in this reading of the sender?"""
        return self.matcher.search(facts.text)


@final
@dataclass(frozen=True)
class RecipientCount(Criterion):
    """RCPT commands of this transaction number more than `limit`."""

    limit: int
    stage: ClassVar[int] = RECIPIENT

    def holds(self, facts: Facts) -> bool:
        """Are there more?"""
        return facts.recipients > self.limit


@final
@dataclass(frozen=True)
class RefusedCount(Criterion):
    """The server has refused more than `limit` recipients of this connection."""

    limit: int
    stage: ClassVar[int] = REFUSED

    def holds(self, facts: Facts) -> bool:
        """Has it refused more?"""
        return facts.refused > self.limit


_SENDER_WORD: Final = Word("sender-address", "Match on the address of the sender")

SENDER_LENGTH: Final = CriterionRow(
    kind=SenderLength,
    syntax=(_SENDER_WORD, LENGTH_WORD, *limit("Length in bytes")),
    make=lambda args, _names: SenderLength(args.number("limit")),
    allows=ENDS,
    doc="Holds when the mailbox between the brackets of MAIL FROM is longer than "
    "the limit.",
    saw=lambda facts: len(facts.text),
)

SENDER_REGEX: Final = CriterionRow(
    kind=SenderRegex,
    syntax=(_SENDER_WORD, *PATTERN),
    make=lambda args, names: SenderRegex(matcher_of(args, names)),
    allows=ENDS,
    doc="Holds when the pattern, or any pattern of the class, occurs anywhere in "
    "the mailbox of MAIL FROM. Letter case counts; the null path is the empty "
    "text. Where servers read the address differently (a source route, quotes, a "
    "display name) each reading is searched.",
    saw=lambda facts: facts.text,
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
    saw=lambda facts: facts.recipients,
)

REFUSED_COUNT: Final = CriterionRow(
    kind=RefusedCount,
    syntax=(
        Word("invalid-recipients", "Match on recipients that the server refuses"),
        COUNT_WORD,
        *limit("Number of refused recipients"),
    ),
    make=lambda args, _names: RefusedCount(args.number("limit")),
    allows=ENDS,
    doc="Holds at each recipient beyond the limit that the server refuses for good "
    "(5xx). Counts over the whole connection; nothing begins a new count, so that "
    "addresses cannot be tried out in many small transactions.",
    saw=lambda facts: facts.refused,
)
