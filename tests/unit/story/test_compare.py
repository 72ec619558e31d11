"""One session under two policies."""

import pytest

from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.policy.findings import CLIENT, SERVER
from mailward.story.compare import Comparison, Event, compare, story_of
from mailward.story.manual import SIDE
from mailward.story.steps import CLOSES, LACKS, SAYS
from mailward.verdicts import DROP, PASS
from tests.unit.story.kit import ENDS, NOW, policy

OPEN = policy("parameters")
NONE = "hostname a\n"
MAIL = (
    (SERVER, b"220 mail\r\n"),
    (CLIENT, b"EHLO a\r\n"),
    (SERVER, b"250-mail\r\n250 PIPELINING\r\n"),
    (CLIENT, b"NOOP\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"),
    (SERVER, b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
    (CLIENT, b"Subject: x\r\n\r\nbody\r\n" + b"x" * 50 + b"\r\n.\r\n"),
    (SERVER, b"250 ok\r\n"),
)
EVENTS = tuple(Event(SAYS, who, NOW + n, said) for n, (who, said) in enumerate(MAIL))


def compared(before: str, after: str, events: tuple[Event, ...] = EVENTS) -> Comparison:
    """The session under two configurations."""
    one, two = (load(text).gate.choose(ENDS) for text in (before, after))
    return compare(one, two, ENDS, events)


@pytest.mark.parametrize("text", [FACTORY, OPEN, NONE])
def test_equal_policies_do_not_part(text: str) -> None:
    """Nothing changes, nothing is explained."""
    told = compared(text, text)

    assert told.parting is None
    assert set(told.data()) == {"before", "after"}


def test_what_does_not_show_is_no_change() -> None:
    """Rules that only log, or hold for nothing here."""
    text = policy("match cmd verb NOOP", " log", "match body length gt 9999", " reset")

    assert compared(OPEN, text).parting is None
    assert compared(NONE, OPEN).parting is None


def test_a_verdict_that_would_change() -> None:
    """The line, and the rule that does it."""
    text = policy("match body line length gt 40", " drop-connection log")
    told = compared(OPEN, text)

    assert (told.before.verdict, told.after.verdict) == (PASS, DROP)
    parting = told.parting
    assert parting is not None
    assert parting.sent == "x" * 50
    assert parting.reasons == (
        "passes",
        "drop: class 1 of the map: body line length gt 40, drop-connection log",
    )
    assert parting.looks[0] is None
    assert parting.looks[1] is not None
    assert parting.looks[1].place == 1
    back = compared(text, OPEN)
    assert back.parting is not None
    assert back.parting.reasons == parting.reasons[::-1]
    after = back.data()["after"]
    assert isinstance(after, dict)
    assert set(after) == {name for name, _ in SIDE}


def test_a_verdict_behind_the_line_where_they_part() -> None:
    """It is told all the same, with its rule."""
    masks = policy("parameters", " mask-banner")
    drops = policy("match body line length gt 40", " drop-connection log")
    told = compared(masks, drops)

    assert (told.before.verdict, told.after.verdict) == (PASS, DROP)
    assert told.parting is not None
    assert told.parting.reasons == (
        "mask-banner",
        (
            "passes; later drop: class 1 of the map: body line length gt 40, "
            "drop-connection log"
        ),
    )


@pytest.mark.parametrize(
    ("after", "sent", "reason"),
    [
        (
            policy("match cmd verb NOOP", " mask"),
            "NOOP",
            "class 1: cmd verb NOOP, mask",
        ),
        (policy("parameters", " mask-banner"), "220 mail", "mask-banner"),
        (
            policy("match ehlo-reply-parameter pipelining", " mask"),
            "250 PIPELINING",
            "class 1: ehlo-reply-parameter pipelining, mask",
        ),
    ],
)
def test_octets_that_would_change(after: str, sent: str, reason: str) -> None:
    """The verdict stays, what arrives does not."""
    told = compared(OPEN, after, EVENTS[:4])

    assert (told.before.verdict, told.after.verdict) == (PASS, PASS)
    assert told.parting is not None
    assert (told.parting.sent, told.parting.reasons[1]) == (sent, reason)


def test_no_policy_against_one() -> None:
    """Where nothing is in force, it says so."""
    told = compared(NONE, FACTORY)

    assert told.parting is not None
    assert told.parting.reasons == (
        "no inspection is in force for this connection",
        "mask-banner",
    )
    assert told.before.data()["map"] is None


def test_what_is_done_without_a_rule() -> None:
    """A note explains it."""
    events = (*EVENTS[:3], Event(SAYS, CLIENT, NOW, b"STARTTLS\r\n"))
    told = compared(policy("parameters", " allow-tls"), OPEN, events)

    assert told.parting is not None
    assert told.parting.reasons == (
        "passes",
        "no lawful command here: it goes on under X",
    )


def test_rates_are_no_change() -> None:
    """What waits goes all the same; the server has answered it."""
    text = policy("match cmd verb NOOP", " rate-limit 1")
    noops = (
        Event(SAYS, CLIENT, NOW, b"NOOP\r\n"),
        Event(SAYS, SERVER, NOW, b"250 a\r\n"),
    )
    events = (*EVENTS[:3], *noops, *noops, *noops)
    assert compared(OPEN, text, events).parting is None

    attachment = load(text).gate.choose(ENDS)
    story = story_of(attachment, ENDS, events)
    assert story.verdict == PASS
    assert [step.freed for step in story.steps if step.freed] == [b"NOOP\r\n"] * 2


def test_holes_and_ends() -> None:
    """Octets that are not in the capture, and what speakers say no more."""
    events = (
        *EVENTS[:2],
        Event(LACKS, SERVER, NOW, missing=30),
        Event(LACKS, CLIENT, NOW),
        Event(CLOSES, CLIENT, NOW),
        Event(CLOSES, SERVER, NOW),
    )
    assert compared(OPEN, FACTORY, events).parting is not None
    assert compared(NONE, OPEN, events).parting is None
    story = story_of(load(OPEN).gate.choose(ENDS), ENDS, events)
    assert [step.unknown for step in story.steps[2:4]] == [30, 0]


def test_segments_stay_whole_where_cuts_matter() -> None:
    """For both policies, so that their steps can be compared."""
    text = policy("parameters", before="mailward compat unknown-command packet\n")
    events = (
        *EVENTS[:3],
        Event(SAYS, CLIENT, NOW, b"NO"),
        Event(SAYS, CLIENT, NOW, b"OP\r\n"),
    )
    told = compared(OPEN, text, events)

    assert told.parting is not None
    assert told.parting.sent == "OP"
