"""Routes: which sinks hear of a row of the catalogue, under which severity.

Knows: the level of the command line, the configuration's `logging` lines.
Does not know: records, what a sink does with one.
Called by: `audit.auditor`, for each record.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, final

from mailward.audit.rows import RecordRow, at_severity
from mailward.audit.sinks import Sink
from mailward.policy.logs import Logging, RateLimit


@final
@dataclass(frozen=True)
class Outlet:
    """A sink that is one of the configuration's destinations (`trap`, `buffered`).

    `by_level`: where the configuration says nothing of the destination, it is served
    as a sink without a name; else it gets nothing then.
    """

    sink: Sink
    destination: str
    by_level: bool = False


@final
class Limit:
    """`logging rate-limit` for one number: so many records in so many seconds.

    `held` counts those of the interval that were one too many.
    """

    __slots__ = ("_began", "_passed", "count", "held", "seconds")

    def __init__(self, count: int, seconds: int) -> None:
        self.count = count
        self.seconds = seconds
        self.held = 0
        self._passed = 0
        self._began = 0.0

    def over(self, now: float) -> int:
        """Is the interval over?  Then another begins; how many were held back in it.
        A clock that was set back ends it too."""
        if self._began <= now < self._began + self.seconds:
            return 0
        held, self.held = self.held, 0
        self._began = now
        self._passed = 0
        return held

    def passes(self) -> bool:
        """May one more be written?"""
        self._passed += 1
        if self._passed > self.count:
            self.held += 1
            return False
        return True


@final
class Route:
    """What becomes of records of one row: `row` is the row at the severity that the
    configuration gives it, `sinks` who hears, `limit` how often; `due` counts them
    until somebody asks the router."""

    __slots__ = ("due", "limit", "row", "sinks")

    def __init__(
        self, row: RecordRow, sinks: tuple[Sink, ...], limit: Limit | None
    ) -> None:
        self.row = row
        self.sinks = sinks
        self.limit = limit
        self.due = 0


#: Hears how many records of a number a limit held back, and when.
HeldBack = Callable[[int, Limit, int, float], None]


@final
class Router:
    """Finds the route of each record, and keeps it for the next of that row.

    `held` is how often the rate of each record held it back.
    """

    __slots__ = (
        "_counts",
        "_outlets",
        "_routes",
        "_sinks",
        "_tell",
        "held",
        "level",
        "logging",
    )

    def __init__(
        self,
        sinks: Sequence[Sink],
        outlets: Sequence[Outlet],
        level: int,
        tell: HeldBack,
    ) -> None:
        self._counts: Counter[int] = Counter()
        self._routes: dict[RecordRow, Route] = {}
        self.held: Counter[int] = Counter()
        self._sinks = sinks
        self._outlets = outlets
        self._tell = tell
        self.rule(level, Logging())

    def rule(self, level: int, logging: Logging) -> None:
        """Obey other settings."""
        self.level = level
        self.logging = logging
        self._gather()
        self._routes = {}

    @property
    def counts(self) -> Counter[int]:
        """How often each record was due."""
        self._gather()
        return self._counts

    def _gather(self) -> None:
        """A dictionary that counts costs more than all else that `due` does."""
        for row, route in self._routes.items():
            if route.due:
                self._counts[row.number] += route.due
                route.due = 0

    def due(self, row: RecordRow, now: float) -> Route | None:
        """Count the record; who is to hear of it?  None: nobody."""
        route = self._routes.get(row)
        if route is None:
            route = self._routes[row] = made(
                row, self.logging, self.level, self._sinks, self._outlets
            )
        route.due += 1
        if not route.sinks:
            return None
        limit = route.limit
        if limit is not None:
            held = limit.over(now)
            if held:
                self._tell(row.number, limit, held, now)
            if not limit.passes():
                self.held[row.number] += 1
                return None
        return route


_NOBODY: Final[tuple[Sink, ...]] = ()


def made(
    row: RecordRow,
    logging: Logging,
    level: int,
    sinks: Sequence[Sink],
    outlets: Sequence[Outlet],
) -> Route:
    """The route of a row."""
    severity = logging.severity(row.number, row.severity)
    if severity is None:
        return Route(row, _NOBODY, None)
    hears = [*sinks] if severity <= level else []
    for outlet in outlets:
        if outlet.by_level and not _named(logging, outlet.destination):
            wanted = severity <= level
        else:
            wanted = logging.wanted(outlet.destination, row.number, row.severity)
        if wanted:
            hears.append(outlet.sink)
    row = at_severity(row, severity)
    return Route(row, tuple(hears), _limit(row, logging.rate_limits))


def _named(logging: Logging, destination: str) -> bool:
    """Does the configuration say what goes to a destination?"""
    return logging.enabled and (
        destination in logging.levels
        or any(place == destination for _, place in logging.classes)
    )


def _limit(row: RecordRow, limits: Sequence[RateLimit]) -> Limit | None:
    """The limit of a number goes before that of its level.  A level's holds for each
    of its numbers by itself."""
    found = None
    for limit in limits:
        if limit.number == row.number:
            return Limit(limit.count, limit.seconds)
        if not limit.number and limit.level == row.severity:
            found = Limit(limit.count, limit.seconds)
    return found
