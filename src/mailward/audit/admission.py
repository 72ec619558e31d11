"""Admission: what is recorded of a connection that is let in or denied.

Knows: 106001, 106023 and 106100, and which of them is due.
Does not know: who decides, what becomes of the connection.
Called by: `drivers.relay`.

An entry with `log` speaks for itself in 106100, whatever it decides; one with `log
disable` says nothing.  A denial without either is 106023, or 106001 where no list
denied it but the levels of the interfaces.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mailward.audit.auditor import Auditor
from mailward.audit.records import BY_NUMBER, DENIED, DENIED_BY_LEVEL, LISTED
from mailward.audit.rows import DEBUGGING, Field
from mailward.audit.words import client_of, server_of
from mailward.policy.access import BY_LEVEL, Denial, Hit
from mailward.policy.endpoints import Endpoints

_BY_LEVEL: Final = BY_NUMBER[DENIED_BY_LEVEL]
_DENIED: Final = BY_NUMBER[DENIED]
#: 106100 at the severity that an entry asks for.
_LISTED: Final = tuple(
    replace(BY_NUMBER[LISTED], severity=level) for level in range(DEBUGGING + 1)
)


def admission(
    auditor: Auditor,
    ends: Endpoints,
    denial: Denial | None,
    hits: Sequence[Hit],
    now: float,
) -> None:
    """Record what the access groups decided."""
    for hit in hits:
        judged = "permitted" if hit.permit else "denied"
        words = {
            "list": hit.access_list,
            "judged": judged,
            "source": f"{ends.client_interface}/{ends.client_address}"
            f"({ends.client_port})",
            "destination": f"{ends.server_interface}/{ends.server_address}"
            f"({ends.server_port})",
            "entry": f"{hit.mark:#x}",
        }
        fields = _fields(hit.access_list, judged)
        auditor.decided(_LISTED[hit.log.level], words, fields, ends, now)
    if denial is None or denial.log is not None:
        return
    if denial.way == BY_LEVEL:
        words = {
            "source": f"{ends.client_address}/{ends.client_port}",
            "destination": f"{ends.server_address}/{ends.server_port}",
            "interface": denial.interface,
        }
        auditor.decided(_BY_LEVEL, words, _fields("", "denied"), ends, now)
        return
    words = {
        "source": client_of(ends),
        "destination": server_of(ends),
        "list": denial.access_list,
        "entry": f"{denial.mark:#x}",
    }
    fields = _fields(denial.access_list, "denied")
    auditor.decided(_DENIED, words, fields, ends, now)


def _fields(access_list: str, judged: str) -> dict[str, Field]:
    """What JSON adds."""
    fields: dict[str, Field] = {"event.outcome": _OUTCOMES[judged]}
    if access_list:
        fields["rule.ruleset"] = access_list
    return fields


#: In the words of the Elastic Common Schema.
_OUTCOMES: Final = {"permitted": "success", "denied": "failure"}
