"""What both speakers said, however it was written down."""

import pytest

from mailward.policy.findings import CLIENT, SERVER
from mailward.story.script import Said, Script, ScriptError, read

FACTORY = "hostname factory\n"


def said(text: str) -> list[tuple[str, bytes]]:
    """Who said what, segment by segment."""
    return [
        (
            "C" if s.speaker == CLIENT else "S",
            b"".join(octets for _, octets in s.pieces),
        )
        for s in read(text, FACTORY).says
    ]


def test_a_dialogue_file() -> None:
    """Its configuration, and what is said; what it expects is passed over."""
    script = read(
        "# claim\nfactory\nhostname x\n--\nS: 220 a\nc: 220 *\nC+ EHLO \n"
        "C* 3 ab\nC:\n! drop\n% 108004 text\n# remark\n\nC: x\\r\\x41\\\\\\q\n"
        "@ 0.5\nC closes\nS closes\n",
        FACTORY,
    )

    assert script == Script(
        "hostname factory\nhostname x\n",
        (
            Said(SERVER, ((5, b"220 a\r\n"),)),
            Said(CLIENT, ((7, b"EHLO "), (8, b"ababab"), (9, b"\r\n"))),
            Said(CLIENT, ((14, b"x\rA\\\\q\r\n"),)),
            Said(SERVER, ((15, b""),), passes=0.5),
            Said(CLIENT, ((16, b""),), closes=True),
            Said(SERVER, ((17, b""),), closes=True),
        ),
    )


def test_swaks() -> None:
    """Its arrows, those of TLS and of refusals too; its own remarks are counted."""
    text = (
        "=== Trying mail:25...\n=== Connected to mail.\n<-  220 mail ESMTP\n"
        " -> EHLO a\n<-  250-mail\n<-  250 HELP\n -> MAIL FROM:<a@b>\n"
        "<** 550 no\n ->  leading\n ->\n ~> QUIT\n<~  221 bye\n<~* 500 what\n"
        "*** Remote host closed connection unexpectedly.\n"
    )

    assert said(text) == [
        ("S", b"220 mail ESMTP\r\n"),
        ("C", b"EHLO a\r\n"),
        ("S", b"250-mail\r\n250 HELP\r\n"),
        ("C", b"MAIL FROM:<a@b>\r\n"),
        ("S", b"550 no\r\n"),
        ("C", b" leading\r\n\r\nQUIT\r\n"),
        ("S", b"221 bye\r\n500 what\r\n"),
    ]
    assert read(text, FACTORY).skipped == 3
    assert read(text, FACTORY).config is None


@pytest.mark.parametrize(
    "text",
    [
        "<<< 220 a\n>>> QUIT\n",
        "< 220 a\n> QUIT\n",
        "<- 220 a\n-> QUIT\n",
        "S: 220 a\r\nC: QUIT\r\n",
        "S:220 a\nC:QUIT",
    ],
)
def test_other_arrows(text: str) -> None:
    """As curl, sendmail and people write them."""
    assert said(text) == [("S", b"220 a\r\n"), ("C", b"QUIT\r\n")]


def test_telnet() -> None:
    """Nobody is marked: replies begin with a code, but not in a message."""
    text = (
        "stray\nTrying 10.1.1.5...\nConnected to mail.\nEscape character is '^]'.\n"
        "220 mail\nEHLO a\n250-mail\n250 HELP\n\nDATA\n354 go\nSubject: x\n\n"
        "250 dollars\n.\n250 ok\nQUIT\n221 bye\n"
        "Connection closed by foreign host.\n"
    )

    assert said(text) == [
        ("S", b"220 mail\r\n"),
        ("C", b"EHLO a\r\n"),
        ("S", b"250-mail\r\n250 HELP\r\n"),
        ("C", b"DATA\r\n"),
        ("S", b"354 go\r\n"),
        ("C", b"Subject: x\r\n\r\n250 dollars\r\n.\r\n"),
        ("S", b"250 ok\r\n"),
        ("C", b"QUIT\r\n"),
        ("S", b"221 bye\r\n"),
    ]
    assert read(text, FACTORY).skipped == 5


def test_octets_that_are_no_text() -> None:
    """What is not UTF-8 comes through as it was."""
    text = b"S: 220 \xff\nC: \xfe\\xfd\n".decode("utf-8", "surrogateescape")

    assert said(text) == [("S", b"220 \xff\r\n"), ("C", b"\xfe\xfd\r\n")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f:1: nobody says anything"),
        ("hostname x\n", "f:1: nobody says anything"),
        ("x\n--\nS: 220 a\nnonsense\n", "f:4: expected C: C+ C* S: S+ S* closes @"),
        ("C* 999999999 abc\n", "f:1: longer than 67108864 octets"),
    ],
)
def test_what_cannot_be_read(text: str, message: str) -> None:
    """The mistake, with its place."""
    with pytest.raises(ScriptError) as caught:
        read(text, FACTORY, "f")

    assert str(caught.value) == message
