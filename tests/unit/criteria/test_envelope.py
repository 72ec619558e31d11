"""Criteria on the envelope, asked about facts."""

from mailward.criteria.envelope import (
    RECIPIENT_COUNT,
    REFUSED_COUNT,
    SENDER_LENGTH,
    SENDER_REGEX,
    RecipientCount,
    RefusedCount,
    SenderLength,
    SenderRegex,
)
from mailward.criteria.words import REGEX, REGEX_CLASS
from mailward.facts import Facts
from mailward.lang.tokens import Args, Names
from mailward.rex.matcher import Matcher
from mailward.stages import RECIPIENT, REFUSED, SENDER


class Known(Names):
    """Two patterns, one by each kind of name."""

    def compiled(self, kind: str, name: str) -> object:
        """The matcher of a known name."""
        known = {(REGEX, "one"): "one@", (REGEX_CLASS, "one"): "class@"}
        return Matcher([known[kind, name]])


def facts(sender: bytes = b"", recipients: int = 0, refused: int = 0) -> Facts:
    """Facts with an envelope."""
    made = Facts()
    made.text = sender
    made.recipients = recipients
    made.refused = refused
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


def test_recipient_count() -> None:
    """The recipient beyond the limit holds."""
    made = RECIPIENT_COUNT.make(Args({"limit": 100}), Names())

    assert (made, made.stage) == (RecipientCount(100), RECIPIENT)
    assert made.holds(facts(recipients=101))
    assert not made.holds(facts(recipients=100))


def test_refused_count() -> None:
    """The refused recipient beyond the limit holds, however many were named."""
    made = REFUSED_COUNT.make(Args({"limit": 2}), Names())

    assert (made, made.stage) == (RefusedCount(2), REFUSED)
    assert made.holds(facts(recipients=1, refused=3))
    assert not made.holds(facts(recipients=9, refused=2))


def test_what_was_looked_at() -> None:
    """Lengths and numbers as numbers, a sender as it was read."""
    made = facts(b"a@b", recipients=2, refused=4)

    assert SENDER_LENGTH.saw(made) == 3
    assert SENDER_REGEX.saw(made) == b"a@b"
    assert RECIPIENT_COUNT.saw(made) == 2
    assert REFUSED_COUNT.saw(made) == 4
