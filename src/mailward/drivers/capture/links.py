"""Links: both sides of a TCP connection, in the order in which they spoke.

Knows: halves, SYN, FIN, RST, ports used anew, patience with what does not come.
Does not know: files, batches, how mail is inspected.
Called by: `drivers.capture.streams`.

Order between the sides is causal: octets that acknowledge what we have not
heard wait for it, for a capture of several queues may hold the answer before
the question.  What does not come is a hole once the other side has acknowledged
it, or is not in the capture at all, and patience is over.
"""

from typing import Final, final

from mailward.drivers.capture.detect import (
    NO,
    NOT_YET,
    YES,
    by_port,
    by_words,
    likely_server,
    speaker_of,
)
from mailward.drivers.capture.frames import ACK, FIN, RST, SYN
from mailward.drivers.capture.halves import Half
from mailward.drivers.capture.hearers import (
    ASKED,
    FINS,
    MAIL,
    OTHER,
    OVER,
    RESET,
    Ends,
    Hearer,
    Open,
    Opening,
    Place,
)
from mailward.policy.findings import CLIENT, SERVER

#: So many segments, and seconds, are waited for what does not come.
PATIENT: Final = 32
PATIENCE: Final = 1.0
#: So many octets of a side are kept until it is known whether it is mail.
EARLY: Final = 4096
#: A segment farther away than any window is of another connection.
FAR: Final = 1 << 30
#: What an RST may be ahead of the octet to come.
RESETS_WITHIN: Final = 1 << 20


@final
class Link:
    """One connection.  Ends are 0 and 1; `halves` go by the speaking end.  `again`:
    the ports are used anew, so make a new link and tell that one."""

    __slots__ = ("_early", "_first", "_stuck", "_waited", "again", "began", "client",
                 "counted", "ends", "file", "halves", "hearer", "kind", "mail",
                 "middle", "now", "number", "open", "place", "reborn")  # fmt: skip

    def __init__(self, ends: Ends, place: Place, now: float, open_: Open) -> None:
        self.ends = ends
        self.place = place
        self.number = place.packet
        self.file = place.file
        self.began = self.now = now
        self.open = open_
        self.kind = ASKED
        self.client = NOT_YET  # the end that opened the connection
        self.halves = (Half(), Half())
        self.hearer: Hearer | None = None
        self.mail = False  # it is, or was
        self.middle = True  # until a SYN of the client is seen
        self.again = False
        self.reborn: tuple[int, int] | None = None  # end and ISN of a new SYN
        self.counted = 0
        self._early: list[tuple[int, bytes, int, float]] = []
        self._first = [b"", b""]
        self._stuck, self._waited = 0.0, 0  # since when, and how many segments

    @property
    def stuck(self) -> bool:
        """Does anything wait?"""
        return self.halves[0].lacks or self.halves[1].lacks

    def opened(self, end: int) -> None:
        """The SYN of this end opened it; without an answer it is no connection."""
        self.client = end
        self.middle = False
        if self.halves[1 - end].known or self._said() == NO:
            self._by_port()

    def answered(self) -> None:
        """The other end's SYN was seen: now it stands."""
        if self.kind == ASKED:
            self._by_port()

    def met(self) -> None:
        """It is met in the middle: who the client is must be guessed."""
        one, two = self.ends.ports
        guess = 0 if likely_server(two, one) else 1
        if by_port(self.ends.ports[1 - guess]) != NOT_YET:
            self.client = guess
            self._by_port()

    def _said(self) -> int:
        """What the server's port alone says."""
        return by_port(self.ends.ports[1 - self.client])

    def _by_port(self) -> None:
        said = self._said()
        if said != NOT_YET:
            self._begin() if said == YES else self._other()

    def speaker(self, end: int) -> int:
        """CLIENT or SERVER."""
        return CLIENT if end == self.client else SERVER

    # --- segment by segment ---------------------------------------------------

    def segment(
        self,
        end: int,
        seq: int,
        ack: int,
        flags: int,
        octets: bytes,
        missing: int,
        now: float,
    ) -> None:
        """A segment of an end, in whatever order it comes."""
        half, other = self.halves[end], self.halves[1 - end]
        self.now = now = max(now, self.now)
        if flags & SYN and not self._syn(end, half, seq, ack, flags):
            return
        if flags & SYN:
            seq += 1
        if self.kind in (OTHER, OVER):
            return
        if not half.known:
            half.start(seq)
        at = half.place(seq)
        if flags & RST:
            if -1 <= at - half.next <= RESETS_WITHIN:
                self.finish(RESET, end, now)
            return
        if abs(at - half.next) > FAR:
            half.astray += 1
            return
        heard = -1
        if flags & ACK and other.known:
            heard = other.place(ack)
            if abs(heard - other.next) <= FAR:
                other.acked = max(other.acked, heard)
        if octets:
            half.put(at, octets, heard, now)
        if missing:
            half.cut(at + len(octets), missing)
        if flags & FIN and half.fin < 0:
            half.fin = max(at + len(octets) + missing, half.next)
        self._advance(now)

    def _syn(self, end: int, half: Half, seq: int, ack: int, flags: int) -> bool:
        """A SYN; false: nothing more is to be done about it."""
        isn = (seq + 1) & 0xFFFFFFFF
        if flags & ACK:
            if self.reborn == (1 - end, ack):
                self.again = True
                return False
            if not half.known:
                half.start(isn)
                if self.client == NOT_YET and self.kind == ASKED:
                    self.opened(1 - end)
                elif self.client == 1 - end:
                    self.answered()
                return True
            return half.first == isn
        if self.kind in (OTHER, OVER) or half.fin >= 0:
            if half.first == isn and half.known:
                return False  # the same SYN once more
            self.again = True
            return False
        if not half.known:
            half.start(isn)
            if self.client == NOT_YET:
                self.opened(end)
            return True
        if half.first != isn:
            # A stranger's, unless it is answered.
            self.reborn = (end, isn)
            return False
        return True

    def _advance(self, now: float) -> None:
        """Pass on whatever may go."""
        while True:
            moved = self._pass(0, now) | self._pass(1, now)
            if self.kind in (OTHER, OVER):
                return
            if moved:
                self._waited = 0
                continue
            if not self.stuck:
                self._waited = 0
                return
            if not self._waited:
                self._stuck = now
            self._waited += 1
            # A hole that follows another need not wait as long once more.
            waited = max(self._waited, self.halves[0].age, self.halves[1].age)
            if waited <= PATIENT and now - self._stuck <= PATIENCE:
                return
            if not self._give_up(now, at_end=False):
                return

    def _pass(self, end: int, now: float) -> bool:
        """Pass on what an end said, as far as may be; did anything go?"""
        half, other = self.halves[end], self.halves[1 - end]
        moved = False
        while self.kind in (ASKED, MAIL):
            piece = half.ready()
            if piece is not None:
                if other.known and piece.ack > other.next + (other.fin == other.next):
                    return moved
                self.deliver(end, half.take(), piece.time)
                moved = True
                continue
            lost = half.lost()
            if lost:
                self._miss(end, lost, now)
                moved = True
                continue
            if half.fin == half.next and not half.told:
                self.close(end, now)
                moved = True
            return moved
        return moved

    def _give_up(self, now: float, *, at_end: bool) -> bool:
        """What does not come is a hole, if it was acknowledged or cannot be seen."""
        for end in (0, 1):
            half, other = self.halves[end], self.halves[1 - end]
            if half.ready() is not None:
                continue
            acked = half.acked if half.fin < 0 else min(half.acked, half.fin)
            upto = half.fin if at_end and half.fin >= 0 else acked
            if half.waiting:
                upto = half.waiting[0].at
                if not at_end and other.known:
                    upto = min(upto, acked)
            if upto <= half.next:
                continue
            if upto == half.next + 1 and not half.waiting:
                half.fin = half.next  # it was a FIN that is not in the capture
            else:
                self._miss(end, upto - half.next, now)
            self._waited = 0
            return True
        for half in self.halves:
            piece = half.ready()
            if piece is not None:  # it acknowledges what nobody said
                piece.ack = -1
                return True
        return False

    # --- what goes out ----------------------------------------------------------

    def deliver(self, end: int, octets: bytes, now: float) -> None:
        """Octets of an end that are next (`halves` know of it)."""
        if self.kind == MAIL:
            if self.hearer is not None:
                self.hearer.heard(self.speaker(end), octets, now)
            return
        self._early.append((end, octets, 0, now))
        first = self._first[end]
        if len(first) < EARLY:
            self._first[end] = first + octets[:EARLY]
        self._decide()

    def close(self, end: int, now: float) -> None:
        """An end has said all."""
        half = self.halves[end]
        half.told = True
        if self.kind == MAIL and self.hearer is not None:
            self.hearer.closed(self.speaker(end), now)
        if self.halves[1 - end].told:
            self.finish(FINS, end, now)

    def finish(self, ending: int, end: int, now: float) -> None:
        """It is over; what waits goes first, with its holes."""
        if self.kind in (ASKED, MAIL) and ending != FINS:
            while True:
                moved = self._pass(0, now) | self._pass(1, now)
                if self.kind == OVER:
                    return
                if not moved and not (self.stuck and self._give_up(now, at_end=True)):
                    break
        if self.kind == MAIL and self.hearer is not None:
            for one in (0, 1):
                half = self.halves[one]
                if half.differing:
                    self.hearer.strange(
                        self.speaker(one),
                        f"{half.differing} octets came again with other contents; "
                        "those seen first stand",
                        now,
                    )
            firsts = [half.first if half.known else -1 for half in self.halves]
            self.hearer.numbered(firsts[self.client], firsts[1 - self.client])
            self.hearer.over(ending, self.speaker(end), now)
        self._other()
        self.kind = OVER

    def ended(self, ending: int) -> None:
        """The capture has ended, or memory, or the ports are used anew."""
        if self.kind in (ASKED, MAIL):
            self.finish(ending, self.client, self.now)

    def _miss(self, end: int, length: int, now: float) -> None:
        self.halves[end].skip(length)
        if self.kind == MAIL:
            if self.hearer is not None:
                self.hearer.missed(self.speaker(end), length, now)
        elif not self._first[end]:
            self._other()  # how it began is lost
        else:
            self._early.append((end, b"", length, now))

    def _decide(self) -> None:
        """Is it mail, by what was said so far?"""
        if self.client == NOT_YET:
            for end in (0, 1):
                said = speaker_of(self._first[end])
                if said != NOT_YET:
                    self.client = end if said == CLIENT else 1 - end
        if self.client == NOT_YET:
            if max(map(len, self._first)) >= 4:
                self._other()  # neither a server nor a client begins so
            return
        said = by_words(self._first[self.client], self._first[1 - self.client])
        if YES in (said, self._said()):
            self._begin()
        elif said == NO or sum(map(len, self._first)) >= EARLY:
            self._other()

    def _begin(self) -> None:
        """It is mail: from here on somebody listens."""
        client, server = self.client, 1 - self.client
        hosts, ports = self.ends.hosts, self.ends.ports
        self.kind = MAIL
        self.mail = True
        early, self._early = self._early, []
        self.hearer = self.open(
            Opening(
                self.number,
                self.file,
                self.began,
                hosts[client],
                ports[client],
                hosts[server],
                ports[server],
                self.middle,
                self.place,
            )
        )
        hearer = self.hearer
        if hearer is None:
            self._other()
            return
        if self.middle:
            hearer.missed(CLIENT, 0, self.began)
            hearer.missed(SERVER, 0, self.began)
        for end, octets, length, now in early:
            if octets:
                hearer.heard(self.speaker(end), octets, now)
            else:
                hearer.missed(self.speaker(end), length, now)

    def _other(self) -> None:
        """Nothing more is wanted of it."""
        self.kind = OTHER
        self.hearer = None
        self._early.clear()
        for half in self.halves:
            half.waiting.clear()
            half.waits = 0
            half.forget()
