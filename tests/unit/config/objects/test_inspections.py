"""`policy-map type inspect esmtp`: rows made of other tables' rows."""

import pytest

from mailward.actions import ACTIONS
from mailward.config.objects.inspections import (
    ACTION_OF,
    CRITERION_OF,
    PARAMETER_OF,
)
from mailward.criteria import CRITERIA
from mailward.parameters import PARAMETERS
from tests.unit.config.kit import taken

MAP = "policy-map type inspect esmtp m\n"


def test_each_row_has_its_line() -> None:
    """Every criterion and parameter once, in table order; every action where
    the match allows it."""
    assert [row for _, row in CRITERION_OF.values()] == list(CRITERIA)
    assert [row for _, row in PARAMETER_OF.values()] == list(PARAMETERS)
    assert [row for _, row in ACTION_OF.values()] == [
        *(row for row in ACTIONS if row.syntax[0] != ACTIONS[2].syntax[0]),
        *ACTIONS,
    ]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("MATCH CMD rcpt COUNT GT 5", "match cmd RCPT count gt 5"),
        ("match cmd line length gt 512", "match cmd line length gt 512"),
        ("match send len gt 9", "match sender-address length gt 9"),
        ("match sender-address regex r", "match sender-address regex r"),
        ("match sender-address regex class c", "match sender-address regex class c"),
        ("match header line length gt 998", "match header line length gt 998"),
        ("match body line length gt 998", "match body line length gt 998"),
        ("match body length gt 4294967295", "match body length gt 4294967295"),
        (
            "match ehlo size binarymime 8bit others",
            "match ehlo-reply-parameter 8bitmime binaryname others size",
        ),
    ],
)
def test_matches(typed: str, printed: str) -> None:
    """In any case and by prefixes; printed in the appliance's words, with the
    blank that it leaves."""
    rendered = taken(f"{MAP}{typed}\n").render()

    assert rendered == f"{MAP} parameters\n {printed} \n!\n"


@pytest.mark.parametrize(
    "line",
    [
        "mask-banner",
        "special-character action drop-connection",
        "special-character action drop-connection log",
        "special-character action log",
        "allow-tls",
        "allow-tls action log",
    ],
)
def test_parameters(line: str) -> None:
    """Each form stands as typed; `no` and the name take it away."""
    name = line.split(maxsplit=1)[0]
    text = f"{MAP}parameters\n{line}\n"

    assert taken(text).render() == f"{MAP} parameters\n  {line}\n!\n"
    assert taken(f"{text}no {name}\n").render() == f"{MAP} parameters\n!\n"


def test_maps_of_other_protocols() -> None:
    """They are kept, with what stands in them."""
    text = "policy-map type inspect dns d\n parameters\n  message-length maximum 512\n"

    assert taken(text).render() == f"{text}!\n"
