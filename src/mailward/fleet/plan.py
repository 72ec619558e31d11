"""Plan: what a worker is told when it starts, beside the policy.

Knows: everything of a plan, and its form as JSON.
Does not know: options, what is done with it.
Called by: cli (makes it), `fleet.worker` (reads it).
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, final

from mailward.drivers.doors import Entrance, entrance
from mailward.drivers.times import Times
from mailward.fleet.trail import Pen

#: So many numbers of connections belong to one worker; its successor begins
#: with the next so many, so that no number stands for two connections.
NUMBERS: Final = 100_000_000


@final
@dataclass(frozen=True)
class WorkerPlan:
    """`listeners` are descriptors with the entrance of each; `index` of `workers`
    is whose plan it is, `drain` the seconds left to connections when the
    supervisor is gone."""

    index: int
    workers: int
    listeners: tuple[tuple[int, Entrance], ...]
    times: Times
    drain: float
    pen: Pen

    def data(self) -> dict[str, Any]:
        """As JSON can carry it."""
        return {
            "index": self.index,
            "workers": self.workers,
            "listeners": [(fd, where.data()) for fd, where in self.listeners],
            "times": asdict(self.times),
            "drain": self.drain,
            "pen": asdict(self.pen),
        }


def read_plan(data: dict[str, Any]) -> WorkerPlan:
    """What `data` made; what the post added to it is not for us.  Raises
    KeyError or TypeError for anything else."""
    return WorkerPlan(
        index=data["index"],
        workers=data["workers"],
        listeners=tuple((fd, entrance(where)) for fd, where in data["listeners"]),
        times=Times(**data["times"]),
        drain=data["drain"],
        pen=Pen(**data["pen"]),
    )
