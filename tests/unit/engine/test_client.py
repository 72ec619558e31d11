"""Client lines: check, rewrite, remember."""

import pytest

from mailward.criteria.command import VerbIn
from mailward.criteria.envelope import RecipientCount, SenderLength, SenderRegex
from mailward.criteria.lengths import CommandLineLength
from mailward.parameters import WORD
from mailward.policy.inspection import Compat, Limits, Parameters
from mailward.rex.matcher import Matcher
from mailward.smtp.verbs import EHLO, HELP, MAIL, QUIT, RCPT, VRFY
from mailward.verdicts import DROP, DROPS, LOGS, MASKS, PASS
from tests.unit.engine.kit import Talk, inspection, unless


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (b"NOOP\r\n", b"NOOP\r\n"),
        (b"noop x\r\n", b"noop x\r\n"),
        (b"XEXCH50 1 2\r\n", b"XXXXXXXXXXX\r\n"),
        (b"EXPN staff\r\n", b"XXXXXXXXXX\r\n"),
        (b" NOOP\r\n", b"XXXXX\r\n"),
        (b"NOOP\tx\r\n", b"XXXXXX\r\n"),
        (b"A\r\n", b"X\r\n"),
        (b"\r\n", b"\r\n"),
        (b"STARTTLS\r\n", b"XXXXXXXX\r\n"),
    ],
)
def test_unknown_commands_become_xs(line: bytes, left: bytes) -> None:
    """Every octet but the CRLF is covered; the length stays."""
    talk = Talk().greeted()

    assert talk.client(line) == left
    assert talk.kinds() == (
        [] if left == line and line.strip() else ["unknown-command"]
    )
    assert talk.session.verdict == PASS


def test_a_bare_end_of_line_hides_no_command() -> None:
    """A line with a CR or LF alone is covered whole, its stray ends too."""
    talk = Talk().greeted()

    assert talk.client(b"NOOP\nMAIL FROM:<x@y>\r\n") == b"X" * 20 + b"\r\n"
    assert talk.kinds() == ["bare-in-command"]


def test_length_before_a_bare_end_of_line() -> None:
    """The length of a line is judged first, whatever stands in it."""
    obeyed = inspection((CommandLineLength(10), DROPS | LOGS))
    talk = Talk(obeyed).greeted()

    assert talk.client(b"NOOP\nNOOP\nNOOP\r\n") == b""
    assert talk.session.verdict == DROP
    assert talk.kinds() == ["matched"]


def test_bdat_ends_the_connection() -> None:
    """Its payload would be run as commands (decision: BDAT)."""
    talk = Talk().greeted()

    assert talk.client(b"BDAT 10 LAST\r\nNOOP\r\n") == b""
    assert talk.session.verdict == DROP
    assert talk.kinds() == ["payload-command"]


def test_bdat_crossed_by_the_switch() -> None:
    """`mailward compat bdat cross` covers it as the appliance does."""
    talk = Talk(inspection(compat=Compat(cross_bdat=True))).greeted()

    assert talk.client(b"BDAT 10 LAST\r\n") == b"XXXXXXXXXXXX\r\n"
    assert talk.session.verdict == PASS


def test_strange_characters_become_blanks() -> None:
    """Test vector 6: the pipe is blanked and told; so is a stray bracket."""
    talk = Talk().greeted(b"PIPELINING")

    assert talk.client(b"MAIL FROM:<a|b@c>\r\n") == b"MAIL FROM:<a b@c>\r\n"
    assert talk.client(b"RCPT TO:<a|<b@c>\r\n") == b"RCPT TO:<a  b@c>\r\n"
    assert [f.key()[0:5] for f in talk.session.findings] == [
        ("replaced", 0, PASS, b"a|b@c", b"|"),
        ("replaced", 0, PASS, b"a|<b@c", b"<|"),
    ]


@pytest.mark.parametrize("mark", [b"|", b"`", b"\0", b"<"])
def test_special_character_ends(mark: bytes) -> None:
    """Test vector 7: with special-character action drop-connection it ends."""
    talk = Talk(inspection(parameters=Parameters(special_character=DROPS))).greeted()

    assert talk.client(b"MAIL FROM:<a" + mark + b"b@c>\r\n") == b""
    assert talk.session.verdict == DROP
    assert talk.kinds() == ["malicious-address"]
    assert talk.tally.special_character == 1


def test_special_character_with_log() -> None:
    """`log` is told as a parameter; alone it only logs, and the pipe is blanked."""
    both = Talk(inspection(parameters=Parameters(special_character=DROPS | LOGS)))
    both.greeted().client(b"RCPT TO:<a|b@c>\r\n")
    alone = Talk(inspection(parameters=Parameters(special_character=LOGS))).greeted()

    assert both.kinds() == ["parameter", "malicious-address"]
    assert alone.client(b"RCPT TO:<a|b@c>\r\n") == b"RCPT TO:<a b@c>\r\n"
    assert alone.kinds() == ["parameter", "replaced"]
    assert alone.session.verdict == PASS
    assert Talk().greeted().client(b"RCPT TO:<a`b>\r\n") == b"RCPT TO:<a`b>\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"MAIL FROM:<x@abc.com>\r\n",
        b"SOML FROM:<x@abc.com>\r\n",
        b"MAIL FROM:x@abc.com\r\n",
        b'MAIL FROM:"Evil" <x@abc.com>\r\n',
        b'MAIL FROM:<"x"@abc.com> SIZE=1\r\n',
        b"MAIL FROM:<@relay:x@abc.com>\r\n",
        b"MAIL FROM:<|x@abc.com>\r\n",
    ],
)
def test_sender_rules_see_every_reading(line: bytes) -> None:
    """However the address is written, `^ *x@abc` is found in it."""
    matcher = Matcher(("^ *x@abc\\.com",))
    talk = Talk(inspection((SenderRegex(matcher), DROPS))).greeted()

    assert talk.client(line) == b""
    assert talk.session.verdict == DROP


def test_sender_length() -> None:
    """Octets between the brackets, not the parameters."""
    obeyed = inspection((SenderLength(3), DROPS))

    assert Talk(obeyed).greeted().client(b"MAIL FROM:<a@b> SIZE=9\r\n")
    assert not Talk(obeyed).greeted().client(b"MAIL FROM:<a@bc>\r\n")


def test_the_hundred_and_first_recipient() -> None:
    """Test vector 10, with a smaller number: one more than the count ends."""
    talk = Talk(inspection((RecipientCount(2), DROPS | LOGS))).greeted(b"PIPELINING")
    rcpt = b"RCPT TO:<a@b>\r\n"

    assert talk.client(b"MAIL FROM:<a@b>\r\n" + rcpt * 2).endswith(rcpt * 2)
    assert talk.client(rcpt) == b""
    assert talk.session.findings[-1].key() == ("matched", 0, DROP, b"a@b", b"", 1, 0)


def test_command_line_length() -> None:
    """The CRLF counts; the limit passes, one octet more does not."""
    obeyed = inspection((CommandLineLength(8), DROPS | LOGS))

    assert Talk(obeyed).greeted().client(b"NOOP a\r\n") == b"NOOP a\r\n"
    talk = Talk(obeyed).greeted()
    assert talk.client(b"NOOP ab\r\n") == b""
    assert talk.session.findings[0].evidence == b"NOOP"


def test_command_line_lengths_in_turn() -> None:
    """Each limit that a line passes is told, the smaller first, once a line."""
    obeyed = inspection((CommandLineLength(12), LOGS), (CommandLineLength(8), LOGS))
    talk = Talk(obeyed).greeted(b"PIPELINING")

    assert talk.client(b"NOOP abcdefgh\r\nNOOP abc\r\n").count(b"NOOP") == 2
    places = [f.rule.place for f in talk.session.findings if f.rule]
    assert places == [2, 1, 2]


def test_an_endless_line_is_cut_off() -> None:
    """Without any rule a line has an absolute cap."""
    talk = Talk(inspection(limits=Limits(command_line=20))).greeted()

    assert talk.client(b"NOOP " + b"x" * 15) == b""
    assert talk.session.verdict == PASS
    talk.client(b"x")
    assert talk.session.verdict == DROP
    assert talk.kinds() == ["overlong"]


def test_auth_is_a_secret() -> None:
    """Lines of the exchange pass unread; nothing of them is ever shown."""
    talk = Talk(inspection((CommandLineLength(30), LOGS))).greeted(b"PIPELINING")
    talk.client(b"AUTH LOGIN\r\n")
    talk.server(b"334 VXNlcm5hbWU6\r\n")

    assert (
        talk.client(b"MAIL-is-a-secret|" * 3 + b"\r\n")
        == b"MAIL-is-a-secret|" * 3 + b"\r\n"
    )
    talk.server(b"334 UGFzc3dvcmQ6\r\n")
    assert talk.client(b"c2VjcmV0\r\n") == b"c2VjcmV0\r\n"
    talk.server(b"235 ok\r\n")
    assert talk.kinds() == []


def test_a_password_sent_too_soon_is_not_shown() -> None:
    """Behind a refused AUTH what is no command may be a password."""
    talk = Talk().greeted()
    talk.client(b"AUTH LOGIN\r\n")
    talk.server(b"500 no\r\n")

    assert talk.client(b"c2VjcmV0\r\n") == b"XXXXXXXX\r\n"
    assert talk.session.findings[0].evidence == b""
    talk.server(b"500 no\r\n")
    talk.client(b"NOOP\r\n")
    talk.server(b"250 ok\r\n")
    talk.client(b"WHAT\r\n")
    assert talk.session.findings[1].evidence == b"WHAT"


def test_a_bare_end_in_a_secret_hides_no_command() -> None:
    """A server that ends lines at LF would run what stands behind it."""
    talk = Talk().greeted()
    talk.client(b"AUTH LOGIN\r\n")
    talk.server(b"334 go\r\n")

    assert talk.client(b"abc\nRSET\r\n") == b"XXXXXXXX\r\n"
    assert talk.session.findings[0].key()[:4] == ("bare-in-command", 0, PASS, b"")


@pytest.mark.parametrize("end", [b"", b"\r\n"])
def test_a_secret_has_its_bound(end: bytes) -> None:
    """RFC 4954: a line of the exchange is bounded, ended or not."""
    talk = Talk(inspection(limits=Limits(secret=10))).greeted()
    talk.client(b"AUTH LOGIN\r\n")
    talk.server(b"334 go\r\n")

    assert talk.client(b"x" * 11 + end) == b""
    assert talk.session.verdict == DROP


def _verbs(*codes: int) -> VerbIn:
    return VerbIn(sum(1 << code for code in codes))


def test_a_verb_may_be_masked() -> None:
    """`cmd verb … mask` covers the command, arguments and all; others pass."""
    talk = Talk(inspection((_verbs(VRFY, HELP), MASKS))).greeted(b"PIPELINING")

    assert talk.client(b"VRFY root\r\nNOOP\r\n") == b"XXXXXXXXX\r\nNOOP\r\n"
    assert talk.tally.rules == [1]


@pytest.mark.parametrize("line", [b"VRFY root\r\n", b"vrfy\r\n"])
def test_a_verb_may_end_the_connection(line: bytes) -> None:
    """`cmd verb … drop-connection`."""
    talk = Talk(inspection((_verbs(VRFY), DROPS | LOGS))).greeted()

    assert talk.client(line) == b""
    assert talk.session.findings[0].key()[:4] == ("matched", 0, DROP, line[:4])


def test_a_verb_that_is_masked_and_ends() -> None:
    """The rule that ends wins over the mask before it."""
    obeyed = inspection((_verbs(VRFY), MASKS), (_verbs(VRFY), DROPS))
    talk = Talk(obeyed).greeted()

    assert talk.client(b"VRFY a\r\n") == b""
    assert talk.session.verdict == DROP


def test_not_a_verb_of_the_list() -> None:
    """`match not cmd verb`: every other command, unknown ones too."""
    lawful = _verbs(EHLO, MAIL, RCPT, QUIT)
    talk = Talk(inspection(unless(lawful, LOGS))).greeted(b"PIPELINING")
    talk.client(b"MAIL FROM:<a>\r\nNOOP\r\nWHAT\r\n")

    assert talk.tally.rules == [2]


def test_strange_characters_come_before_the_verb() -> None:
    """The framing of an address is judged before the rules on its verb."""
    obeyed = inspection(
        (_verbs(MAIL), DROPS), parameters=Parameters(special_character=DROPS)
    )
    talk = Talk(obeyed).greeted()
    talk.client(b"MAIL FROM:<a|b>\r\n")

    assert talk.kinds() == ["malicious-address"]
    assert talk.tally.rules == [0]


def test_command_lines_that_keep_the_limit() -> None:
    """`match not cmd line length gt 8`: each complete line of at most 8 octets."""
    obeyed = inspection(
        unless(CommandLineLength(8), LOGS), unless(CommandLineLength(20), DROPS)
    )
    talk = Talk(obeyed)
    talk.server(b"220 hi\r\n")

    assert talk.client(b"EHLO mail.example.com\r\n")
    assert talk.tally.rules == [0, 0]
    talk.server(b"250-mail\r\n250 PIPELINING\r\n")
    assert talk.client(b"NOOP\r\n") == b""
    assert talk.tally.rules == [1, 1]


_RELAY = Parameters(mail_relay=DROPS | LOGS, local_domain=b"local.example")


@pytest.mark.parametrize(
    ("sender", "recipient", "passes"),
    [
        (b"<a@far.example>", b"<b@local.example>", True),
        (b"<a@far.example>", b"<b@MX.Local.Example.>", True),
        (b"<a@far.example>", b"<postmaster>", True),
        (b"<a@local.example>", b"<b@far.example>", True),
        (b"<a@sub.local.example>", b"<b@far.example>", True),
        (b"<a@far.example>", b"<b@far.example>", False),
        (b"<a@far.example>", b"<b@notlocal.example>", False),
        (b"<>", b"<b@far.example>", False),
        (b"<a@far.example>", b"<b%far.example@local.example>", False),
        (b"<a@far.example>", b"<far.example!b@local.example>", False),
        (b"<a@far.example>", b"<@local.example:b@far.example>", False),
        (b"<a@far.example>", b"<b@far.example@local.example>", False),
        (b"<a@far.example>", b'<"b@far.example"@local.example>', False),
    ],
)
def test_mail_relay(sender: bytes, recipient: bytes, passes: bool) -> None:
    """Neither sender nor recipient local: relaying, whichever way it is written."""
    talk = Talk(inspection(parameters=_RELAY)).greeted(b"PIPELINING")
    talk.client(b"MAIL FROM:" + sender + b"\r\n")
    line = b"RCPT TO:" + recipient + b"\r\n"

    assert talk.client(line) == (line if passes else b"")
    assert talk.tally.mail_relay == (not passes)
    if not passes:
        assert talk.session.findings[-1].detail == b"mail-relay: No Mail Relay allowed"
        assert talk.session.verdict == DROP


@pytest.mark.parametrize(
    ("action", "verdict", "kinds"),
    [(LOGS, PASS, ["parameter"]), (DROPS, DROP, [])],
)
def test_mail_relay_actions(action: int, verdict: int, kinds: list[str]) -> None:
    """`log` alone tells and passes; without `log` it ends untold."""
    relay = Parameters(mail_relay=action, local_domain=b"local.example")
    talk = Talk(inspection(parameters=relay)).greeted(b"PIPELINING")
    talk.client(b"MAIL FROM:<a@far>\r\nRCPT TO:<b@far>\r\n")

    assert (talk.session.verdict, talk.kinds()) == (verdict, kinds)


def test_only_the_word_of_an_unknown_command() -> None:
    """The switch `unknown-command word`: SCAN's `XXXX ME`."""
    talk = Talk(inspection(compat=Compat(unknown=WORD))).greeted(b"PIPELINING")

    assert talk.client(b"TURN ME\r\n") == b"XXXX ME\r\n"
    assert talk.client(b"TURN\r\n") == b"XXXX\r\n"
    assert talk.client(b"TU\rRN ME\r\n") == b"XXXXXXXX\r\n"
    # Postfix and Sendmail run a command with a blank in front of it.
    assert talk.client(b" BDAT 5 LAST\r\n") == b"XXXXXXXXXXXX\r\n"
