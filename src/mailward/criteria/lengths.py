"""Lengths that grow while octets arrive: lines, the header, the body.

Knows: one number each, and the `match` line that names it (reference
section 2.3 says what exactly is counted).
Does not know: how octets are counted, what a crossing causes.
Called by: policy (sorts by limit), engine (finds the crossing).
"""

from dataclasses import dataclass
from typing import ClassVar, Final, final

from mailward.criteria.base import CriterionRow, Step
from mailward.criteria.words import (
    BODY_WORD,
    CMD_WORD,
    ENDS,
    HEADER_WORD,
    LENGTH_WORD,
    LINE_WORD,
    limit,
)
from mailward.stages import BODY, BODY_LINE, COMMAND_LINE, HEADER, HEADER_LINE


@final
@dataclass(frozen=True)
class CommandLineLength(Step):
    """A command line has more than `limit` octets, CR LF included."""

    limit: int
    stage: ClassVar[int] = COMMAND_LINE


@final
@dataclass(frozen=True)
class HeaderLineLength(Step):
    """A header line has more than `limit` octets, CR LF not counted."""

    limit: int
    stage: ClassVar[int] = HEADER_LINE


@final
@dataclass(frozen=True)
class HeaderLength(Step):
    """The header has more than `limit` octets, every CR LF included."""

    limit: int
    stage: ClassVar[int] = HEADER


@final
@dataclass(frozen=True)
class BodyLineLength(Step):
    """A body line has more than `limit` octets, CR LF not counted."""

    limit: int
    stage: ClassVar[int] = BODY_LINE


@final
@dataclass(frozen=True)
class BodyLength(Step):
    """The body has more than `limit` octets, as counted after dot-unstuffing."""

    limit: int
    stage: ClassVar[int] = BODY


COMMAND_LINE_LENGTH: Final = CriterionRow(
    kind=CommandLineLength,
    syntax=(CMD_WORD, LINE_WORD, LENGTH_WORD, *limit("Length in bytes")),
    make=lambda args, _names: CommandLineLength(args.number("limit")),
    allows=ENDS,
    doc="Holds when a command line, its CR LF included, is longer than the limit.",
)

HEADER_LINE_LENGTH: Final = CriterionRow(
    kind=HeaderLineLength,
    syntax=(HEADER_WORD, LINE_WORD, LENGTH_WORD, *limit("Length in bytes")),
    make=lambda args, _names: HeaderLineLength(args.number("limit")),
    allows=ENDS,
    doc="Holds when one line of the header is longer than the limit, its CR LF "
    "not counted; a folded field is several lines.",
)

HEADER_LENGTH: Final = CriterionRow(
    kind=HeaderLength,
    syntax=(HEADER_WORD, LENGTH_WORD, *limit("Length in bytes")),
    make=lambda args, _names: HeaderLength(args.number("limit")),
    allows=ENDS,
    doc="Holds when the header has more octets than the limit, line ends included, "
    "the empty line behind it not. Judged where each line of the header ends.",
)

BODY_LINE_LENGTH: Final = CriterionRow(
    kind=BodyLineLength,
    syntax=(BODY_WORD, LINE_WORD, LENGTH_WORD, *limit("Length in bytes")),
    make=lambda args, _names: BodyLineLength(args.number("limit")),
    allows=ENDS,
    doc="Holds when one line of the body is longer than the limit, its CR LF not "
    "counted, after dot-unstuffing.",
)

BODY_LENGTH: Final = CriterionRow(
    kind=BodyLength,
    syntax=(BODY_WORD, LENGTH_WORD, *limit("Length in bytes")),
    make=lambda args, _names: BodyLength(args.number("limit")),
    allows=ENDS,
    doc="Holds as soon as the body has more octets than the limit. Counts from "
    "the first octet after the empty line that ends the header, line ends "
    "included, after dot-unstuffing, without the dot that ends the data.",
)
