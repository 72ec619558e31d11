"""Dead: what the counters of dead workers are worth after a change.

Knows: which of them a `clear` sets to nought, and which mean the same under
another policy.
Does not know: workers.
Called by: cli, which hands it to the fleet.

A worker does both to its own counters (`drivers.totals`); what the dead have left
lies with the supervisor, and must follow.
"""

from dataclasses import replace

from mailward.audit.totals import Counted, Totals
from mailward.drivers.totals import (
    ACCESS_LISTS,
    LOGGING,
    RECORDS,
    SERVICE_POLICY,
    TRAFFIC,
    identity,
)
from mailward.policy.gate import Gate


def cleared(totals: Totals, what: str, which: str) -> Totals:
    """The same, with what `which` names, or all of the kind, at nought."""
    if what == SERVICE_POLICY:
        kept = tuple(c for c in totals.attachments if which not in ("", c.place))
        return replace(totals, attachments=kept)
    if what == ACCESS_LISTS:
        hits = totals.access_lists.items()
        return replace(
            totals, access_lists={n: h for n, h in hits if which not in ("", _list(n))}
        )
    if what == LOGGING:
        return replace(totals, recent=())
    if what == RECORDS:
        return replace(totals, records={})
    if what == TRAFFIC:
        return replace(totals, traffic={})
    return totals


def carried(totals: Totals, old: Gate, new: Gate) -> Totals:
    """The same, without the counters of what is something else in the new gate."""
    before = {identity(a): a for a in old.attachments}
    keys: set[tuple[str, str, str, str]] = set()
    lists: set[str] = set()
    for attachment in new.attachments:
        was = before.get(identity(attachment))
        if was is None:
            continue
        a = attachment
        keys.add((a.place, a.policy_map, a.class_map, a.map_name))
        ours, theirs = a.traffic.access_list, was.traffic.access_list
        if ours is not None and theirs is not None and ours.entries == theirs.entries:
            lists.add(ours.name)
    return replace(
        totals,
        attachments=tuple(c for c in totals.attachments if _names(c) in keys),
        access_lists={
            n: h for n, h in totals.access_lists.items() if _list(n) in lists
        },
    )


def _list(name: str) -> str:
    """The access list whose hits stand under a name."""
    return name.partition(" ")[0]


def _names(counted: Counted) -> tuple[str, str, str, str]:
    return (
        counted.place,
        counted.policy_map,
        counted.class_map,
        counted.map_name,
    )
