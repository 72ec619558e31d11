"""A session that lets everything pass, and what it says it would have done."""

import pytest

from mailward.criteria.base import Criterion
from mailward.criteria.command import VerbIn
from mailward.criteria.ehlo import EhloKeyword
from mailward.engine.dialogue import BODY, COMMANDS
from mailward.engine.monitor import Monitor
from mailward.parameters import Compat, Parameters
from mailward.policy.ear import PRIVATE
from mailward.policy.findings import CLIENT, SERVER
from mailward.policy.inspection import Inspection
from mailward.policy.rule import Rule
from mailward.policy.tally import Tally
from mailward.smtp import ehlo
from mailward.smtp.verbs import DATA, NOOP
from mailward.verdicts import DROPS, LOGS, MASKS, PASS, RATES, RESETS
from tests.unit.engine.kit import NOW, inspection


class Watch:
    """A monitor, and what it has found."""

    def __init__(self, watched: Inspection) -> None:
        self.tally = Tally(watched)
        self.monitor = Monitor(watched, self.tally)
        self.rules = watched.rules

    def say(self, speaker: int, *lines: bytes) -> list[tuple[object, ...]]:
        """A segment of these lines, which passes; what was found because of it."""
        segment = b"".join(line + b"\r\n" for line in lines)
        monitor = self.monitor
        if speaker == CLIENT:
            assert monitor.from_client(segment, NOW) is segment
        else:
            assert monitor.from_server(segment, NOW) is segment
        assert (monitor.verdict, monitor.due, monitor.waiting) == (PASS, 0.0, False)
        assert (monitor.on_time(NOW), monitor.held) == (b"", 0)
        found = monitor.findings.copy()
        monitor.findings.clear()
        for finding in found:
            if finding.rule is not None:
                assert finding.rule is self.rules[finding.rule.place - 1]
        return [finding.key() for finding in found]

    def greeted(self) -> "Watch":
        """After EHLO and its answer."""
        self.say(SERVER, b"220 mail")
        self.say(CLIENT, b"EHLO a")
        self.say(SERVER, b"250-mail", b"250-PIPELINING", b"250 CHUNKING")
        return self


def verb(code: int) -> Criterion:
    """A rule on one verb."""
    return VerbIn(1 << code)


def test_a_verdict_is_told_once_and_nothing_follows() -> None:
    """The finding of the rule, WOULD_END with it, and the rest is not looked at."""
    watch = Watch(inspection((verb(NOOP), RESETS | LOGS))).greeted()

    found = watch.say(CLIENT, b"NOOP")
    assert [key[0] for key in found] == ["matched", "would-end"]
    assert (found[1][2], found[1][5]) == (2, 1)
    assert watch.monitor.opaque
    counts = (watch.tally.packets, watch.tally.drops, watch.tally.reset_drops)
    assert watch.say(CLIENT, b"NOOP") == []
    assert watch.say(SERVER, b"250 ok") == []
    assert counts == (watch.tally.packets, watch.tally.drops, watch.tally.reset_drops)
    assert counts[1:] == (1, 1)
    assert watch.tally.rules == [1]


@pytest.mark.parametrize("action", [MASKS, MASKS | RATES])
def test_a_command_that_a_rule_would_cover(action: int) -> None:
    """It counts, and the dialogue goes on as the server sees it."""
    watch = Watch(inspection((verb(DATA), action), (verb(DATA), action | LOGS)))
    watch.greeted()

    found = watch.say(CLIENT, b"DATA")
    assert [(key[0], key[5]) for key in found] == [("matched", 2)]
    assert watch.monitor.secrecy == PRIVATE
    assert watch.say(SERVER, b"354 go") == []
    assert watch.monitor.phase == BODY
    watch.say(CLIENT, b"NOOP", b".")
    assert watch.monitor.phase == COMMANDS
    assert watch.tally.rules == [1, 1]


@pytest.mark.parametrize("compat", [Compat(), Compat(cross_excess=True)])
def test_a_command_beyond_its_rate_does_not_wait(compat: Compat) -> None:
    """It counts and is told of, whatever would have become of it."""
    rule = Rule(verb(NOOP), RATES | LOGS, 1, "", "", rate=1)
    watch = Watch(inspection(rule, compat=compat)).greeted()

    assert watch.say(CLIENT, b"NOOP") == []
    assert [key[0] for key in watch.say(CLIENT, b"NOOP", b"NOOP")] == ["delayed"] * 2
    assert watch.say(SERVER, b"250 ok", b"250 ok", b"250 ok") == []
    assert watch.tally.drops == 2


def test_held_commands_are_judged_when_they_would_go() -> None:
    """Pipelining is covered for the session behind it, not for the client."""
    mask = EhloKeyword(1 << ehlo.PIPELINING)
    watch = Watch(inspection((mask, MASKS), (verb(NOOP), LOGS))).greeted()

    assert watch.say(CLIENT, b"NOOP", b"NOOP", b"NOOP")[0][0] == "matched"
    found = watch.say(SERVER, b"250 ok", b"250 ok", b"250 ok")
    assert [key[0] for key in found] == ["matched", "matched"]


def test_what_tls_hides_is_no_verdict() -> None:
    """The server obeys a STARTTLS that it would never have seen."""
    watch = Watch(inspection()).greeted()

    assert [key[0] for key in watch.say(CLIENT, b"STARTTLS")] == ["unknown-command"]
    found = watch.say(SERVER, b"220 go")
    assert [(key[0], key[2]) for key in found] == [("diverged", PASS)]
    assert watch.monitor.opaque
    assert watch.tally.drops == 0


def test_tls_that_is_allowed() -> None:
    """What follows is not to be judged."""
    parameters = Parameters(allow_tls=True, allow_tls_log=True)
    watch = Watch(inspection(parameters=parameters)).greeted()

    assert watch.say(CLIENT, b"STARTTLS") == []
    assert [key[0] for key in watch.say(SERVER, b"220 go")] == ["tls-started"]
    watch.say(CLIENT, b"\x16\x03")
    assert watch.monitor.opaque


def test_a_client_that_uses_chunking() -> None:
    """It sees the keyword, so that its BDAT is no offence."""
    watch = Watch(inspection()).greeted()

    found = watch.say(CLIENT, b"BDAT 5 LAST")
    assert [key[0] for key in found] == ["diverged"]
    assert b"hidden" in str(found[0][4]).encode()
    assert watch.tally.drops == 0


def test_a_server_that_moves_by_itself() -> None:
    """Nothing was covered, so it is a verdict."""
    watch = Watch(inspection()).greeted()

    found = watch.say(SERVER, b"354 go")
    assert [(key[0], key[2]) for key in found] == [
        ("unexpected-transition", 1),
        ("would-end", 1),
    ]
    assert found[1][4] == b"unexpected-transition"


def test_a_parameter_without_log() -> None:
    """It leaves no finding, and is told of all the same."""
    parameters = Parameters(mail_relay=DROPS, local_domain=b"abc.com")
    watch = Watch(inspection(parameters=parameters)).greeted()

    found = watch.say(CLIENT, b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>")
    assert [(key[0], key[2], key[4]) for key in found] == [
        ("would-end", 1, b"mail-relay")
    ]


def test_the_end_is_passed_on() -> None:
    """It holds nothing that a FIN would have to wait for."""
    monitor = Watch(inspection()).monitor

    assert monitor.client_closed(NOW) == b""
    assert monitor.server_closed(NOW) == b""
