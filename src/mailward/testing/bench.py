"""The bench: a session with its gate and its audit, and no network.

Knows: how a driver treats a session, and what it then tells the audit.
Does not know: sockets, the notation of dialogue files.
Called by: the harnesses of this house, tests.

All dialogues of a bench take place between the same two addresses, and its clock
moves only where a dialogue says so, so that records can be compared letter by
letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from mailward.audit.auditor import FINS, INSPECTION, Auditor
from mailward.audit.records import Record
from mailward.config.load import Loaded, load
from mailward.engine.inspector import Inspector, inspector
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT
from mailward.policy.gate import Attachment
from mailward.testing.dialogue import Turn
from mailward.verdicts import PASS

#: Who speaks with whom in every dialogue.
ENDS: Final = Endpoints(
    client_interface="outside",
    client_address="203.0.113.9",
    client_port=51111,
    server_interface="inside",
    server_address="10.1.1.5",
    server_port=25,
)
#: Seconds since the epoch: when every dialogue begins.
NOW: Final = 1_700_000_000.0

#: The pieces in which the segment of each turn is handed over.
Pieces = tuple[tuple[bytes, ...], ...]


@final
@dataclass(frozen=True)
class Outcome:
    """What came of a dialogue.

    `heard` tells it turn by turn, `findings` are the keys of all findings,
    `records` all records at any severity, `counts` the numbers of the tally but
    for those that count segments.
    """

    heard: tuple["Heard", ...]
    findings: tuple[tuple[object, ...], ...]
    records: tuple["Written", ...]
    counts: tuple[int, ...]


@final
@dataclass(frozen=True)
class Heard:
    """What arrived because of one turn, and the verdict then in force."""

    to_server: bytes
    to_client: bytes
    verdict: int


@final
@dataclass(frozen=True)
class Written:
    """A record of the audit trail."""

    number: int
    severity: int
    text: str


@final
class Bench:
    """One policy, on which any number of dialogues are carried out."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self._ends = Endpoints(*ENDS.plain[:6], _inbound(loaded.gate.levels))
        self._chosen = loaded.gate.choose(ENDS)

    @classmethod
    def of(cls, text: str) -> "Bench":
        """A bench for a configuration text; ConfigErrors as `config.load`."""
        return cls(load(text))

    def carry_out(
        self, turns: tuple[Turn, ...], pieces: Pieces | None = None
    ) -> Outcome:
        """Speak the turns, whole or cut into these pieces; then both sides close."""
        run = _Run(self._attachment(), self._ends)
        cut = pieces or tuple((turn.sent,) for turn in turns)
        heard = [run.turn(*each) for each in zip(turns, cut, strict=True)]
        return run.outcome(tuple(heard))

    def _attachment(self) -> Attachment | None:
        """The attachment of the gate's choice, counting from nought."""
        chosen = self._chosen
        if chosen is None:
            return None
        return Attachment(
            chosen.place,
            chosen.policy_map,
            chosen.class_map,
            chosen.traffic,
            chosen.inspection,
        )


@final
class _Run:
    """One connection on the bench; without an attachment all passes."""

    def __init__(self, attachment: Attachment | None, ends: Endpoints) -> None:
        self.attachment = attachment
        self.ends = ends
        self.session: Inspector | None = None
        if attachment is not None:
            self.session = inspector(attachment.inspection, attachment.tally)
        self.verdict = PASS
        self.found: list[tuple[object, ...]] = []
        self.records: list[Written] = []
        self.auditor = Auditor((self,), level=7)
        self.octets = 0
        self.now = NOW
        self.auditor.built(1, ends, NOW)

    def write(self, record: Record) -> None:
        """The auditor's sink."""
        self.records.append(Written(record.number, record.severity, record.text))

    def turn(self, turn: Turn, pieces: tuple[bytes, ...]) -> Heard:
        """Hand over one turn, as a driver would."""
        if self.verdict == PASS:
            self.octets += len(turn.sent)
        if self.session is None:
            out = turn.sent
            client = turn.speaker == CLIENT
            return Heard(out if client else b"", b"" if client else out, PASS)
        to_server, to_client = self._tell(self.session, turn, pieces)
        return Heard(to_server, to_client, self.verdict)

    def _tell(
        self, session: Inspector, turn: Turn, pieces: tuple[bytes, ...]
    ) -> tuple[bytes, bytes]:
        to_server = to_client = b""
        client = turn.speaker == CLIENT
        if turn.passes:
            return self._wait(session, turn.passes), b""
        if turn.closes and client:
            to_server = session.client_closed(self.now)
        elif turn.closes:
            to_client = session.server_closed(self.now)
        for piece in () if turn.closes else pieces:
            if client:
                to_server += session.from_client(piece, self.now)
            else:
                to_client += session.from_server(piece, self.now)
            if 0.0 < session.due <= self.now:
                to_server += session.on_time(self.now)
            self._take(session)
        self._take(session)
        return to_server, to_client

    def _wait(self, session: Inspector, seconds: float) -> bytes:
        """The clock moves on, and stops at each moment the session has named."""
        until = self.now + seconds
        to_server = b""
        while 0.0 < session.due <= until:
            self.now = max(self.now, session.due)
            to_server += session.on_time(self.now)
            self._take(session)
        self.now = until
        return to_server

    def _take(self, session: Inspector) -> None:
        """The findings so far go to the auditor."""
        self.verdict = session.verdict
        for finding in session.findings:
            self.found.append(finding.key())
            self.auditor.found(1, self.ends, self.attachment, finding, self.now)
        session.findings.clear()

    def outcome(self, heard: tuple[Heard, ...]) -> Outcome:
        """Close, and tell what came of it."""
        if self.session is not None:
            self.session.client_closed(self.now)
            self.session.server_closed(self.now)
            self._take(self.session)
        self.auditor.ended(
            1,
            self.ends,
            self.attachment,
            self.verdict,
            FINS if self.verdict == PASS else INSPECTION,
            self.octets,
            NOW,
            self.now,
        )
        return Outcome(
            heard=heard,
            findings=tuple(self.found),
            records=tuple(self.records),
            counts=counts_of(self.attachment),
        )


def _inbound(levels: Mapping[str, int]) -> bool:
    """From the less trusted side?  As the relay sees it."""
    client = levels.get(ENDS.client_interface)
    server = levels.get(ENDS.server_interface)
    return client is None or server is None or client <= server


def counts_of(attachment: Attachment | None) -> tuple[int, ...]:
    """The numbers of a tally that do not depend on how segments are cut."""
    if attachment is None:
        return ()
    tally = attachment.tally
    return (
        *tally.rules,
        tally.mask_banner,
        tally.mail_relay,
        tally.special_character,
        tally.allow_tls,
    )
