"""Loop: readiness, timers and rounds, on one epoll.

Knows: descriptors, what to call when one is ready, when to call what.
Does not know: what a descriptor is, what a call does.
Called by: `drivers.relay`; the processes that turn it, alone (`run`) or as a
guest of another loop (`drivers.hosted`).

Theory of operation.  A round waits for readiness, calls what is ready, then what
was asked for `soon`, then the timers that are due, and closes at its end what was
handed to `close` meanwhile: so no descriptor has two owners within a round.  The
clock is read once a round (`now`).  A call that raises is told to `fault` and its
descriptor is no longer watched; the round goes on.

A loop that turns alone (`run`) waits without an end: an alarm, a descriptor among the
others, rings when the next timer is due.  It is set only when something is due before
it rings, while a wait with an end has the kernel start and cancel a timer each time,
which is 1.5 to 8 % of what a mail costs.
"""

import heapq
import math
import select
import socket
import time
from collections.abc import Callable
from typing import Final, final

from mailward.drivers.alarm import Alarm
from mailward.drivers.told import told
from mailward.drivers.wire import Wire

#: Readiness, as `watch` asks for it and a call is told of it.
READ: Final = select.EPOLLIN | select.EPOLLRDHUP
WRITE: Final = select.EPOLLOUT
#: The peer's FIN has come; it may stand behind octets.
FIN: Final = select.EPOLLRDHUP
#: Told without being asked for; ERROR is RST, or something as final.
ERROR: Final = select.EPOLLERR
BROKEN: Final = select.EPOLLERR | select.EPOLLHUP
#: Urgent octets have come: a read ends before the last of them.
URGENT: Final = select.EPOLLPRI
#: All that may befall a socket, each told once, when it begins: who leaves octets
#: unread, or comes late, asks by `change` to be told anew.
EDGES: Final = READ | WRITE | URGENT | select.EPOLLET
#: The same but for room to write, which a new socket would be told of at once.
EARS: Final = READ | URGENT | select.EPOLLET

#: Descriptors told of in one round, at most.
_MOST: Final = 64
_told: Final = told
#: The longest wait of `run` without an alarm, in seconds.
_LONGEST: Final = 3600.0
#: Until something is told.
_FOREVER: Final = -1.0
#: So much later than it is due a timer may be called, in seconds.
_LATE: Final = 0.0005

#: What is called with the readiness of its descriptor.
Ready = Callable[[int], None]


@final
class Timer:
    """A call at a moment; `cancel` takes it back."""

    __slots__ = ("_call", "_when")

    def __init__(self, when: float, call: Callable[[], None]) -> None:
        self._when = when
        self._call: Callable[[], None] | None = call

    def __lt__(self, other: "Timer") -> bool:
        return self._when < other._when

    def cancel(self) -> None:
        """Do not call.  Nothing is kept alive by a cancelled timer."""
        self._call = None

    def due(self, now: float) -> bool:
        """Has its moment come, or was it taken back?"""
        return self._call is None or self._when <= now

    def go(self) -> None:
        """Call, once."""
        call, self._call = self._call, None
        if call is not None:
            call()


def _told_to_nobody(_: str, error: Exception) -> None:
    raise error


@final
class Loop:
    """One epoll and what hangs on it.

    `now` is the time of the round, by the clock that `read` reads.  `fault` is
    told what a call has raised.  `asked` is called when something new is to be
    done outside of a round: the host of a guest loop sets it.
    """

    __slots__ = (
        "_alarm",
        "_calls",
        "_closing",
        "_epoll",
        "_read",
        "_rings",
        "_running",
        "_soon",
        "_timers",
        "_turning",
        "asked",
        "fault",
        "now",
    )

    def __init__(self, read: Callable[[], float] = time.monotonic) -> None:
        self._epoll = select.epoll()
        self._read = read
        self._calls: list[Ready | None] = []  # by descriptor, small numbers all
        self._soon: list[Callable[[], None]] = []
        self._timers: list[Timer] = []
        self._closing: list[socket.socket | Wire] = []
        self._turning = False
        self._running = False
        self._alarm: Alarm | None = None  # of `run`
        self._rings = math.inf  # when it will
        self.now = self._read()
        self.fault: Callable[[str, Exception], None] = _told_to_nobody
        self.asked: Callable[[], None] | None = None

    # --- time -----------------------------------------------------------------

    def clock(self) -> float:
        """The time, read afresh."""
        self.now = self._read()
        return self.now

    def soon(self, call: Callable[[], None]) -> None:
        """Call at the end of this round; if it is there already, of the next."""
        self._soon.append(call)
        if self.asked is not None and not self._turning:
            self.asked()

    def at(self, when: float, call: Callable[[], None]) -> Timer:
        """Call at a moment of the clock."""
        timer = Timer(when, call)
        heapq.heappush(self._timers, timer)
        if self.asked is not None and not self._turning:
            self.asked()
        return timer

    # --- descriptors ----------------------------------------------------------

    def fileno(self) -> int:
        """A descriptor that is readable when a round has something to do."""
        return self._epoll.fileno()

    def watch(self, fd: int, events: int, call: Ready) -> None:
        """Call whenever the descriptor is ready, until `forget` or `close`."""
        calls = self._calls
        while len(calls) <= fd:
            calls.append(None)
        calls[fd] = call
        self._epoll.register(fd, events)

    def change(self, fd: int, events: int, call: Ready | None = None) -> None:
        """Watch for something else, or call something else."""
        if call is not None:
            self._calls[fd] = call
        self._epoll.modify(fd, events)

    def pass_on(self, fd: int, call: Ready) -> None:
        """Watch for the same, and call something else."""
        self._calls[fd] = call

    def forget(self, fd: int) -> None:
        """Watch no longer; nothing if it was not watched."""
        if 0 <= fd < len(self._calls) and self._calls[fd] is not None:
            self._calls[fd] = None
            self._epoll.unregister(fd)

    def close(self, sock: socket.socket | Wire) -> None:
        """Forget and close, when the round is over."""
        fd = sock.fileno()
        if 0 <= fd < len(self._calls):
            self._calls[fd] = None
        if self._turning:
            self._closing.append(sock)
        else:
            sock.close()

    # --- rounds ---------------------------------------------------------------

    def due(self) -> float:
        """When a round has something to do, whatever is ready: a moment of the
        clock; 0.0 for at once, infinity for never."""
        if self._soon:
            return 0.0
        timers = self._timers
        while timers and timers[0].due(-math.inf):
            heapq.heappop(timers)
        return timers[0]._when if timers else math.inf  # noqa: SLF001  its own kin

    def turn(self, longest: float) -> None:
        """One round, waiting at most so many seconds."""
        ready = _told(self._epoll, self._wait(longest), _MOST)
        self.now = self._read()
        self._turning = True
        calls = self._calls
        for at in range(0, len(ready), 2):
            fd = ready[at]
            call = calls[fd]
            if call is None:
                continue
            try:
                call(ready[at + 1])
            except Exception as error:  # noqa: BLE001  one fault stops no loop
                self.forget(fd)
                self.fault(f"descriptor {fd}", error)
        if self._soon or self._timers:
            self._go()
        if self._closing:
            for sock in self._closing:
                sock.close()
            self._closing.clear()
        self._turning = False

    def run(self) -> None:
        """Round after round, until `stop`."""
        self._running = True
        self._take_alarm()
        try:
            while self._running:
                self.turn(_LONGEST)
        finally:
            self._leave_alarm()

    def stop(self) -> None:
        """Let `run` end with this round."""
        self._running = False

    def end(self) -> None:
        """Give the epoll back; nothing can be watched any more."""
        self._epoll.close()

    def _wait(self, longest: float) -> float:
        """How long epoll may wait, in seconds; negative: until something is told, for
        the alarm, which `run` alone has, rings in time."""
        if self._soon:
            return 0.0
        due = self.due()
        if self._alarm is not None and due >= self._rings - _LATE:
            return _FOREVER
        left = due - self._read()
        if left <= 0.0 or self._alarm is None:
            return max(min(longest, left), 0.0)
        self._alarm.set(left)
        self._rings = due
        return _FOREVER

    def _take_alarm(self) -> None:
        try:
            alarm = self._alarm = Alarm()
        except OSError:
            return  # a sandbox forbids it: waits that have an end serve, too
        self.watch(alarm.fileno(), select.EPOLLIN | select.EPOLLET, self._rang)

    def _leave_alarm(self) -> None:
        alarm, self._alarm = self._alarm, None
        self._rings = math.inf
        if alarm is not None:
            self.forget(alarm.fileno())
            alarm.close()

    def _rang(self, _: int) -> None:
        self._rings = math.inf

    def _go(self) -> None:
        """What was asked for soon, and what is due."""
        soon = self._soon
        self._soon = []
        timers = self._timers
        while timers and timers[0].due(self.now):
            soon.append(heapq.heappop(timers).go)
        for call in soon:
            try:
                call()
            except Exception as error:  # noqa: BLE001  one fault stops no loop
                self.fault("a call of the loop", error)
