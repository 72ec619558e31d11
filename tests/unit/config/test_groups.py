"""Objects and groups, compiled."""

import pytest

from mailward.config.groups import Groups
from mailward.config.lines import Line
from mailward.errors import ConfigError
from mailward.policy.acl import ALL_PORTS, Network, Networks, Ports
from tests.unit.config.kit import taken, told

TEXT = """\
name 192.0.2.7 mail
interface e0
 nameif outside
 ip address 192.0.2.1 255.255.255.0
interface e1
 nameif dmz
 ip address mail 255.255.255.0
interface e2
 nameif lab
 ip address dhcp
interface e3
 no nameif
object network host
 host 10.0.0.1
 description one
object network net
 subnet 10.0.0.0 255.255.255.0
object network six
 subnet 2001:db8::/32
object network range
 range 10.0.1.0 10.0.1.9
object network wrong
 range 10.0.1.9 10.0.1.0
object network turned
 range 10.0.1.9 2001:db8::
object network torn
 subnet 10.0.0.0 255.0.255.0
object network domain
 fqdn v4 mail.example.com
object network nothing
object service smtp
 description mail
 service tcp destination eq 25
object service empty
object service dark
 service sctp-like destination
object service ping
 service icmp echo
object-group network inner
 network-object object host
 network-object object range
object-group network outer
 description all
 network-object 10.0.2.0 255.255.255.0
 network-object host mail
 network-object 2001:db8::/32
 group-object inner
 group-object inner
object-group network strange
 network-object what is this
object-group network hole
 group-object nobody
object-group network mixed
 group-object ports
object-group service ports tcp
 port-object eq 25
 port-object range 500 600
object-group service udp udp
 port-object eq 25
object-group service bare
 port-object eq 25
object-group service services
 service-object object smtp
 service-object tcp-udp destination eq 587
 service-object tcp source eq 20
 service-object icmp echo
 service-object 47
object-group service all
 service-object ip
object-group service unclear
 service-object what
object-group protocol protocols
 protocol-object udp
 protocol-object tcp
object-group protocol others
 protocol-object 47
object-group protocol named
 protocol-object object p
object-group icmp-type pings
 icmp-object echo
"""
HOST = (0x0A000001, 0x0A000001)


def line(entry: str) -> tuple[Groups, Line]:
    """An entry, to be asked beside all the groups above."""
    running = taken(f"{TEXT}access-list a {entry}\n")
    return Groups(running), running.block.lines[-1]


def source(text: str) -> Network | Networks:
    """The source of an entry."""
    groups, entry = line(f"permit tcp {text} any")
    return groups.addresses(entry, "source-")


def services(text: str) -> tuple[object, ...]:
    """The services of an entry."""
    groups, entry = line(f"permit {text} any any")
    return groups.services(entry)


def ports(name: str) -> tuple[Ports, ...]:
    """The ports of an entry."""
    groups, entry = line(f"permit tcp any any object-group {name}")
    return groups.ports(entry, "destination-ports-group")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any", Network(0)),
        ("any4", Network(4)),
        ("any6", Network(6)),
        ("host 10.0.0.1", Network(4, 0x0A000001, 0xFFFFFFFF)),
        ("host mail", Network(4, 0xC0000207, 0xFFFFFFFF)),
        ("host ::1", Network(6, 1, (1 << 128) - 1)),
        ("10.1.2.3 255.0.255.0", Network(4, 0x0A000200, 0xFF00FF00)),
        ("mail 255.255.255.0", Network(4, 0xC0000200, 0xFFFFFF00)),
        ("2001:db8::/32", Network(6, 0x20010DB8 << 96, 0xFFFFFFFF << 96)),
        ("interface outside", Network(4, 0xC0000201, 0xFFFFFFFF)),
        ("interface dmz", Network(4, 0xC0000207, 0xFFFFFFFF)),
        ("object host", Networks((HOST,))),
        ("object net", Networks(((0x0A000000, 0x0A0000FF),))),
        (
            "object six",
            Networks((), ((0x20010DB8 << 96, (0x20010DB9 << 96) - 1),)),
        ),
        ("object range", Networks(((0x0A000100, 0x0A000109),))),
        ("object nothing", Networks(())),
        (
            "object-group outer",
            Networks(
                (
                    HOST,
                    (0x0A000100, 0x0A000109),
                    (0x0A000200, 0x0A0002FF),
                    (0xC0000207, 0xC0000207),
                ),
                ((0x20010DB8 << 96, (0x20010DB9 << 96) - 1),),
            ),
        ),
    ],
)
def test_addresses(text: str, expected: Network | Networks) -> None:
    """Each form becomes numbers; groups in groups count once."""
    assert source(text) == expected


def test_a_group_is_compiled_once() -> None:
    """All its users share it."""
    groups, entry = line("permit tcp object-group outer any")

    assert groups.addresses(entry, "source-") is groups.addresses(entry, "source-")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("host nobody", "no name is called nobody"),
        ("interface nowhere", "the address of this interface is not known here"),
        ("interface lab", "the address of this interface is not known here"),
        ("object nobody", "no object is called nobody"),
        ("object smtp", "this is an object of services, not addresses"),
        ("object wrong", "the range ends before it begins"),
        ("object turned", "the range ends before it begins"),
        ("object torn", "a mask within an object is ones first, noughts behind"),
        ("object-group nobody", "no object-group is called nobody"),
        ("object-group hole", "no object-group is called nobody"),
        (
            "object-group mixed",
            "ports is an object-group service, not an object-group network",
        ),
    ],
)
def test_addresses_that_cannot_be_told(text: str, message: str) -> None:
    """Why, in words."""
    with pytest.raises(ConfigError) as caught:
        source(text)

    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("object domain", " fqdn v4 mail.example.com"),
        ("object-group strange", " network-object what is this"),
    ],
)
def test_members_that_are_only_kept(text: str, where: str) -> None:
    """They are told at their own line."""
    with pytest.raises(ConfigError, match="not understood") as caught:
        source(text)

    assert caught.value.text == where


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("object smtp", ((ALL_PORTS, ((25, 25),)),)),
        ("object empty", ()),
        ("object ping", ()),
        (
            "object-group services",
            (
                (ALL_PORTS, ((25, 25), (587, 587))),
                (((20, 20),), ALL_PORTS),
            ),
        ),
        ("object-group all", ((ALL_PORTS, ALL_PORTS),)),
        ("object-group protocols", ((ALL_PORTS, ALL_PORTS),)),
        ("object-group others", ()),
    ],
)
def test_services(text: str, expected: tuple[object, ...]) -> None:
    """Ports of the server come together, with those of the client beside."""
    assert services(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("object nobody", "no object is called nobody"),
        ("object host", "this is an object of addresses, not services"),
        ("object dark", "this line is kept, but decides"),
        ("object-group nobody", "no object-group is called nobody"),
        ("object-group unclear", "this line is kept, but decides"),
        ("object-group named", "this line is kept, but decides"),
        ("object-group pings", "pings is an object-group icmp-type"),
    ],
)
def test_services_that_cannot_be_told(text: str, message: str) -> None:
    """Why, in words."""
    with pytest.raises(ConfigError, match=message):
        services(text)


def test_ports() -> None:
    """The group's own line says of which protocol they are."""
    assert ports("ports") == ((25, 25), (500, 600))
    assert ports("udp") == ()
    assert ports("bare") == ()
    with pytest.raises(ConfigError, match="not understood"):
        ports("services")


def test_sorts_of_groups() -> None:
    """Whether a group is of addresses."""
    groups = Groups(taken(TEXT))

    assert [groups.is_network(name) for name in ("outer", "ports", "nobody")] == [
        True,
        False,
        False,
    ]


def test_loops() -> None:
    """A group that holds itself, however far away, is told once, at the line
    that closes the circle; a deep tower of groups is none."""
    ring = "".join(
        f"object-group network g{n}\n group-object g{(n + 1) % 3}\n" for n in range(3)
    )
    tower = "".join(
        f"object-group network t{n}\n group-object t{n + 1}\n group-object t{n + 2}\n"
        for n in range(3000)
    )

    assert told(list(Groups(taken(ring)).loops())) == [(6, 15, "g0 would hold itself")]
    assert list(Groups(taken(tower)).loops()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("host", "10.0.0.1"), ("net", ""), ("outer", ""), ("lone", "2001:db8::7")],
)
def test_one_address(name: str, expected: str) -> None:
    """Of an object or a group that holds just one."""
    text = f"{TEXT}object-group network lone\n network-object host 2001:db8::7\n"
    running = taken(f"{text}nat source static {name} any\n")
    asks = running.block.lines[-1]

    assert Groups(running).one(asks, "source-real") == expected
    if name == "host":
        (target,) = (o for o in running.block.lines if o.text == "object network host")
        assert Groups(running).one_of(target) == expected


def test_addresses_by_name() -> None:
    """Typed, or by a `name`."""
    text = f"{TEXT}static (a,b) 192.0.2.9 mail\n"
    asks = taken(text).block.lines[-1]
    groups = Groups(taken(text))

    assert groups.named_address(asks, "mapped") == "192.0.2.9"
    assert groups.named_address(asks, "real") == "192.0.2.7"


def test_ports_of_an_object() -> None:
    """Those of an object service, for who names it without a word before it."""
    running = taken(f"{TEXT}nat source static any any service smtp ping\n")
    asks = running.block.lines[-1]

    assert Groups(running).object_services(asks, "service-first") == [
        (ALL_PORTS, ((25, 25),))
    ]
    assert Groups(running).object_services(asks, "service-second") == []
