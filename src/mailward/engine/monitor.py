"""Monitor: a session that judges as if, and lets everything pass.

Knows: how the judgement of a session is kept honest where its verdicts and its
covers are not carried out.
Does not know: records; sockets.
Called by: `engine.inspector`, in the place of a session.

All octets pass unchanged and at once; nothing is held, nothing ended.  Findings are
those of the session behind it, so everything counts as if it had been done; at the
first verdict, WOULD_END tells of it once and the rest of the connection is not looked
at: with the map in force there would be no rest.

Client and server see what the map would have hidden, and may act on it.  Three
things follow.  A command that a rule would cover is judged further as what it is, for
the server obeys it.  A command beyond its rate does not wait.  And where the server
turns the dialogue because of something that would have been covered (STARTTLS,
XEXCH50), or the client sends BDAT, what follows would never have been said: that is no
verdict but DIVERGED, and nothing more is judged.
"""

from dataclasses import replace
from typing import final

from mailward.engine.session import Session
from mailward.policy.findings import (
    BARE_IN_COMMAND,
    CLIENT,
    DIVERGED,
    KIND_NAMES,
    PAYLOAD_COMMAND,
    UNEXPECTED,
    UNKNOWN_COMMAND,
    WOULD_END,
    Finding,
)
from mailward.policy.inspection import Inspection
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.verdicts import MASKS, PASS, RATES


@final
class Monitor:
    """Has the face of a Session.

    `verdict`, `due` and `waiting` never change: a driver has nothing to do.
    `opaque`: there is nothing more to be judged, and a driver may stop calling.
    """

    __slots__ = (
        "_covered",
        "_rules",
        "_session",
        "_tally",
        "due",
        "findings",
        "opaque",
        "verdict",
        "waiting",
    )

    def __init__(self, inspection: Inspection, tally: Tally) -> None:
        self.verdict = PASS
        self.due = 0.0
        self.waiting = False
        self.opaque = False
        self.findings: list[Finding] = []
        self._rules = inspection.rules
        self._tally = tally
        self._session = Session(_harmless(inspection), tally)
        self._covered = False  # something would have been covered

    def from_client(self, segment: bytes, now: float) -> bytes:
        """Octets of the client: all of them."""
        if not self.opaque:
            self._session.from_client(segment, now)
            self._settle()
        return segment

    def from_server(self, segment: bytes, now: float) -> bytes:
        """Octets of the server: all of them."""
        if not self.opaque:
            self._session.from_server(segment, now)
            self._settle()
        return segment

    def client_closed(self, now: float) -> bytes:
        """The client sends no more."""
        return b""

    def server_closed(self, now: float) -> bytes:
        """The server sends no more."""
        return b""

    def on_time(self, now: float) -> bytes:
        """Nothing waits."""
        return b""

    @property
    def held(self) -> int:
        """Nothing is held."""
        return 0

    @property
    def phase(self) -> int:
        """As of a session."""
        return self._session.phase

    @property
    def secrecy(self) -> int:
        """As of a session."""
        return self._session.secrecy

    def _settle(self) -> None:
        """Free what the session holds back, and take what it has found."""
        session = self._session
        while session.due > 0.0:
            session.on_time(session.due)
        ending: Finding | None = None
        for finding in session.findings:
            if finding.rule is not None:
                finding.rule = self._rules[finding.rule.place - 1]
            if finding.kind in (UNKNOWN_COMMAND, BARE_IN_COMMAND):
                self._covered = True
            if finding.verdict != PASS:
                ending = finding
            if not self._diverges(finding):
                self.findings.append(finding)
        session.findings.clear()
        if session.verdict != PASS:
            self.findings.append(self._last(ending))
        self.opaque = session.opaque or session.verdict != PASS

    def _diverges(self, finding: Finding) -> bool:
        """Is it a verdict only because nothing was covered?"""
        if finding.kind == PAYLOAD_COMMAND:
            return finding.verdict != PASS
        return finding.kind == UNEXPECTED and self._covered

    def _last(self, ending: Finding | None) -> Finding:
        """What the verdict of the session comes to."""
        if ending is None:  # a parameter without `log`
            verdict = self._session.verdict
            return Finding(WOULD_END, CLIENT, verdict, detail=b"mail-relay")
        if self._diverges(ending):
            self._tally.drops -= 1
            what = b"the server obeyed what would have been covered"
            if ending.kind == PAYLOAD_COMMAND:
                what = b"the client uses what would have been hidden"
            return Finding(DIVERGED, ending.speaker, PASS, ending.evidence, what)
        why = ending.detail or KIND_NAMES[ending.kind].encode()
        return Finding(WOULD_END, ending.speaker, ending.verdict, b"", why, ending.rule)


def _harmless(inspection: Inspection) -> Inspection:
    """The same questions, but commands go on as what they are."""
    return replace(
        inspection,
        verb=tuple([_uncovered(rule) for rule in inspection.verb]),
        compat=replace(inspection.compat, cross_excess=False),
    )


def _uncovered(rule: Rule) -> Rule:
    """A rule on commands that counts and logs, but covers nothing."""
    if not rule.action & MASKS:
        return rule
    return replace(rule, action=rule.action & ~(MASKS | RATES))
