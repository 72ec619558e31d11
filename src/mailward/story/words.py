"""Words: what is done by itself, in a sentence each.

Knows: a sentence for each kind of finding that no rule and no parameter explains.
Does not know: records; those have their own words.
Called by: story.looks.
"""

from typing import Final

from mailward.audit.escape import escape
from mailward.parameters import WORD, Compat
from mailward.policy import findings
from mailward.policy.findings import Finding
from mailward.verdicts import DROPS, LOGS

_SHOWN: Final = 200

#: Kind -> its sentence; rules and parameters speak for the others.
_NOTES: Final = {
    findings.REPLACED: "{detail} has no place in an address: it becomes a blank",
    findings.UNEXPECTED: "the server moved out of turn: {evidence}",
    findings.UNKNOWN_COMMAND: "no lawful command here: {what} goes on under X",
    findings.BARE_IN_COMMAND: "a CR or LF stands alone in it: it goes on under X",
    findings.BARE_IN_REPLY: "a CR or LF stands alone in it: it becomes a blank",
    findings.BARE_IN_MESSAGE: "{count} CR or LF stand alone in the message: they pass",
    findings.LOOKALIKE: "a false end of data ({evidence}): its dot becomes a blank",
    findings.EARLY_DATA: "octets behind DATA, which the server refused: it would take "
    "them for commands",
    findings.EARLY_TLS: "clear text around STARTTLS: it would be taken for secured",
    findings.PAYLOAD_COMMAND: "{evidence} carries octets that a server which refuses "
    "it would run as commands",
    findings.OVERLONG: "the absolute length of one {detail} is exceeded",
    findings.STRAY_REPLY: "{detail}",
    findings.UNREADABLE: "the message cannot be read to its end: {detail}",
    findings.SIZE_EXCEEDED: "{count} octets came where MAIL declared {detail}",
    findings.HOLE: "{count} octets are missing {detail}",
    findings.DELAYED: "class {place}: beyond its rate",
}


def note_of(finding: Finding, compat: Compat) -> str:
    """The sentence of a finding, empty where a rule or a parameter explains it."""
    return _NOTES.get(finding.kind, "").format(
        detail=escape(finding.detail, _SHOWN),
        evidence=escape(finding.evidence, _SHOWN),
        count=finding.count,
        what="its first word" if compat.unknown == WORD else "it",
        place=finding.rule.place if finding.rule is not None else 0,
    )


def parameter_action(action: int) -> str:
    """The action of a parameter as it is typed."""
    words = ["drop-connection"] if action & DROPS else []
    return " ".join([*words, *(["log"] if action & LOGS else [])])
