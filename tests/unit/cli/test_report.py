"""What a configuration means, in plain words."""

import pytest

from mailward.cli.report import sentences, verdict
from mailward.config.load import load
from tests.unit.config.kit import EMAIL

NETWORKS = """\
interface GigabitEthernet0/0
 nameif outside
 ip address 192.0.2.1 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
interface GigabitEthernet0/2
 nameif dmz
 security-level 50
interface GigabitEthernet0/3
 nameif lab
 shutdown
mailward interface outside eth0
"""
ELSE = "to a less trusted side only (with `--listen`: whatever comes)"


def told(text: str, head: str = "") -> list[str]:
    """The report, or the section under a head."""
    lines = sentences("x", load(text))
    if not head:
        return lines
    at = lines.index(f"{head}:") + 1
    return list(lines[at : [*lines, ""].index("", at)])


def test_sentences() -> None:
    """Which connections, what is done, and what the configuration does not get."""
    text = f"{EMAIL}crypto a\nno crypto b\nwrite memory\n"

    assert told(text) == [
        "x: 15 lines active, 2 kept, 1 ignored",
        "Mail to port 25 is inspected by L7_EMAIL_MAP.",
        "",
        "Map L7_EMAIL_MAP (policy L3_outside_policy, class L3_email_class_map):",
        "  inspects connections to any port of TCP",
        "  as far as access list email says:",
        "    from any address to any address, TCP port 25",
        "    nothing else",
        "  on interface outside, from its less trusted side",
        "  - STARTTLS is hidden from clients",
        (
            "  - a body of more than 35000 octets: the connection is closed and it is "
            "logged (Class 1, body length gt 35000)"
        ),
        (
            "  - a sender that a pattern of BAD_SENDERS finds: the connection is "
            "closed (Class 2, sender-address regex class BAD_SENDERS)"
        ),
        "",
        "What the configuration asks for and does not get here:",
        "  VPN and certificates (crypto): lines 16-17",
        "  commands of a session (write): line 18",
    ]


def policy(match: str, place: str = "global") -> str:
    """A class in force."""
    return (
        f"class-map c\n{match}\npolicy-map p\nclass c\ninspect esmtp\n"
        f"service-policy p {place}\n"
    )


@pytest.mark.parametrize(
    ("match", "ports", "what"),
    [
        ("match default-inspection-traffic", "TCP port 25", "is"),
        ("match any", "any port of TCP", "is"),
        (
            "match port tcp neq 25",
            "TCP ports 0-24, 26-65535",
            "is not, other ports are",
        ),
        ("match port udp eq 25", "no port of TCP", "is not, other ports are"),
    ],
)
def test_connections(match: str, ports: str, what: str) -> None:
    """The ports of a class in words, and whether mail is among them."""
    lines = told(policy(match))

    assert lines[1] == f"Mail to port 25 {what} inspected by _default_esmtp_map."
    assert lines[4] == f"  inspects connections to {ports}"


def test_lists_that_select() -> None:
    """Mail is inspected if a live entry permits its port."""
    for entry, what in (
        ("permit tcp any any eq 25", "is"),
        ("permit tcp any any eq 26", "is not"),
        ("deny tcp any any eq 25", "is not"),
        ("permit tcp any any eq 25 inactive", "is not"),
    ):
        text = f"access-list a {entry}\n{policy('match access-list a')}"
        assert f"Mail to port 25 {what} " in f"{verdict(load(text))[0]} ".replace(
            ",", " "
        )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (policy("match any"), "on every interface, to a side that is trusted as much "),
        (policy("match any", "interface dmz"), "on interface dmz, from its less trust"),
        (
            NETWORKS + policy("match any"),
            "from outside to inside, dmz; from dmz to inside",
        ),
        (
            NETWORKS + policy("match any", "interface dmz"),
            "from outside to dmz; from dmz",
        ),
        (
            f"mailward compat direction both\n{policy('match any')}",
            "on every interface",
        ),
        (
            f"mailward compat direction both\n{policy('match any', 'interface dmz')}",
            "on interface dmz, in either direction",
        ),
        (
            f"interface e0\n nameif dmz\n{policy('match any', 'interface dmz')}",
            "between no two of the interfaces that are named here",
        ),
    ],
)
def test_directions(text: str, where: str) -> None:
    """Between which interfaces, as far as the configuration names them."""
    assert told(text)[5].startswith(f"  {where}")


def test_an_interface_goes_before_the_global_policy() -> None:
    """It is said of the global one."""
    text = f"{NETWORKS}{policy('match any')}service-policy p interface dmz\n"
    lines = told(text)
    rest = ", unless the policy of an interface takes them"

    assert [line.endswith(rest) for line in lines if line.startswith("  from ")] == [
        True,
        False,
    ]


def test_interfaces() -> None:
    """Names, levels, hardware, what it is here."""
    assert told(NETWORKS, "Interfaces") == [
        "  outside: level 0, GigabitEthernet0/0, here eth0, 192.0.2.1",
        "  inside: level 100, GigabitEthernet0/1",
        "  dmz: level 50, GigabitEthernet0/2",
        "  lab: level 0, GigabitEthernet0/3, shut down",
    ]


def test_who_may_pass() -> None:
    """Lists by place, with what they say of mail; the rule without any."""
    head = "Who may pass at all"
    text = (
        f"{NETWORKS}access-list a permit tcp any host 10.1.1.5 eq 25\n"
        "access-list a permit tcp any any eq 80\n"
        "access-group a in interface outside\naccess-group a out interface inside\n"
        "same-security-traffic permit inter-interface\n"
    )
    mail = ["    from any address to 10.1.1.5", "    nothing else"]

    assert told(text, head) == [
        "  by outside enters what access list a permits; to port 25:",
        *mail,
        "  by inside leaves what access list a permits; to port 25:",
        *mail,
        f"  anything else: {ELSE}",
        "  interfaces of one level may speak with each other",
    ]
    more = "access-group a global\nsame-security-traffic permit intra-interface\n"
    assert told(text + more, head)[6:] == [
        "  anywhere enters what access list a permits; to port 25:",
        *mail,
        "  interfaces of one level may speak with each other",
        "  a connection may leave by the interface where it came",
    ]
    assert f"{head}:" not in told("hostname a\n")


def test_published_servers() -> None:
    """What is reached where, with its line; so it is run."""
    text = (
        "object network mail\n host 10.1.1.5\n"
        " nat (inside,outside) static interface service tcp smtp 2525\n"
        "object network other\n host 10.1.1.6\n nat (inside,outside) static 192.0.2.6\n"
    )

    assert told(text, "Published servers") == [
        (
            "  outside the interface's own address port 2525 is inside 10.1.1.5 "
            "port 25 (line 3)"
        ),
        "  outside 192.0.2.6 port 25 is inside 10.1.1.6 port 25 (line 6)",
    ]
    assert verdict(load(text + policy("match any")))[1] == (
        "`mailward run CONFIG` listens where servers are published."
    )


def test_records() -> None:
    """Where they go, or why they do not."""
    text = (
        "logging trap 4\nlogging buffered l\nlogging list l level 3\n"
        "logging host inside 10.1.1.9 tcp/6514 secure\nlogging host inside 10.1.1.8\n"
        "no logging message 302013\n"
    )

    assert told(text, "Records") == [
        "  `logging enable` is missing: only what `mailward run` was told"
    ]
    assert told(f"{text}logging enable\n", "Records") == [
        "  buffered: what the list l chooses",
        "  trap: warnings and what is more severe",
        "  server 10.1.1.9 by inside, TCP port 6514 with TLS",
        "  server 10.1.1.8 by inside, UDP port 514",
        "  switched off: 302013",
    ]
    assert told("logging enable\nlogging host a 10.1.1.8\n", "Records")[1] == (
        "  nothing is sent to servers: `logging trap LEVEL` is missing"
    )


def test_times() -> None:
    """Where they are others than usual."""
    assert told("timeout conn 2:00:05 half-closed 0:0:0\n", "Times") == [
        "  a connection that is idle: 2:00:05",
        "  one that a side has closed: for ever",
    ]
    assert "Times:" not in told("timeout conn 1:00:00\n")


def test_many_lines() -> None:
    """A flood of lines is told by its first numbers and words."""
    head = "What the configuration asks for and does not get here"
    scattered = "".join(f"crypto x{n}\nregex a{n} b\n" for n in range(10))

    assert told("crypto x\n" * 10, head) == [
        "  VPN and certificates (crypto): lines 1-10"
    ]
    assert told(scattered, head) == [
        "  VPN and certificates (crypto): lines 1, 3, 5, 7, 9, 11, 13, 15 and 2 more"
    ]
    assert told("".join(f"what{n}\n" for n in range(10)), head) == [
        (
            "  lines that are not known here (what0, what1, what2, what3, what4, "
            "what5, what6, what7, …): lines 1-10"
        )
    ]


def test_monitor_mode() -> None:
    """It is said before anything else of the map."""
    lines = told(f"{EMAIL}mailward monitor L7_EMAIL_MAP\n")

    assert lines[lines.index("  - STARTTLS is hidden from clients") - 1] == (
        "  - monitor mode: nothing of this is done, it is counted and logged"
    )


def test_parameters() -> None:
    """Each has its sentence."""
    text = (
        "policy-map type inspect esmtp m\n parameters\n  mask-banner\n"
        "  mail-relay example.com action log\n  allow-tls action log\n"
        "  special-character action drop-connection\n"
        "policy-map p\n class class-default\n  inspect esmtp m\n"
        "service-policy p global\n"
    )

    assert [line for line in told(text) if line.startswith("  - ")] == [
        "  - the server's banner is covered with asterisks",
        "  - mail that is relayed past example.com: it is logged",
        "  - special characters in a mail address: the connection is closed",
        "  - STARTTLS is allowed and logged; what follows it is not inspected",
    ]
