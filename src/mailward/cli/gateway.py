"""A gateway from its first breath to its last: the supervisor.

Knows: what belongs to one running gateway (sockets, workers, records, consoles),
and in what order it comes and goes.
Does not know: options as they are typed, how any of it works.
Called by: the command `run`.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar, final

from mailward import __version__
from mailward.audit.records import INTERNAL_ERROR, WORKER_BACK, WORKER_LOST
from mailward.audit.totals import Totals, added
from mailward.audit.travel import unpacked
from mailward.cli.consoles import Consoles
from mailward.cli.entrances import mail_sockets
from mailward.cli.files import fail, notice, read_config, tell, warn
from mailward.config.load import Loaded
from mailward.console.gateway import Gateway
from mailward.console.home import PATIENCE, Home, work
from mailward.drivers.doors import Entrance
from mailward.drivers.syslog import Senders
from mailward.drivers.tcp import Place, bound
from mailward.drivers.times import Times
from mailward.drivers.totals import LOGGING, RECORDS
from mailward.errors import ConfigError, ConfigErrors, MailwardError
from mailward.fleet.dead import carried, cleared
from mailward.fleet.plan import WorkerPlan
from mailward.fleet.post import Duty
from mailward.fleet.sockets import Sockets, of_worker
from mailward.fleet.supervisor import Fleet, FleetError
from mailward.fleet.trail import Pen, Trail
from mailward.fleet.wire import Message
from mailward.fleet.worker import raise_limit

T = TypeVar("T")

DONE: Final = 0
INTERRUPTED: Final = 130
#: Seconds that logs have for what waits when we leave.
_FAREWELL: Final = 1.0
#: The command that makes a worker.
_WORKER: Final = (sys.executable, "-m", "mailward.fleet.worker")


@final
@dataclass(frozen=True)
class Plan:
    """Everything that was asked for.  `config` is a file or empty (factory
    default), `pen` where records go; `drain` is in seconds, `state` a folder."""

    config: str
    entrances: tuple[Entrance, ...]
    client_interface: str
    server_interface: str
    times: Times
    drain: float
    control: str
    pen: Pen
    ssh: Place | None
    state: str
    workers: int = 1


async def stand(plan: Plan, loaded: Loaded) -> int:
    """Run until a signal ends it; the exit code."""
    raise_limit()
    standing = Standing(plan, loaded)
    await standing.begin()
    return await standing.last()


@final
class Standing:
    """A gateway that runs."""

    def __init__(self, plan: Plan, loaded: Loaded) -> None:
        self._plan = plan
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._fault)
        self._sockets = Sockets()
        self._entrances = [
            (entrance, mail_sockets(self._sockets, entrance, plan.workers))
            for entrance in plan.entrances
        ]
        self._senders = Senders(time.time, plan.pen.ca)
        self._trail = _trail(plan.pen, self._loop, self._senders)
        self._senders.auditor = self._trail.auditor
        self._senders.refuse = self._refuse
        home = Home(self._loop)
        self._state = Gateway(
            loaded,
            __version__,
            time.time(),
            file=plan.config,
            totals=lambda: self._wait(self._totals()),
            clear=lambda what, which: self._wait(self._clear(what, which)),
            told=lambda fresh: self._wait(self._install(fresh)),
            later=home.later,
            soon=home.soon,
            auditor=self._trail.auditor,
            delivery=lambda: home.ask(self._senders.delivery),
            client_interface=plan.client_interface,
            server_interface=plan.server_interface,
        )
        self._consoles = Consoles(plan.control, plan.ssh, plan.state)
        self._fleet = Fleet(self._duties(), _text(loaded), self._worker, self._records)
        self._gate = loaded.gate
        self._over = asyncio.Event()
        self._interrupted = False
        self._reading = False  # the configuration, just now
        self._again = False  # and once more afterwards
        self._tasks: set[asyncio.Task[None]] = set()

    # --- beginning --------------------------------------------------------------

    async def begin(self) -> None:
        """Workers, consoles, signals; whatever cannot be had ends the process."""
        try:
            await self._fleet.start()
        except FleetError as error:
            fail(str(error))
        self._log_as_told(self._state.loaded)
        await self._consoles.open(self._state)
        for number, call in (
            (signal.SIGHUP, self._reload),
            (signal.SIGUSR1, lambda: self._do(self._reopen())),
            (signal.SIGTERM, self._terminate),
            (signal.SIGINT, self._interrupt),
        ):
            self._loop.add_signal_handler(number, call)
        for entrance, several in self._entrances:
            notice(f"listening on {bound(several[0])}, {entrance}")

    def _duties(self) -> list[Duty]:
        """What each worker is for."""
        plan = self._plan
        made = []
        for index in range(plan.workers):
            listeners = tuple(
                (descriptor, entrance)
                for entrance, several in self._entrances
                for descriptor in of_worker(several, index, plan.workers)
            )
            orders = WorkerPlan(
                index, plan.workers, listeners, plan.times, plan.drain, plan.pen
            )
            descriptors = tuple(descriptor for descriptor, _ in listeners)
            made.append(Duty(_WORKER, orders.data(), descriptors))
        return made

    # --- ending -----------------------------------------------------------------

    async def last(self) -> int:
        """Wait until it is over, let connections end, let go of everything."""
        await self._over.wait()
        drain = 0.0 if self._interrupted else self._plan.drain
        self._sockets.close()
        live = await self._fleet.leave(drain)
        if live and not self._interrupted:
            notice(f"draining {live} connections, at most {drain:g} s")
        await self._fleet.gone(drain)
        self._consoles.close()
        await self._senders.close(_FAREWELL)
        self._trail.finish(_FAREWELL)
        return INTERRUPTED if self._interrupted else DONE

    def _terminate(self) -> None:
        """SIGTERM: drain; the second one ends at once."""
        if self._over.is_set():
            self._fleet.end()
        self._over.set()

    def _interrupt(self) -> None:
        """SIGINT: reset all."""
        self._interrupted = True
        self._terminate()

    # --- what consoles and signals ask ------------------------------------------

    async def _totals(self) -> Totals:
        """What was counted, by the workers and by us."""
        trail = self._trail
        ours = Totals(
            records=dict(trail.auditor.counts),
            recent=trail.ring.lines,
            written={"buffered": trail.ring.written},
            lost=trail.log.lost,
        )
        return added((await self._fleet.refresh(), ours))

    async def _clear(self, what: str, which: str) -> None:
        if what == LOGGING:
            self._trail.ring.records.clear()
        elif what == RECORDS:
            self._trail.auditor.counts.clear()
        await self._fleet.clear(what, which, lambda t: cleared(t, what, which))

    async def _install(self, fresh: Loaded) -> None:
        """Roll a configuration out.  Raises ConfigErrors: the old one stays."""
        keep = partial(carried, old=self._gate, new=fresh.gate)
        try:
            await self._fleet.install(_text(fresh), keep)
        except FleetError as error:
            raise ConfigErrors([ConfigError(str(error))]) from error
        self._gate = fresh.gate
        self._log_as_told(fresh)

    def _log_as_told(self, loaded: Loaded) -> None:
        """Obey the `logging` lines."""
        self._trail.follow(loaded.logging)
        self._senders.install(loaded.logging, self._state.host)

    async def _reopen(self) -> None:
        """SIGUSR1: everybody's log file."""
        self._trail.reopen()
        await self._fleet.reopen()

    def _reload(self) -> None:
        """SIGHUP: read CONFIG; once more if it is just being read."""
        if self._reading:
            self._again = True
        else:
            self._do(self._read())

    async def _read(self) -> None:
        """In a thread: what is large takes its time."""
        file = self._plan.config
        self._reading = True
        self._again = False
        try:
            fresh = await work(self._state.replace, lambda: read_config(file))
        except (OSError, MailwardError, TimeoutError) as error:
            tell(file, error)
            notice("the configuration stays as it was")
        else:
            warn(file, fresh)
            notice("the configuration was read again, for new connections")
        self._reading = False
        if self._again:
            self._reload()

    # --- what the fleet and the loop tell ---------------------------------------

    def _worker(self, text: str, bad: bool) -> None:
        code = WORKER_LOST if bad else WORKER_BACK
        self._trail.auditor.trouble(code, text, time.time())

    def _records(self, message: Message) -> None:
        """Workers have records for log servers."""
        missed = message.number("lost")
        for plain in message.listed("records"):
            try:
                record = unpacked(plain)
            except (KeyError, TypeError, ValueError):
                missed += 1
            else:
                self._senders.write(record)
        self._senders.miss(missed)

    def _refuse(self, refuse: bool) -> None:
        """No log server is there, or one is again."""
        self._do(self._fleet.disallow(refuse))

    def _fault(self, _: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """A fault of ours, somewhere in the supervisor."""
        error = context.get("exception")
        text = f"{context.get('message')}: {error!r}"
        self._trail.auditor.trouble(INTERNAL_ERROR, text, time.time())

    # --- doing ------------------------------------------------------------------

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        """Do it beside the rest."""
        task = self._loop.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _wait(self, what: Coroutine[Any, Any, T]) -> T:
        """The result of what is done in the loop; asked by a thread."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(PATIENCE)


def _text(loaded: Loaded) -> str:
    """The configuration as it travels."""
    return loaded.running.render()


def _trail(pen: Pen, loop: asyncio.AbstractEventLoop, senders: Senders) -> Trail:
    """Where the supervisor's own records go."""

    def soon(call: Callable[[], None]) -> None:
        loop.call_soon(call)

    def later(seconds: float, call: Callable[[], None]) -> None:
        loop.call_later(seconds, call)

    try:
        return Trail(pen, soon, later, senders)
    except OSError as error:
        fail(f"{pen.log}: {os.strerror(error.errno or 0)}")
