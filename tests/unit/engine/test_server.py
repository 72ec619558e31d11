"""Replies: pairing and masking."""

import pytest

from mailward.criteria.ehlo import EhloKeyword
from mailward.criteria.envelope import RefusedCount
from mailward.policy.inspection import Compat, Parameters
from mailward.smtp.ehlo import OTHERS, OTHERS_CODES, STARTTLS
from mailward.verdicts import DROP, DROPS, LOGS, MASKS, PASS
from tests.unit.engine.kit import NOW, Talk, inspection, unless

_OTHERS = EhloKeyword(sum(1 << code for code in OTHERS_CODES))
_FACTORY = inspection((_OTHERS, MASKS), parameters=Parameters(mask_banner=True))
_WITH_TLS = inspection((_OTHERS, MASKS), parameters=Parameters(allow_tls=True))


_GORDANO = (
    b"server.gordano.com NTMail (v7.00.0018/AA0000.00.b1a028f6)"
    b" ready for ESMTP transfer"
)


@pytest.mark.parametrize(
    ("banner", "left"),
    [
        (
            b"220 " + _GORDANO + b"\r\n",
            b"220 " + b"*" * 82 + b"\r\n",
        ),
        (b"220-one\r\n220 two\r\n", b"220-***\r\n220 ***\r\n"),
        (b"220\r\n", b"220\r\n"),
        (b"220 \r\n", b"220 \r\n"),
        (b"leak\r\n220 x\r\n", b"****\r\n220 *\r\n"),
        (b"554 no service here\r\n", b"554 no service here\r\n"),
        (b"421 busy\r\n", b"421 busy\r\n"),
    ],
)
def test_banner(banner: bytes, left: bytes) -> None:
    """Test vector 1: the code stays, all else of a 220 becomes asterisks."""
    assert Talk(_FACTORY).server(banner) == left


def test_banner_unmasked() -> None:
    """Without mask-banner it passes as it is, whatever it is."""
    talk = Talk()

    assert talk.server(b"hm\r\n220 a\r\n") == b"hm\r\n220 a\r\n"
    assert talk.tally.mask_banner == 0


_T4 = [
    (b"TURN", b"XXXA"),
    (b"SIZE", b"SIZE"),
    (b"ETRN", b"ETRN"),
    (b"PIPELINING", b"PIPELINING"),
    (b"DSN", b"DSN"),
    (b"ENHANCEDSTATUSCODES", b"ENHANCEDSTATUSCODES"),
    (b"8bitmime", b"8bitmime"),
    (b"BINARYMIME", b"BINARYMIME"),
    (b"CHUNKING", b"XXXXXXXB"),
    (b"VRFY", b"VRFY"),
    (b"X-EXPS GSSAPI NTLM LOGIN", b"X" * 23 + b"C"),
    (b"X-EXPS=LOGIN", b"X" * 11 + b"D"),
    (b"AUTH GSSAPI NTLM LOGIN", b"AUTH GSSAPI NTLM LOGIN"),
    (b"AUTH=LOGIN", b"AUTH=LOGIN"),
    (b"X-LINK2STATE", b"X" * 11 + b"E"),
    (b"XEXCH50", b"XXXXXXF"),
    (b"OK", b"XG"),
]


def _list(texts: list[bytes]) -> bytes:
    lines = [b"250-mail.example.com\r\n"]
    lines += [b"250-" + text + b"\r\n" for text in texts[:-1]]
    return b"".join(lines) + b"250 " + texts[-1] + b"\r\n"


def _ehlo(talk: Talk, texts: list[bytes]) -> bytes:
    talk.server(b"220 mail\r\n")
    talk.client(b"EHLO a\r\n")
    return talk.server(_list(texts))


def test_keywords_of_exchange() -> None:
    """Test vector 2 (T4), VRFY and AUTH= readable: their letters go to others."""
    talk = Talk(_FACTORY)

    assert _ehlo(talk, [t for t, _ in _T4]) == _list([masked for _, masked in _T4])
    assert talk.tally.rules == [7]


@pytest.mark.parametrize(
    ("obeyed", "texts", "left"),
    [
        (_FACTORY, [b"STARTTLS", b"HELP"], [b"XXXXXXXA", b"XXXB"]),
        (_WITH_TLS, [b"STARTTLS", b"HELP"], [b"STARTTLS", b"XXXA"]),
        # Without any rule STARTTLS and CHUNKING are masked all the same.
        (inspection(), [b"STARTTLS", b"HELP"], [b"XXXXXXXA", b"HELP"]),
        (_WITH_TLS, [b"CHUNKING", b"SIZE"], [b"XXXXXXXA", b"SIZE"]),
        (_FACTORY, [b"", b"Q", b"DSN"], [b"", b"A", b"DSN"]),
        (
            _FACTORY,
            [b"X%d" % n for n in range(28)],
            [
                b"X" * (len(b"X%d" % n) - 1) + b"%c" % (65 + n % 26)
                for n in range(28)
            ],
        ),
    ],
)  # fmt: skip
def test_keywords(obeyed: object, texts: list[bytes], left: list[bytes]) -> None:
    """Test vectors 3 and 4, letters that wrap, an empty text."""
    assert _ehlo(Talk(obeyed), texts) == _list(left)  # type: ignore[arg-type]


def test_keywords_of_exchange_byte_for_byte() -> None:
    """T4 whole, under the switches `ehlo-vrfy others`, `ehlo-auth-equals others`."""
    compat = Compat(vrfy_others=True, auth_equals_others=True)
    talk = Talk(inspection((_OTHERS, MASKS), compat=compat))
    left = [
        *(b"XXXA", b"SIZE", b"ETRN", b"PIPELINING", b"DSN", b"ENHANCEDSTATUSCODES"),
        *(b"8bitmime", b"BINARYMIME", b"XXXXXXXB", b"XXXC", b"X" * 23 + b"D"),
        *(b"XXXXXXXXXXXE", b"AUTH GSSAPI NTLM LOGIN", b"XXXXXXXXXF"),
        *(b"XXXXXXXXXXXG", b"XXXXXXH", b"XI"),
    ]

    assert _ehlo(talk, [text for text, _ in _T4]) == _list(left)


def test_chunking_by_map() -> None:
    """The switch `chunking by-map` leaves the keyword to the rules."""
    compat = Compat(chunking_by_map=True)

    assert _ehlo(Talk(inspection(compat=compat)), [b"CHUNKING"]) == _list([b"CHUNKING"])


def test_banner_of_a_pix() -> None:
    """The switch `banner pix` keeps every 2 and 0, and nothing else."""
    obeyed = inspection(
        parameters=Parameters(mask_banner=True), compat=Compat(pix_banner=True)
    )

    assert Talk(obeyed).server(b"220 a 2020 b\r\n") == b"220***2020**\r\n"
    lines = b"220-a\r\n220 b\r\n"
    talk = Talk(obeyed)
    assert talk.server(lines) == b"220**\r\n220**\r\n"
    assert talk.kinds() == []


@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        ((RefusedCount(1), LOGS), [0, 1, 1, 2]),
        (unless(RefusedCount(1), LOGS), [1, 1, 1, 1]),
    ],
)
def test_refused_recipients(rule: tuple[RefusedCount, int], counts: list[int]) -> None:
    """5xx to RCPT count through the connection; RSET and 4xx change nothing."""
    talk = Talk(inspection(rule)).greeted()
    seen = []
    for reply in (b"550 no", b"550-no\r\n550 no", b"451 later", b"550 no"):
        talk.client(b"RCPT TO:<a>\r\n")
        talk.server(reply + b"\r\n")
        seen.append(talk.tally.rules[0])
        talk.client(b"RSET\r\n")
        talk.server(b"250 ok\r\n")

    assert seen == counts


def test_refused_recipients_may_end_it() -> None:
    """The reply that is one too many does not reach the client."""
    talk = Talk(inspection((RefusedCount(1), DROPS))).greeted()
    talk.client(b"RCPT TO:<a>\r\n")
    assert talk.server(b"550 no\r\n") == b"550 no\r\n"
    talk.client(b"RCPT TO:<b>\r\n")

    assert talk.server(b"550 no\r\n") == b""
    assert talk.session.verdict == DROP


def test_letters_begin_anew() -> None:
    """Each EHLO reply counts from A; HELO replies are never masked."""
    talk = Talk(_FACTORY)
    _ehlo(talk, [b"XA", b"XB"])
    talk.client(b"EHLO b\r\n")
    assert talk.server(_list([b"XC", b"XD"])) == _list([b"XA", b"XB"])
    talk.client(b"HELO b\r\n")

    assert talk.server(b"250-mail\r\n250 XYZ\r\n") == b"250-mail\r\n250 XYZ\r\n"


def test_a_keyword_may_end_the_connection() -> None:
    """drop-connection on ehlo-reply-parameter: the line does not leave."""
    talk = Talk(inspection((EhloKeyword(1 << OTHERS), DROPS)))

    assert _ehlo(talk, [b"DSN", b"XYZ"]) == b"250-mail.example.com\r\n250-DSN\r\n"
    assert talk.session.verdict == DROP


def test_masked_starttls_still_asks_the_rules() -> None:
    """A rule on its keyword counts STARTTLS where it is not allowed."""
    talk = Talk(inspection((EhloKeyword(1 << STARTTLS), MASKS)))
    _ehlo(talk, [b"STARTTLS", b"DSN"])

    assert talk.tally.rules == [1]


@pytest.mark.parametrize("code", [b"354", b"334", b"220"])
@pytest.mark.parametrize("asked", [b"", b"NOOP\r\n", b"MAIL FROM:<a>\r\n"])
def test_unexpected_transition(code: bytes, asked: bytes) -> None:
    """Test vector 15: a code that turns the dialogue, out of place, ends it."""
    talk = Talk().greeted()
    talk.client(asked)

    assert talk.server(code + b" surprise\r\n250 ok\r\n") == b""
    assert talk.session.verdict == DROP
    assert talk.kinds() == ["unexpected-transition"]


def test_an_unexpected_code_in_a_continued_reply() -> None:
    """Already the first line of a multi-line 354 is out of place."""
    talk = Talk().greeted()

    assert talk.server(b"354-a\r\n354 b\r\n") == b""
    assert talk.session.verdict == DROP


def test_stray_replies_are_told_and_pass() -> None:
    """Unasked, without a code, changing its code: told, not stopped."""
    talk = Talk().greeted()
    stray = b"250 unasked\r\nhello\r\n250-a\r\n251 b\r\n"

    assert talk.server(stray) == stray
    assert talk.kinds() == ["stray-reply"] * 4
    assert talk.session.verdict == PASS


def test_421_may_always_come() -> None:
    """A server may close whenever it must (RFC 5321 section 3.8)."""
    talk = Talk().greeted()

    assert talk.server(b"421 closing\r\n") == b"421 closing\r\n"
    assert talk.kinds() == []


def test_a_bare_end_in_a_reply_makes_no_second_reply() -> None:
    """A CR or LF alone becomes a blank: one line for every client."""
    talk = Talk().greeted()
    talk.client(b"NOOP\r\n")

    assert talk.server(b"250 a\n354 b\rc\r\n") == b"250 a 354 b c\r\n"
    assert talk.kinds() == ["bare-in-reply"]


_PLAIN = [b"PIPELINING", b"HELP", b"STARTTLS"]


def test_known_announcement() -> None:
    """A reply that another session has had is told and counted in the same way,
    whatever its first line says."""
    obeyed = inspection((_OTHERS, MASKS))
    first, second = Talk(obeyed), Talk(obeyed)
    left = _ehlo(first, _PLAIN)
    assert len(obeyed.announced.known) == 1

    second.server(b"220 mail\r\n")
    second.client(b"EHLO b\r\n")
    other = _list(_PLAIN).replace(b"example.com", b"example.org at your service")
    assert second.server(other) == left.replace(
        b"example.com", b"example.org at your service"
    )

    assert first.tally.rules == second.tally.rules == [2]
    assert len(obeyed.announced.known) == 1
    # PIPELINING stayed visible, so both may go at once.
    assert second.client(b"NOOP\r\nNOOP\r\n") == b"NOOP\r\nNOOP\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        b"250-mail\r\n250-HELP\r\n",  # not over
        b"250-mail\r\n250 HELP\r\n250 more\r\n",  # nobody asked for that
        b"250-mail\rx\r\n250 HELP\r\n",  # a CR alone in its first line
        b"250-mail\r\n250 HE\rLP\r\n",  # and in another
        b"500-mail\r\n500 HELP\r\n",
        b"250-mail\r\n354 HELP\r\n",
    ],
)
def test_unknown_announcement(reply: bytes) -> None:
    """What is not one whole plain reply is not remembered."""
    obeyed = inspection((_OTHERS, MASKS))
    talk = Talk(obeyed)
    talk.server(b"220 mail\r\n")
    talk.client(b"EHLO a\r\n")
    talk.server(reply)

    assert obeyed.announced.known == {}


def test_logged_announcement() -> None:
    """What a rule logs must be told each time."""
    obeyed = inspection((_OTHERS, LOGS))
    for _ in range(2):
        talk = Talk(obeyed)
        _ehlo(talk, _PLAIN)
        assert talk.tally.rules == [2]
        assert len(talk.session.findings) == 2
    assert obeyed.announced.known == {}


def test_announcement_in_pieces() -> None:
    """A reply that comes in two segments is read line by line."""
    obeyed = inspection((_OTHERS, MASKS))
    for _ in range(2):
        talk = Talk(obeyed)
        talk.server(b"220 mail\r\n")
        talk.client(b"EHLO a\r\n")
        assert talk.server(b"250-mail\r\n250-HELP\r\n") == b"250-mail\r\n250-XXXA\r\n"
        assert talk.server(b"250-DSN\r\n250 TURN\r\n") == b"250-DSN\r\n250 XXXB\r\n"
    assert obeyed.announced.known == {}


def test_a_hole_in_a_reply() -> None:
    """Its beginning is forgotten: another may follow; none of it is stray."""
    talk = Talk().greeted()
    talk.client(b"NOOP\r\n")
    talk.server(b"250-one\r\n25")

    assert talk.session.hole(1, 7, NOW) == b"25"
    assert talk.server(b"wo\r\n220 three\r\n") == b"wo\r\n220 three\r\n"
    assert talk.server(b"250 nobody asked\r\n") == b"250 nobody asked\r\n"
    assert talk.kinds() == ["hole"]
    assert talk.session.verdict == PASS
