"""One session line by line: what is told of each."""

import pytest

from mailward.config.load import load
from mailward.policy.findings import CLIENT, SERVER
from mailward.story.steps import CLOSES, WAITS
from mailward.story.walk import Walk, spoken
from mailward.verdicts import DROP, PASS
from tests.unit.story.kit import ENDS, NOW, Talk, policy


def test_each_line_is_a_step() -> None:
    """A segment of several lines is told line by line."""
    talk = Talk().greeted()
    talk.client(b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>")

    steps = talk.walk.so_far.steps
    assert [step.said for step in steps[-2:]] == [
        b"MAIL FROM:<a@b>\r\n",
        b"RCPT TO:<c@d>\r\n",
    ]
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))


def test_quiet_lines_of_a_message_are_one_step() -> None:
    """Of which nothing is to be told; the octets are all there."""
    talk = Talk().in_message()
    talk.client(b"Subject: x", b"", *(b"%d" % n for n in range(100)))
    story = talk.walk.so_far

    assert (talk.last.lines, talk.last.phase) == (102, "body")
    assert talk.last.said == talk.last.passed
    assert talk.last.said.endswith(b"\r\n98\r\n99\r\n")
    talk.client(b".")
    assert story.steps[-1].said == b".\r\n"


def test_a_segment_of_very_many_lines() -> None:
    """The rest of it is one step: a story stays readable, and quick."""
    talk = Talk().in_message()
    talk.walk.say(CLIENT, ((0, b"x\r\n" * 30_000),))

    assert talk.last.octets == 90_000


def test_held_and_freed() -> None:
    """A command that waits, and when it goes."""
    talk = Talk()
    talk.client(b"EHLO a")
    assert (talk.last.passed, talk.last.held) == (b"", True)
    assert talk.last.notes == ["held until the server has answered"]
    talk.server(b"220 mail")
    assert talk.last.freed == b"EHLO a\r\n"
    assert talk.last.freed_shown == len(talk.last.freed)
    assert talk.looks() == [(1, "8", False), ("mask-banner", "220 mail", True)]


def test_secrets_are_not_shown() -> None:
    """Neither where they are sent, nor where they are freed."""
    talk = Talk().greeted()
    talk.client(b"AUTH PLAIN c2VjcmV0", b"c2VjcmV0")
    assert talk.last.said[: talk.last.shown] == b""
    talk.server(b"334 c2VjcmV0")
    assert talk.last.said[: talk.last.shown] == b"334 "
    assert (talk.last.freed, talk.last.freed_shown) == (b"c2VjcmV0\r\n", 0)
    talk.server(b"535 no").client(b"c2VjcmV0")

    steps = talk.walk.so_far.steps
    assert not any(b"c2VjcmV0" in step.said[: step.shown] for step in steps)
    assert not any("c2VjcmV0" in str(step.data()) for step in steps)


def test_after_tls_nothing_is_shown() -> None:
    """It passes, and it is not of our business."""
    talk = Talk(policy("parameters", " allow-tls action log")).greeted()
    talk.client(b"STARTTLS").server(b"220 go")
    assert talk.looks() == [("allow-tls", "220 to STARTTLS", True)]
    talk.client(b"\x16\x03secret").client(b"secret")

    assert (talk.last.phase, talk.last.shown) == ("opaque", 0)
    assert talk.last.unchanged
    assert talk.walk.finish().verdict == PASS


def test_the_end() -> None:
    """Verdict, reason, and what follows it."""
    talk = Talk(policy("match cmd verb NOOP", " drop-connection log"))
    talk.greeted().client(b"NOOP").client(b"QUIT")
    story = talk.walk.finish()

    assert story.verdict == DROP
    assert story.acted is not None
    assert (story.acted.place, story.acted.action) == (1, "drop-connection log")
    assert story.why == "class 1 of the map: cmd verb NOOP, drop-connection log"
    assert [step.passed for step in story.steps[-2:]] == [b"", b""]
    assert [line.split(":")[0] for line in story.closing] == [
        "%ASA-4-507003",
        "%ASA-6-302014",
    ]
    assert "TCP connection 7 " in story.opening[0]


@pytest.mark.parametrize("action", ["drop-connection", "drop-connection log"])
def test_the_end_by_a_parameter(action: str) -> None:
    """A parameter without `log` leaves nothing but its counter."""
    talk = Talk(policy("parameters", f" mail-relay abc.com action {action}"))
    talk.greeted().client(b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>")
    story = talk.walk.finish()

    assert story.why == f"the parameter mail-relay abc.com, {action}"
    assert talk.looks() == [("mail-relay abc.com", "c@d", True)]


def test_the_end_by_nature() -> None:
    """No rule asked for it."""
    talk = Talk().greeted().client(b"BDAT 3 LAST")
    story = talk.walk.finish()

    assert story.acted is None
    assert story.why.startswith("BDAT 3 LAST carries octets")


def test_time_and_ends() -> None:
    """The clock moves only when it is told to; a delayed command goes then."""
    talk = Talk(policy("match cmd verb NOOP", " rate-limit 1"))
    talk.greeted().client(b"NOOP").server(b"250 ok").client(b"NOOP")
    assert talk.last.notes == ["it waits until its rate allows it"]
    talk.walk.wait(1.5, 9)
    assert (talk.last.event, talk.last.line) == (WAITS, 9)
    assert talk.last.freed == b"NOOP\r\n"
    talk.walk.close(CLIENT)
    talk.walk.close(SERVER)
    assert (talk.last.event, talk.last.at) == (CLOSES, 1.5)
    talk.walk.say(SERVER, ((0, b"250 ok\r\n"),), NOW + 3)
    assert talk.last.at == 3


def test_nothing_in_force() -> None:
    """All passes, and the story says so."""
    walk = Walk(load("hostname a\n").gate.choose(ENDS), ENDS, NOW)
    walk.say(SERVER, ((1, b"220 "), (2, b"a\r\nb\r\n")))
    walk.wait(1)
    story = walk.finish()

    assert story.map_name == ""
    assert story.why == "no inspection is in force for this connection"
    assert [(step.phase, step.said) for step in story.steps] == [
        ("uninspected", b"220 a\r\nb\r\n"),
        ("uninspected", b""),
    ]
    assert spoken(story) == (b"", b"220 a\r\nb\r\n")


def test_segments_stay_whole_where_cuts_matter() -> None:
    """Under `unknown-command packet`."""
    config = policy("parameters", before="mailward compat unknown-command packet\n")
    talk = Talk(config).greeted()
    talk.walk.say(CLIENT, ((1, b"NO"), (2, b"OP\r\nNOOP\r\n")))

    assert talk.last.said == b"NOOP\r\nNOOP\r\n"
