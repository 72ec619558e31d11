"""A gateway from its first breath to its last.

Knows: what belongs to one running process: relay, audit trail, control socket.
Does not know: options as they are typed.
Called by: the command `run`.
"""

import asyncio
import resource
import signal
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast, final

from mailward import __version__
from mailward.audit.auditor import Auditor
from mailward.audit.records import LOG_TROUBLE
from mailward.audit.sinks import JsonSink, Sink, TextSink
from mailward.cli.entrances import open_or_exit
from mailward.cli.files import fail, notice, read_config, tell, warn
from mailward.config.load import Loaded
from mailward.console.control import Control, ControlError
from mailward.console.control import serve as serve_control
from mailward.console.gateway import Gateway
from mailward.console.home import Home, work
from mailward.drivers.doors import Entrance
from mailward.drivers.hosted import hosted
from mailward.drivers.log import Log, target
from mailward.drivers.loop import Loop
from mailward.drivers.relay import Relay
from mailward.drivers.signals import until_told
from mailward.drivers.tcp import Place, bound
from mailward.drivers.times import Times
from mailward.drivers.totals import Counters, Ring
from mailward.errors import MailwardError
from mailward.policy.gate import Gate

if TYPE_CHECKING:
    from asyncssh import SSHAcceptor


@final
@dataclass(frozen=True)
class Plan:
    """Everything that was asked for.  `config` is a file or empty (factory
    default), `log` a file or `-`; it is put aside when it has `log_size` octets (0:
    never).  `drain` is in seconds, `state` a folder."""

    config: str
    entrances: tuple[Entrance, ...]
    client_interface: str
    server_interface: str
    times: Times
    drain: float
    control: str
    log: str
    log_size: int
    log_keep: int
    json: bool
    level: int
    ssh: Place | None
    state: str


async def stand(plan: Plan, loaded: Loaded) -> int:
    """Run until a signal ends it; the exit code."""
    _raise_limit()
    loop = Loop()
    stream = _log(plan, loop)
    ring = Ring()
    auditor = Auditor((_sink(stream, json=plan.json), ring), plan.level)
    _tell_losses(stream, auditor)
    relay = Relay(_gate(loaded), auditor, plan.times, notice, loop)
    relay.obey(relay.gate, loaded.timeouts, loaded.limits)
    asyncio.get_running_loop().set_exception_handler(partial(_fault, relay))

    counters = Counters(
        relay.gate,
        auditor,
        ring,
        relay.clock,
        flows=lambda: relay.flows,
        passed=lambda: relay.passed,
        most=lambda: relay.most,
        lost=lambda: stream.lost,
    )
    home = Home(asyncio.get_running_loop())

    def changed(fresh: Loaded) -> None:
        relay.obey(_gate(fresh), fresh.timeouts, fresh.limits)
        counters.follow(relay.gate)

    state = Gateway(
        loaded,
        __version__,
        time.time(),
        file=plan.config,
        totals=lambda: home.ask(counters.totals),
        clear=lambda what, which: home.ask(lambda: counters.clear(what, which)),
        told=lambda fresh: home.ask(lambda: changed(fresh)),
        later=home.later,
        soon=home.soon,
        auditor=auditor,
        client_interface=plan.client_interface,
        server_interface=plan.server_interface,
    )

    async def read_again() -> None:
        """In a thread: what is large takes its time."""
        try:
            fresh = await work(state.replace, lambda: read_config(plan.config))
        except (OSError, MailwardError) as error:
            tell(plan.config, error)
            notice("the configuration stays as it was")
            return
        warn(plan.config, fresh)
        notice("the configuration was read again, for new connections")

    reading: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = asyncio.ensure_future(read_again())
        reading.add(task)
        task.add_done_callback(reading.discard)

    listeners = [open_or_exit(entrance) for entrance in plan.entrances]
    control = await _control(plan.control, state)
    door = await _ssh(plan, state)
    for entrance, listener in zip(plan.entrances, listeners, strict=True):
        relay.listen(listener, entrance.door())
        notice(f"listening on {bound(listener)}, {entrance}")
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, stream.reopen)
    with hosted(loop):
        code = await until_told(relay, plan.drain, reload, notice)
    if control is not None:
        control.close()
    if door is not None:
        door.close()
    stream.finish(1.0)
    return code


def _fault(
    relay: Relay, _: asyncio.AbstractEventLoop, context: dict[str, object]
) -> None:
    """A fault in a callback of the consoles."""
    error = context.get("exception")
    what = str(context.get("message"))
    if not isinstance(error, Exception):
        error = RuntimeError(what)
    relay.fault(what, error)


async def _control(path: str, state: Gateway) -> Control | None:
    """Mail matters more than a socket that cannot be opened."""
    try:
        return await serve_control(path, state)
    except ControlError as error:
        notice(f"no control socket: {error}")
        return None


async def _ssh(plan: Plan, state: Gateway) -> "SSHAcceptor | None":
    """Whoever asks for SSH and cannot have it must hear of it at once."""
    if plan.ssh is None:
        return None
    try:
        from mailward.console.ssh import SshError, serve
    except ImportError:
        fail("--ssh needs the extra `console`: pip install 'mailward[console]'")
    try:
        door = await serve(plan.ssh.host, plan.ssh.port, state, Path(plan.state))
    except SshError as error:
        fail(f"--ssh {plan.ssh}: {error}")
    notice(f"ssh on {bound(door.sockets[0])}")
    return door


def _gate(loaded: Loaded) -> Gate:
    """The gate, with the levels that `outside` and `inside` have by habit."""
    return replace(
        loaded.gate, levels={"outside": 0, "inside": 100, **loaded.gate.levels}
    )


def _sink(stream: Log, *, json: bool) -> Sink:
    text = cast("TextIO", stream)
    return JsonSink(text) if json else TextSink(text)


def _log(plan: Plan, loop: Loop) -> Log:
    """Where records go."""
    try:
        place = target(plan.log, plan.log_size, plan.log_keep)
    except OSError as error:
        fail(f"{plan.log}: {error.strerror}")
    return Log(place, loop.soon, lambda pause, call: loop.at(loop.now + pause, call))


def _tell_losses(stream: Log, auditor: Auditor) -> None:
    """What befell the log stands in the log."""

    def lost(count: int, reason: str) -> None:
        auditor.lost(count, stream.name, reason, time.time())

    def trouble(text: str) -> None:
        auditor.noted(LOG_TROUBLE, {"place": stream.name, "text": text}, time.time())

    stream.told = lost
    stream.trouble = trouble


def _raise_limit() -> None:
    """As many descriptors as we may have: a connection needs two."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
