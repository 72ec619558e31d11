"""Post: one place in the fleet, the worker that holds it, and its successors.

Knows: starting a worker, questions and their answers, when one is dead or does
not answer, how long to wait before the next, what the dead had counted.
Does not know: other posts, what a plan says, which policy is in force.
Called by: `fleet.supervisor`.

Theory of operation.  `_hold` is one task for the whole life of the post: it
starts a worker, says START, reads what it says until the channel closes, buries
it, waits, and starts the next.  A channel that closes, a frame that is no
message and a question without an answer are the same: the worker is killed.  It
may be killed at any time, for the listening sockets are the supervisor's, and
wait for the next one.
"""

import asyncio
import contextlib
import itertools
import socket
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

from mailward.audit.totals import Totals, added, read
from mailward.errors import MailwardError
from mailward.fleet import wire
from mailward.fleet.wire import UP, Decoder, Message, WireError

#: Octets read from a worker at once.
_READ: Final = 65536
#: Seconds between two looks at a process that is leaving.
_REAP: Final = 0.005


class Unanswered(MailwardError):
    """A worker did not answer, or said no; the text says why."""


@final
@dataclass(frozen=True)
class Limits:
    """Seconds.  A worker is killed that has not taken its first policy, or another
    one, after `birth`, or that owes any other answer for `answer`; it is asked how
    it does every `beat`.  The first successor comes at once; if a worker lives for
    less than `settled`, the next waits `pause`, doubled each time, at most
    `longest`.  Whose channel has ended is killed if it has not left after `leave`."""

    birth: float = 120.0
    answer: float = 20.0
    beat: float = 1.0
    settled: float = 10.0
    pause: float = 0.25
    longest: float = 30.0
    leave: float = 2.0


@final
@dataclass(frozen=True)
class Policy:
    """A configuration as text, and its number."""

    generation: int
    text: str


@final
@dataclass(frozen=True)
class Duty:
    """What a post is for: the command that makes a worker (the number of the
    channel's descriptor is added to it), the plan that START brings, and the
    descriptors it inherits."""

    command: Sequence[str]
    plan: dict[str, object]
    descriptors: tuple[int, ...]


class Chief:
    """What a post asks of the fleet."""

    policy: Policy
    disallowing: bool

    def next_number(self) -> int:
        """How many workers there have been before this one."""
        raise NotImplementedError

    def lost(self, post: "Post", why: str) -> None:
        """The worker of the post is dead."""
        raise NotImplementedError

    def begun(self, post: "Post") -> None:
        """The post has a worker that accepts connections."""
        raise NotImplementedError

    def records(self, message: Message) -> None:
        """Records for destinations that the supervisor serves."""
        raise NotImplementedError


@final
class Post:
    """`index` counts from 0; `pid` is 0 and `up` false while nobody is there;
    `generation` is the policy that the worker obeys, `disallowing` whether it refuses
    new connections, `active` how many it has."""

    def __init__(self, index: int, duty: Duty, chief: Chief, limits: Limits) -> None:
        self.index = index
        self.pid = 0
        self.up = False
        self.generation = 0
        self.disallowing = False
        self.deaths = 0
        self.active = 0
        self._duty = duty
        self._chief = chief
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[Message]] = {}
        self._tickets = itertools.count(1)
        self._leaving = asyncio.Event()
        self._why = ""  # why it was killed; empty: it died by itself
        self._last = Totals()
        self._dead = Totals()
        self._task = asyncio.get_running_loop().create_task(self._hold())

    # --- what the fleet asks ----------------------------------------------------

    @property
    def totals(self) -> Totals:
        """What the worker said last, with what those before it had counted."""
        return _after(self._dead, self._last)

    def forget(self, keep: Callable[[Totals], Totals]) -> None:
        """Let the counters of the dead be what `keep` makes of them, and what
        the living said last as well."""
        self._dead = keep(self._dead)
        self._last = keep(self._last)

    async def refresh(self, *, whole: bool) -> None:
        """Bring `totals` up to date.  Raises Unanswered."""
        message = await self.ask(wire.TOTALS, whole=whole)
        data = message.table("data")
        try:
            totals = read(data)
            self.active = int(data.get("live", 0))  # type: ignore[call-overload]
        except (KeyError, TypeError, ValueError) as error:
            self.kill("its totals are none")
            raise Unanswered("its totals are none") from error
        if not whole:
            # What was seen of the rest, perhaps a moment ago by somebody else.
            last = self._last
            totals = replace(totals, connections=last.connections, recent=last.recent)
        self._last = totals

    async def install(self, policy: Policy) -> None:
        """Another policy for new connections; a large one takes its time to
        compile.  Raises Unanswered."""
        fields = {"generation": policy.generation, "text": policy.text}
        await self._in_time(wire.POLICY, self._limits.birth, fields)
        self.generation = policy.generation

    async def disallow(self, disallow: bool) -> None:
        """Refuse new connections, or take them again.  Raises Unanswered."""
        await self.ask(wire.DISALLOW, disallow=disallow)
        self.disallowing = disallow

    async def ask(self, name: str, **fields: Any) -> Message:
        """A question and its answer.  Whoever owes one for too long is killed.
        Raises Unanswered."""
        return await self._in_time(name, self._limits.answer, fields)

    def kill(self, why: str) -> None:
        """End the worker, for this reason."""
        if self._process is not None and self._process.poll() is None:
            self._why = self._why or why
            self._process.kill()

    async def leave(self, seconds: float) -> int:
        """No successor any more: the worker drains.  How many connections it
        still has; nought when nobody is there."""
        self._leaving.set()
        if not self.up:
            self.kill("it is not needed any more")
            return 0
        try:
            answer = await self.ask(wire.DRAIN, seconds=seconds)
        except Unanswered:
            return 0
        live = answer.table("data").get("live")
        return live if isinstance(live, int) else 0

    def end(self) -> None:
        """Reset every connection and leave."""
        self._leaving.set()
        if self.up:
            self._say(wire.encode(wire.END))
        else:
            self.kill("it is not needed any more")

    async def gone(self, seconds: float | None) -> None:
        """Wait until the worker has left; kill it after so many seconds."""
        if seconds is not None:
            await asyncio.wait((self._task,), timeout=seconds)
            self.kill("it did not leave in time")
        await self._task

    # --- the life of a post -----------------------------------------------------

    async def _hold(self) -> None:
        """Worker after worker."""
        clock = asyncio.get_running_loop().time
        young = 0  # deaths in a row that came too early
        while not self._leaving.is_set():
            began = clock()
            why = await self._life()
            if self._leaving.is_set():
                return
            self.deaths += 1
            self._chief.lost(self, why)
            settled = clock() - began >= self._limits.settled
            young = 0 if settled else young + 1
            pause = self._limits.pause * 2 ** min(young - 2, 20) if young > 1 else 0.0
            pause = min(pause, self._limits.longest)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._leaving.wait()

    async def _life(self) -> str:
        """One worker, from its start to its death; why it died."""
        self._why = ""
        try:
            reader = await self._spawn()
        except OSError as error:
            return f"cannot be started: {error.strerror or error}"
        process = self._process
        assert process is not None
        greet = asyncio.get_running_loop().create_task(self._greet())
        try:
            await self._listen(reader)
        finally:
            greet.cancel()
            self.up = False
            self._close()
            code = await self._reaped(process)
            self.pid = self.active = 0
            self._process = None
            self._dead = _after(self._dead, replace(self._last, connections=()))
            self._last = Totals()
        return self._why or _ended(code)

    async def _reaped(self, process: "subprocess.Popen[bytes]") -> int:
        """The exit code of a process that is leaving; it has a moment to do so by
        itself, for its code says why."""
        tries = 0 if self._why else int(self._limits.leave / _REAP)
        while (code := process.poll()) is None:
            if tries <= 0:
                process.kill()
            tries -= 1
            await asyncio.sleep(_REAP)
        return code

    async def _spawn(self) -> asyncio.StreamReader:
        """Start a process with a channel to it.  Raises OSError.

        By `subprocess` itself: uvloop's own way of it runs Python in the child
        before the program, and may hang there.  This takes a millisecond or two.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [*self._duty.command, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(), *self._duty.descriptors),
                    start_new_session=True,
                )
            except BaseException:
                ours.close()
                raise
        self.pid = self._process.pid
        reader, self._writer = await asyncio.open_unix_connection(sock=ours)
        return reader

    async def _greet(self) -> None:
        """START; then see to it that the worker lives and is up to date."""
        plan = {**self._duty.plan, "number": self._chief.next_number()}
        policy = self._chief.policy
        self.disallowing = False
        start = {"plan": plan, "generation": policy.generation, "text": policy.text}
        try:
            await self._ask(wire.START, self._limits.birth, start)
            self.generation = policy.generation
            self.up = True
            self._chief.begun(self)
            while True:
                if self.generation < self._chief.policy.generation:
                    await self.install(self._chief.policy)
                if self.disallowing != self._chief.disallowing:
                    await self.disallow(self._chief.disallowing)
                await asyncio.sleep(self._limits.beat)
                await self.refresh(whole=False)
        except Unanswered as error:
            self.kill(str(error))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Take what the worker says, until it says no more."""
        decoder = Decoder(UP)
        try:
            while octets := await reader.read(_READ):
                for message in decoder.feed(octets):
                    self._hear(message)
        except OSError:
            pass  # it is gone
        except WireError as error:
            self._why = self._why or f"it said what is no message: {error}"

    def _hear(self, message: Message) -> None:
        if message.name == wire.RECORDS:
            self._chief.records(message)
            return
        asked = self._asked.pop(message.number("ticket"), None)
        if asked is None or asked.done():
            return
        error = message.text("error") if message.name == wire.ACK else ""
        if error:
            asked.set_exception(Unanswered(error))
        else:
            asked.set_result(message)

    async def _in_time(
        self, name: str, seconds: float, fields: dict[str, Any]
    ) -> Message:
        if not self.up:
            raise Unanswered(f"worker {self.index} is starting")
        return await self._ask(name, seconds, fields)

    async def _ask(self, name: str, seconds: float, fields: dict[str, Any]) -> Message:
        ticket = next(self._tickets)
        octets = wire.encode(name, ticket=ticket, **fields)
        asked: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked[ticket] = asked
        self._say(octets)
        try:
            async with asyncio.timeout(seconds):
                return await asked
        except TimeoutError as error:
            why = f"it did not answer to {name} in {seconds:g} s"
            self.kill(why)
            raise Unanswered(why) from error
        finally:
            self._asked.pop(ticket, None)

    def _say(self, octets: bytes) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(octets)

    def _close(self) -> None:
        """Nobody will answer any more."""
        asked = list(self._asked.values())
        self._asked.clear()
        for future in asked:
            if not future.done():
                future.set_exception(Unanswered("it is dead"))
                future.exception()  # who asked may be gone
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None


def _after(dead: Totals, last: Totals) -> Totals:
    """The totals of a worker and of those before it: what stands at once does
    not add up over time."""
    return replace(added((dead, last)), most=max(dead.most, last.most))


def _ended(code: int) -> str:
    """How a process ended, in words."""
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
