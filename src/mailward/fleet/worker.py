"""Worker: a process that accepts connections, inspects them, and counts.

Knows: what it is told over its channel, and how it leaves.
Does not know: other workers, the console, where the policy came from.
Called by: `fleet.post`, as `python -m mailward.fleet.worker FD`.

Signals are the supervisor's affair: those that the terminal or the service
manager sends to all are not heard here.  When the channel closes, the supervisor
is gone: nothing more is accepted, and what stands may end.
"""

import math
import resource
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Final, final

from mailward.audit.dress import JSON
from mailward.audit.totals import Totals
from mailward.audit.travel import Travellers
from mailward.config.load import Loaded, load
from mailward.drivers.loop import Loop
from mailward.drivers.relay import Relay
from mailward.drivers.totals import Counters
from mailward.errors import MailwardError
from mailward.fleet import wire
from mailward.fleet.aside import Aside
from mailward.fleet.channel import Channel
from mailward.fleet.plan import NUMBERS, WorkerPlan, read_plan
from mailward.fleet.trail import Trail
from mailward.fleet.wire import Message
from mailward.policy.gate import Gate
from mailward.policy.tally import part
from mailward.story.recent import answer

#: Seconds that a slow reader of the log has when we leave.
_FINISH: Final = 1.0
#: Seconds until a supervisor that is busy is told of records again.
_PAUSE: Final = 0.05
#: Seconds that a thread which compiles keeps mail waiting.
_TURN: Final = 0.0005
_NOT_OURS: Final = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
)


def main() -> None:
    """One worker, from its first message to its last connection."""
    for number in _NOT_OURS:
        signal.signal(number, signal.SIG_IGN)
    raise_limit()
    # A policy compiles in a thread: mail must not wait for its turn.
    sys.setswitchinterval(_TURN)
    worker = Worker(socket.socket(fileno=int(sys.argv[1])))
    worker.loop.run()
    worker.finish()


@final
class Worker:
    """The process."""

    def __init__(self, sock: socket.socket) -> None:
        self.loop = Loop()
        self._channel = Channel(sock, self.loop, self._hear, self._alone)
        self._desk: Desk | None = None
        # One policy after the other: the last that was sent is the one in force.
        self._aside = Aside[Loaded](self.loop)

    def finish(self) -> None:
        """Leave nothing unsaid."""
        if self._desk is not None:
            self._desk.send_records()
            self._desk.trail.finish(_FINISH)
        self._channel.flush()

    def _hear(self, message: Message) -> None:
        if self._desk is None:
            if message.name == wire.START:
                self._attempt(message, self._start)
            elif message.name == wire.END:
                self.loop.stop()
            return
        desk = self._desk
        match message.name:
            case wire.POLICY:
                self._compile(message, desk)
            case wire.TOTALS:
                totals = desk.totals(message.truth("whole")).plain()
                self._answer(message, {**totals, "live": desk.relay.live})
            case wire.CLEAR:
                what, which = message.text("what"), message.text("which")
                self._attempt(message, lambda _: desk.counters.clear(what, which))
            case wire.DISALLOW:
                self._attempt(message, desk.disallow)
            case wire.STORY:
                told = answer(desk.relay.recent, message.number("number"))
                self._answer(message, told)
            case wire.REOPEN:
                self._attempt(message, lambda _: desk.trail.reopen())
            case wire.DRAIN:
                self._answer(message, {"live": desk.relay.live})
                desk.leave(message.seconds("seconds"))
            case wire.END:
                desk.relay.end()
                desk.leave(0.0)

    def _compile(self, message: Message, desk: "Desk") -> None:
        """Another policy; mail goes through meanwhile."""
        text = message.text("text")

        def done(result: Callable[[], Loaded]) -> None:
            self._attempt(message, lambda _: desk.install(result()))

        self._aside.do(lambda: load(text), done)

    def _start(self, message: Message) -> None:
        data = message.table("plan")
        number = data.get("number")
        first = NUMBERS * number if isinstance(number, int) else 0
        loaded = load(message.text("text"))
        self._desk = Desk(read_plan(data), loaded, self.loop, first, self._channel)

    def _alone(self) -> None:
        """The supervisor is gone."""
        if self._desk is None:
            self.loop.stop()
        else:
            self._desk.leave(self._desk.plan.drain)

    def _attempt(self, message: Message, do: Callable[[Message], None]) -> None:
        """Do it and say so; or say why not."""
        error = ""
        try:
            do(message)
        except (MailwardError, OSError, KeyError, TypeError, ValueError) as why:
            error = str(why) or type(why).__name__
        ticket = message.number("ticket")
        self._channel.say(wire.encode(wire.ACK, ticket=ticket, error=error))

    def _answer(self, message: Message, data: dict[str, object]) -> None:
        ticket = message.number("ticket")
        self._channel.say(wire.encode(wire.ANSWER, ticket=ticket, data=data))


@final
class Desk:
    """Everything a worker has once it has begun."""

    def __init__(
        self,
        plan: WorkerPlan,
        loaded: Loaded,
        loop: Loop,
        first: int,
        channel: Channel,
    ) -> None:
        self.plan = plan
        self._loop = loop
        self._channel = channel
        self._travellers = Travellers(lambda: loop.soon(self.send_records))
        self.trail = Trail(plan.pen, loop.soon, self._later, self._travellers)
        self._leaving = False
        gate = self._gate(loaded)
        self.relay = Relay(gate, self.trail.auditor, plan.times, notice, loop)
        self.relay.number = first
        self._obey(gate, loaded)
        self.counters = Counters(
            gate,
            self.trail.auditor,
            self.trail.ring,
            self.relay.clock,
            flows=lambda: self.relay.flows,
            passed=lambda: self.relay.passed,
            most=lambda: self.relay.most,
            built=lambda: self.relay.number - first,
            lost=lambda: self.trail.log.lost,
            written=lambda: self.trail.written,
        )
        for descriptor, entrance in plan.listeners:
            self.relay.listen(socket.socket(fileno=descriptor), entrance.door())

    def install(self, loaded: Loaded) -> None:
        """Another policy, for new connections."""
        gate = self._gate(loaded)
        self.counters.follow(gate)
        self._obey(gate, loaded)

    def disallow(self, message: Message) -> None:
        """Refuse new connections, or take them again."""
        self.relay.disallowing = message.truth("disallow")

    def send_records(self) -> None:
        """What the supervisor's log servers are to have; later, if it has much to
        hear already."""
        if self._channel.full:
            self._later(_PAUSE, self.send_records)
            return
        records, lost = self._travellers.take()
        if records or lost:
            self._channel.say(wire.encode(wire.RECORDS, records=records, lost=lost))

    def totals(self, whole: bool) -> Totals:
        """As things stand, with this worker's index on its connections."""
        totals = self.counters.totals(whole=whole)
        index = self.plan.index
        connections = tuple(replace(c, worker=index) for c in totals.connections)
        return replace(totals, connections=connections)

    def leave(self, seconds: float) -> None:
        """Accept no more, let connections end, stop the loop."""
        if self._leaving:
            return
        self._leaving = True
        patience = seconds if seconds >= 0 else math.inf
        self.relay.drain(patience, self._loop.stop)

    def _later(self, pause: float, call: Callable[[], None]) -> None:
        self._loop.at(self._loop.now + pause, call)

    def _obey(self, gate: Gate, loaded: Loaded) -> None:
        """The gate, the times, this worker's share of all connections, and where
        records go."""
        self._travellers.whole = any(host.form == JSON for host in loaded.logging.hosts)
        self.trail.follow(loaded.logging)
        limits = loaded.limits
        mine = part(limits.connections, self.plan.index, self.plan.workers)
        self.relay.obey(gate, loaded.timeouts, replace(limits, connections=mine))

    def _gate(self, loaded: Loaded) -> Gate:
        """The gate, with the levels that `outside` and `inside` have by habit,
        and this worker's share of each rate."""
        gate = replace(
            loaded.gate, levels={"outside": 0, "inside": 100, **loaded.gate.levels}
        )
        for attachment in gate.attachments:
            attachment.tally.share(self.plan.index, self.plan.workers)
        return gate


def notice(text: str) -> None:
    """One line for the operator."""
    sys.stderr.write(f"mailward: {text}\n")
    sys.stderr.flush()


def raise_limit() -> None:
    """As many descriptors as we may have: a connection needs two."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
