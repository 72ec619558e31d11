"""What the example policy and the factory policy do in front of a real Postfix."""

import re
from typing import Final

import pytest

from tests.acceptance.gateway import Gateway
from tests.acceptance.mails import HEADER, body, stored, stuffed
from tests.acceptance.postfix import Postfix, stripped
from tests.acceptance.speaker import Speaker

pytestmark = pytest.mark.postfix

WAY: Final = r"from outside:127\.0\.0\.1/{port} to inside:127\.0\.0\.1/25"


def opened(port: int, name: str = "client.example.org") -> Speaker:
    """A client that has got as far as DATA."""
    client = Speaker(port)
    client.ask(b"EHLO " + name.encode())
    client.ask(b"MAIL FROM:<alice@example.org>")
    client.ask(b"RCPT TO:<bob@example.com>")
    assert client.ask(b"DATA").startswith(b"354 ")
    return client


def test_body_at_the_limit_passes(postfix: Postfix, example: Gateway) -> None:
    """A body of 35,000 octets is delivered, every octet of it."""
    mail = HEADER + b"\r\n" + body(35_000)
    since = example.log.mark()
    with opened(example.port) as client:
        client.send(stuffed(mail))
        answer = client.reply()
        client.ask(b"QUIT")

    assert answer.startswith(b"250 2.0.0 Ok: queued as ")
    queue_id = answer.split()[-1].decode()
    assert stripped(postfix.delivered(queue_id)) == stored(mail)
    assert example.records(since, client.address) == ["302013", "302014"]


def test_body_beyond_the_limit_is_cut(postfix: Postfix, example: Gateway) -> None:
    """35,001 octets: cut before the final dot, one 108004, nothing delivered."""
    mails = len(postfix.mails())
    since = example.log.mark()
    with opened(example.port, "long.example.org") as client:
        client.send(stuffed(HEADER + b"\r\n" + body(35_001)))
        told = client.rest()
        port = client.address
    numbers = example.records(since, client.address)
    way = WAY.format(port=port)

    assert told == b""
    assert numbers == ["302013", "108004", "507003", "302014"]
    assert example.log.found(r"%ASA-4-108004: (.*)$", since) == example.log.found(
        rf"(ESMTP Classification: Dropped connection for ESMTP Request {way}; "
        r"matched Class 1: body length gt 35000)$",
        since,
    )
    assert example.log.found(
        rf"%ASA-4-507003: tcp flow {way} terminated by inspection engine, "
        r"reason - inspector disconnected, dropped packet\.$",
        since,
    )
    assert example.log.found(r"%ASA-6-302014: .* Flow closed by inspection$", since)
    assert postfix.heard("long.example.org")[-1] == "DATA"
    assert postfix.log.found(r"lost connection after DATA")
    assert len(postfix.mails()) == mails


def test_body_beyond_the_limit_octet_by_octet_at_the_end(example: Gateway) -> None:
    """The limit is met at its octet, however the octets are cut."""
    mail = stuffed(HEADER + b"\r\n" + body(35_001))
    since = example.log.mark()
    with opened(example.port) as client:
        client.send(mail[:-8])
        for octet in mail[-8:]:
            try:
                client.send(bytes([octet]))
            except OSError:
                break
        told = client.rest()

    assert told == b""
    assert example.records(since, client.address) == [
        "302013",
        "108004",
        "507003",
        "302014",
    ]


def test_unwanted_sender_is_dropped(postfix: Postfix, example: Gateway) -> None:
    """x@abc.com: dropped; no 1080xx, for the example has no `log` there."""
    since = example.log.mark()
    with Speaker(example.port) as client:
        client.ask(b"EHLO unwanted.example.org")
        answer = client.ask(b"MAIL FROM:<x@abc.com>")

    assert answer == b""
    assert example.records(since, client.address) == ["302013", "507003", "302014"]
    assert postfix.heard("unwanted.example.org") == ["EHLO unwanted.example.org"]


def test_a_look_alike_sender_passes(example: Gateway) -> None:
    """x@abcxcom is another domain: the dot in the regex is a dot."""
    since = example.log.mark()
    with Speaker(example.port) as client:
        client.ask(b"EHLO client.example.org")
        answer = client.ask(b"MAIL FROM:<x@abcxcom>")
        client.ask(b"QUIT")

    assert answer.startswith(b"250 ")
    assert example.records(since, client.address) == ["302013", "302014"]


def test_ehlo_keywords_are_masked(postfix: Postfix, factory: Gateway) -> None:
    """Keywords that the policy masks read XXXXXXXA; the others as Postfix says."""
    with Speaker(postfix.port) as direct:
        plain = direct.ask(b"EHLO client.example.org")
        direct.ask(b"QUIT")
    with Speaker(factory.port) as client:
        masked = client.ask(b"EHLO client.example.org")
        client.ask(b"QUIT")

    assert b"250-SMTPUTF8\r\n250 CHUNKING\r\n" in plain
    assert masked == plain.replace(b"SMTPUTF8", b"XXXXXXXA").replace(
        b"CHUNKING", b"XXXXXXXB"
    )
    assert b"250-XXXXXXXA\r\n" in masked


def test_banner_is_masked(postfix: Postfix, factory: Gateway) -> None:
    """`220 ` and asterisks, as long as Postfix's own greeting."""
    with Speaker(postfix.port) as direct:
        plain = direct.greeting
        direct.ask(b"QUIT")
    with Speaker(factory.port) as client:
        masked = client.greeting
        client.ask(b"QUIT")

    assert plain.startswith(b"220 mail.example.com ESMTP Postfix")
    assert masked == b"220 " + b"*" * (len(plain) - 6) + b"\r\n"


def test_example_leaves_the_banner(postfix: Postfix, example: Gateway) -> None:
    """The example map has no mask-banner: the greeting is Postfix's own."""
    with Speaker(postfix.port) as direct:
        direct.ask(b"QUIT")
    with Speaker(example.port) as client:
        client.ask(b"QUIT")

    assert client.greeting == direct.greeting


@pytest.mark.parametrize("policy", ["example", "factory"])
def test_unknown_command_is_crossed_out(
    postfix: Postfix, policy: str, request: pytest.FixtureRequest
) -> None:
    """`XEXCH50 1 2` reaches Postfix as Xs; the client reads Postfix's own 5xx."""
    gateway = request.getfixturevalue(policy)
    with Speaker(postfix.port) as direct:
        direct.ask(b"EHLO client.example.org")
        refused = direct.ask(b"XXXXXXXXXXX")
        direct.ask(b"QUIT")
    name = f"{policy}.example.org"
    with Speaker(gateway.port) as client:
        client.ask(b"EHLO " + name.encode())
        answer = client.ask(b"XEXCH50 1 2")
        client.ask(b"QUIT")

    assert answer[:1] == b"5"
    assert answer == refused
    assert postfix.heard(name) == [f"EHLO {name}", "XXXXXXXXXXX", "QUIT"]


def test_factory_counts_recipients(postfix: Postfix, factory: Gateway) -> None:
    """The hundred-and-first RCPT ends the connection: Class 2 of the factory map."""
    since = factory.log.mark()
    with Speaker(factory.port) as client:
        client.ask(b"EHLO client.example.org")
        client.ask(b"MAIL FROM:<alice@example.org>")
        answers = [
            client.ask(b"RCPT TO:<b%d@example.com>" % number) for number in range(101)
        ]

    assert [a[:4] for a in answers] == [b"250 "] * 100 + [b""]
    assert factory.records(since, client.address) == [
        "302013",
        "108004",
        "507003",
        "302014",
    ]
    assert factory.log.found(r"matched (Class 2: cmd RCPT count gt 100)$", since)
    assert postfix.process.poll() is None


def test_counters_live(example: Gateway) -> None:
    """`show service-policy inspect esmtp` counts while the gateway runs."""
    before = rules(example)
    with Speaker(example.port) as client:
        client.ask(b"EHLO client.example.org")
        client.ask(b"MAIL FROM:<x@abc.com>")
    since = example.log.mark()
    with opened(example.port) as client:
        client.send(stuffed(HEADER + b"\r\n" + body(36_000)))
        client.rest()
    example.records(since, client.address)
    after = rules(example)

    assert [new - old for old, new in zip(before, after, strict=True)] == [1, 1]


def rules(gateway: Gateway) -> list[int]:
    """The two counters of the example map, after its page was looked at."""
    page = gateway.show("service-policy", "inspect", "esmtp")
    found = re.search(
        r"^Interface outside:\n"
        r"  Service-policy: L3_outside_policy\n"
        r"    Class-map: L3_email_class_map\n"
        r"      Inspect: esmtp L7_EMAIL_MAP, packet \d+, lock fail 0, drop \d+, "
        r"reset-drop 0, 5-min-pkt-rate \d+ pkts/sec, v6-fail-close 0 "
        r"sctp-drop-override 0\n"
        r"        match body length gt 35000\n"
        r"          drop-connection log, packet (\d+)\n"
        r"        match sender-address regex class BAD_SENDERS\n"
        r"          drop-connection, packet (\d+)$",
        page,
        re.MULTILINE,
    )
    assert found, page
    return [int(found[1]), int(found[2])]
