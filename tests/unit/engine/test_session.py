"""The door: what waits for what."""

import pytest

from mailward.criteria.command import VerbIn
from mailward.criteria.lengths import BodyLength
from mailward.engine.dialogue import BODY, COMMANDS, EXCHANGE
from mailward.engine.session import Session
from mailward.parameters import PACKET
from mailward.policy.ear import MESSAGE, OPEN, PRIVATE
from mailward.policy.inspection import Compat, Limits, Parameters
from mailward.policy.rule import Rule
from mailward.smtp.verbs import NOOP
from mailward.verdicts import DROP, DROPS, PASS, RATES, RESET, RESETS
from tests.unit.engine.kit import NOW, Talk, inspection


def test_nothing_before_the_greeting() -> None:
    """An early talker's commands go when the server has greeted, in order."""
    talk = Talk()

    assert talk.client(b"EHLO a\r\nNOOP\r\n") == b""
    assert talk.session.waiting
    assert talk.server(b"220 hi\r\n") == b"220 hi\r\n"
    assert talk.session.due == NOW
    assert talk.freed() == b"EHLO a\r\n"
    assert talk.session.due == 0.0
    assert talk.session.waiting
    talk.server(b"250 hi\r\n")
    assert talk.freed() == b"NOOP\r\n"
    assert not talk.session.waiting


def test_pipelining_only_where_it_stayed_visible() -> None:
    """Announced and visible: in groups.  Otherwise one at a time, in order."""
    group = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"

    assert Talk().greeted(b"PIPELINING").client(group) == group
    talk = Talk().greeted()
    assert talk.client(group) == b"MAIL FROM:<a@b>\r\n"
    assert talk.session.held == len(b"RCPT TO:<c@d>\r\n")
    talk.server(b"250 ok\r\n")
    assert talk.session.held == len(b"RCPT TO:<c@d>\r\n")
    assert talk.freed() == b"RCPT TO:<c@d>\r\n"
    assert talk.session.held == 0


def test_a_mail_and_another() -> None:
    """Two mails in one session; the second envelope goes with the first's end."""
    talk = Talk().in_message()
    more = b"Subject: s\r\n\r\nbody\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"

    assert talk.client(more) == more.replace(b"RCPT TO:<c@d>\r\n", b"")
    assert talk.server(b"250 queued\r\n250 ok\r\n") == b"250 queued\r\n250 ok\r\n"
    assert talk.freed() == b"RCPT TO:<c@d>\r\n"


@pytest.mark.parametrize("octet_by_octet", [False, True])
def test_a_message_that_ran_ahead(octet_by_octet: bool) -> None:
    """Octets behind DATA wait for the 354 and are then a message."""
    talk = Talk().greeted(b"PIPELINING")
    envelope = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"
    message = b"a: b\r\n\r\nRSET\r\n.\r\nQUIT\r\n"
    sent = envelope + message
    pieces = [sent[i : i + 1] for i in range(len(sent))] if octet_by_octet else [sent]

    assert b"".join(talk.client(piece) for piece in pieces) == envelope
    talk.server(b"250 ok\r\n250 ok\r\n354 go\r\n")
    assert talk.freed() == message
    assert talk.kinds() == []


def test_a_refused_data_runs_nothing() -> None:
    """Octets meant as a message are never forwarded as commands."""
    talk = Talk().greeted(b"PIPELINING")
    talk.client(b"DATA\r\nMAIL FROM:<evil@x>\r\n")

    assert talk.server(b"503 no\r\n") == b"503 no\r\n"
    assert talk.freed() == b""
    assert talk.session.verdict == DROP
    assert talk.kinds() == ["early-data"]


def test_a_refused_data_with_nothing_behind_it() -> None:
    """The session goes on."""
    talk = Talk().greeted()
    talk.client(b"DATA\r\n")
    talk.server(b"503 no\r\n")

    assert talk.client(b"RSET\r\n") == b"RSET\r\n"


_TLS = Parameters(allow_tls=True, allow_tls_log=True)


def test_tls_begins() -> None:
    """After the 220 everything passes unread."""
    talk = Talk(inspection(parameters=_TLS)).greeted(b"STARTTLS")

    assert talk.client(b"STARTTLS\r\n") == b"STARTTLS\r\n"
    assert talk.server(b"220 go\r\n") == b"220 go\r\n"
    assert talk.client(b"\x16\x03\x01BDAT\r\n") == b"\x16\x03\x01BDAT\r\n"
    assert talk.session.opaque
    assert talk.client(b"\x17\r\n") == b"\x17\r\n"
    assert talk.server(b"354 x\r\n") == b"354 x\r\n"
    assert talk.kinds() == ["tls-started"]
    assert talk.tally.allow_tls == 1


@pytest.mark.parametrize("glued", [b"250 more\r\n", b"\x16"])
def test_clear_text_behind_the_servers_220(glued: bytes) -> None:
    """TLS begins with the client: a server that says more in clear ends it."""
    for pieces in ([b"220 go\r\n" + glued], [b"220 go\r\n", glued]):
        talk = Talk(inspection(parameters=_TLS)).greeted()
        talk.client(b"STARTTLS\r\n")

        assert b"".join(talk.server(piece) for piece in pieces) == b"220 go\r\n"
        assert talk.session.verdict == DROP
        assert talk.kinds() == ["tls-started", "early-tls"]


def test_tls_without_log() -> None:
    """It is counted, not told."""
    talk = Talk(inspection(parameters=Parameters(allow_tls=True))).greeted()
    talk.client(b"STARTTLS\r\n")
    talk.server(b"220 go\r\n")

    assert talk.kinds() == []
    assert talk.tally.allow_tls == 1


@pytest.mark.parametrize("refusal", [b"454 not now\r\n", b"500 what\r\n"])
def test_tls_refused(refusal: bytes) -> None:
    """Inspection goes on."""
    talk = Talk(inspection(parameters=_TLS)).greeted()
    talk.client(b"STARTTLS\r\n")
    talk.server(refusal)

    assert not talk.session.opaque
    assert talk.client(b"XYZ\r\n") == b"XXX\r\n"


def test_clear_text_behind_starttls() -> None:
    """Glued on, it would be taken for what came through TLS: it ends."""
    talk = Talk(inspection(parameters=_TLS)).greeted(b"PIPELINING")

    assert talk.client(b"NOOP\r\nSTARTTLS\r\nRSET\r\n") == b"NOOP\r\nSTARTTLS\r\n"
    assert talk.session.verdict == DROP
    assert talk.kinds() == ["early-tls"]


def test_what_waits_is_bounded() -> None:
    """A client that runs ahead without end is cut off."""
    talk = Talk(inspection(limits=Limits(held=10)))
    talk.client(b"x" * 10)
    assert talk.session.verdict == PASS
    talk.client(b"x")

    assert talk.session.verdict == DROP
    assert talk.kinds() == ["overlong"]
    assert talk.session.held == 0


def test_an_endless_reply_line() -> None:
    """So is a server's line without end."""
    talk = Talk(inspection(limits=Limits(reply_line=10)))
    assert talk.server(b"220 " + b"x" * 6) == b""
    assert talk.session.held == 10
    talk.server(b"x")

    assert talk.session.verdict == DROP


@pytest.mark.parametrize("octets", [b"NOOP " + b"x" * 10, b"x" * 15])
def test_a_line_without_end_is_bounded(octets: bytes) -> None:
    """Octet by octet: a command line, and a line of an AUTH exchange."""
    limits = Limits(command_line=14, secret=14)
    talk = Talk(inspection(limits=limits)).greeted()
    if octets.startswith(b"x"):
        talk.client(b"AUTH LOGIN\r\n")
        talk.server(b"334 go\r\n")
    for octet in octets[:-1]:
        assert talk.client(bytes((octet,))) == b""
    assert talk.session.verdict == PASS
    talk.client(octets[-1:])

    assert talk.session.verdict == DROP


def test_a_line_of_an_exchange_is_no_command() -> None:
    """Behind a 334 even `BDAT` is a secret; behind the reply it is none."""
    talk = Talk().greeted()
    talk.client(b"AUTH LOGIN\r\n")
    talk.server(b"334 go\r\n")

    assert talk.client(b"BDAT 1\r\n") == b"BDAT 1\r\n"
    talk.server(b"535 no\r\n")
    assert talk.client(b"BDAT 1\r\n") == b""
    assert talk.session.verdict == DROP


def test_no_line_without_its_end_leaves() -> None:
    """A truncated command, a truncated reply: neither ever leaves."""
    talk = Talk().greeted()
    talk.client(b"NOOP")
    talk.server(b"250 o")

    assert talk.session.client_closed(NOW) == b""
    assert talk.session.server_closed(NOW) == b""


@pytest.mark.parametrize(("action", "verdict"), [(DROPS, DROP), (RESETS, RESET)])
def test_nothing_leaves_after_a_verdict(action: int, verdict: int) -> None:
    """Segments are counted as dropped, with a reset as reset-dropped."""
    talk = Talk(inspection((BodyLength(1), action))).in_message()

    assert talk.client(b"a: b\r\n\r\nxyz\r\n.\r\n") == b"a: b\r\n\r\nx"
    assert talk.session.verdict == verdict
    assert talk.client(b"QUIT\r\n") == talk.server(b"250 ok\r\n") == b""
    assert talk.tally.drops == 3
    assert talk.tally.reset_drops == (3 if verdict == RESET else 0)
    assert talk.tally.packets == 8


def test_freed_octets_leave_though_a_later_one_offends() -> None:
    """What was lawful before the offence goes out with the verdict."""
    talk = Talk().greeted(b"PIPELINING")
    talk.client(b"EHLO b\r\nNOOP\r\nBDAT 1\r\n")
    talk.server(b"250-mail\r\n250 PIPELINING\r\n")

    assert talk.session.verdict == DROP
    assert talk.freed() == b"NOOP\r\n"


_RATED = inspection(Rule(VerbIn(1 << NOOP), RATES, 0, "", "", rate=1))


def _rated() -> Talk:
    return Talk(_RATED).greeted(b"PIPELINING")


def test_a_command_beyond_its_rate_waits() -> None:
    """It leaves when a token is free, and everything behind it after it."""
    talk = _rated()
    session = talk.session

    assert talk.client(b"NOOP\r\nNOOP a\r\nRSET\r\n") == b"NOOP\r\n"
    assert session.due == NOW + 1.0
    assert session.held == len(b"NOOP a\r\nRSET\r\n")
    assert session.waiting
    assert talk.server(b"250 ok\r\n") == b"250 ok\r\n"
    assert session.on_time(NOW + 0.5) == b""
    assert session.due == NOW + 1.0
    assert session.on_time(NOW + 1.0) == b"NOOP a\r\nRSET\r\n"
    assert (session.due, session.held, session.waiting) == (0.0, 0, False)


def test_a_delayed_command_alone_is_waited_for() -> None:
    """A client that says no more is not done while a command of it waits."""
    talk = _rated()
    talk.client(b"NOOP\r\nNOOP\r\n")

    assert talk.session.waiting
    assert talk.session.on_time(NOW + 1.0) == b"NOOP\r\n"
    assert not talk.session.waiting


def test_a_rate_is_shared_by_an_attachment() -> None:
    """Two connections through one attachment have one rate between them."""
    talk = _rated()
    other = Session(_RATED, talk.tally)
    other.from_server(b"220 hi\r\n", NOW)
    talk.client(b"NOOP\r\n")

    assert other.from_client(b"NOOP\r\n", NOW) == b""
    assert other.due == NOW + 1.0


def test_a_delay_that_a_reply_begins() -> None:
    """A held command that is freed beyond its rate waits for its moment."""
    talk = _rated()
    talk.client(b"NOOP\r\nEHLO a\r\nNOOP b\r\n")
    talk.server(b"250 ok\r\n250-mail\r\n250 PIPELINING\r\n")

    assert talk.session.due == NOW + 1.0
    assert talk.session.on_time(NOW + 1.0) == b"NOOP b\r\n"


def test_a_verdict_forgets_what_waits() -> None:
    """After DROP nothing is held, nothing leaves."""
    talk = _rated()
    talk.client(b"NOOP\r\nNOOP\r\n")
    talk.server(b"354 surprise\r\n")

    assert talk.session.verdict == DROP
    assert talk.session.held == 0
    assert talk.session.on_time(NOW + 5.0) == b""


@pytest.mark.parametrize(
    ("pieces", "left"),
    [
        ([b"NOOP\r\n"], b"NOOP\r\n"),
        ([b"NO", b"OP\r\n"], b"XXXX\r\n"),
        ([b"N", b"O", b"O", b"P", b"\r", b"\n"], b"XXXX\r\n"),
        ([b"NOOP\r\nNOOP a", b"b\r\nRSET\r\n"], b"NOOP\r\nXXXXXXX\r\nRSET\r\n"),
    ],
)
def test_each_segment_by_itself(pieces: list[bytes], left: bytes) -> None:
    """The switch `unknown-command packet`: typed letter by letter it is unknown."""
    compat = Compat(unknown=PACKET)
    talk = Talk(inspection(compat=compat)).greeted(b"PIPELINING")

    assert b"".join(talk.client(piece) for piece in pieces) == left


def test_a_message_in_pieces_is_whole_all_the_same() -> None:
    """The switch is about commands only."""
    talk = Talk(inspection(compat=Compat(unknown=PACKET))).in_message()
    message = b"a: b\r\n\r\nc\r\n.\r\n"
    left = b"".join(talk.client(message[i : i + 1]) for i in range(len(message)))

    assert left == message
    talk.server(b"250 ok\r\n")
    assert talk.client(b"QUIT\r\n") == b"QUIT\r\n"


def test_a_size_declared_too_small_is_told() -> None:
    """108006 through the door: MAIL declares, the end of data compares."""
    talk = Talk().greeted(b"PIPELINING")
    talk.client(b"MAIL FROM:<a> SIZE=5\r\nRCPT TO:<b>\r\nDATA\r\n")
    talk.server(b"250 ok\r\n250 ok\r\n354 go\r\n")
    talk.client(b"a: b\r\n\r\n.\r\n")

    assert talk.kinds() == ["size-exceeded"]


def test_what_may_be_private() -> None:
    """Behind DATA, AUTH and STARTTLS, and in a message, octets may be no commands."""
    talk = Talk().greeted()
    assert (talk.session.phase, talk.session.secrecy) == (COMMANDS, OPEN)
    talk.client(b"AUTH LOGIN\r\n")
    assert (talk.session.phase, talk.session.secrecy) == (COMMANDS, PRIVATE)
    talk.server(b"334 VXNlcm5hbWU6\r\n")
    assert (talk.session.phase, talk.session.secrecy) == (EXCHANGE, PRIVATE)
    talk.client(b"*\r\n")
    talk.server(b"501 no\r\n")
    talk.client(b"DATA\r\n")
    assert (talk.session.phase, talk.session.secrecy) == (COMMANDS, PRIVATE)
    talk.server(b"354 go\r\n")
    assert (talk.session.phase, talk.session.secrecy) == (BODY, MESSAGE)
    talk.client(b".\r\n")
    assert (talk.session.phase, talk.session.secrecy) == (COMMANDS, OPEN)


def test_a_hole_in_commands() -> None:
    """What was held goes on, what is torn passes as it is, the rest is judged."""
    talk = Talk().greeted()
    talk.client(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO")

    assert talk.session.hole(0, 9, NOW) == b"RCPT TO:<c@d>\r\nRCPT TO"
    assert talk.session.in_doubt
    assert talk.client(b"f@g>\r\nXEXCH50\r\n") == b"f@g>\r\nXXXXXXX\r\n"
    assert talk.kinds() == ["hole", "unknown-command"]
    assert talk.session.findings[0].key()[4:] == (b"in its commands", 0, 9)


def test_a_hole_between_commands() -> None:
    """The line behind it begins as a command does, so nothing of it is missing."""
    talk = Talk().greeted()
    talk.session.hole(0, 9, NOW)

    assert talk.client(b"BDAT 1\r\n") == b""
    assert talk.session.verdict == DROP


def test_a_hole_in_a_message_resynchronises() -> None:
    """By its end, or by the answer to it."""
    talk = Talk().in_message()
    talk.client(b"a: b\r\n\r\ntext")
    talk.session.hole(0, 4000, NOW)
    assert talk.client(b"more\r\n.\r\n") == b"more\r\n.\r\n"
    assert talk.session.phase == COMMANDS
    assert not talk.session.in_doubt

    talk = Talk().in_message()
    talk.client(b"a: b\r\n\r\ntext")
    talk.session.hole(0, 4000, NOW)
    assert talk.session.phase == BODY
    assert talk.server(b"250 queued\r\n") == b"250 queued\r\n"
    assert talk.client(b"MAIL FROM:<a|b>\r\n") == b"MAIL FROM:<a b>\r\n"
    assert not talk.session.in_doubt
    assert talk.kinds() == ["hole", "replaced"]


def test_the_message_was_over_in_a_hole() -> None:
    """What was held as the beginning of its end is the beginning of a command."""
    talk = Talk().in_message()
    talk.session.hole(0, 4000, NOW)
    assert talk.client(b"EHLO a\r\n.") == b"EHLO a\r\n"
    talk.server(b"250 queued\r\n")
    assert talk.session.held == 1
    assert talk.client(b"\r\n") == b"X\r\n"


def test_nothing_leaves_a_hole_behind_a_verdict() -> None:
    """What was held behind the command that ends the connection stays."""
    talk = Talk()
    talk.client(b"EHLO a\r\n")
    talk.client(b"NOOP\r\nBDAT 10\r\nNOOP\r\nNO")
    assert talk.session.hole(0, 5, NOW) == b"EHLO a\r\nNOOP\r\n"
    assert talk.session.verdict == DROP
    assert talk.session.held == 0


def test_met_in_the_middle() -> None:
    """Where nothing is known: a reply that turns tells where it stands."""
    talk = Talk()
    talk.session.hole(0, 0, NOW)
    talk.session.hole(1, 0, NOW)
    assert talk.client(b"RCPT TO:<a@b>\r\nDATA\r\n") == b"RCPT TO:<a@b>\r\nDATA\r\n"
    assert talk.server(b"250 ok\r\n250 ok\r\n354 go\r\n")
    assert talk.session.phase == BODY
    assert not talk.session.in_doubt


def test_one_side_only() -> None:
    """Of a server that is never heard, the answer to DATA is believed."""
    talk = Talk()
    talk.session.hole(0, 0, NOW)
    talk.session.hole(1, 0, NOW)
    mail = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nXYZ\r\n.\r\nQUIT\r\n"
    assert talk.client(mail) == mail
    assert talk.kinds() == ["hole", "hole"]


def test_tls_in_doubt() -> None:
    """Where STARTTLS may be missing, a ClientHello is known by its beginning."""
    talk = Talk().greeted()
    talk.session.hole(0, 10, NOW)
    assert talk.client(b"\x16\x03\x01\x02") == b"\x16\x03\x01\x02"
    assert talk.client(b"\x00") == b"\x00"
    assert talk.session.opaque
    assert talk.session.hole(0, 5, NOW) == b""
    assert talk.kinds() == ["hole"]


def test_a_hole_behind_what_is_delayed() -> None:
    """It goes before what follows; a verdict that falls then is the last word."""
    rate = Rule(VerbIn(1 << NOOP), RATES, 1, "", "", rate=1)
    talk = Talk(inspection(rate, (VerbIn(1 << 6), DROPS)))
    talk.greeted()
    assert talk.client(b"NOOP\r\n") == b"NOOP\r\n"
    talk.server(b"250 ok\r\n")
    assert talk.client(b"NOOP\r\nBDAT 1\r\n") == b""
    assert talk.session.hole(0, 5, NOW) == b"NOOP\r\n"
    assert talk.session.verdict == DROP
    assert talk.kinds() == ["payload-command"]
    assert talk.session.hole(0, 5, NOW) == b""


def test_a_hole_in_an_exchange() -> None:
    """The secret that is torn passes; what follows is a command again."""
    talk = Talk().greeted()
    talk.client(b"AUTH LOGIN\r\n")
    talk.server(b"334 VXNlcm5hbWU6\r\n")
    talk.client(b"c2Vj")
    assert talk.session.hole(0, 3, NOW) == b"c2Vj"
    assert talk.client(b"cmV0\r\n") == b"cmV0\r\n"
    assert talk.session.phase == COMMANDS
    assert talk.kinds() == ["hole"]


def test_a_torn_reply() -> None:
    """What is left of its line passes as it is, and answers nothing."""
    talk = Talk().greeted()
    talk.client(b"NOOP\r\n")
    talk.session.hole(1, 5, NOW)
    assert talk.server(b"ok so far\r\n250 ok\r\n") == b"ok so far\r\n250 ok\r\n"
    assert talk.kinds() == ["hole"]
