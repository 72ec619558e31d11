"""A live session told afterwards, out of what was kept of it."""

import json

from mailward.audit.recent import Recent, Recording
from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.engine.inspector import inspector
from mailward.policy.findings import CLIENT, SERVER
from mailward.policy.gate import Attachment
from mailward.story.recent import answer, retold
from mailward.story.steps import LACKS, Story
from mailward.story.words import note_of
from mailward.verdicts import DROP, PASS, RESET
from tests.unit.story.kit import ENDS, NOW, policy

CLOCK = 77.0
SECRET = b"c2VjcmV0"
MAIL = (
    (SERVER, b"220 mail\r\n"),
    (CLIENT, b"EHLO a\r\n"),
    (SERVER, b"250-mail\r\n250 PIPELINING\r\n"),
    (CLIENT, b"AUTH PLAIN " + SECRET + b"\r\n"),
    (SERVER, b"334 " + SECRET + b"\r\n"),
    (CLIENT, SECRET + b"\r\n"),
    (SERVER, b"235 ok\r\n"),
    (CLIENT, b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"),
    (SERVER, b"250 ok\r\n250 ok\r\n354 go\r\n"),
    (CLIENT, b"Subject: " + SECRET + b"\r\n\r\n" + b"x" * 70 + b"\r\n.\r\nNOOP\r\n"),
    (SERVER, b"250 queued\r\n250 ok\r\n"),
    (CLIENT, b"QUIT\r\n"),
    (SERVER, b"221 bye\r\n"),
)


class Live:
    """Sessions as a driver handles them, and what is kept."""

    def __init__(self, config: str) -> None:
        chosen = load(config).gate.choose(ENDS)
        assert chosen is not None
        self.attachment: Attachment = chosen
        self.recent = Recent(4)

    def session(
        self, said: tuple[tuple[int, bytes], ...] = MAIL, *, over: bool = True
    ) -> Recording:
        """One session, to its end or that of what is said."""
        number = len(self.recent.sessions()) + 1
        ear = self.recent.begin(number, ENDS, self.attachment, CLOCK, NOW)
        assert ear is not None
        session = inspector(self.attachment.inspection, self.attachment.tally)
        for moment, (speaker, segment) in enumerate(said):
            now = CLOCK + moment
            if speaker == CLIENT:
                ear.client(segment, now, session.secrecy)
                session.from_client(segment, now)
            else:
                ear.server(segment, now)
                session.from_server(segment, now)
            if session.due:
                session.on_time(now)
            for finding in session.findings:
                ear.found(finding, now)
            session.findings.clear()
            if session.verdict != PASS:
                ear.ended(session.verdict)
                break
        if over:
            self.recent.over(number)
        return ear


def told(config: str, said: tuple[tuple[int, bytes], ...] = MAIL) -> Story:
    """The story of a session under a configuration."""
    return retold(Live(config).session(said))


def test_a_session_that_passed() -> None:
    """Line by line with the rules that looked; message and secrets by their length."""
    story = told(FACTORY)

    assert story.verdict == PASS
    assert story.why == "nothing in it ended the connection"
    said = [step.said[: step.shown] for step in story.steps]
    assert said[0] == b"220 mail\r\n"
    assert b"AUTH PLAIN" in said
    assert b"NOOP\r\n" in said
    assert said[-1] == b"221 bye\r\n"
    message = next(step for step in story.steps if step.event == LACKS)
    assert message.unknown == 96
    assert message.notes == ["a message with the fields Subject"]
    looks = [look.label for step in story.steps for look in step.looks]
    assert "cmd RCPT count gt 100" in looks
    assert "mask-banner" in looks
    assert "header line length gt 998" not in looks
    assert "c2VjcmV0" not in json.dumps([step.data() for step in story.steps])
    assert story.steps[-1].at == 12.0


def test_a_session_that_a_message_ended() -> None:
    """The rule is named though nothing of the message was kept."""
    story = told(policy("match body length gt 20", " reset log"))

    assert story.verdict == RESET
    assert story.why == "class 1 of the map: body length gt 20, reset log"
    assert story.acted is not None
    assert (story.acted.place, story.acted.saw) == (1, "")
    message, noop = story.steps[-2:]
    assert [message.verdict, noop.verdict] == [RESET, RESET]
    assert [line.split(":")[0] for line in message.records] == ["%ASA-4-108004"]
    assert (noop.said, noop.passed) == (b"NOOP\r\n", b"")


def test_a_session_that_a_command_ended() -> None:
    """The rule with what it saw."""
    story = told(policy("match sender-address length gt 2", " drop-connection"))

    assert (story.verdict, story.steps[-1].verdict) == (DROP, DROP)
    assert story.acted is not None
    assert story.acted.saw == "3"
    assert (
        story.steps[-1].said == b"MAIL FROM:<a@b>\r\n" or story.steps[-1].records == []
    )


def test_a_session_that_nature_ended() -> None:
    """No rule asked for it."""
    live = Live(FACTORY)
    heard = live.session((*MAIL[:3], (CLIENT, b"BDAT 3\r\n")))
    story = retold(heard)

    assert story.acted is None
    assert story.why == note_of(
        heard.findings[-1][2], live.attachment.inspection.compat
    )


def test_a_parameter() -> None:
    """By its own words, where it has any."""
    config = policy("parameters", " mail-relay abc.com action drop-connection log")
    assert told(config).why == "mail-relay: No Mail Relay allowed"


def test_rules_that_only_log_are_told() -> None:
    """With their records, at the segment that brought them."""
    story = told(policy("match body line length gt 20", " log"))

    assert story.verdict == PASS
    message = next(step for step in story.steps if step.event == LACKS)
    assert [(look.place, look.holds) for look in message.looks] == [(1, True)]
    assert len(message.records) == 1


def test_monitor_mode() -> None:
    """What would have been done."""
    config = policy("match cmd verb NOOP", " reset")
    said = (*MAIL[:3], (CLIENT, b"NOOP\r\n"))
    story = told(f"{config}mailward monitor M\n", said)

    assert story.monitor
    assert story.verdict == RESET
    assert "900" in story.steps[-1].records[-1]


def test_a_session_that_lives() -> None:
    """As far as it has come; with what there was no room for."""
    live = Live(FACTORY)
    heard = live.session((*MAIL[:3], *[(CLIENT, b"NOOP\r\n")] * 100), over=False)
    story = retold(heard)

    assert story.why == "it is alive"
    assert story.steps[-1].notes[-1].endswith(" further segments were not kept")
    assert heard.more > 0


def test_what_a_console_asks() -> None:
    """The list, one of them, and one that nobody knows."""
    live = Live(FACTORY)
    live.session()
    live.session(over=False)

    sessions = answer(live.recent, 0)["sessions"]
    assert sessions == [
        {
            "number": number,
            "client": "203.0.113.9:51111",
            "server": "10.1.1.5:25",
            "map": "_default_esmtp_map",
            "verdict": "pass",
            "alive": number == 2,
            "began": NOW,
        }
        for number in (1, 2)
    ]
    story = answer(live.recent, 1)
    assert list(story) == ["head", "steps", "end", "lines"]
    assert "c2VjcmV0" not in json.dumps(story)
    assert answer(live.recent, 3) == {}


def test_nothing_said() -> None:
    """A connection on which nobody has spoken."""
    story = retold(Live(FACTORY).session(()))

    assert story.steps == []
