"""Lengths that grow: each row makes its step at its stage."""

import pytest

from mailward.criteria.base import CriterionRow, Step
from mailward.criteria.lengths import (
    BODY_LENGTH,
    BODY_LINE_LENGTH,
    COMMAND_LINE_LENGTH,
    HEADER_LENGTH,
    HEADER_LINE_LENGTH,
    BodyLength,
    BodyLineLength,
    CommandLineLength,
    HeaderLength,
    HeaderLineLength,
)
from mailward.lang.tokens import Args, Names
from mailward.stages import BODY, BODY_LINE, COMMAND_LINE, GROWING, HEADER, HEADER_LINE


@pytest.mark.parametrize(
    ("row", "expected", "stage"),
    [
        (COMMAND_LINE_LENGTH, CommandLineLength(512), COMMAND_LINE),
        (HEADER_LINE_LENGTH, HeaderLineLength(512), HEADER_LINE),
        (HEADER_LENGTH, HeaderLength(512), HEADER),
        (BODY_LINE_LENGTH, BodyLineLength(512), BODY_LINE),
        (BODY_LENGTH, BodyLength(512), BODY),
    ],
)
def test_each_row_makes_its_step(row: CriterionRow, expected: Step, stage: int) -> None:
    """`gt 512` becomes the limit of the step, at a growing stage."""
    made = row.make(Args({"limit": 512}), Names())

    assert (type(made), made) == (row.kind, expected)
    assert made.stage == stage
    assert stage in GROWING
