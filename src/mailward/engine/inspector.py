"""Inspector: what a driver is given for a connection.

Knows: who stands between driver and session, and when.
Does not know: connections.
Called by: drivers, testing.
"""

from mailward.engine.monitor import Monitor
from mailward.engine.session import Session
from mailward.policy.inspection import Inspection
from mailward.policy.tally import Tally

Inspector = Session | Monitor


def inspector(inspection: Inspection, tally: Tally) -> Inspector:
    """A session; a monitor where the inspection asks for one."""
    if inspection.monitor:
        return Monitor(inspection, tally)
    return Session(inspection, tally)
