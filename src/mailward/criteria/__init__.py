"""CRITERIA: every `match` that an inspection map may hold.

The order of the rows is the order of judgement between kinds at one stage
(reference section 3.2).
"""

from typing import Final

from mailward.criteria.base import CriterionRow
from mailward.criteria.ehlo import EHLO_KEYWORD
from mailward.criteria.envelope import RECIPIENT_COUNT, SENDER_LENGTH, SENDER_REGEX
from mailward.criteria.lengths import (
    BODY_LENGTH,
    BODY_LINE_LENGTH,
    COMMAND_LINE_LENGTH,
    HEADER_LINE_LENGTH,
)

CRITERIA: Final[tuple[CriterionRow, ...]] = (
    COMMAND_LINE_LENGTH,
    SENDER_LENGTH,
    SENDER_REGEX,
    RECIPIENT_COUNT,
    EHLO_KEYWORD,
    HEADER_LINE_LENGTH,
    BODY_LINE_LENGTH,
    BODY_LENGTH,
)
