"""Words: the phrases and fields that a connection or a finding gives a record.

Knows: how interfaces, addresses, actions and durations are written
(`reference section 6.2 and 6.3`).
Does not know: which record is due, where it goes.
Called by: `audit.auditor`.
"""

from typing import Final

from mailward.audit.escape import escape
from mailward.audit.rows import Field
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import (
    CLIENT,
    DELAYED,
    EVIDENCE,
    KIND_NAMES,
    PARAMETER,
    UNEXPECTED,
    Finding,
)
from mailward.policy.gate import Attachment
from mailward.stages import SENDER
from mailward.verdicts import DROPS, MASKS, RESETS, VERDICT_NAMES

#: What 108004 says was done, by verdict, where no rule tells it.
_BY_VERDICT: Final = ("Received", "Dropped connection for", "Reset connection for")

#: What would have become of a connection, by verdict.
_FATES: Final = ("passed", "dropped", "reset")

#: How nearly all sessions last.
_SHORT: Final = tuple(f"0:00:{second:02}" for second in range(60))


def words_of(
    ends: Endpoints, finding: Finding, attachment: Attachment | None = None
) -> dict[str, object]:
    """All that the templates of findings may ask for."""
    client, server = client_of(ends), server_of(ends)
    from_client = finding.speaker == CLIENT
    detail = escape(finding.detail, EVIDENCE)
    out, inside = ends.client_address, ends.server_address
    if not ends.inbound:
        out, inside = inside, out
    return {
        "client": client,
        "server": server,
        "source": client if from_client else server,
        "destination": server if from_client else client,
        "speech": "Request" if from_client else "Response",
        "out": out,
        "inside": inside,
        "origin": "ESMTP Parameter"
        if finding.kind == PARAMETER
        else "ESMTP Classification",
        "act": _act(finding),
        "further": _further(finding, detail),
        "evidence": escape(finding.evidence, EVIDENCE),
        "detail": detail,
        "count": finding.count,
        "map": attachment.map_name if attachment is not None else "",
        "fate": _FATES[finding.verdict],
    }


def _act(finding: Finding) -> str:
    """What was done, in the words of 108004."""
    if finding.rule is None:
        return _BY_VERDICT[finding.verdict]
    if finding.kind == DELAYED:
        return "Dropped"
    action = finding.rule.action
    if action & RESETS:
        return "Reset connection for"
    if action & DROPS:
        return "Dropped connection for"
    return "Masked header flags for" if action & MASKS else "Received"


def _further(finding: Finding, detail: str) -> str:
    """What stands behind the semicolon of 108004 and 108005."""
    if finding.rule is not None:
        return f"matched Class {finding.rule.place}: {finding.rule.label}"
    if finding.kind == UNEXPECTED:
        return "Unexpected transition by the server"
    return detail


def fields_of(
    number: int, attachment: Attachment | None, finding: Finding
) -> dict[str, Field]:
    """What JSON adds to the sentence of a finding."""
    fields: dict[str, Field] = {
        **attached(attachment),
        "esmtp.connection": number,
        "esmtp.finding": KIND_NAMES[finding.kind],
        "esmtp.speaker": "client" if finding.speaker == CLIENT else "server",
        "esmtp.verdict": VERDICT_NAMES[finding.verdict],
    }
    if attachment is not None and attachment.inspection.monitor:
        fields["esmtp.monitor"] = True
    evidence = escape(finding.evidence, EVIDENCE)
    if evidence:
        fields["esmtp.evidence"] = evidence
    if finding.detail:
        fields["esmtp.detail"] = escape(finding.detail, EVIDENCE)
    if finding.count:
        fields["esmtp.count"] = finding.count
    rule = finding.rule
    if rule is not None:
        fields["rule.id"] = str(rule.place)
        fields["rule.description"] = rule.label
        if rule.criterion.stage == SENDER and evidence:
            fields["email.from.address"] = [evidence]
    return fields


def verdict_fields(
    number: int, attachment: Attachment | None, verdict: int
) -> dict[str, Field]:
    """What JSON adds to a sentence about the end of a connection."""
    return {
        **attached(attachment),
        "esmtp.connection": number,
        "esmtp.verdict": VERDICT_NAMES[verdict],
    }


def ended_fields(
    number: int,
    attachment: Attachment | None,
    verdict: int,
    why: str,
    lasted: float,
    octets: int,
) -> dict[str, Field]:
    """What JSON adds to the last record of a connection."""
    return {
        **verdict_fields(number, attachment, verdict),
        "event.reason": why,
        "event.duration": int(lasted * 1_000_000_000),
        "network.bytes": octets,
    }


def attached(attachment: Attachment | None) -> dict[str, Field]:
    """The names of the map in force, if one is."""
    if attachment is None:
        return {}
    return {"rule.name": attachment.map_name, "rule.ruleset": attachment.policy_map}


def client_of(ends: Endpoints) -> str:
    """`outside:203.0.113.9/51111`: the client as every record names it."""
    return f"{ends.client_interface}:{ends.client_address}/{ends.client_port}"


def server_of(ends: Endpoints) -> str:
    """`inside:10.1.1.5/25`: the server as every record names it."""
    return f"{ends.server_interface}:{ends.server_address}/{ends.server_port}"


def clock(seconds: int) -> str:
    """h:mm:ss."""
    if seconds < len(_SHORT):
        return _SHORT[seconds]
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
