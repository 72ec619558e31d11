"""CRITERIA: every `match` that an inspection map may hold.

The order of the rows is the order of judgement between kinds at one stage
(reference section 3.2).
"""

from typing import Final

from mailward.criteria.base import CriterionRow
from mailward.criteria.command import VERB_IN
from mailward.criteria.ehlo import EHLO_KEYWORD
from mailward.criteria.envelope import (
    RECIPIENT_COUNT,
    REFUSED_COUNT,
    SENDER_LENGTH,
    SENDER_REGEX,
)
from mailward.criteria.lengths import (
    BODY_LENGTH,
    BODY_LINE_LENGTH,
    COMMAND_LINE_LENGTH,
    HEADER_LENGTH,
    HEADER_LINE_LENGTH,
)
from mailward.criteria.message import (
    ADDRESS_COUNT,
    ENCODING_IN,
    FILE_NAME_LENGTH,
    FILE_TYPE_REGEX,
)

CRITERIA: Final[tuple[CriterionRow, ...]] = (
    COMMAND_LINE_LENGTH,
    VERB_IN,
    SENDER_LENGTH,
    SENDER_REGEX,
    RECIPIENT_COUNT,
    EHLO_KEYWORD,
    REFUSED_COUNT,
    HEADER_LINE_LENGTH,
    HEADER_LENGTH,
    ADDRESS_COUNT,
    ENCODING_IN,
    FILE_NAME_LENGTH,
    FILE_TYPE_REGEX,
    BODY_LINE_LENGTH,
    BODY_LENGTH,
)
