"""Guard: may a connection that has come in pass?

Knows: that access groups are asked once, and that what they decide is recorded.
Does not know: what they say (`policy.access`), what becomes of the connection.
Called by: `drivers.relay`.
"""

from mailward.audit.admission import admission
from mailward.drivers.door import Door
from mailward.drivers.end import Host
from mailward.policy.access import Hit
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import Gate


def refused_by(gate: Gate, door: Door, ends: Endpoints, host: Host) -> bool:
    """Does an access group, or a security level, deny it?  Recorded either way
    where an entry asks for it."""
    hits: list[Hit] = []
    denial = gate.admits(ends, hits, by_level=door.by_level)
    if denial is not None or hits:
        admission(host.auditor, ends, denial, hits, host.wall())
    return denial is not None
