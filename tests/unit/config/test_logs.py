"""The `logging` lines, compiled."""

import pytest

from mailward.config.load import load
from mailward.policy.logs import Logging, LogHost, RateLimit, Wanted
from tests.unit.config.kit import mistakes, told


def made(*lines: str) -> Logging:
    """The logging of some lines."""
    return load("\n".join(lines)).logging


def warned(*lines: str) -> list[object]:
    """What is odd about some lines."""
    return told(tuple(w for w in load("\n".join(lines)).warnings if w.line))


def test_nothing() -> None:
    """Nothing is on."""
    assert made() == Logging()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["logging enable"], Logging(enabled=True)),
        (["logging on"], Logging(enabled=True)),
        (["logging timestamp"], Logging(timestamp="legacy")),
        (["logging timestamp rfc5424"], Logging(timestamp="rfc5424")),
        (["logging emblem"], Logging(emblem=True)),
        (["logging permit-hostdown"], Logging(permit_hostdown=True)),
        (["logging buffer-size 16384"], Logging(buffer_size=16384)),
        (["logging facility 16"], Logging(facility=16)),
        (["logging queue 10"], Logging(queue=10)),
        (["logging queue 0"], Logging(queue=8192)),
        (["logging trap 4"], Logging(levels={"trap": 4})),
        (
            ["logging buffered warnings", "logging buffered info", "logging asdm 7"],
            Logging(levels={"buffered": 6, "asdm": 7}),
        ),
        (
            ["logging list l level err class session", "logging trap l"],
            Logging(levels={"trap": "l"}, lists={"l": (Wanted(3, "session"),)}),
        ),
        (
            [
                "logging list l message 108001-108007",
                "logging list l message 302013",
                "logging list l level 2",
            ],
            Logging(
                lists={
                    "l": (
                        Wanted(low=108001, high=108007),
                        Wanted(low=302013, high=302013),
                        Wanted(2),
                    )
                }
            ),
        ),
        (
            [
                "logging class auth trap warnings",
                "logging class sys buffered 6 trap 3 console 2",
                "logging class ha buffered 1 trap 0",
            ],
            Logging(
                classes={
                    ("auth", "trap"): 4,
                    ("sys", "buffered"): 6,
                    ("sys", "trap"): 3,
                    ("sys", "console"): 2,
                    ("ha", "buffered"): 1,
                    ("ha", "trap"): 0,
                }
            ),
        ),
        (
            ["no logging message 302013", "no logging message 302014"],
            Logging(disabled=frozenset({302013, 302014})),
        ),
        (["no logging message 302013", "logging message 302013"], Logging()),
        (["logging message 302013 level 3"], Logging(changed={302013: 3})),
        (
            ["logging rate-limit 10 5 message 106023", "logging rate-limit 7 level 6"],
            Logging(
                rate_limits=(RateLimit(10, 5, 106023), RateLimit(7, 1, 0, 6)),
            ),
        ),
        (
            [
                "logging rate-limit 10 5 level 6",
                "logging rate-limit 9 level 5",
                "logging rate-limit unlimited level 6",
            ],
            Logging(rate_limits=(RateLimit(9, 1, 0, 5),)),
        ),
        (
            ["logging device-id hostname"],
            Logging(device_id="ciscoasa", device_id_from="hostname"),
        ),
        (
            ["hostname one", "logging device-id hostname"],
            Logging(device_id="one", device_id_from="hostname"),
        ),
        (
            ["logging device-id string my gate"],
            Logging(device_id="my gate", device_id_from="string"),
        ),
        (
            ["logging device-id context-name"],
            Logging(device_id_from="context-name"),
        ),
        (["logging history 3", "no logging console"], Logging(levels={"history": 3})),
    ],
)
def test_lines(lines: list[str], expected: Logging) -> None:
    """Each line adds what it says."""
    assert made(*lines) == expected


INSIDE = ("interface e1", " nameif inside", " ip address 10.1.1.1 255.255.255.0")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("10.1.1.9", LogHost("inside", "10.1.1.9")),
        ("10.1.1.9 tcp", LogHost("inside", "10.1.1.9", "tcp", 1470)),
        ("10.1.1.9 UDP/1514", LogHost("inside", "10.1.1.9", "udp", 1514)),
        ("10.1.1.9 17/514", LogHost("inside", "10.1.1.9")),
        ("2001:db8::1 6/6514", LogHost("inside", "2001:db8::1", "tcp", 6514)),
        ("box", LogHost("inside", "10.1.1.8")),
        ("box format emblem", LogHost("inside", "10.1.1.8", emblem=True)),
        (
            "box tcp/6514 secure reference-identity x",
            LogHost("inside", "10.1.1.8", "tcp", 6514, secure=True),
        ),
    ],
)
def test_hosts(line: str, expected: LogHost) -> None:
    """By address or name, over UDP unless told."""
    lines = ("name 10.1.1.7 other", "name 10.1.1.8 box", *INSIDE)

    assert made(*lines, f"logging host inside {line}").hosts == (expected,)
    assert warned(*lines, f"logging host inside {line}") == []


def test_hosts_add_up() -> None:
    """Each address once; typed again it replaces."""
    found = made(
        "logging host a 10.1.1.1",
        "logging host a 10.1.1.2",
        "logging host a 10.1.1.1 tcp",
    ).hosts

    assert [(h.address, h.protocol) for h in found] == [
        ("10.1.1.1", "tcp"),
        ("10.1.1.2", "udp"),
    ]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (
            "logging host a 10.1.1.1 udp/0",
            (1, 25, "a port is a number from 1 to 65535"),
        ),
        (
            "logging host a 10.1.1.1 udp/65536",
            (1, 25, "a port is a number from 1 to 65535"),
        ),
        ("logging host a 10.1.1.1 secure", (1, 25, "`secure` needs tcp")),
        (
            "logging host a 10.1.1.1 tcp format emblem",
            (1, 36, "`format emblem` needs udp"),
        ),
        ("logging host a box", (1, 16, "no name is called box")),
        (
            "logging list l message 108007-108001",
            (1, 24, "the range ends before it begins"),
        ),
        ("logging trap 9", (1, 14, "no logging list is called 9")),
        ("logging facility 9", (1, 18, '"9" is not a number from 16 to 23')),
    ],
)
def test_mistakes(line: str, place: object) -> None:
    """They are told at their place."""
    assert told(mistakes(line)) == [place]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("logging host inside 10.1.1.9 udp/500", "the appliance takes ports from 1025"),
        ("logging host dmz 10.1.1.9", "no interface is named dmz"),
        (
            "logging device-id ipaddress dmz",
            "the address of this interface is not known here",
        ),
        (
            "logging device-id ipaddress guest",
            "the address of this interface is not known here",
        ),
    ],
)
def test_oddities(line: str, message: str) -> None:
    """What is lawful and yet hardly meant."""
    found = warned(*INSIDE, "interface e2", " nameif guest", line)

    assert [(w[0], w[2]) for w in found] == [(6, message)]  # type: ignore[index]


def test_the_address_of_an_interface() -> None:
    """The first of its addresses names the appliance."""
    found = made(*INSIDE, "logging device-id ipaddress inside")

    assert (found.device_id, found.device_id_from) == ("10.1.1.1", "ipaddress inside")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("format rfc5424", LogHost("inside", "10.1.1.9", form="rfc5424")),
        ("format json", LogHost("inside", "10.1.1.9", form="json")),
        ("format asa framing newline", LogHost("inside", "10.1.1.9")),
        ("framing octet-counted", LogHost("inside", "10.1.1.9", counted=True)),
        ("name log.example", LogHost("inside", "10.1.1.9", name="log.example")),
        ("", LogHost("inside", "10.1.1.9")),
    ],
)
def test_servers_of_our_own_kind(line: str, expected: LogHost) -> None:
    """`mailward logging host` adds to a server, wherever it stands."""
    ours = f"mailward logging host inside 10.1.1.9 {line}"
    theirs = "logging host inside 10.1.1.9"
    assert made(*INSIDE, ours, theirs).hosts == (expected,)
    assert made(*INSIDE, theirs, ours).hosts == (expected,)


def test_a_server_that_is_none() -> None:
    """What is said of a server that `logging host` does not name is odd."""
    lines = ["mailward logging host inside 10.1.1.9 format json"]
    assert warned(*lines) == [(1, 23, "no logging host has this interface and address")]
    other = ["logging host inside 10.1.1.8", *lines]
    assert [host.form for host in made(*other).hosts] == [""]


def test_stopping_on_failure() -> None:
    """Only where somebody asks for it."""
    assert not made("logging enable").stop_on_failure
    assert made("mailward logging stop-on-failure").stop_on_failure
