"""No server behind the gateway finds a second mail where the gateway saw one.

Every test names the server; each takes some of the look-alikes when nothing
stands before it, which is proved first.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import pytest

from tests.acceptance.exim import Exim
from tests.acceptance.gateway import Gateway
from tests.acceptance.opensmtpd import OpenSMTPD
from tests.acceptance.postfix import Postfix
from tests.acceptance.smuggling import (
    END,
    FIRST,
    LAST,
    TAKEN,
    VECTORS,
    WAYS,
    Server,
    Vector,
    arrived,
    attempt,
    hidden,
    mailbox,
    opened,
)
from tests.acceptance.speaker import Speaker

SERVERS: Final = tuple(TAKEN)
BY_NAME: Final = {vector.name: vector for vector in VECTORS}
#: Their octets hold nothing that may be disarmed: they arrive as they are sent.
UNALTERED: Final = ("E01", "E19", "E20", "E20-tab", "E22", "E23")


class Fronted(NamedTuple):
    """A server, the gateway in front of it, and the server's name."""

    name: str
    server: Server
    gateway: Gateway


@pytest.fixture(scope="session", params=SERVERS)
def fronted(request: pytest.FixtureRequest) -> Iterator[Fronted]:
    """Each of the servers, behind a gateway with the factory's policy."""
    server = request.getfixturevalue(request.param)
    assert isinstance(server, Exim | OpenSMTPD | Postfix)
    gateway = Gateway(server.port)
    yield Fronted(request.param, server, gateway)
    assert gateway.stop() == 0


class Outcome(NamedTuple):
    """What became of one attempt: the replies, the mails, the second mails."""

    told: bytes
    mails: list[bytes]
    hidden: list[bytes]


@pytest.fixture(scope="session")
def outcomes(fronted: Fronted) -> dict[str, Outcome]:
    """Every vector in every way through the gateway, eight at a time; by name."""
    cases = {f"{v.name}-{way}": (v, way) for v in VECTORS for way in WAYS}
    port = fronted.gateway.port
    with ThreadPoolExecutor(8) as pool:
        sessions = {
            name: pool.submit(attempt, port, vector, way, name)
            for name, (vector, way) in cases.items()
        }
    fronted.server.quiet()
    mails = mailbox(fronted.server)
    return {
        name: Outcome(
            session.result(), mails.get(name, []), mails.get(f"hidden-{name}", [])
        )
        for name, session in sessions.items()
    }


@pytest.mark.parametrize(
    ("server", "name"), [(server, name) for server in TAKEN for name in TAKEN[server]]
)
def test_without_the_gateway(
    server: str, name: str, request: pytest.FixtureRequest
) -> None:
    """The server ends the mail at the look-alike, and takes the hidden one."""
    found = request.getfixturevalue(server)
    assert isinstance(found, Exim | OpenSMTPD | Postfix)
    vector, sender = BY_NAME[name], f"direct-{name}"
    with opened(found.port, sender) as client:
        client.send(vector.before + vector.octets)
        answers = [client.reply()]
        mail, rcpt, data, content = hidden(sender)
        for line in (mail, rcpt, data):
            client.send(line)
            answers.append(client.reply())
        client.send(content + END)
        answers.append(client.reply())
        client.ask(b"QUIT")
    found.quiet()

    assert [x[:3] for x in answers] == [b"250", b"250", b"250", b"354", b"250"]
    (outer,) = arrived(found, sender)
    (inner,) = arrived(found, f"hidden-{sender}")
    assert FIRST in outer
    assert LAST not in outer
    assert LAST in inner


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("vector", VECTORS, ids=[v.name for v in VECTORS])
def test_through_the_gateway(
    outcomes: dict[str, Outcome], vector: Vector, way: str
) -> None:
    """One mail, whole, and one reply; never the hidden one."""
    told, mails, second = outcomes[f"{vector.name}-{way}"]
    replies = [line[:3] for line in told.splitlines()]

    assert second == []
    if vector.name.startswith("E24") and replies == [b"550", b"221"]:
        # OpenSMTPD refuses a header of such lines as a whole.
        assert mails == []
        return
    assert replies == [b"250", b"221"], told
    (mail,) = mails
    assert FIRST in mail
    assert (LAST in mail) == vector.hides


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", UNALTERED)
def test_unaltered(outcomes: dict[str, Outcome], name: str, way: str) -> None:
    """What no server takes for an end is delivered octet by octet."""
    vector = BY_NAME[name]
    (mail,) = outcomes[f"{name}-{way}"].mails
    sent = FIRST + (vector.octets if vector.hides else b"\r\n")
    if vector.hides:
        sent += b"".join(hidden(f"{name}-{way}")) + b"\r\n"
    # What a mailbox holds: one dot less at the lines' start, lines ended by LF.
    sent = sent.replace(b"\r\n.", b"\r\n", int(vector.octets[2:3] == b"."))

    assert mail.partition(b"\n\n")[2] == sent.replace(b"\r\n", b"\n")


def test_no_end(fronted: Fronted) -> None:
    """E28: a mail whose end never comes is not delivered, nor acknowledged."""
    with opened(fronted.gateway.port, "E28") as client:
        client.send(b"Subject: s\r\n\r\n" + FIRST + b"\r\n.")
    fronted.server.quiet()

    assert arrived(fronted.server, "E28") == []


def test_command_behind_the_end(fronted: Fronted) -> None:
    """E30: NOOP in the segment of the end: both replies, in their order."""
    with opened(fronted.gateway.port, "E30") as client:
        client.send(b"Subject: s\r\n\r\n" + FIRST + END + b"NOOP\r\n")
        answers = [client.reply(), client.reply()]
        client.ask(b"QUIT")
    fronted.server.quiet()

    assert [x[:3] for x in answers] == [b"250", b"250"]
    (mail,) = arrived(fronted.server, "E30")
    assert mail.endswith(b"\n\n" + FIRST + b"\n")


@pytest.mark.parametrize("octets_each", [1, 1000], ids=["octets", "whole"])
@pytest.mark.parametrize("name", ["E02", "E03", "E04", "E10", "E12", "E16", "E17"])
def test_all_in_one_write(fronted: Fronted, name: str, octets_each: int) -> None:
    """E25: from MAIL to QUIT without waiting for one reply: one mail."""
    vector, sender = BY_NAME[name], f"E25-{name}-{octets_each}"
    dialogue = (
        b"MAIL FROM:<" + sender.encode() + b"@example.org>\r\n"
        b"RCPT TO:<bob@example.com>\r\nDATA\r\n"
    )
    dialogue += vector.before + vector.octets + b"".join(hidden(sender)) + END
    dialogue += b"QUIT\r\n"
    with Speaker(fronted.gateway.port) as client:
        client.ask(b"EHLO client.example.org")
        for at in range(0, len(dialogue), octets_each):
            client.send(dialogue[at : at + octets_each])
        told = client.rest()
    fronted.server.quiet()

    assert [line[:3] for line in told.splitlines()] == [
        *(b"250", b"250", b"354", b"250", b"221")
    ]
    (mail,) = arrived(fronted.server, sender)
    assert LAST in mail
    assert arrived(fronted.server, f"hidden-{sender}") == []


#: A mail that does not wait for 354, and no recipient before it.
IMPATIENT: Final = b"DATA\r\n%s" + END + b"QUIT\r\n"


def test_data_refused_without_the_gateway(postfix: Postfix) -> None:
    """C25: Postfix refuses the DATA and takes the mail's octets for commands."""
    with Speaker(postfix.port) as client:
        client.ask(b"EHLO client.example.org")
        client.send(IMPATIENT % b"".join(hidden("C25-direct")))
        told = client.rest()
    postfix.quiet()

    codes = [line[:3] for line in told.splitlines()]
    assert codes == [b"503", b"250", b"250", b"354", b"250", b"221"]
    assert len(arrived(postfix, "hidden-C25-direct")) == 1


@pytest.mark.parametrize("octets_each", [1, 1000], ids=["octets", "whole"])
def test_data_refused_with_octets_behind(fronted: Fronted, octets_each: int) -> None:
    """The octets are held until the answer; then they go nowhere, with 900006."""
    sender = f"C25-{octets_each}"
    octets = IMPATIENT % b"".join(hidden(sender))
    since = fronted.gateway.log.mark()
    with Speaker(fronted.gateway.port) as client:
        client.ask(b"EHLO client.example.org")
        try:
            for at in range(0, len(octets), octets_each):
                client.send(octets[at : at + octets_each])
            told = client.rest()
        except ConnectionError:
            told = b""
    numbers = fronted.gateway.records(since, client.address)
    fronted.server.quiet()

    assert {line[:1] for line in told.splitlines()} <= {b"5"}
    assert numbers == ["302013", "900006", "507003", "302014"]
    assert arrived(fronted.server, f"hidden-{sender}") == []


def test_refused_at_the_end_of_data(exim: Exim) -> None:
    """E31: after a mail refused at its end, RCPT and DATA without MAIL deliver
    nothing."""
    gateway = Gateway(exim.port)
    try:
        with opened(gateway.port, "E31") as client:
            client.send(b"Subject: unwanted\r\n\r\n" + FIRST + END)
            refused = client.reply()
            answers = [client.ask(x) for x in (b"RCPT TO:<bob@example.com>", b"DATA")]
            client.ask(b"QUIT")
        exim.quiet()
    finally:
        gateway.stop()

    assert refused[:3] == b"550"
    assert [x[:3] for x in answers] == [b"503", b"503"]
    assert arrived(exim, "E31") == []


def bdat(payload: bytes, sender: str) -> bytes:
    """A mail in one chunk, behind its envelope."""
    return (
        b"MAIL FROM:<%s@example.org>\r\nRCPT TO:<bob@example.com>\r\n"
        b"BDAT %d LAST\r\n%s" % (sender.encode(), len(payload), payload)
    )


def test_bdat_without_the_gateway(exim: Exim) -> None:
    """E26: Exim takes a BDAT mail, the commands in its payload being text."""
    payload = b"Subject: s\r\n\r\n" + b"".join(hidden("bdat-direct")) + END
    mail, rcpt, chunk = bdat(payload, "bdat-direct").split(b"\r\n", 2)
    with Speaker(exim.port) as client:
        for line in (b"EHLO client.example.org", mail, rcpt):
            client.ask(line)
        client.send(chunk)
        answer = client.reply()
        client.ask(b"QUIT")
    exim.quiet()

    assert answer[:3] == b"250"
    assert len(arrived(exim, "bdat-direct")) == 1
    assert arrived(exim, "hidden-bdat-direct") == []


@pytest.mark.parametrize("way", ["whole", "octets", "asked"])
def test_bdat(fronted: Fronted, way: str) -> None:
    """A BDAT ends the connection; neither its mail nor the commands in its
    payload are taken."""
    sender = f"bdat-{way}"
    since = fronted.gateway.log.mark()
    dialogue = bdat(b"".join(hidden(sender)) + END, sender)
    with Speaker(fronted.gateway.port) as client:
        client.ask(b"EHLO client.example.org")
        if way == "asked":
            mail, rcpt, dialogue = dialogue.split(b"\r\n", 2)
            client.ask(mail)
            client.ask(rcpt)
        try:
            for at in range(0, len(dialogue), 1 if way == "octets" else 4096):
                client.send(dialogue[at : at + (1 if way == "octets" else 4096)])
            told = client.rest()
        except ConnectionError:
            told = b""
    numbers = fronted.gateway.records(since, client.address)
    fronted.server.quiet()

    assert b"354" not in [line[:3] for line in told.splitlines()]
    assert numbers == ["302013", "900008", "507003", "302014"]
    assert arrived(fronted.server, sender) == []
    assert arrived(fronted.server, f"hidden-{sender}") == []


def test_xexch50(fronted: Fronted) -> None:
    """XEXCH50 goes on as Xs: refused by the server, it carries no octets."""
    with Speaker(fronted.gateway.port) as client:
        client.ask(b"EHLO client.example.org")
        refused = client.ask(b"XEXCH50 26 2")
        answer = client.ask(b"RSET")
        client.ask(b"QUIT")

    assert refused[:1] == b"5"
    assert answer[:3] == b"250"


def test_every_disarmed_look_alike_is_recorded(fronted: Fronted) -> None:
    """One record for a look-alike, with its octets."""
    since = fronted.gateway.log.mark()
    attempt(fronted.gateway.port, BY_NAME["E02"], "whole", "recorded")
    first = fronted.gateway.log.wait("900005", since=since)
    port = re.search(r"127\.0\.0\.1/(\d+)", first)
    assert port is not None
    fronted.gateway.records(since, int(port[1]))
    lines = fronted.gateway.log.found(r"900005: .* octets: (.*)$", since)

    assert lines == [r"\x0a.\x0a"]
