"""TcpEnd: one side of a connection, on a socket that does not block.

Knows: sockets, and what the loop tells of them.
Does not know: sessions, gates, what octets mean.
Called by: `drivers.relay`, `drivers.flow`, the loop.
"""

import errno
import select
from typing import Final, final

from mypy_extensions import mypyc_attr

from mailward.audit.auditor import RESET_APPLIANCE
from mailward.drivers.end import End, Host
from mailward.drivers.flow import Flow
from mailward.drivers.loop import EARS, EDGES, ERROR, FIN, READ, URGENT, WRITE, Loop
from mailward.drivers.wire import LARGE, SMALL, Wire
from mailward.policy.findings import CLIENT, SERVER

#: So many large reads in a row, at most: then others have their turn.
_READS: Final = 4
_OCTETS: Final = select.EPOLLIN
_WOULD_BLOCK: Final = -errno.EAGAIN
#: More has befallen it than octets, or room for them.
_MORE: Final = ~(select.EPOLLIN | select.EPOLLOUT)
#: If of these it is FIN alone, a read that is not filled has taken all before it: a
#: FIN is told when they are in the queue, and but for urgent octets none is left there.
_LAST: Final = FIN | ERROR | URGENT


@mypyc_attr(allow_interpreted_subclasses=True)
class Keeper(Host):
    """What keeps the ends: lends the loop, sees to it that partings end."""

    loop: Loop

    def parting(self, end: "TcpEnd") -> None:
        """The end was closed; what is left to flush or to throw away may not
        last for ever."""
        raise NotImplementedError

    def gone(self, end: "TcpEnd") -> None:
        """The socket of an end that parted is closed."""
        raise NotImplementedError

    def fault(self, what: str, error: Exception) -> None:
        """A fault of ours befell an end; its connection is closed already."""
        raise NotImplementedError


@final
class TcpEnd(End):
    """One side of a connection, on a socket that does not block.

    What is written goes to the kernel at once; what the kernel refuses is kept,
    and the flow is told `full` until it has gone.  After `close` what comes is
    read and thrown away until the speaker's FIN: a socket closed with octets
    unread would send RST, and the RST may overtake what we sent last.

    The loop is asked once to tell what befalls the socket, and tells each thing
    once: a read that brings less than there was room for has taken all, and what
    came while nobody was to read (`_left`) is told anew when it may be read.
    """

    __slots__ = (
        "_alive",
        "_ending",
        "_fin",
        "_flow",
        "_keeper",
        "_kept",
        "_large",
        "_left",
        "_open",
        "_paused",
        "_receive",
        "_room",
        "_send",
        "_speaker",
        "_watched",
        "_wire",
    )

    def __init__(
        self,
        speaker: int,
        wire: Wire,
        keeper: Keeper,
        *,
        watched: bool = False,
    ) -> None:
        self._speaker = speaker
        self._wire = wire
        self._receive = wire.receive  # found once: to find it
        self._send = wire.send  # costs half of a call
        self._alive = True  # the wire is not closed, nor shall be with this round
        self._keeper = keeper
        self._flow: Flow | None = None
        self._kept: list[memoryview] = []  # what the kernel has refused so far
        self._large = False  # the next read is
        self._watched = watched  # the loop watches it, on whose behalf ever
        self._room = watched  # and tells of room to write
        self._left = False  # something came that was not read
        self._open = True  # we may write
        self._ending = False  # FIN follows what is kept
        self._fin = False  # the speaker's FIN was seen
        self._paused = False

    @property
    def kept(self) -> int:
        """Octets that wait for the kernel."""
        return sum(map(len, self._kept))

    def attach(self, flow: Flow, early: bytes = b"", told: int = 0) -> None:
        """From here on the flow hears of this end; first, what came before.
        `told`: what the loop has told somebody else, by EDGES."""
        self._flow = flow
        if told:
            self._keeper.loop.pass_on(self._wire.fileno(), self.ready)
        else:
            self._watch()
        if early:
            self._tell(flow, early)
        if told & READ:
            self.ready(told)

    # --- what a flow asks -----------------------------------------------------

    def write(self, octets: bytes) -> None:
        """See End."""
        if not self._open:
            return
        if self._kept:
            self._kept.append(memoryview(octets))
            return
        sent = self._send(octets)
        if sent < 0:
            if sent != _WOULD_BLOCK:
                self._break()
                return
            sent = 0
        if sent < len(octets):
            self._kept.append(memoryview(octets)[sent:])
            self._want_room()
            if self._flow is not None:
                self._flow.full(self._speaker)

    def pause(self) -> None:
        """See End."""
        self._paused = True

    def resume(self) -> None:
        """See End."""
        self._paused = False
        if self._left and self._alive:
            self._watch()

    def last(self) -> None:
        """See End."""
        if self._open:
            self._wire.last()

    def finish(self) -> None:
        """See End."""
        if self._open:
            self._open = False
            if self._kept:
                self._ending = True
            else:
                self._say_fin()

    def close(self) -> None:
        """See End."""
        self._flow = None
        if not self._alive:
            return
        if self._fin and not self._kept:
            self._bury()
            return
        self.finish()
        self._paused = False
        if self._left or not self._watched:
            self._watch()
        self._keeper.parting(self)

    def abort(self) -> None:
        """See End."""
        self._flow = None
        if self._alive:
            self._wire.reset()
            self._bury()

    # --- what the loop tells --------------------------------------------------

    def ready(self, events: int) -> None:
        """The socket can be read, written, or is broken."""
        try:
            if events & _MORE or self._kept:
                self._unusual(events)
            elif events & _OCTETS:
                self._read(events)
        except Exception as error:  # noqa: BLE001  a fault of ours fails closed
            flow = self._flow
            self.abort()
            if flow is not None:
                flow.stop(RESET_APPLIANCE, self._keeper.loop.now, abort=True)
            self._keeper.fault("an end of a connection", error)

    def _unusual(self, events: int) -> None:
        if events & ERROR and not self._open and self._speaker == CLIENT:
            # We have said FIN, so its server has left and nobody hears the rest; or
            # we could not write, and it is lost with this round anyway.
            self._lose()
            return
        if self._kept and events & ~READ:
            self._flush()
        if self._fin or self._paused:
            if events & ERROR:
                self._lose()
            elif events & READ:
                self._left = True
        elif events & ~WRITE:
            self._read(events)

    def _read(self, events: int) -> None:
        """One read; more when it brings as much as there was room for, or when more
        than FIN is known to stand behind it."""
        reads = 0
        last = False  # nothing but FIN is left
        while self._alive and not self._fin:
            if self._paused:
                self._left = True
                return
            if last:
                self._tell_fin()
                return
            large = self._large
            octets = self._receive(large)
            if not isinstance(octets, bytes):
                if octets != errno.EAGAIN:
                    self._lose()
                return
            if not octets:
                self._tell_fin()
                return
            got = len(octets)
            filled = got == (LARGE if large else SMALL)
            last = events & _LAST == FIN and not filled
            if self._flow is not None:
                if last and self._speaker == SERVER:
                    self._flow.server_closes()
                self._tell(self._flow, octets)
            if filled:
                octets = b""  # its room is free for the next, and still in the cache
                self._large = True
                reads += large
                if reads == _READS:
                    if self._alive:
                        self._watch()
                    return
                continue
            if got <= SMALL:
                self._large = False
            if not events & FIN:
                return

    def _tell(self, flow: Flow, octets: bytes) -> None:
        now = self._keeper.loop.now
        if self._speaker == CLIENT:
            flow.from_client(octets, now)
        else:
            flow.from_server(octets, now)

    def _tell_fin(self) -> None:
        self._fin = True
        flow = self._flow
        now = self._keeper.loop.now
        if flow is None:
            if not self._kept:
                self._bury()
                return
        elif self._speaker == CLIENT:
            flow.client_closed(now)
        else:
            flow.server_closed(now)

    def _flush(self) -> None:
        """What was kept goes to the kernel, as far as it takes it."""
        kept = self._kept
        while self._alive and kept:
            first = kept[0]
            sent = self._send(first)
            if sent < 0:
                if sent != _WOULD_BLOCK:
                    self._lose()
                return
            if sent < len(first):
                kept[0] = first[sent:]
                return
            del kept[0]
        if self._ending:
            self._ending = False
            self._say_fin()
        if self._flow is not None:
            self._flow.drained(self._speaker)
        elif self._fin:
            self._bury()

    # --- the socket -----------------------------------------------------------

    def _watch(self) -> None:
        """Let the loop tell what befalls the socket, and anew what has."""
        self._left = False
        fd = self._wire.fileno()
        events = EDGES if self._room else EARS
        if self._watched:
            self._keeper.loop.change(fd, events, self.ready)
        else:
            self._watched = True
            self._keeper.loop.watch(fd, events, self.ready)

    def _want_room(self) -> None:
        """Let the loop tell of room to write, too: most ends never lack it."""
        if not self._room:
            self._room = True
            if self._watched:
                self._watch()

    def _say_fin(self) -> None:
        if self._alive:
            self._wire.finish()

    def _break(self) -> None:
        """Writing has failed, in the middle of a call of the flow: it hears of
        the loss when that is over."""
        self._open = False
        self._keeper.loop.soon(self._lose)

    def _lose(self) -> None:
        """The connection is broken: nothing comes, nothing goes."""
        if not self._alive:
            return
        self._bury()
        flow, self._flow = self._flow, None
        if flow is not None:
            flow.lost(self._speaker, self._keeper.loop.now)

    def _bury(self) -> None:
        """Close the socket."""
        alive, self._alive = self._alive, False
        self._open = False
        self._kept.clear()
        if alive:
            self._keeper.loop.close(self._wire)
        if self._flow is None:
            self._keeper.gone(self)
