"""Lengths: how long the parts of a message are, in the engine's own measure.

Knows: how to ask a session whether a limit is passed.
Does not know: where a header ends or what is counted; the session knows.
Called by: story.walk.

A rule on a length is never told the length, only that it was passed.  So a
session under a single rule is asked, limit by limit, which one just holds: some
thirty runs at the engine's speed, and no second opinion on what a line is.
"""

from typing import Final

from mailward.criteria.base import Step
from mailward.criteria.lengths import (
    BodyLength,
    BodyLineLength,
    HeaderLength,
    HeaderLineLength,
)
from mailward.engine.session import Session
from mailward.policy.inspection import build
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.stages import BODY, BODY_LINE, HEADER, HEADER_LINE
from mailward.verdicts import DROPS, PASS

#: What of a message can be measured.
MEASURED: Final = (HEADER_LINE, HEADER, BODY_LINE, BODY)
_NOW: Final = 1.0


def measured(stage: int, message: bytes) -> int:
    """The length of the longest line, of the header or of the body, as the stage
    says.  `message` is what follows 354, with or without its end."""
    if not _passes(stage, message, 0):
        return 0
    low, high = 0, 1  # `low` is passed
    while _passes(stage, message, high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _passes(stage, message, middle):
            low = middle
        else:
            high = middle
    return high


def _passes(stage: int, message: bytes, limit: int) -> bool:
    """Is anything longer than the limit?"""
    criterion = _limited(stage, limit)
    inspection = build("", (Rule(criterion, DROPS, 1, "", ""),))
    session = Session(inspection, Tally(inspection))
    session.from_server(b"220 \r\n", _NOW)
    session.from_client(b"DATA\r\n", _NOW)
    session.from_server(b"354 \r\n", _NOW)
    session.from_client(message, _NOW)
    return session.verdict != PASS


def _limited(stage: int, limit: int) -> Step:
    """The step of a stage, with a limit."""
    if stage == HEADER_LINE:
        return HeaderLineLength(limit)
    if stage == HEADER:
        return HeaderLength(limit)
    return BodyLineLength(limit) if stage == BODY_LINE else BodyLength(limit)
