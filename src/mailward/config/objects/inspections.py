"""`policy-map type inspect esmtp`: parameters, matches and their actions.

Knows: how the rows of criteria, parameters and actions become lines.
Does not know: what any of them means; they bring their own words.
Called by: `config.objects`, `config.inspections`.
"""

from typing import Final

from mailward.actions import ACTIONS, ActionRow
from mailward.config.modes import (
    CONFIG,
    ESMTP_ACTIONS,
    ESMTP_MAP,
    ESMTP_PARAMETERS,
    OTHER_BLOCK,
    OTHER_MAP,
)
from mailward.config.objects.base import POLICY_MAPS, ObjectRow
from mailward.criteria import CRITERIA
from mailward.criteria.base import CriterionRow
from mailward.lang.rows import KEPT, NEVER, LineRow
from mailward.lang.tokens import Choice, Maybe, Name, Rest, Token, Word
from mailward.parameters import PARAMETERS, ParameterRow
from mailward.verdicts import MASKS, RATES

INSPECTION: Final = "policy-map type inspect esmtp"
#: The name under which a match keeps its `not`.
NOT: Final = "not"
#: A match has one action, but `mask` and `rate-limit` may stand together: each
#: has its own slot, and ousts every action but the other.
_SLOTS: Final = {
    MASKS: ("mask", ("action",)),
    RATES: ("rate", ("action",)),
}

#: What the appliance inspects beside mail.  A closed list, so that a misspelt
#: `esmtp` is a mistake and not another protocol.
OTHER_PROTOCOLS: Final = tuple(
    (name, f"Protocol {name}")
    for name in (
        *("ctiqbe", "dcerpc", "diameter", "dns", "ftp", "gtp", "h323", "http"),
        *("icmp", "ils", "im", "ip-options", "ipsec-pass-thru", "ipv6", "lisp"),
        *("m3ua", "mgcp", "mmp", "netbios", "pptp", "radius-accounting", "rsh"),
        *("rtsp", "scansafe", "sctp", "sip", "skinny", "snmp", "sqlnet", "stun"),
        *("sunrpc", "tftp", "vxlan", "waas", "xdmcp"),
    )
)

_POLICY_MAP: Final = Word("policy-map", "Define a policy")
_TYPE: Final = Word("type", "Of a special type")
_INSPECT: Final = Word("inspect", "What an inspection does")

MAP: Final = ObjectRow(
    LineRow(
        INSPECTION,
        CONFIG,
        (
            _POLICY_MAP,
            _TYPE,
            _INSPECT,
            Word("esmtp", "Inspection of SMTP and ESMTP"),
            Name("name", "Name of the map", 128),
        ),
        doc="What the inspection of mail asks, and what it does then.",
        enters=ESMTP_MAP,
        defines=(("name", INSPECTION),),
    ),
    section=POLICY_MAPS,
)

ANOTHER_MAP: Final = ObjectRow(
    LineRow(
        "policy-map type inspect",
        CONFIG,
        (
            _POLICY_MAP,
            _TYPE,
            _INSPECT,
            Choice("protocol", OTHER_PROTOCOLS),
            Name("name", "Name of the map", 128),
        ),
        doc="A map for another protocol.",
        enters=OTHER_MAP,
        status=KEPT,
    ),
    section=POLICY_MAPS,
)

OTHER_LINE: Final = ObjectRow(
    LineRow(
        "line of another map",
        OTHER_MAP,
        (
            Choice(
                "what",
                (
                    ("class", "What to do with a class"),
                    ("description", "Describe it"),
                    ("match", "What to look for"),
                    ("parameters", "What holds for the whole connection"),
                ),
            ),
            Maybe((Rest("rest", "As it stands", 400),)),
        ),
        doc="A line of a map or class for another protocol.",
        enters=OTHER_BLOCK,
        status=KEPT,
    ),
)

DESCRIPTION: Final = ObjectRow(
    LineRow(
        "description of an inspection map",
        ESMTP_MAP,
        (Word("description", "Describe the map"), Rest("text", "The description", 200)),
        doc="A text for the reader.",
        key=1,
    ),
)

PARAMETERS_LINE: Final = ObjectRow(
    LineRow(
        "parameters",
        ESMTP_MAP,
        (Word("parameters", "What holds for the whole connection"),),
        doc="Enters the parameters of the map.",
        enters=ESMTP_PARAMETERS,
        key=NEVER,
    ),
    rank=1,
)

NO_CLASS: Final = ObjectRow(
    LineRow(
        "class of an inspection map",
        ESMTP_MAP,
        (Word("class", "Not for esmtp"), Name("name", "Name of a class", 128)),
        doc="Other protocols have classes of their own here, esmtp has none.",
    ),
    refused="an esmtp map has no classes: write its match lines here",
)


def _parameter(rank: int, row: ParameterRow) -> ObjectRow:
    first = row.syntax[0]
    assert isinstance(first, Word)
    line = LineRow(first.text, ESMTP_PARAMETERS, row.syntax, row.doc, key=1)
    return ObjectRow(line, rank=rank)


def _match(row: CriterionRow) -> ObjectRow:
    syntax: tuple[Token, ...] = (
        Word("match", "What to look for"),
        Maybe((Word("not", "Look for whatever is not so", name=NOT),)),
        *row.syntax,
    )
    line = LineRow(
        f"match {row.kind.__name__}",
        ESMTP_MAP,
        syntax,
        row.doc,
        enters=ESMTP_ACTIONS[row.allows],
    )
    return ObjectRow(line, rank=2, tail=" ")


def _action(allows: int, rank: int, row: ActionRow) -> ObjectRow:
    mode = ESMTP_ACTIONS[allows]
    first = row.syntax[0]
    assert isinstance(first, Word)
    line = LineRow(f"{first.text} in {mode.name}", mode, row.syntax, row.doc, key=1)
    slot, ousts = _SLOTS.get(row.bits, ("action", ("mask", "rate")))
    return ObjectRow(line, rank=rank, slot=slot, ousts=ousts)


#: Kind of a line -> the row that compiles it.
PARAMETER_OF: Final = {
    line.line.kind: (line, row)
    for rank, row in enumerate(PARAMETERS)
    for line in (_parameter(rank, row),)
}
CRITERION_OF: Final = {
    line.line.kind: (line, row) for row in CRITERIA for line in (_match(row),)
}
ACTION_OF: Final = {
    line.line.kind: (line, row)
    for allows in ESMTP_ACTIONS
    for rank, row in enumerate(ACTIONS)
    if row.bits & allows == row.bits
    for line in (_action(allows, rank, row),)
}

INSPECTIONS: Final = (
    MAP,
    ANOTHER_MAP,
    OTHER_LINE,
    DESCRIPTION,
    PARAMETERS_LINE,
    *(line for line, _ in PARAMETER_OF.values()),
    *(line for line, _ in CRITERION_OF.values()),
    NO_CLASS,
    *(line for line, _ in ACTION_OF.values()),
)
