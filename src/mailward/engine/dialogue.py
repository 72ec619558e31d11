"""The dialogue: where it stands, and which replies are awaited.

Knows: the phases, the replies that turn one phase into another, the queue that
pairs replies with commands, and when the next command may go.
Does not know: octets, rules, what is masked.
Called by: engine.client, engine.server, engine.session.

The order of commands is the server's to judge (it answers 503 to a DATA that
comes too early; reference section 5.8).  What must never slip is the pairing:
who believes the server to read a message while it reads commands lets anything
through.  So each command is queued with its verb, end of data with a
pseudo-verb, and the codes that turn a dialogue are lawful only where ROWS
say so.
"""

from typing import Final, final

from mailward.smtp.path import NO_SIZE
from mailward.smtp.verbs import (
    AUTH,
    DATA,
    EHLO,
    GREETING,
    HELO,
    LAST,
    MESSAGE,
    RCPT,
    RESETS,
    SECRET,
    STARTTLS,
)

COMMANDS: Final = 0  # the client's octets are commands
BODY: Final = 1  # the client's octets are a message, up to CRLF.CRLF
EXCHANGE: Final = 2  # the client's next line belongs to AUTH; it is a secret
OPAQUE: Final = 3  # TLS has begun; nothing can be read any more
PHASE_NAMES: Final = ("commands", "body", "exchange", "opaque")

#: (awaited verb, code, next phase, note): the replies that turn the dialogue.
ROWS: Final = (
    (GREETING, 220, COMMANDS, "the server greets"),
    (DATA, 354, BODY, "the message may come"),
    (AUTH, 334, EXCHANGE, "a challenge; the client's answer is a secret"),
    (SECRET, 334, EXCHANGE, "a further challenge"),
    (STARTTLS, 220, OPAQUE, "TLS begins"),
)
#: Codes of ROWS are out of place anywhere else.
TURNING: Final = frozenset(code for _, code, _, _ in ROWS)
_TURNS: Final = {verb * 1000 + code: phase for verb, code, phase, _ in ROWS}
#: The same by code: of nearly all replies it is enough to ask here.
_MAY_TURN: Final = bytes(code in TURNING for code in range(1000))

NOBODY: Final = -1

# Codes that answer but one thing.
_GO_AHEAD: Final = 354
_CHALLENGE: Final = 334

#: No more commands than this may wait for their replies.
MOST_AWAITED: Final = 1000


@final
class Dialogue:
    """One connection's pairing of commands with replies.

    `phase` says what the client's octets are, `recipients` counts RCPT
    commands of the transaction, `pipelining` whether the server announced it
    and the announcement stayed visible, `declared` is the size that the last
    MAIL announced (`smtp.path`).

    `doubt`: octets are missing, so what is awaited may be wrong.  Then whatever
    comes is lawful, nothing is held, and the reply that turns the dialogue tells
    where it stands again.
    """

    __slots__ = (
        "_awaited",
        "_closed_group",
        "_forgets",
        "_silent",
        "declared",
        "doubt",
        "phase",
        "pipelining",
        "recipients",
    )

    def __init__(self) -> None:
        self.phase = COMMANDS
        self.pipelining = False
        self.recipients = 0
        self.declared = NO_SIZE
        self._awaited: list[int] = [GREETING]
        self._closed_group = False
        self._forgets = False  # accepted, the newest ends a transaction
        self.doubt = False
        self._silent = True  # no reply has come yet

    @property
    def awaited(self) -> int:
        """The verb whose reply comes next, NOBODY when none is awaited."""
        return self._awaited[0] if self._awaited else NOBODY

    @property
    def newest(self) -> int:
        """The verb that was sent last among those awaited."""
        return self._awaited[-1] if self._awaited else NOBODY

    def may_send(self) -> bool:
        """May the client's next line go to the server now?

        Without pipelining, only when every reply has come.  With it, not
        behind a command that must be the last of its group (RFC 2920 3.1), and
        not without bound.
        """
        return (
            not self._awaited
            or self.doubt
            or (
                self.pipelining
                and not self._closed_group
                and len(self._awaited) < MOST_AWAITED
            )
        )

    def sent(self, verb: int) -> None:
        """A command, a line of an AUTH exchange or an end of data has gone out."""
        self._awaited.append(verb)
        if verb == RCPT:
            self.recipients += 1
        # A command that may end the open transaction is waited for while there
        # are recipients to forget: refused, it has ended nothing, and the
        # count must not have begun anew.
        self._forgets = RESETS[verb] and self.recipients > 0
        if LAST[verb] or self._forgets or verb == SECRET:
            self._closed_group = True

    def ended(self) -> None:
        """The end of the message has gone out."""
        self.phase = COMMANDS
        self.sent(MESSAGE)
        # Of a server that is never heard nothing can become certain.
        self.doubt = self.doubt and self._silent

    def lawful(self, code: int) -> bool:
        """May a reply with this code come now?  421 always may."""
        return not _MAY_TURN[code] or self.awaited * 1000 + code in _TURNS or self.doubt

    def lost(self, *, greeting: bool) -> None:
        """Octets are missing, perhaps commands or replies among them; `greeting`:
        perhaps the greeting."""
        self.doubt = True
        if greeting and self.awaited == GREETING:
            del self._awaited[0]

    def believe(self) -> None:
        """The answer to DATA is missing, and the client has gone on."""
        self._awaited.clear()
        self.phase = BODY

    def caught_up(self) -> bool:
        """The server answers while we believe to read a message in which octets
        are missing: was its end among them?"""
        if not self.doubt or self.phase != BODY or self._awaited:
            return False
        self.ended()
        return True

    def answered(self, code: int) -> int:
        """The last line of a reply has come: the verb that it answers.

        NOBODY when no reply was awaited.  Moves the phase.
        """
        self._silent = False
        turns = _MAY_TURN[code] != 0
        if turns and self.doubt:
            self._find(code)
        if not self._awaited:
            if self.phase == EXCHANGE:
                self.phase = COMMANDS  # the server has given the exchange up
            return NOBODY
        verb = self._awaited[0]
        if len(self._awaited) > 1:
            del self._awaited[0]
        else:
            self._awaited.pop()
            self._closed_group = False
            if self._forgets and 200 <= code < 300:
                self.recipients = 0
        if verb == MESSAGE:
            self.recipients = 0
        if verb in (HELO, EHLO):
            self.pipelining = False
        if turns:
            self.phase = _TURNS.get(verb * 1000 + code, self.phase)
        return verb

    def _find(self, code: int) -> None:
        """In doubt, a reply came that turns the dialogue: what is it an answer to?

        What was awaited before that has been answered, or its answer is missing.
        """
        asked = [verb for verb, turns, _, _ in ROWS if turns == code]
        while self._awaited and self._awaited[0] not in asked:
            del self._awaited[0]
        if not self._awaited and code in (_GO_AHEAD, _CHALLENGE):
            self._awaited.append(asked[0])
        self.doubt = not self._awaited
