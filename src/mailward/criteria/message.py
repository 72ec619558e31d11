"""Criteria on the message: addresses of To, encodings, names and types of parts.

Knows: what fields of the header and of parts are asked for, and the `match`
lines that ask.
Does not know: how a field or a part is read, how many readings there are.
Called by: policy (sorts by stage), engine (asks for each reading).
"""

from dataclasses import dataclass
from typing import ClassVar, Final, final

from mailward.criteria.base import Criterion, CriterionRow
from mailward.criteria.words import (
    COUNT_WORD,
    ENDS,
    HEADER_WORD,
    LENGTH_WORD,
    MIME_WORD,
    PATTERN,
    limit,
    mask_of,
    matcher_of,
)
from mailward.facts import Facts
from mailward.lang.tokens import Args, Choice, Names, Word
from mailward.rex.matcher import Matcher
from mailward.smtp.mime import ENCODINGS
from mailward.stages import ADDRESSES, ENCODING, FILE_NAME, FILE_TYPE


@final
@dataclass(frozen=True)
class AddressCount(Criterion):
    """All To fields of the header have more than `limit` addresses."""

    limit: int
    stage: ClassVar[int] = ADDRESSES

    def holds(self, facts: Facts) -> bool:
        """Are there more?"""
        return facts.addresses > self.limit


@final
@dataclass(frozen=True)
class EncodingIn(Criterion):
    """The code of a Content-Transfer-Encoding is a set bit of `mask`."""

    mask: int
    stage: ClassVar[int] = ENCODING

    def holds(self, facts: Facts) -> bool:
        """Is the encoding in the list?"""
        return bool((self.mask >> facts.encoding) & 1)


@final
@dataclass(frozen=True)
class FileNameLength(Criterion):
    """The name of a part has more than `limit` octets, once decoded."""

    limit: int
    stage: ClassVar[int] = FILE_NAME

    def holds(self, facts: Facts) -> bool:
        """Is this reading of the name longer?"""
        return len(facts.text) > self.limit


@final
@dataclass(frozen=True)
class FileType(Criterion):
    """A pattern occurs in the media type or in the name of a part."""

    matcher: Matcher
    stage: ClassVar[int] = FILE_TYPE

    def holds(self, facts: Facts) -> bool:
        """Does any of the patterns occur in this reading of the type or name?"""
        return self.matcher.search(facts.text)


_CODES: Final = {row.word: row.code for row in ENCODINGS}
_WORDS: Final = {row.code: row.word.encode() for row in ENCODINGS}


def _encodings(args: Args, _names: Names) -> EncodingIn:
    return EncodingIn(mask_of([_CODES[word] for word in args.words("encodings")]))


ADDRESS_COUNT: Final = CriterionRow(
    kind=AddressCount,
    syntax=(
        HEADER_WORD,
        Word("to-fields", "Match on the addresses of To fields"),
        COUNT_WORD,
        *limit("Number of addresses"),
    ),
    make=lambda args, _names: AddressCount(args.number("limit")),
    allows=ENDS,
    doc="Holds when the To fields of the header have more addresses than the limit, "
    "all fields taken together.",
    saw=lambda facts: facts.addresses,
)

ENCODING_IN: Final = CriterionRow(
    kind=EncodingIn,
    syntax=(
        MIME_WORD,
        Word("encoding", "Match on a transfer encoding"),
        Choice(
            "encodings", tuple((row.word, row.help) for row in ENCODINGS), many=True
        ),
    ),
    make=_encodings,
    allows=ENDS,
    doc="Holds for each Content-Transfer-Encoding, of the message or of a part, that "
    "is in the list; with `not`, for each that is not. Where none is given it counts "
    "as `7bit`; where mail programs read a field differently each reading is asked.",
    saw=lambda facts: _WORDS[facts.encoding],
)

FILE_NAME_LENGTH: Final = CriterionRow(
    kind=FileNameLength,
    syntax=(
        MIME_WORD,
        Word("filename", "Match on the name of a part"),
        LENGTH_WORD,
        *limit("Length in bytes"),
    ),
    make=lambda args, _names: FileNameLength(args.number("limit")),
    allows=ENDS,
    doc="Holds when the name of a part, in Content-Disposition or Content-Type, is "
    "longer than the limit, its pieces joined and its encoding undone. Where mail "
    "programs read a name differently each reading is measured.",
    saw=lambda facts: len(facts.text),
)

FILE_TYPE_REGEX: Final = CriterionRow(
    kind=FileType,
    syntax=(MIME_WORD, Word("filetype", "Match on the type of a part"), *PATTERN),
    make=lambda args, names: FileType(matcher_of(args, names)),
    allows=ENDS,
    doc="Holds when the pattern, or any pattern of the class, occurs anywhere in the "
    "media type (`type/subtype`, in lower case) or in the name of a part. Where mail "
    "programs read either differently each reading is searched.",
    saw=lambda facts: facts.text,
)
