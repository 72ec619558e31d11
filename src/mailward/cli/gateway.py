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
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, final

from mailward import __version__
from mailward.audit.totals import Totals, added
from mailward.cli.changes import Changes
from mailward.cli.consoles import Consoles
from mailward.cli.entrances import mail_sockets
from mailward.cli.files import fail, notice, read_config, tell, warn
from mailward.cli.logs import Logs
from mailward.cli.plan import Plan
from mailward.cli.probes import Probes
from mailward.cli.stepping import step_down
from mailward.cli.succession import PATIENCE, SuccessionError, begun, succeed
from mailward.config.load import Loaded
from mailward.console.gateway import Gateway, host_of
from mailward.console.home import Home, work
from mailward.drivers.tcp import bound
from mailward.errors import ConfigError, ConfigErrors, MailwardError
from mailward.fleet.dead import carried, cleared
from mailward.fleet.notify import Notify
from mailward.fleet.plan import WorkerPlan
from mailward.fleet.post import Duty
from mailward.fleet.sockets import Legacy, Sockets, activated, of_worker
from mailward.fleet.supervisor import Fleet, FleetError
from mailward.fleet.worker import raise_limit

if TYPE_CHECKING:
    from mailward.fleet.metrics import Sight

T = TypeVar("T")

DONE: Final = 0
INTERRUPTED: Final = 130
#: Seconds of a drain that nothing bounds.
FOREVER: Final = -1.0
#: Seconds that whoever asks for an upgrade waits for its outcome.
UPGRADE_PATIENCE: Final = PATIENCE + 20.0
#: The command that makes a worker.
_WORKER: Final = (sys.executable, "-m", "mailward.fleet.worker")


async def stand(plan: Plan, loaded: Loaded, left: Legacy | None) -> int:
    """Run until a signal ends it; the exit code.  `left`: another program is to be
    taken over from."""
    raise_limit()
    standing = Standing(plan, loaded, left)
    await standing.begin()
    return await standing.last()


@final
class Standing:
    """A gateway that runs."""

    def __init__(self, plan: Plan, loaded: Loaded, left: Legacy | None) -> None:
        self._plan = plan
        self._left = left
        self._loop = asyncio.get_running_loop()
        self._notify = Notify(os.environ)
        self._sockets = _sockets(left)
        self._entrances = [
            (entrance, mail_sockets(self._sockets, entrance, plan.workers))
            for entrance in plan.entrances
        ]
        self._consoles = Consoles(
            plan.control, plan.ssh, plan.state, self._sockets, heir=left is not None
        )
        self._probes = Probes(plan.metrics, self._sockets, self._sight)
        for name in self._sockets.spare():
            notice(f"nobody has asked for the socket that was handed over: {name}")
        step_down(plan)
        self._changes = Changes(plan.asked, loaded)
        self._logs = Logs(plan.pen, self._loop, self._refuse)
        self._loop.set_exception_handler(self._logs.fault)
        home = Home(self._loop)
        self._state = Gateway(
            loaded,
            __version__,
            time.time(),
            file=plan.config,
            totals=lambda: self._wait(self._totals()),
            clear=lambda what, which: self._wait(self._clear(what, which)),
            story=lambda number: self._wait(self._fleet.story(number)),
            told=lambda fresh: self._wait(self._install(fresh)),
            upgrade=lambda: self._wait(self._upgrade(), UPGRADE_PATIENCE),
            later=home.later,
            soon=home.soon,
            auditor=self._logs.auditor,
            delivery=lambda: home.ask(self._logs.senders.delivery),
            client_interface=plan.client_interface,
            server_interface=plan.server_interface,
            by_level=any(entrance.by_level for entrance in plan.entrances),
        )
        numbers = left.numbers if left is not None else 0
        self._fleet = Fleet(
            self._duties(),
            _text(loaded),
            self._logs.worker,
            self._logs.heard,
            numbers=numbers,
        )
        self._gate = loaded.gate
        self._reloaded = time.time()
        self._reload_failed = False
        self._heir = 0  # the process that has taken over
        self._upgrading = False
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
        self._logs.follow(self._state.loaded, self._state.host)
        await self._consoles.open(self._state)
        await self._probes.open()
        for number, call in (
            (signal.SIGHUP, self._reload),
            (signal.SIGUSR1, lambda: self._do(self._reopen())),
            (signal.SIGUSR2, lambda: self._do(self._try_upgrade())),
            (signal.SIGTERM, self._terminate),
            (signal.SIGINT, self._interrupt),
        ):
            self._loop.add_signal_handler(number, call)
        for entrance, several in self._entrances:
            notice(f"listening on {bound(several[0])}, {entrance}")
        if self._left is not None:
            begun(self._left)
        self._notify.tell("READY=1", self._status())
        if self._notify.watchdog:
            self._do(self._watch(self._notify.watchdog / 3))

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
        if self._heir:
            drain = FOREVER
            self._consoles.close()
            self._probes.close()
        else:
            self._notify.tell("STOPPING=1", "STATUS=draining")
        self._sockets.close()
        live = await self._fleet.leave(drain)
        if live and not self._interrupted:
            limit = "as long as they last" if self._heir else f"at most {drain:g} s"
            notice(f"draining {live} connections, {limit}")
        await self._fleet.gone(drain)
        self._consoles.close()
        self._probes.close()
        await self._logs.finish()
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

    async def _try_upgrade(self) -> None:
        """SIGUSR2: whoever sent it hears of it on standard error."""
        try:
            notice(await self._upgrade())
        except MailwardError as error:
            notice(str(error))

    async def _upgrade(self) -> str:
        """Have the program on disk take over.  Raises SuccessionError."""
        if self._upgrading or self._over.is_set():
            raise SuccessionError("no upgrade: one is under way, or the end")
        self._upgrading = True
        try:
            # From here on nothing is changed that the new program would not know.
            held = await work(self._state.hold, "an upgrade is under way")
        except MailwardError as error:
            self._upgrading = False
            raise SuccessionError(f"no upgrade: {error}") from error
        try:
            pid = await succeed(
                self._sockets,
                _text(held),
                self._fleet.numbers,
                self._plan.control,
                self._plan.state,
            )
        except SuccessionError as error:
            self._state.held = ""
            raise SuccessionError(
                f"no upgrade: the new program {error}; process {os.getpid()} goes on"
            ) from error
        finally:
            self._upgrading = False
        self._heir = pid
        self._state.retire(f"process {pid} has taken over: log in again")
        self._notify.tell(f"MAINPID={pid}")
        self._over.set()
        return f"upgraded: process {pid} has taken over from {os.getpid()}"

    # --- what consoles and signals ask ------------------------------------------

    async def _totals(self) -> Totals:
        """What was counted, by the workers and by us."""
        return added((await self._fleet.refresh(), self._logs.totals))

    async def _clear(self, what: str, which: str) -> None:
        self._logs.clear(what)
        await self._fleet.clear(what, which, lambda t: cleared(t, what, which))

    async def _install(self, fresh: Loaded) -> None:
        """Roll a configuration out.  Raises ConfigErrors: the old one stays."""
        keep = partial(carried, old=self._gate, new=fresh.gate)
        try:
            await self._fleet.install(_text(fresh), keep)
        except FleetError as error:
            raise ConfigErrors([ConfigError(str(error))]) from error
        self._gate = fresh.gate
        self._logs.follow(fresh, host_of(fresh))
        self._reloaded = time.time()
        self._reload_failed = False
        for told in self._changes.told(fresh):
            notice(told)

    def _sight(self) -> "Sight":
        """For the metrics: as the workers said last."""
        from mailward.fleet.metrics import Sight

        fleet = self._fleet
        return Sight(
            totals=added((fleet.totals, self._logs.totals)),
            version=__version__,
            attachments=self._gate.attachments,
            workers=len(fleet.posts),
            workers_up=sum(post.up for post in fleet.posts),
            deaths=fleet.deaths,
            started=self._state.started,
            reloaded=self._reloaded,
            reload_failed=self._reload_failed,
            draining=self._over.is_set(),
            active=fleet.active,
        )

    def _status(self) -> str:
        """One line for the service manager."""
        fleet = self._fleet
        up = sum(post.up for post in fleet.posts)
        return f"STATUS={up} of {len(fleet.posts)} workers, {fleet.active} connections"

    async def _watch(self, pause: float) -> None:
        """A sign of life for the service manager, while all workers give theirs."""
        while True:
            if self._fleet.ready:
                self._notify.tell("WATCHDOG=1", self._status())
            await asyncio.sleep(pause)

    async def _reopen(self) -> None:
        """SIGUSR1: everybody's log file."""
        self._logs.reopen()
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
        self._notify.reloading()
        try:
            fresh = await work(self._state.replace, lambda: read_config(file))
        except (OSError, MailwardError, TimeoutError) as error:
            self._reload_failed = True
            tell(file, error)
            notice("the configuration stays as it was")
        else:
            warn(file, fresh)
            notice("the configuration was read again, for new connections")
        self._notify.tell("READY=1")
        self._reading = False
        if self._again:
            self._reload()

    def _refuse(self, refuse: bool) -> None:
        """No log server is there, or one is again."""
        self._do(self._fleet.disallow(refuse))

    # --- doing ------------------------------------------------------------------

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        """Do it beside the rest."""
        task = self._loop.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _wait(self, what: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
        """The result of what is done in the loop; asked by a thread."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(patience)


def _sockets(left: Legacy | None) -> Sockets:
    """What was handed over."""
    descriptors = activated(os.environ) if left is None else left.sockets
    try:
        return Sockets.of(descriptors)
    except MailwardError as error:
        fail(str(error))


def _text(loaded: Loaded) -> str:
    """The configuration as it travels."""
    return loaded.running.render()
