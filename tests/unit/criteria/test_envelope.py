"""Criteria on the envelope, asked about facts."""

from mailward.criteria.envelope import (
    RECIPIENT_COUNT,
    REGEX,
    REGEX_CLASS,
    SENDER_LENGTH,
    SENDER_REGEX,
    RecipientCount,
    SenderLength,
    SenderRegex,
)
from mailward.facts import Facts
from mailward.lang.tokens import Args, Names
from mailward.rex.matcher import Matcher
from mailward.stages import RECIPIENT, SENDER


class Known(Names):
    """Two patterns, one by each kind of name."""

    def compiled(self, kind: str, name: str) -> object:
        """The matcher of a known name."""
        known = {(REGEX, "one"): "one@", (REGEX_CLASS, "one"): "class@"}
        return Matcher([known[kind, name]])


def facts(sender: bytes = b"", recipients: int = 0) -> Facts:
    """Facts with an envelope."""
    made = Facts()
    made.sender = sender
    made.senders = (sender,)
    made.recipients = recipients
    return made


def test_sender_length() -> None:
    """Longer than the limit holds, as long as the limit does not."""
    made = SENDER_LENGTH.make(Args({"limit": 3}), Names())

    assert (made, made.stage) == (SenderLength(3), SENDER)
    assert made.holds(facts(b"abcd"))
    assert not made.holds(facts(b"abc"))


def test_sender_regex_by_name() -> None:
    """`regex NAME` asks the pattern of that name."""
    made = SENDER_REGEX.make(Args({"regex": "one"}), Known())

    assert (type(made), made.stage) == (SenderRegex, SENDER)
    assert made.holds(facts(b"one@example.com"))
    assert not made.holds(facts(b"class@example.com"))


def test_sender_regex_by_class() -> None:
    """`regex class NAME` asks the class of that name."""
    made = SENDER_REGEX.make(Args({"class": "one"}), Known())

    assert made.holds(facts(b"class@example.com"))
    assert not made.holds(facts(b"one@example.com"))


def test_sender_regex_on_every_reading() -> None:
    """Where servers may read different mailboxes, any of them is enough."""
    made = SENDER_REGEX.make(Args({"regex": "one"}), Known())
    several = facts(b"x@example.com")
    several.senders = (b"x@example.com", b"one@example.com")

    assert made.holds(several)
    assert not made.holds(Facts())


def test_recipient_count() -> None:
    """The recipient beyond the limit holds."""
    made = RECIPIENT_COUNT.make(Args({"limit": 100}), Names())

    assert (made, made.stage) == (RecipientCount(100), RECIPIENT)
    assert made.holds(facts(recipients=101))
    assert not made.holds(facts(recipients=100))
