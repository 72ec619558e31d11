"""Session: the door.  One SMTP connection under inspection.

Knows: which octets wait for what, and in which room a segment is handled.
Does not know: sockets, clocks, logs, the text of a policy.
Called by: drivers, testing.

The seven laws, each a property test: total (no octets raise), indifferent to
cuts, length-keeping (what left and what is held is what entered, until the
verdict), transparent (without rules a lawful dialogue passes unchanged),
bounded, sticky (after a verdict nothing leaves), silent (it never speaks in a
voice of its own).

Client octets that may not go yet (a command before the reply to the one before,
anything behind DATA before the 354) are held.  When a reply frees them they are
judged at once, and `due` is set to that moment: the driver then calls `on_time`
and sends what comes back to the server, whatever the verdict has become.
"""

from typing import Final, final

from mailward.engine.client import ClientLines
from mailward.engine.dialogue import BODY, COMMANDS, EXCHANGE, OPAQUE, Dialogue
from mailward.engine.judge import Judge
from mailward.engine.message import Message
from mailward.engine.server import ServerLines
from mailward.octets import is_line
from mailward.parameters import PACKET
from mailward.policy.ear import MESSAGE, OPEN, PRIVATE
from mailward.policy.findings import (
    CLIENT,
    EARLY_DATA,
    EARLY_TLS,
    HOLE,
    OVERLONG,
    SERVER,
    TLS_STARTED,
    Finding,
)
from mailward.policy.inspection import Inspection
from mailward.policy.tally import Tally
from mailward.smtp.lines import LineBuffer
from mailward.smtp.reply import NO_CODE, code_of
from mailward.smtp.verbs import AUTH, DATA, SECRET, STARTTLS, UNKNOWN, verb_code
from mailward.verdicts import PASS, RESET

_EVIDENCE: Final = 64
#: How a TLS client begins.
_CLIENT_HELLO: Final = b"\x16\x03"


@final
class Session:
    """One SMTP connection under inspection.

    `verdict` is PASS until it is not, then it stays; `opaque` says that TLS has
    begun and a driver may stop calling; `due` is when it wants `on_time` to be
    called, 0.0 for never (so `now` must be positive); `waiting` that client
    octets are held until the server replies, so a driver stops reading the
    client; `findings` are taken and cleared by the driver after each call.
    """

    __slots__ = (
        "_client",
        "_delayed",
        "_dialogue",
        "_freed",
        "_judge",
        "_lines",
        "_message",
        "_replies",
        "_server",
        "_torn",
        "_whole",
        "due",
        "findings",
        "opaque",
        "verdict",
        "waiting",
    )

    def __init__(self, inspection: Inspection, tally: Tally) -> None:
        self.verdict = PASS
        self.opaque = False
        self.due = 0.0
        self.waiting = False
        self._judge = Judge(inspection, tally)
        self.findings: list[Finding] = self._judge.findings
        self._dialogue = Dialogue()
        self._client = ClientLines(self._dialogue, self._judge)
        self._server = ServerLines(self._dialogue, self._judge)
        # Lines are judged whole, however they came.
        self._whole = inspection.compat.unknown != PACKET
        self._lines = LineBuffer(edges=not self._whole)
        self._replies = LineBuffer()
        self._message: Message | None = None
        self._freed = b""  # client octets that on_time hands over
        self._delayed = b""  # a command that waits for its rate
        self._torn = [False, False]  # by speaker: the line at hand lacks octets

    def from_client(self, segment: bytes, now: float) -> bytes:
        """Octets of the client: what goes on to the server."""
        self._judge.tally.packets += 1
        if self.verdict != PASS:
            self._count_drop()
            return b""
        dialogue = self._dialogue
        if dialogue.phase == OPAQUE:
            self.opaque = True
            return segment
        judge = self._judge
        judge.now = now
        if (
            dialogue.phase == COMMANDS
            and not dialogue.doubt
            and self._whole
            and self._message is None
            and is_line(segment)
            and not self._lines.pending
            and not self._delayed
            and dialogue.may_send()
        ):
            # One command, as nearly all come: it need not be kept.
            out = self._client.clean(segment)
            if judge.until > now and judge.verdict == PASS:
                self._delay(out)
                out = b""
        else:
            self._lines.add(segment)
            out = self._client_octets()
        self._settle()
        return out

    def from_server(self, segment: bytes, now: float) -> bytes:
        """Octets of the server: what goes on to the client."""
        self._judge.tally.packets += 1
        if self.verdict != PASS:
            self._count_drop()
            return b""
        if self.opaque:
            return segment
        self._judge.now = now
        if self._dialogue.doubt:
            if segment[:3] != b"354" and self._dialogue.caught_up():
                self._forget_message()
        elif not self._replies.pending and self._dialogue.phase != OPAQUE:
            if is_line(segment):
                # One line, as nearly all replies come: it need not be kept.
                out = self._server.clean(segment)
                self._replied()
                return self._answer(out, now)
            out = self._server.known(segment)
            if out:
                self._replied()
                return self._answer(out, now)
        self._replies.add(segment)
        return self._answer(self._read_replies(), now)

    def _answer(self, out: bytes, now: float) -> bytes:
        """What goes to the client, once all that it turns has been turned."""
        if self._freed:
            self.due = now
        self._settle()
        return out

    def _read_replies(self) -> bytes:
        """Whatever of the server's octets makes whole lines."""
        parts: list[bytes] = []
        while self._judge.verdict == PASS:
            opaque = self._dialogue.phase == OPAQUE
            line = b"" if opaque else self._replies.take()
            if not line:
                if opaque and self._replies.pending:
                    # TLS begins with the client (RFC 8446 section 2): what the
                    # server says in clear now would be taken for secured.
                    self._judge.drop(EARLY_TLS, SERVER)
                elif self._replies.pending > self._judge.inspection.limits.reply_line:
                    self._judge.drop(OVERLONG, SERVER, b"", b"reply line")
                break
            if self._torn[SERVER] and self._mended(SERVER, line):
                parts.append(line)
                continue
            parts.append(self._server.reply(line))
            self._replied()
        out = b"".join(parts)
        if self._server.learning:
            self._server.learn(out)
        return out

    def _replied(self) -> None:
        """A line of the server has been read: what it turns and sets free."""
        if self._judge.verdict == PASS and self._server.answered >= 0:
            self._after_reply(self._server.answered)
        if self._lines.pending and self._flows():
            self._freed += self._client_octets()

    def client_closed(self, now: float) -> bytes:
        """The client sends no more.  A line without its end never leaves."""
        return b""

    def server_closed(self, now: float) -> bytes:
        """The server sends no more.  A line without its end never leaves."""
        return b""

    def on_time(self, now: float) -> bytes:
        """The moment `due` has come: what now goes to the server."""
        out = self._freed
        self._freed = b""
        self.due = 0.0
        judge = self._judge
        if self._delayed and self.verdict == PASS:
            if judge.until > now:
                self.due = judge.until  # the rate allows it later
            else:
                out += self._delayed
                self._delayed = b""
                judge.until = 0.0
                judge.now = now
                out += self._client_octets()
                self._settle()
        return out

    def hole(self, speaker: int, length: int, now: float) -> bytes:
        """So many octets of a speaker passed unseen, right here (nought: nobody
        knows how many): what was held of that speaker's and goes on now.

        Only who listens to a connection that passes elsewhere has holes.  The
        session goes on: `in_doubt` tells whether it knows where it stands.
        """
        if self.verdict != PASS or self._dialogue.phase == OPAQUE:
            return b""
        self._judge.now = now
        if speaker == SERVER:
            where = b"in its replies"
            self._dialogue.lost(greeting=True)
            self._server.hole()
            out = self._replies.drain()
        elif self._message is not None:
            where = b"in a message"
            self._dialogue.lost(greeting=False)
            out = self._message.hole(length)
        else:
            where = b"in its commands"
            self._dialogue.lost(greeting=False)
            out, self._freed, self._delayed = self._freed + self._delayed, b"", b""
            self.due = self._judge.until = 0.0
            out += self._client_octets()
            if self._judge.verdict == PASS:
                out += self._lines.drain()
        self._torn[speaker] = self._message is None or speaker == SERVER
        if self._judge.verdict == PASS:
            self._judge.note(HOLE, speaker, b"", where, count=length)
        self._settle()
        return out

    @property
    def in_doubt(self) -> bool:
        """Are octets missing, so that replies may be taken for those to others?"""
        return self._dialogue.doubt

    @property
    def phase(self) -> int:
        """What the client's octets are now: a phase of `engine.dialogue`."""
        return self._dialogue.phase

    @property
    def secrecy(self) -> int:
        """What the client's next octets may be (policy.ear)."""
        dialogue = self._dialogue
        if dialogue.phase == COMMANDS:
            # What is sent behind one of these before its answer may be no command.
            private = dialogue.newest in (AUTH, DATA, SECRET, STARTTLS)
            return PRIVATE if private else OPEN
        return MESSAGE if dialogue.phase == BODY else PRIVATE

    @property
    def held(self) -> int:
        """Octets that entered and have not left, of both speakers."""
        message = self._message.held if self._message is not None else 0
        waiting = len(self._freed) + len(self._delayed)
        return self._lines.pending + self._replies.pending + waiting + message

    # --- the client's octets ------------------------------------------------

    def _client_octets(self) -> bytes:
        """Whatever of the held client octets may leave now."""
        parts: list[bytes] = []
        dialogue = self._dialogue
        judge = self._judge
        lines = self._lines
        while judge.verdict == PASS and not self._delayed and dialogue.may_send():
            if dialogue.doubt and lines.pending and self._message is None:
                if lines.peek(2) == _CLIENT_HELLO:
                    dialogue.phase = OPAQUE
                    parts.append(lines.drain())
                    break
                if dialogue.newest == DATA:
                    dialogue.believe()
                    self._message = Message(judge, dialogue.declared)
            if self._message is not None:
                parts.append(self._message.pass_on(lines.drain()))
                if not self._message.ended:
                    break
                lines.add(self._message.rest)
                self._message = None
                dialogue.ended()
                continue
            line = lines.take()
            if not line:
                if lines.pending:
                    self._unfinished()
                break
            if self._torn[CLIENT] and self._mended(CLIENT, line):
                parts.append(line)
                dialogue.phase = COMMANDS
            elif dialogue.phase == EXCHANGE:
                dialogue.phase = COMMANDS
                parts.append(self._client.secret(line))
            else:
                left = self._client.command(line, lines.pieced)
                if judge.until > judge.now and judge.verdict == PASS:
                    self._delay(left)
                    break
                parts.append(left)
        if judge.verdict == PASS and lines.pending and not self._flows():
            self._held_back()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _mended(self, speaker: int, line: bytes) -> bool:
        """The first line behind a hole: are octets of it missing?  It passes as it
        is unless it begins as a line of the speaker does."""
        self._torn[speaker] = False
        if speaker == SERVER:
            return code_of(line) == NO_CODE
        return verb_code(line[:-2].split(b" ", 1)[0]) == UNKNOWN

    def _flows(self) -> bool:
        """May the client's next line go now?"""
        return not self._delayed and self._dialogue.may_send()

    def _delay(self, left: bytes) -> None:
        """A command beyond its rate leaves when a token is free."""
        self._delayed = left
        self.due = self._judge.until

    def _unfinished(self) -> None:
        """A line whose end has not come: it must not grow without bound."""
        if self._dialogue.phase == EXCHANGE:
            self._client.secret_growing(self._lines.pending)
        else:
            self._client.growing(self._lines.peek(_EVIDENCE), self._lines.pending)

    def _held_back(self) -> None:
        """Octets wait for a reply."""
        if self._dialogue.newest == STARTTLS:
            # They would be taken for what came through TLS (RFC 3207 section 6).
            self._judge.drop(EARLY_TLS, CLIENT)
        elif self._lines.pending > self._judge.inspection.limits.held:
            self._judge.drop(OVERLONG, CLIENT, b"", b"octets ahead of a reply")

    def _forget_message(self) -> None:
        """The message was over, where octets are missing: commands followed."""
        message, self._message = self._message, None
        self._lines.add(message.hole(0) if message is not None else b"")

    # --- after a call -------------------------------------------------------

    def _after_reply(self, verb: int) -> None:
        """A reply has been completed: what it turns."""
        phase = self._dialogue.phase
        if verb == DATA:
            if phase == BODY:
                self._message = Message(self._judge, self._dialogue.declared)
            elif self._lines.pending:
                # They were meant as a message; the server would run them.
                self._judge.drop(EARLY_DATA, CLIENT)
        elif phase == OPAQUE:  # the client's next octets are a ClientHello
            self._judge.tally.allow_tls += 1
            if self._judge.inspection.parameters.allow_tls_log:
                self._judge.note(TLS_STARTED, SERVER)

    def _settle(self) -> None:
        """Show the driver where the session stands now."""
        self.verdict = self._judge.verdict
        if self.verdict != PASS:
            self.waiting = False
            self._delayed = b""
            self._lines.drain()
            self._replies.drain()
            self._message = None
            self._count_drop()
        else:
            ahead = self._lines.pending > 0 and not self._flows()
            self.waiting = ahead or bool(self._delayed)

    def _count_drop(self) -> None:
        tally = self._judge.tally
        tally.drops += 1
        if self.verdict == RESET:
            tally.reset_drops += 1
