"""Inspector: what a driver is given for a connection.

Knows: who stands between driver and session, and when.
Does not know: connections.
Called by: drivers, testing.
"""

from mailward.engine.monitor import Monitor
from mailward.engine.recorded import Recorded
from mailward.engine.session import Session
from mailward.policy.ear import Ear
from mailward.policy.inspection import Inspection
from mailward.policy.tally import Tally

Inspector = Session | Monitor | Recorded


def inspector(
    inspection: Inspection, tally: Tally, ear: Ear | None = None
) -> Inspector:
    """A session; a monitor where the inspection asks for one; and somebody who
    listens, if there is one."""
    session = (Monitor if inspection.monitor else Session)(inspection, tally)
    return session if ear is None else Recorded(session, ear)
