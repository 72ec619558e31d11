"""Which rule looked, and what it saw."""

from tests.unit.story.kit import Talk, policy

LENGTHS = (
    "match header line length gt 20",
    " log",
    "match header length gt 60",
    " log",
    "match body line length gt 10",
    " log",
    "match not body length gt 30",
    " log",
)


def test_lengths_at_the_end_of_a_message() -> None:
    """What no rule on a length has minded is told where the message ends."""
    talk = Talk(policy(*LENGTHS)).in_message()
    talk.client(b"Subject: x", b"", b"123456789", b"..2345678", b"." * 9, b".")

    assert talk.looks() == [
        (1, "10", False),
        (2, "12", False),
        (3, "9", False),
        (4, "31", False),
    ]


def test_lengths_where_they_are_passed() -> None:
    """At the line that passes them; the others at the end."""
    talk = Talk(policy(*LENGTHS)).in_message()
    talk.client(b"Subject: a longer line")
    assert talk.looks() == [(1, "22", True)]
    talk.client(b"Subject: a longer line")
    assert talk.looks() == [(1, "22", True)]
    talk.client(b"Subject: a longer line")
    assert talk.looks() == [(1, "22", True), (2, "72", True)]
    talk.client(b"", b"..12345678901")
    assert talk.looks() == [(3, "12", True)]
    talk.client(b".")
    assert talk.looks() == [(4, "14", True)]


def test_a_line_in_pieces() -> None:
    """The length is that of the line, not of the piece."""
    talk = Talk(policy(*LENGTHS)).in_message()
    talk.walk.say(0, ((1, b"Subject: a "), (2, b"longer line\r\n")))

    assert talk.looks() == [(1, "22", True)]


def test_a_message_that_ran_ahead() -> None:
    """It is judged when 354 comes, and so is it told."""
    talk = Talk(policy(*LENGTHS)).greeted()
    talk.client(b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA", b"", b"x", b".")
    talk.server(b"250 ok", b"250 ok", b"354 go")

    assert (talk.last.freed, talk.last.freed_shown) == (b"\r\nx\r\n.\r\n", 0)
    assert (4, "3", True) in talk.looks()
    assert (1, "0", False) in talk.looks()


def test_command_lines() -> None:
    """Their length as counted, CR LF included; the limit passed or not."""
    rule = ("match cmd line length gt 12", " log")
    talk = Talk(policy(*rule)).greeted().client(b"NOOP")
    assert talk.looks() == [(1, "6", False)]
    talk.client(b"NOOP 12345678")
    assert talk.looks() == [(1, "15", True)]
    # Held first, and told when it goes.
    talk = Talk(policy(*rule)).client(b"NOOP 12345678")
    assert talk.looks() == []
    talk.server(b"220 mail")
    assert talk.looks() == [(1, "15", True)]


def test_readings_are_looked_at_one_by_one() -> None:
    """Each reading that differs is told; equal ones are counted."""
    config = policy(
        "match sender-address regex EVIL", " log", before='regex EVIL "@b"\n'
    )
    talk = Talk(config).greeted().client(b'MAIL FROM:"evil" <a@b>')

    assert talk.looks() == [
        (1, '"evil"', False),
        (1, "evil", False),
        (1, "a@b", True),
    ]


def test_special_characters() -> None:
    """What the parameter saw; without it, what is done by itself."""
    talk = Talk(policy("parameters", " special-character action log")).greeted()
    talk.client(b"MAIL FROM:<a@b>")
    assert talk.looks() == [("special-character", "a@b", False)]
    talk.server(b"250 ok").client(b"RCPT TO:<c|d@e>")
    assert talk.looks() == [("special-character", "c|d@e", True)]
    assert talk.last.looks[0].action == "log"
    assert talk.last.notes == ["| has no place in an address: it becomes a blank"]


def test_relaying() -> None:
    """The recipient, and what was decided about it."""
    talk = Talk(policy("parameters", " mail-relay abc.com action log")).greeted()
    talk.client(b"MAIL FROM:<a@b>", b"RCPT TO:<x@abc.com>")
    assert talk.looks() == [("mail-relay abc.com", "x@abc.com", False)]
    talk.client(b"RCPT TO:<x@b>")
    assert talk.looks() == [("mail-relay abc.com", "x@b", True)]


def test_keywords_that_are_covered_by_nature() -> None:
    """STARTTLS without allow-tls, CHUNKING always; a rule that covers speaks for
    itself."""
    talk = Talk(policy("match ehlo-reply-parameter dsn", " mask"))
    talk.server(b"220 mail").client(b"EHLO a")
    talk.server(b"250-mail", b"250-STARTTLS")
    assert talk.last.notes == ["STARTTLS is covered: the map has no allow-tls"]
    talk.server(b"250-CHUNKING")
    assert talk.last.notes[0].startswith("CHUNKING is always covered")
    talk.server(b"250 DSN")
    assert (talk.looks(), talk.last.notes) == ([(1, "DSN", True)], [])


def test_tls_that_is_allowed() -> None:
    """The parameter keeps it visible."""
    talk = Talk(policy("parameters", " allow-tls"))
    talk.server(b"220 mail").client(b"EHLO a").server(b"250 STARTTLS", b"250 STARTTLS")

    assert talk.looks() == [("allow-tls", "STARTTLS", True)]


def test_a_greeting_of_several_lines() -> None:
    """The parameter counts it once, and covers all of it."""
    talk = Talk(policy("parameters", " mask-banner"))
    talk.server(b"220-mail", b"220 more")

    assert talk.last.notes == ["mask-banner covers every line of the greeting"]


def test_unknown_commands() -> None:
    """Covered, whole or their first word."""
    talk = Talk().greeted().client(b"XYZ 1")
    assert talk.last.notes == ["no lawful command here: it goes on under X"]
    config = policy("parameters", before="mailward compat unknown-command word\n")
    talk = Talk(config).greeted().client(b"XYZ 1")
    assert talk.last.notes == ["no lawful command here: its first word goes on under X"]


def test_rates() -> None:
    """Beyond its rate a command waits, and the story says for which class."""
    talk = Talk(policy("match cmd verb NOOP", " rate-limit 1 log")).greeted()
    talk.client(b"NOOP").server(b"250 ok").client(b"NOOP")

    assert talk.looks() == [(1, "NOOP", True)]
    assert talk.last.notes == [
        "class 1: beyond its rate",
        "it waits until its rate allows it",
    ]
