"""Plain words: rules, access lists, kept lines."""

import pytest

from mailward.cli.plain import UNKNOWN, done, entries, ports, rule, topics, word_of
from mailward.config.load import load
from mailward.config.objects.inspections import CRITERION_OF
from mailward.config.running import Account
from mailward.config.traffic import TrafficCompiler
from mailward.lang import samples
from mailward.verdicts import DROPS, LOGS
from tests.unit.config.kit import taken

POLICY = """\
policy-map p
 class class-default
  inspect esmtp m
service-policy p global
"""


def said(match: str) -> str:
    """What a match of a map is said to be."""
    patterns = "regex p a\nclass-map type regex match-any c\n match regex p\n"
    text = f"{patterns}policy-map type inspect esmtp m\n {match}\n  log\n{POLICY}"
    (one,) = load(text).gate.attachments[0].inspection.rules
    return rule(one)


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ("match body length gt 9", "a body of more than 9 octets"),
        ("match not body line length gt 9", "anything but a line of the body of more"),
        ("match cmd verb VRFY HELP", "one of the commands HELP or VRFY"),
        ("match cmd RCPT count gt 9", "more than 9 recipients of one mail"),
        (
            "match ehlo-reply-parameter dsn others",
            "an offer of the server: dsn or any other extension",
        ),
        ("match MIME filetype regex p", "a file type or name that the pattern p finds"),
        ("match sender-address regex class c", "a sender that a pattern of c finds"),
    ],
)
def test_rules(match: str, expected: str) -> None:
    """What is looked for, what is done, and how the appliance has it."""
    label = match.removeprefix("match ")

    assert said(match).startswith(expected)
    assert ": it is logged (Class 1, " in said(match)
    assert said(match).endswith(")")
    assert label.split()[0] in said(match)


@pytest.mark.parametrize("kind", CRITERION_OF)
def test_every_criterion_has_its_words(kind: str) -> None:
    """None is said in the appliance's words alone."""
    row, _ = CRITERION_OF[kind]
    names = {"regex": ["p"], "class-map type regex": ["c"]}
    match = samples.line(row.line, lambda _: 0, names.__getitem__)

    assert not said(match).startswith(match.removeprefix("match "))


def test_done() -> None:
    """What an action does; nothing is said too."""
    assert done(DROPS | LOGS) == "the connection is closed and it is logged"
    assert done(0) == "nothing is done"


def test_ports() -> None:
    """One, some, many, all, none."""
    many = tuple((n * 10, n * 10 + 1) for n in range(6))

    assert ports(((25, 25),)) == "TCP port 25"
    assert ports(((25, 26),)) == "TCP ports 25-26"
    assert ports(many) == "TCP ports 0-1, 10-11, 20-21, 30-31 and 2 more"
    assert ports(((0, 65535),)) == "any port of TCP"
    assert ports(()) == "no port of TCP"


LISTS = """\
object-group network many
 network-object host 10.0.0.1
 network-object host 10.0.0.2
 network-object host 10.0.0.9
 network-object 2001:db8::/126
object-group network none
access-list a permit tcp any4 10.1.0.0 255.255.0.0 eq 25
access-list a deny tcp host 10.1.1.1 eq 99 2001:db8::/32
access-list a permit udp any any
access-list a permit tcp object-group many host 10.1.1.5
access-list a permit tcp object-group none 10.0.0.0 255.0.255.0 eq 80
access-list a permit ip any any
access-list a permit ip any6 any
"""
MANY = "10.0.0.1-10.0.0.2, 10.0.0.9, 2001:db8::-2001:db8::3"


def test_entries() -> None:
    """Addresses and ports of the first few, those of TCP only."""
    made = TrafficCompiler(taken(LISTS)).access_list("a")

    assert entries(made) == [
        "from any IPv4 address to 10.1.0.0/16, TCP port 25",
        "not from 10.1.1.1 to 2001:db8::/32, any port of TCP, from TCP port 99",
        f"from {MANY} to 10.1.1.5, any port of TCP",
        "from no address to 10.0.0.0 under 255.0.255.0, TCP port 80",
        "and 2 further entries",
        "nothing else",
    ]
    assert entries(made, 25)[3] == "from any address to any address"
    assert entries(
        TrafficCompiler(taken("access-list b deny udp any any")).access_list("b")
    ) == ["nothing else"]


def account(text: str, status: str = "kept", top: str = "") -> Account:
    """A line that was typed."""
    return Account(1, text, status, "", top)


def test_topics() -> None:
    """What a line is about its first word says, or that of the line above; what
    heads a file is about nothing."""
    lines = [
        account("no crypto map"),
        account("3082 0538", top="crypto ca certificate chain x"),
        account("logging asdm 3"),
        account("regex a b", "active"),
        account("ASA Version 9.1"),
        account("Cryptochecksum:123"),
        account("quite unheard of"),
        account("no"),
    ]

    assert {topic: len(some) for topic, some in topics(lines).items()} == {
        "VPN and certificates": 2,
        "records": 1,
        UNKNOWN: 2,
    }
    assert [word_of(line) for line in lines[:2]] == ["crypto", "crypto"]
