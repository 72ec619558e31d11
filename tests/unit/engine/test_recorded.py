"""A session that somebody listens to behaves like one to whom nobody does."""

from mailward.criteria.command import VerbIn
from mailward.engine.recorded import Recorded
from mailward.engine.session import Session
from mailward.policy.ear import Ear
from mailward.policy.findings import KIND_NAMES, Finding
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.smtp.verbs import NOOP
from mailward.verdicts import LOGS, RATES, RESET, RESETS
from tests.unit.engine.kit import NOW, inspection


class Notes(Ear):
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def client(
        self, segment: bytes, now: float, *, private: bool, message: bool
    ) -> None:
        """See Ear."""
        self.heard.append(("C", segment, private, message))

    def server(self, segment: bytes, now: float, *, private: bool) -> None:
        """See Ear."""
        self.heard.append(("S", segment, private))

    def found(self, finding: Finding, now: float) -> None:
        """See Ear."""
        self.heard.append(KIND_NAMES[finding.kind])

    def ended(self, verdict: int) -> None:
        """See Ear."""
        self.heard.append(verdict)


def recorded(*rules: Rule) -> tuple[Recorded, Notes]:
    """A session under these rules, and who listens."""
    obeyed = inspection(*rules)
    notes = Notes()
    return Recorded(Session(obeyed, Tally(obeyed)), notes), notes


def test_what_is_heard() -> None:
    """Everything, with what it may be."""
    session, notes = recorded()
    for speaker, octets in (
        ("S", b"220 a\r\n"),
        ("C", b"DATA\r\n"),
        ("S", b"354 go\r\n"),
        ("C", b"x\r\n"),
        ("C", b".\r\n"),
        ("S", b"250 ok\r\n"),
        ("C", b"XYZ\r\n"),
    ):
        tell = session.from_client if speaker == "C" else session.from_server
        assert len(tell(octets, NOW)) == len(octets)
    assert notes.heard == [
        ("S", b"220 a\r\n", False),
        ("C", b"DATA\r\n", False, False),
        ("S", b"354 go\r\n", True),
        ("C", b"x\r\n", True, True),
        ("C", b".\r\n", True, True),
        ("S", b"250 ok\r\n", False),
        ("C", b"XYZ\r\n", False, False),
        "unknown-command",
    ]
    assert [finding.kind for finding in session.findings] == [6]


def test_what_the_driver_sees() -> None:
    """Verdict, moments, what is held: as of the session behind it."""
    rule = Rule(VerbIn(1 << NOOP), RATES | LOGS, 1, "", "", rate=1)
    session, _ = recorded(rule)
    assert session.from_client(b"EHLO a\r\n", NOW) == b""
    assert (session.waiting, session.held, session.due) == (True, 8, 0.0)
    session.from_server(b"220 a\r\n", NOW)
    assert session.due == NOW
    assert session.on_time(NOW) == b"EHLO a\r\n"
    assert (session.due, session.waiting, session.opaque) == (0.0, False, False)
    assert session.client_closed(NOW) == session.server_closed(NOW) == b""


def test_a_verdict_is_told_once() -> None:
    """With the finding before it."""
    session, notes = recorded(Rule(VerbIn(1 << NOOP), RESETS, 1, "", ""))
    session.from_server(b"220 a\r\n", NOW)
    session.from_client(b"NOOP\r\n", NOW)
    session.findings.clear()
    session.from_client(b"NOOP\r\n", NOW)

    assert session.verdict == RESET
    assert notes.heard.count(RESET) == 1
    assert notes.heard.count("matched") == 1
