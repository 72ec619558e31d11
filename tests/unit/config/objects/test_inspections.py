"""`policy-map type inspect esmtp`: rows made of other tables' rows."""

import pytest

from mailward.actions import ACTIONS
from mailward.config.load import load
from mailward.config.modes import ESMTP_MAP
from mailward.config.objects.inspections import (
    ACTION_OF,
    CRITERION_OF,
    PARAMETER_OF,
)
from mailward.criteria import CRITERIA
from mailward.criteria.base import CriterionRow
from mailward.lang.rows import LineRow
from mailward.lang.samples import line
from mailward.parameters import PARAMETERS
from mailward.verdicts import DROPS, LOGS, MASKS, RATES, RESETS
from tests.unit.config.kit import mistakes, taken

PATTERNS = "regex Q_1 x\nclass-map type regex match-any Q_1\n"
MAP = "policy-map type inspect esmtp m\n"


def sample(row: CriterionRow) -> str:
    """The first way to type a criterion."""
    return line(LineRow("sample", ESMTP_MAP, row.syntax), lambda _: 0)


def test_each_row_has_its_line() -> None:
    """Every criterion and parameter once, in table order; every action where
    the match allows it."""
    assert [row for _, row in CRITERION_OF.values()] == list(CRITERIA)
    assert [row for _, row in PARAMETER_OF.values()] == list(PARAMETERS)
    assert [row for _, row in ACTION_OF.values()] == [
        *(row for row in ACTIONS if row.bits not in (MASKS, RATES)),
        *(row for row in ACTIONS if row.bits != RATES),
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
        ("match header length gt 1", "match header length gt 1"),
        ("match HEADER to count gt 1", "match header to-fields count gt 1"),
        ("match inv c gt 1", "match invalid-recipients count gt 1"),
        ("match cmd verb vrfy ETRN vrfy", "match cmd verb ETRN VRFY"),
        ("match cmd verb sen start", "match cmd verb SEND STARTTLS"),
        (
            "match mime encoding quoted others 7",
            "match MIME encoding 7bit others quoted-printable",
        ),
        ("match mime filen length gt 255", "match MIME filename length gt 255"),
        ("match MIME filetype regex r", "match MIME filetype regex r"),
        ("match Mime filet reg cl c", "match MIME filetype regex class c"),
        (
            "match ehlo size binarymime 8bit others",
            "match ehlo-reply-parameter 8bitmime binaryname others size",
        ),
    ],
)
def test_matches(typed: str, printed: str) -> None:
    """In any case and by prefixes; printed in the appliance's words, with the
    blank that it leaves; and all of it with `not`."""
    negated = f"match NOT {typed[6:]}\n"

    assert taken(f"{MAP}{typed}\n").render() == (f"{MAP} parameters\n {printed} \n!\n")
    assert taken(f"{MAP}{typed}\n{negated}no {typed}\n").render() == (
        f"{MAP} parameters\n match not {printed[6:]} \n!\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "mask-banner",
        "mail-relay example.com action drop-connection",
        "mail-relay example.com action drop-connection log",
        "mail-relay example.com action log",
        "special-character action drop-connection",
        "special-character action drop-connection log",
        "special-character action log",
        "allow-tls",
        "allow-tls action log",
    ],
)
def test_parameters(line: str) -> None:
    """Each form stands as typed; `no` and the name take it away, and so do `no`
    and the whole line."""
    name = line.split(maxsplit=1)[0]
    text = f"{MAP}parameters\n{line}\n"

    assert taken(text).render() == f"{MAP} parameters\n  {line}\n!\n"
    assert taken(f"{text}no {name}\n").render() == f"{MAP} parameters\n!\n"
    assert taken(f"{text}no {line}\n").render() == f"{MAP} parameters\n!\n"


def test_parameters_in_order() -> None:
    """However typed, they are printed in the order of the appliance; typed again
    with other arguments, a parameter is replaced."""
    lines = ["allow-tls", "special-character action log", "mask-banner"]
    lines += ["mail-relay b.example action log"] * 2
    lines[3] = "mail-relay a.example action drop-connection"

    assert taken(f"{MAP}parameters\n" + "\n".join(lines)).render() == (
        f"{MAP} parameters\n  mask-banner\n  mail-relay b.example action log\n"
        "  special-character action log\n  allow-tls\n!\n"
    )


ACTION_LINES = {
    MASKS: "mask log",
    RATES: "rate-limit 5 log",
    DROPS: "drop-connection log",
    RESETS: "reset log",
    LOGS: "log",
}


@pytest.mark.parametrize("head", ["match ", "match not "])
@pytest.mark.parametrize("row", CRITERIA, ids=lambda row: row.kind.__name__)
def test_each_match_takes_its_actions_and_no_other(
    row: CriterionRow, head: str
) -> None:
    """Reference section 2.4: what is legal stands, what is not is refused where
    it begins; `not` changes nothing."""
    match = head + sample(row)
    legal, illegal = [], []
    for bit, action in ACTION_LINES.items():
        text = f"{PATTERNS}{MAP} {match}\n  {action}\n"
        if row.allows & bit:
            assert f" {match} \n  {action}\n" in load(text).running.render()
            legal.append(bit)
        else:
            (error,) = mistakes(text)
            assert (error.line, error.column, error.text) == (5, 3, f"  {action}")
            illegal.append(bit)

    assert sum(legal) == row.allows
    assert sum(illegal) == sum(ACTION_LINES) - row.allows


VERB = f"{MAP} parameters\n match cmd verb VRFY \n"


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("mask\nrate-limit 5", "  mask\n  rate-limit 5\n"),
        ("rate-limit 5 log\nmask log", "  mask log\n  rate-limit 5 log\n"),
        ("mask\nrate-limit 5\nrate-limit 6\nmask log", "  mask log\n  rate-limit 6\n"),
        ("mask\nrate-limit 5\nreset", "  reset\n"),
        ("reset\nrate-limit 5", "  rate-limit 5\n"),
        ("log\nmask", "  mask\n"),
        ("mask\nrate-limit 5\nno mask", "  rate-limit 5\n"),
        ("mask\nrate-limit 5\nno rate-limit", "  mask\n"),
        ("mask\nrate-limit 5\nno rate-limit 9", "  mask\n"),
        ("drop-connection\nreset log\nlog", "  log\n"),
    ],
)
def test_actions_beside_each_other(typed: str, stands: str) -> None:
    """`mask` and `rate-limit` may stand together, in this order; any other
    action replaces what stood, and is replaced by either."""
    running = taken(f"{MAP}match cmd verb vrfy\n{typed}\n")

    assert running.errors == []
    assert running.render() == f"{VERB}{stands}!\n"


def test_a_mask_where_nothing_may_stand_beside_it() -> None:
    """Elsewhere it replaces and is replaced like any action."""
    text = f"{MAP}match ehlo others\nreset\nmask\n"

    assert "others \n  mask\n!" in taken(text).render()
    assert "others \n  log\n!" in taken(f"{text}log\n").render()


def test_rates() -> None:
    """From 1 to the largest 32-bit value."""
    text = f"{MAP}match cmd verb VRFY\nrate-limit "

    assert [mistakes(f"{text}{n}")[0].message for n in ("0", "4294967296", "x")] == [
        f'"{n}" is not a number from 1 to 4294967295' for n in ("0", "4294967296", "x")
    ]
    assert taken(f"{text}4294967295").errors == []


def test_maps_of_other_protocols() -> None:
    """They are kept, with what stands in them."""
    text = "policy-map type inspect dns d\n parameters\n  message-length maximum 512\n"

    assert taken(text).render() == f"{text}!\n"
