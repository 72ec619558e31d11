"""End and Host: what a flow asks of one side of a connection, and of its driver.

Knows: the seven things that can be done to a side, what a driver lends.
Does not know: sockets, loops, captures; each driver fills them in.
Called by: `drivers.flow`; implemented by the drivers and by the fakes of tests.
"""

from typing import TYPE_CHECKING

from mypy_extensions import mypyc_attr

from mailward.audit.auditor import Auditor
from mailward.policy.findings import Finding

if TYPE_CHECKING:
    from mailward.drivers.flow import Flow


@mypyc_attr(allow_interpreted_subclasses=True)
class End:
    """One side of a connection.  Nothing here raises, whatever its state.

    After `close` or `abort` the flow hears no more of this end; what still
    arrives is the end's own to throw away.
    """

    __slots__ = ()

    def write(self, octets: bytes) -> None:
        """Send, or keep; tell the flow `full` when too much is kept."""
        raise NotImplementedError

    def pause(self) -> None:
        """Stop reading: what the speaker sends stays in the kernels."""
        raise NotImplementedError

    def resume(self) -> None:
        """Read again."""
        raise NotImplementedError

    def last(self) -> None:
        """What is written next is the last: FIN follows at once, and may go with
        it.  A hint: a side that has no use for it does nothing."""

    def finish(self) -> None:
        """Flush, then FIN; reading goes on."""
        raise NotImplementedError

    def close(self) -> None:
        """Flush, then FIN: an orderly end, even if the speaker talks on."""
        raise NotImplementedError

    def abort(self) -> None:
        """RST, now."""
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class Host:
    """What one driver lends to all its flows."""

    auditor: Auditor

    def wall(self) -> float:
        """Seconds since the epoch, for records."""
        raise NotImplementedError

    def wake(self, flow: "Flow", due: float) -> None:
        """Call `flow.on_time` at `due`, a time of the driver's own clock."""
        raise NotImplementedError

    def over(self, flow: "Flow") -> None:
        """The flow has ended: nothing more need be told to it."""
        raise NotImplementedError

    def noticed(self, finding: Finding) -> None:
        """A finding, before the auditor has it: for who wants to know."""
