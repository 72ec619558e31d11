"""Flow: a session and its two ends.

Knows: enforcement, back-pressure both ways, half-close, octet counts, the
reason of the end; it alone catches a fault of the engine, and fails closed.
Does not know: sockets, loops, SMTP, the text of a record.
Called by: the drivers, with the octets, the FINs and the losses of both ends.

Theory of operation.  An end is paused for a set of reasons (bits) and read again when
the last is gone: FULL, the other end cannot take more; WAITING, the session holds
octets of the client until the server replies, and still more came (a client that sent
one group of commands and listens need not be paused).  A FIN is passed on once
everything before it was.  The flow is over when both FINs were seen, or an end was
lost without one, or the verdict says so.  An end that is lost after its FIN (a client
that closes behind QUIT without reading the answer) becomes a void: the other side
finishes what it has to say.
"""

import traceback
from typing import Final, final

from mailward.audit.auditor import FINS, INSPECTION, RESET_I, RESET_O
from mailward.audit.records import INTERNAL_ERROR
from mailward.drivers.end import End, Host
from mailward.engine.inspector import Inspector
from mailward.policy.ear import Ear
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT, SERVER
from mailward.policy.gate import Attachment
from mailward.verdicts import PASS, RESET

# What a session is told, besides octets.
_CLIENT_CLOSED: Final = 0
_SERVER_CLOSED: Final = 1
_ON_TIME: Final = 2

# Why an end is not read.
_FULL: Final = 1
_WAITING: Final = 2

_BOTH: Final = (1 << CLIENT) | (1 << SERVER)


@final
class Flow:
    """One connection that stands on both sides.

    `session` None: not inspected, or no longer (TLS); octets pass.  `started` is
    when both sides stood, `seen` the time of the last octet or FIN; `octets_in`
    and `segments_in` count what the client said, `octets_out` and `segments_out`
    the server; `over`: the end was recorded.  Times are the driver's clock.
    """

    __slots__ = (
        "_asked",
        "_attachment",
        "_behind",
        "_client",
        "_ear",
        "_fins",
        "_holds",
        "_host",
        "_late_fin",
        "_moved",
        "_passed",
        "_server",
        "_session",
        "ends",
        "number",
        "octets_in",
        "octets_out",
        "over",
        "seen",
        "segments_in",
        "segments_out",
        "started",
    )

    def __init__(
        self,
        session: Inspector | None,
        client: End,
        server: End,
        ends: Endpoints,
        attachment: Attachment | None,
        host: Host,
        number: int,
        started: float,
        ear: Ear | None = None,
    ) -> None:
        self._session = session
        self._ear = ear
        self._client = client
        self._server = server
        self._attachment = attachment
        self._host = host
        self.started = started
        self._holds = [0, 0]  # by speaker: why it is not read
        self._fins = 0  # by speaker, as bits: its FIN was seen
        self._behind = False  # the session holds octets of the client
        self._late_fin = False  # the client's FIN waits behind held octets
        self._asked = 0.0  # the moment we asked to be woken at
        self._passed = 0  # octets that had left when we last looked,
        self._moved = started  # and when that was another number
        self.ends = ends
        self.number = number
        self.octets_in = 0
        self.octets_out = 0
        self.segments_in = 0
        self.segments_out = 0
        self.over = False
        self.seen = started
        host.auditor.built(number, ends, host.wall())

    @property
    def octets(self) -> int:
        """What came, both ways."""
        return self.octets_in + self.octets_out

    @property
    def half_closed(self) -> bool:
        """One side has said all it had to say."""
        return self._fins != 0

    @property
    def inspected(self) -> bool:
        """Does a session see what passes?"""
        return self._session is not None

    @property
    def map_name(self) -> str:
        """The map that it was born with; empty where nothing is inspected."""
        return self._attachment.map_name if self._attachment is not None else ""

    # --- what a driver tells --------------------------------------------------

    def from_client(self, segment: bytes, now: float) -> None:
        """Octets of the client."""
        if self.over:
            return
        self.seen = now
        self.octets_in += len(segment)
        self.segments_in += 1
        session = self._session
        if session is None:
            self._server.write(segment)
            return
        if self._ear is not None:
            self._ear.client(segment, now, session.secrecy)
        try:
            leaves = session.from_client(segment, now)
            if 0.0 < session.due <= now:
                leaves += session.on_time(now)
            if session.findings:
                self._report(session, now)
        except Exception:  # noqa: BLE001  any fault of ours fails closed
            if not self._bears(session, now):
                return
            leaves = segment
        if leaves:
            self._server.write(leaves)
        rare = session.opaque or session.verdict != PASS
        if session.waiting or self._behind or session.due or rare:
            self._heed(session, now, goes_on=self._behind)

    def from_server(self, segment: bytes, now: float) -> None:
        """Octets of the server."""
        if self.over:
            return
        self.seen = now
        self.octets_out += len(segment)
        self.segments_out += 1
        session = self._session
        if session is None:
            self._client.write(segment)
            return
        if self._ear is not None:
            self._ear.server(segment, now)
        freed = b""
        try:
            leaves = session.from_server(segment, now)
            if 0.0 < session.due <= now:
                freed = session.on_time(now)
            if session.findings:
                self._report(session, now)
        except Exception:  # noqa: BLE001  any fault of ours fails closed
            if not self._bears(session, now):
                return
            leaves = segment
        if leaves:
            self._client.write(leaves)
        if freed:
            self._server.write(freed)
        rare = session.opaque or session.verdict != PASS
        if session.waiting or self._behind or session.due or rare:
            self._heed(session, now)

    def client_closed(self, now: float) -> None:
        """The client sent FIN."""
        if self.over or self._fins & (1 << CLIENT):
            return
        self.seen = now
        self._fins |= 1 << CLIENT
        if self._behind:
            self._late_fin = True
        else:
            self._pass_client_fin(now)

    def server_closes(self) -> None:
        """What it says next is the server's last: its FIN is told right after it."""
        self._client.last()

    def server_closed(self, now: float) -> None:
        """The server sent FIN."""
        if self.over or self._fins & (1 << SERVER):
            return
        self.seen = now
        self._fins |= 1 << SERVER
        session = self._session
        if session is not None and not self._tell(session, _SERVER_CLOSED, now):
            return
        if self._fins == _BOTH:
            self.stop(FINS, now, abort=False)
        else:
            self._client.finish()

    def lost(self, speaker: int, now: float) -> None:
        """The speaker's end is gone: a reset, or a failed write."""
        if self.over:
            return
        if self._fins & (1 << speaker):
            self._release(1 - speaker, _FULL)
            return
        outer = (speaker == CLIENT) == self.ends.inbound
        reason = FINS if self._fins else RESET_O if outer else RESET_I
        self.stop(reason, now, abort=True)

    def full(self, speaker: int) -> None:
        """The speaker's end keeps more than it should: the other must wait."""
        self._hold(1 - speaker, _FULL)

    def drained(self, speaker: int) -> None:
        """The speaker's end can take more."""
        self._release(1 - speaker, _FULL)

    def on_time(self, now: float) -> None:
        """The moment named by `Host.wake` has come."""
        self._asked = 0.0
        if not self.over and self._session is not None:
            self._tell(self._session, _ON_TIME, now)

    def stop(self, reason: int, now: float, *, abort: bool) -> None:
        """It is over: orderly, or by RST."""
        if self.over:
            return
        self._end(PASS, reason, now)
        self._part(abort)

    def hangs(self, limit: float, now: float) -> bool:
        """Has a line that lacks its end been all there is, for so long?

        Asked now and then, and counted from when the answer was last no.
        Octets that wait for the server's reply wait lawfully.
        """
        session = self._session
        held = session.held if session is not None and not session.waiting else 0
        passed = self.octets - held
        if not held or passed != self._passed:
            self._passed = passed
            self._moved = now
            return False
        return now - self._moved >= limit

    # --- the session ----------------------------------------------------------

    def _tell(self, session: Inspector, what: int, now: float) -> bool:
        """A call of the session without octets, and what follows; false: it is over."""
        to_client = to_server = b""
        try:
            if what == _CLIENT_CLOSED:
                to_server = session.client_closed(now)
            elif what == _SERVER_CLOSED:
                to_client = session.server_closed(now)
            if 0.0 < session.due <= now:
                to_server += session.on_time(now)
            if session.findings:
                self._report(session, now)
        except Exception:  # noqa: BLE001  any fault of ours fails closed
            if not self._bears(session, now):
                return False
        if to_client:
            self._client.write(to_client)
        if to_server:
            self._server.write(to_server)
        return self._heed(session, now)

    def _report(self, session: Inspector, now: float) -> None:
        """Take the findings to the auditor."""
        found = session.findings.copy()
        session.findings.clear()
        for finding in found:
            self._host.noticed(finding)
            if self._ear is not None:
                self._ear.found(finding, now)
            self._host.auditor.found(
                self.number, self.ends, self._attachment, finding, self._host.wall()
            )

    def _heed(self, session: Inspector, now: float, *, goes_on: bool = False) -> bool:
        """What the session wants of the ends and of the clock; false when the
        flow is over.  `goes_on`: the client has spoken though octets of its are
        held."""
        if session.verdict != PASS:
            if self._ear is not None:
                self._ear.ended(session.verdict)
            self._end(session.verdict, INSPECTION, now)
            self._part(session.verdict == RESET)
            return False
        if session.opaque:
            self._session = None
        behind = self._behind
        self._behind = session.waiting and not self._fins & (1 << SERVER)
        if self._behind:
            if goes_on:
                self._hold(CLIENT, _WAITING)
        elif behind:
            self._release(CLIENT, _WAITING)
            if self._late_fin:
                self._late_fin = False
                self._pass_client_fin(now)
        if session.due and session.due != self._asked:
            self._asked = session.due
            self._host.wake(self, session.due)
        return not self.over

    def _bears(self, session: Inspector, now: float) -> bool:
        """A fault of ours: told with its traceback, and the connection is reset.
        In monitor mode nobody shall notice: true, all passes, unjudged."""
        self._host.auditor.trouble(
            INTERNAL_ERROR, traceback.format_exc(), self._host.wall()
        )
        attachment = self._attachment
        if attachment is not None and attachment.inspection.monitor:
            session.opaque = True
            return True
        if attachment is not None:
            attachment.tally.drops += 1
            attachment.tally.reset_drops += 1
        self._end(RESET, INSPECTION, now)
        self._part(abort=True)
        return False

    # --- the ends -------------------------------------------------------------

    def _hold(self, speaker: int, why: int) -> None:
        before = self._holds[speaker]
        self._holds[speaker] = before | why
        if not before and not self._fins & (1 << speaker):
            (self._server if speaker else self._client).pause()

    def _release(self, speaker: int, why: int) -> None:
        before = self._holds[speaker]
        self._holds[speaker] = before & ~why
        if before == why and not self._fins & (1 << speaker):
            (self._server if speaker else self._client).resume()

    def _pass_client_fin(self, now: float) -> None:
        """Everything before the client's FIN has gone: now the FIN itself."""
        session = self._session
        if session is not None and not self._tell(session, _CLIENT_CLOSED, now):
            return
        if self._fins == _BOTH:
            self.stop(FINS, now, abort=False)
        else:
            self._server.finish()

    def _part(self, abort: bool) -> None:
        """Leave both ends, by RST or by FIN."""
        if abort:
            self._client.abort()
            self._server.abort()
        else:
            self._client.close()
            self._server.close()

    def _end(self, verdict: int, reason: int, now: float) -> None:
        """Record the end, once.  The duration is the driver's clock's, so a
        wall clock that is set meanwhile does no harm."""
        self.over = True
        wall = self._host.wall()
        self._host.auditor.ended(
            self.number,
            self.ends,
            self._attachment,
            verdict,
            reason,
            self.octets,
            wall - (now - self.started),
            wall,
        )
        self._host.over(self)
