"""Command lines: check, rewrite, remember.

Knows: what may leave of one client line, given the inspection.
Does not know: framing across segments (session), replies (server), messages.
Called by: engine.session.

The length of a command line is judged first: it is settled while the line
still arrives, so nothing that needs the whole line can come before it.
"""

from typing import final

from mailward.engine.dialogue import Dialogue
from mailward.engine.judge import Judge
from mailward.octets import crossed
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
from mailward.smtp.path import blanked, read_path, readings, strange
from mailward.smtp.verbs import (
    AUTH,
    BDAT,
    MAIL,
    RCPT,
    SAML,
    SECRET,
    SEND,
    SOML,
    STARTTLS,
    UNKNOWN,
    verb_code,
)
from mailward.verdicts import DROP, DROPS, LOGS, PASS

#: No more octets of a first word are shown than this.
_WORD = 32
_SENDERS = (MAIL, SEND, SOML, SAML)


@final
class ClientLines:
    """The client's side of the dialogue while its octets are commands."""

    __slots__ = (
        "_dialogue",
        "_hidden",
        "_judge",
        "_lines_cap",
        "_secret_cap",
        "_step",
    )

    def __init__(self, dialogue: Dialogue, judge: Judge) -> None:
        self._dialogue = dialogue
        self._judge = judge
        self._lines_cap = judge.inspection.limits.command_line
        self._secret_cap = judge.inspection.limits.secret
        self._step = 0
        # AUTH went out and no lawful command since: what looks like a command
        # may be a password that the client sends all the same.
        self._hidden = False

    def growing(self, start: bytes, length: int) -> None:
        """`length` octets of a command line are there, its end perhaps not yet.

        `start` is its beginning, for evidence: of that only what had come when
        the limit was passed, so that evidence does not depend on cuts.
        """
        judge = self._judge
        steps = judge.inspection.command_line
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

    def command(self, line: bytes) -> bytes:
        """What leaves of a complete command line; nothing once it has ended."""
        judge = self._judge
        self.growing(line[:_WORD], len(line))
        self._step = 0
        if judge.verdict != PASS:
            return b""
        if has_bare(line):
            # Covered with its stray ends: one line for every server.
            judge.note(BARE_IN_COMMAND, CLIENT, self._shown(line))
            self._dialogue.sent(UNKNOWN)
            return _covered(line)
        blank = line.find(b" ")
        verb = verb_code(line[:-2] if blank < 0 else line[:blank])
        if verb == BDAT and not judge.inspection.parameters.cross_bdat:
            judge.drop(PAYLOAD_COMMAND, CLIENT, line[:_WORD].rstrip())
            return b""
        if verb in (UNKNOWN, BDAT) or (
            verb == STARTTLS and not judge.inspection.parameters.allow_tls
        ):
            judge.note(UNKNOWN_COMMAND, CLIENT, self._shown(line))
            self._dialogue.sent(UNKNOWN)
            return _covered(line)
        if verb == RCPT:
            line = self._recipient(line)
        elif verb in _SENDERS:
            line = self._sender(line)
        if judge.verdict != PASS:
            return b""
        self._hidden = verb == AUTH
        self._dialogue.sent(verb)
        return line

    def _shown(self, line: bytes) -> bytes:
        """The first word of a line, cut; never an argument, never a secret."""
        if self._hidden:
            return b""
        return line[:_WORD].split(b" ", 1)[0].split(b"\r", 1)[0].split(b"\n", 1)[0]

    def _sender(self, line: bytes) -> bytes:
        path = read_path(line, b"FROM")
        out = self._cleaned(line, strange(line, path), path.start, path.end)
        judge = self._judge
        if judge.verdict == PASS and judge.inspection.sender:
            found = readings(line, path)
            judge.facts.sender = found[0]
            judge.facts.senders = (
                found if out is line else found + readings(out, read_path(out, b"FROM"))
            )
            judge.ask(judge.inspection.sender, CLIENT, found[0])
        return out

    def _recipient(self, line: bytes) -> bytes:
        path = read_path(line, b"TO")
        out = self._cleaned(line, strange(line, path), path.start, path.end)
        judge = self._judge
        if judge.verdict == PASS and judge.inspection.recipient:
            judge.facts.recipients = self._dialogue.recipients + 1
            judge.ask(judge.inspection.recipient, CLIENT, line[path.start : path.end])
        return out

    def _cleaned(self, line: bytes, found: list[int], start: int, end: int) -> bytes:
        """The line without strange characters; `special-character` may end it."""
        judge = self._judge
        action = judge.inspection.parameters.special_character
        if action and (found or b"`" in line or b"\0" in line):
            address = line[start:end]
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
        judge.note(REPLACED, CLIENT, line[start:end], marks)
        return blanked(line, found)


def _covered(line: bytes) -> bytes:
    """A line under Xs; its CRLF stays."""
    return crossed(len(line) - 2) + b"\r\n"
