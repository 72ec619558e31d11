"""Command lines: check, rewrite, remember.

Knows: what may leave of one client line, given the inspection.
Does not know: framing across segments (session), replies (server), messages.
Called by: engine.session.

The length of a command line is judged first: it is settled while the line
still arrives, so nothing that needs the whole line can come before it.
"""

from typing import Final, final

from mailward.engine.dialogue import Dialogue
from mailward.engine.judge import Judge
from mailward.octets import crossed
from mailward.parameters import WORD
from mailward.policy.findings import (
    BARE_IN_COMMAND,
    CLIENT,
    MALICIOUS,
    OVERLONG,
    PARAMETER,
    PAYLOAD_COMMAND,
    REPLACED,
    UNKNOWN_COMMAND,
)
from mailward.smtp.lines import has_bare
from mailward.smtp.path import (
    Path,
    blanked,
    declared_size,
    domain_of,
    read_path,
    readings,
    routes,
    strange,
)
from mailward.smtp.verbs import (
    AUTH,
    BDAT,
    RCPT,
    SECRET,
    SENDS,
    STARTTLS,
    UNKNOWN,
    line_verb,
)
from mailward.verdicts import DROP, DROPS, LOGS, PASS

#: No more octets of a first word are shown than this.
_WORD: Final = 32
#: Of a command that names no address.
_NO_PATH: Final = Path(0, 0, 0)


@final
class ClientLines:
    """The client's side of the dialogue while its octets are commands."""

    __slots__ = (
        "_dialogue",
        "_hidden",
        "_judge",
        "_lines_cap",
        "_local",
        "_secret_cap",
        "_short",
        "_step",
    )

    def __init__(self, dialogue: Dialogue, judge: Judge) -> None:
        self._dialogue = dialogue
        self._judge = judge
        self._lines_cap = judge.inspection.limits.command_line
        self._secret_cap = judge.inspection.limits.secret
        self._step = 0
        # No rule has anything to say to the length of a line up to this.
        steps = judge.inspection.command_line.steps
        self._short = min(steps[0][0], self._lines_cap) if steps else self._lines_cap
        self._local = False  # the sender is of the local domain
        # AUTH went out and no lawful command since: what looks like a command
        # may be a password that the client sends all the same.
        self._hidden = False

    def growing(self, start: bytes, length: int) -> None:
        """`length` octets of a command line are there, its end perhaps not yet.

        `start` is its beginning, for evidence: of that only what had come when
        the limit was passed, so that evidence does not depend on cuts.
        """
        judge = self._judge
        steps = judge.inspection.command_line.steps
        reached = min(length, self._lines_cap + 1)
        while self._step < len(steps) and steps[self._step][0] < reached:
            limit, rules = steps[self._step]
            self._step += 1
            judge.cross(rules, CLIENT, self._shown(start[: limit + 1]))
            if judge.verdict != PASS:
                return
        if length > self._lines_cap:
            judge.drop(OVERLONG, CLIENT, self._shown(start), b"command line")

    def secret(self, line: bytes) -> bytes:
        """A line of an AUTH exchange: not read, not shown, only bounded."""
        if self.secret_growing(len(line)):
            return b""
        self._dialogue.sent(SECRET)
        if has_bare(line):
            # A server that ends lines at LF would read a command behind it.
            self._judge.note(BARE_IN_COMMAND, CLIENT)
            return _covered(line)
        return line

    def secret_growing(self, length: int) -> bool:
        """Has a line of an AUTH exchange outgrown its bound (RFC 4954 4.5.3)?"""
        if length <= self._secret_cap:
            return False
        self._judge.drop(OVERLONG, CLIENT, b"", b"AUTH exchange")
        return True

    def command(self, line: bytes, pieced: bool = False) -> bytes:
        """What leaves of a complete command line; nothing once it has ended.

        `pieced`: it came in several segments, and each is judged by itself.
        """
        if has_bare(line):
            self._measured(line)
            if self._judge.verdict != PASS:
                return b""
            # Covered with its stray ends: one line for every server.
            self._judge.note(BARE_IN_COMMAND, CLIENT, self._shown(line))
            return self._cross(line, True)
        return self.clean(line, pieced)

    def _measured(self, line: bytes) -> None:
        """The line has ended: the rules on its length."""
        if len(line) > self._short:
            self.growing(line[:_WORD], len(line))
            self._step = 0
        if self._judge.inspection.command_line.fits and self._judge.verdict == PASS:
            self._fits(line)

    def clean(self, line: bytes, pieced: bool = False) -> bytes:
        """`command`, of a line without a CR or an LF alone."""
        judge = self._judge
        self._measured(line)
        if judge.verdict != PASS:
            return b""
        verb = UNKNOWN if pieced else self._lawful(line)
        out = line
        path = _NO_PATH
        if verb == RCPT or SENDS[verb]:
            path = read_path(line, b"TO" if verb == RCPT else b"FROM")
            if not path.plain:
                out = self._cleaned(line, path)
        if judge.verdict == PASS and judge.inspection.verb:
            judge.facts.verb = verb
            if judge.ask(judge.inspection.verb, CLIENT, self._shown(line)):
                return self._cross(line, True) if judge.verdict == PASS else b""
        if verb == UNKNOWN and judge.verdict == PASS:
            judge.note(UNKNOWN_COMMAND, CLIENT, self._shown(line))
            return self._cross(line, judge.inspection.compat.unknown != WORD)
        if judge.verdict == PASS:
            if verb == RCPT:
                self._recipient(line, path)
            elif SENDS[verb]:
                self._sender(line, out, path)
        if judge.verdict != PASS:
            return b""
        self._hidden = verb == AUTH
        self._dialogue.sent(verb)
        return out

    def _lawful(self, line: bytes) -> int:
        """The verb of a line, UNKNOWN if it may not pass as what it is."""
        verb = line_verb(line)
        if verb == BDAT:
            if not self._judge.inspection.compat.cross_bdat:
                self._judge.drop(PAYLOAD_COMMAND, CLIENT, line[:_WORD].rstrip())
            return UNKNOWN
        if verb == STARTTLS and not self._judge.inspection.parameters.allow_tls:
            return UNKNOWN
        return verb

    def _fits(self, line: bytes) -> None:
        """The line has ended: the negated rules on its length."""
        kept = self._judge.inspection.command_line.fits
        rules = tuple([rule for limit, rule in kept if len(line) <= limit])
        self._judge.cross(rules, CLIENT, self._shown(line[:1]))

    def _cross(self, line: bytes, whole: bool) -> bytes:
        """The line under Xs, or its first word; the server will not know it."""
        self._dialogue.sent(UNKNOWN)
        blank = line.find(b" ")
        if whole or blank <= 0:
            # A blank in front hides the word: servers pass over it.
            return _covered(line)
        return crossed(blank) + line[blank:]

    def _shown(self, line: bytes) -> bytes:
        """The first word of a line, cut; never an argument, never a secret."""
        if self._hidden:
            return b""
        return line[:_WORD].split(b" ", 1)[0].split(b"\r", 1)[0].split(b"\n", 1)[0]

    def _sender(self, line: bytes, out: bytes, path: Path) -> None:
        """The sender of a MAIL command, as typed and as it will leave."""
        judge = self._judge
        self._dialogue.declared = declared_size(line, path)
        if judge.inspection.sender or judge.inspection.parameters.mail_relay:
            found = readings(line, path)
            if judge.inspection.parameters.mail_relay:
                self._local = all(self._is_local(domain_of(text)) for text in found)
            texts = found
            if out is not line:
                texts += readings(out, read_path(out, b"FROM"))
            judge.ask(judge.inspection.sender, CLIENT, found[0], texts)

    def _recipient(self, line: bytes, path: Path) -> None:
        """The recipient of a RCPT command."""
        judge = self._judge
        address = line[path.start : path.end]
        if judge.inspection.parameters.mail_relay:
            found = readings(line, path)
            if not self._local and not all(self._stays(text) for text in found):
                self._relays(address)
        if judge.verdict == PASS and judge.inspection.recipient:
            judge.facts.recipients = self._dialogue.recipients + 1
            judge.ask(judge.inspection.recipient, CLIENT, address)

    def _relays(self, address: bytes) -> None:
        """Neither sender nor recipient is local: `mail-relay`."""
        judge = self._judge
        action = judge.inspection.parameters.mail_relay
        judge.tally.mail_relay += 1
        verdict = DROP if action & DROPS else PASS
        if action & LOGS:
            detail = b"mail-relay: No Mail Relay allowed"
            judge.note(PARAMETER, CLIENT, address, detail, verdict)
        else:
            judge.verdict = verdict

    def _is_local(self, domain: bytes) -> bool:
        """Is it the local domain of `mail-relay`, or below it?"""
        local = self._judge.inspection.parameters.local_domain
        return domain == local or domain.endswith(b"." + local)

    def _stays(self, mailbox: bytes) -> bool:
        """Does mail to this mailbox stay in the local domain, for any server?"""
        if routes(mailbox):
            return False
        return b"@" not in mailbox or self._is_local(domain_of(mailbox))

    def _cleaned(self, line: bytes, path: Path) -> bytes:
        """The line without strange characters; `special-character` may end it."""
        judge = self._judge
        found = strange(line, path)
        action = judge.inspection.parameters.special_character
        if action and (found or b"`" in line or b"\0" in line):
            address = line[path.start : path.end]
            judge.tally.special_character += 1
            if action & LOGS:
                judge.note(
                    PARAMETER,
                    CLIENT,
                    address,
                    b"special-character: special character in mail address",
                    DROP if action & DROPS else PASS,
                )
            if action & DROPS:
                judge.drop(MALICIOUS, CLIENT, address)
                return b""
        if not found:
            return line
        marks = bytes(sorted({line[at] for at in found}))
        judge.note(REPLACED, CLIENT, line[path.start : path.end], marks)
        return blanked(line, found)


def _covered(line: bytes) -> bytes:
    """A line under Xs; its CRLF stays."""
    return crossed(len(line) - 2) + b"\r\n"
