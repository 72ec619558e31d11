"""`nat` and `static`, compiled to publications."""

from dataclasses import replace

import pytest

from mailward.config.load import load
from mailward.policy.places import Publication

INTERFACES = """\
interface e0
 nameif outside
 ip address 192.0.2.1 255.255.255.0
interface e1
 nameif inside
 ip address 10.1.1.1 255.255.255.0
interface e2
 nameif dmz
 ip address 10.2.2.1 255.255.255.0
interface e3
 nameif lab
 shutdown
"""
OBJECTS = """\
name 10.1.1.9 box
name 192.0.2.9 face
object network mail
 host 10.1.1.5
object network front
 host 192.0.2.5
object network net
 subnet 10.1.1.0 255.255.255.0
object network nets
 subnet 192.0.2.0 255.255.255.0
object-group network group
 network-object host 10.1.1.6
object-group network six
 network-object host 2001:db8::6
object service from25
 service tcp source eq 25
object service from2525
 service tcp source eq 2525
object service to25
 service tcp destination eq 25
object service to2525
 service tcp destination eq 2525
object service range
 service tcp source range 20 30
object service udp
 service udp source eq 53
"""
HEAD = INTERFACES + OBJECTS
FROM_MAIL = "nat (inside,outside) source static mail front"
FROM_ANY = "nat (outside,inside) source static any any destination static"
COUNT = HEAD.count("\n")


def published(*lines: str, head: str = HEAD) -> list[Publication]:
    """What these lines publish."""
    return list(load(head + "\n".join(lines)).publications)


def warned(*lines: str) -> list[object]:
    """What is odd about these lines; they are counted from 1."""
    return [
        (w.line - COUNT, w.column, w.message)
        for w in load(HEAD + "\n".join(lines)).warnings
        if w.line > COUNT
    ]


def newer(
    address: str,
    port: int = 25,
    real: str = "10.1.1.5",
    real_port: int = 25,
    line: int = 1,
    outside: str = "outside",
) -> Publication:
    """A publication of release 8.3 or later."""
    return Publication(
        outside, "inside", address, port, real, real_port, COUNT + line, real, real_port
    )


def older(
    address: str,
    port: int = 25,
    real: str = "10.1.1.9",
    real_port: int = 25,
    service: str = "192.0.2.1",
) -> Publication:
    """A publication of a release before that."""
    return Publication(
        "outside",
        "inside",
        address,
        port,
        real,
        real_port,
        COUNT + 1,
        service,
        port,
    )


@pytest.mark.parametrize(
    ("nat", "expected"),
    [
        ("(inside,outside) static interface service tcp smtp smtp", newer("")),
        ("(inside,outside) static interface service tcp 25 2525", newer("", 2525)),
        (
            "(inside,outside) static 192.0.2.7 service tcp 2525 25",
            newer("192.0.2.7", real_port=2525),
        ),
        ("(inside,outside) static 192.0.2.7", newer("192.0.2.7")),
        ("(inside,outside) static front no-proxy-arp", newer("192.0.2.5")),
        ("(any,outside) static 192.0.2.7", newer("192.0.2.7")),
    ],
)
def test_of_an_object(nat: str, expected: Publication) -> None:
    """One port, or all: of those the ones that carry mail."""
    lines = ("object network mail", f" nat {nat}")
    (found,) = published(*lines)

    # the line below its object
    assert found == replace(expected, line=COUNT + 2)
    assert warned(*lines) == []


@pytest.mark.parametrize(
    "nat",
    [
        "(inside,outside) static interface service udp 25 25",
        "(inside,outside) static interface service tcp www www",
        "(inside,outside) static 10.1.1.5",
        "(inside,outside) dynamic interface",
    ],
)
def test_objects_that_publish_nothing(nat: str) -> None:
    """No mail, or no other address."""
    assert published("object network mail", f" nat {nat}") == []
    assert warned("object network mail", f" nat {nat}") == []


def test_everywhere() -> None:
    """`any` before the other address is every interface but the one behind and
    those that are off."""
    found = published("object network mail", " nat (inside,any) static interface")

    assert [(p.outside, p.address) for p in found] == [("outside", ""), ("dmz", "")]
    assert [
        p.inside for p in published("object network mail", " nat static face2")
    ] == []
    (first, second) = published("object network mail", " nat static 192.0.2.7")
    assert (first.inside, first.outside, second.outside) == ("inside", "outside", "dmz")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ("object network net", " nat (inside,outside) static nets"),
            "only a single host is published here, and this is none",
        ),
        (
            ("object network mail", " nat (inside,outside) static nets"),
            "only a single host is published here, and this is none",
        ),
        (
            ("object network mail", " nat (inside,wan) static interface"),
            "no interface is named wan",
        ),
        (
            ("object network mail", " nat (lab,outside) static interface"),
            "lab is shut down, so nothing is published",
        ),
        (
            (
                "object network front2",
                " host 203.0.113.1",
                " nat (any,dmz) static 1.1.1.1",
            ),
            "behind which interface this host is cannot be told",
        ),
        (
            ("nat (inside,outside) source static net nets",),
            "only a single host is published here, and this is none",
        ),
        (
            ("nat (inside,outside) source static any interface",),
            "only a single host is published here, and this is none",
        ),
        (
            (f"{FROM_MAIL} destination static net net",),
            "it holds for some clients only: it publishes nothing",
        ),
        (
            (f"{FROM_ANY.replace('any any', 'net front')} front mail",),
            "it holds for some clients only: it publishes nothing",
        ),
        (
            ("nat (inside,outside) source static mail front service range range",),
            "this object is not one port of the source",
        ),
        (
            ("nat (inside,outside) source static mail nobody",),
            "no object is called nobody",
        ),
        (
            ("static (inside,outside) 192.0.2.0 10.1.1.0 netmask 255.255.255.0",),
            "only a single host is published here, and this is none",
        ),
        (
            ("static inside outside",),
            "this form publishes nothing here",
        ),
        (
            ("static (inside,outside) interface access-list nobody",),
            "this list does not name one real host",
        ),
        (
            (
                "access-list real permit tcp any any",
                "static (inside,outside) interface access-list real",
            ),
            "this list does not name one real host",
        ),
        (
            (
                "access-list real permit tcp host 10.1.1.9 gt 1 any",
                "static (inside,outside) tcp interface smtp access-list real",
            ),
            "this list does not name one port",
        ),
    ],
)
def test_what_cannot_be_published(lines: tuple[str, ...], message: str) -> None:
    """It is told, and nothing is published."""
    assert published(*lines) == []
    assert message in [w[2] for w in warned(*lines)]  # type: ignore[index]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "nat (inside,outside) source static mail interface service from25 from2525",
            newer("", 2525),
        ),
        ("nat (inside,outside) source static mail front", newer("192.0.2.5")),
        (
            "nat (inside,outside) source static group front destination static any any",
            newer("192.0.2.5", real="10.1.1.6"),
        ),
        (
            "nat (inside,outside) source static six front",
            newer("192.0.2.5", real="2001:db8::6"),
        ),
        (
            f"{FROM_ANY} interface mail service to2525 to25 description the server",
            newer("", 2525),
        ),
        (
            f"{FROM_ANY.replace(' s', ' 1 s', 1)} front mail",
            newer("192.0.2.5"),
        ),
        (
            "nat (inside,outside) after-auto source static mail front",
            newer("192.0.2.5"),
        ),
    ],
)
def test_of_both_sides(line: str, expected: Publication) -> None:
    """The source of connections from inside, or the destination of those from
    outside, with the ports that belong to that side."""
    assert published(line) == [expected]
    assert warned(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "nat (inside,outside) source static mail front inactive",
        "nat (inside,outside) source static mail front unidirectional",
        "nat (inside,outside) source static net net destination static nets nets",
        "nat (inside,outside) source static any any",
        "nat (inside,outside) source static mail front service udp udp",
        "nat (inside,outside) source static mail front service from25 udp",
        "nat (inside,outside) source dynamic mail interface",
        "nat (inside) 1 10.1.1.0 255.255.255.0",
        "static (inside,outside) udp interface 53 box 53",
        "static (inside,outside) tcp interface www box www",
        "static (inside,outside) 10.1.1.9 box netmask 255.255.255.255",
        "static (inside,outside) 10.1.1.0 10.1.1.0 netmask 255.255.255.0",
    ],
)
def test_lines_that_publish_nothing(line: str) -> None:
    """They are off, translate nothing, or carry no mail."""
    assert published(line) == []
    assert warned(line) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tcp interface smtp box smtp netmask 255.255.255.255 0 0", older("")),
        ("tcp interface 2525 10.1.1.9 smtp", older("", 2525)),
        ("tcp face smtp box smtp", older("192.0.2.9", service="192.0.2.9")),
        ("192.0.2.8 box dns", older("192.0.2.8", service="192.0.2.8")),
        ("interface box", older("")),
    ],
)
def test_before_8_3(line: str, expected: Publication) -> None:
    """Access lists see the other address then."""
    line = f"static (inside,outside) {line}"

    assert published(line) == [expected]
    assert warned(line) == []


@pytest.mark.parametrize(
    ("entry", "static", "expected"),
    [
        ("tcp host 10.1.1.9 eq 25 any", "tcp interface 25 access-list r 0 0", True),
        ("tcp host box eq smtp any", "tcp interface smtp access-list r", True),
        ("tcp host box eq www any", "tcp interface www access-list r", False),
        ("udp host box any", "udp interface 25 access-list r", None),
        ("ip host box any", "interface access-list r tcp 0 0", True),
        ("ip host box any", "udp interface 25 access-list r", False),
    ],
)
def test_by_access_list(entry: str, static: str, expected: bool | None) -> None:
    """The real address and port stand in the one entry of a list."""
    lines = (f"access-list r permit {entry}", f"static (inside,outside) {static}")
    found = [
        (p.address, p.port, p.real_address, p.real_port) for p in published(*lines)
    ]

    assert found == ([("", 25, "10.1.1.9", 25)] if expected else [])
    assert (warned(*lines) == []) is (expected is not None)


POLICY = (
    "class-map c",
    " match access-list l",
    "class-map d",
    " match port tcp eq 587",
    "policy-map p",
    " class c",
    "  inspect esmtp",
    " class d",
    "  inspect esmtp",
    "service-policy p global",
    "access-list l deny tcp any any eq 24",
    "access-list l permit tcp any any range 2524 2525",
    "access-list l permit tcp any any gt 40000",
)


def test_ports_that_classes_name() -> None:
    """They carry mail too, unless there are too many in a row."""
    found = published(*POLICY, "object network mail", " nat (inside,dmz) static front")

    assert [p.port for p in found] == [25, 587, 2524, 2525]


def test_the_first_wins() -> None:
    """By hand, then of objects, then by hand after those; a second at one place
    is told."""
    lines = (
        "nat (inside,outside) after-auto source static group front",
        "object network mail",
        " nat (inside,outside) static 192.0.2.5",
        "nat (inside,outside) source static six front",
    )

    assert [p.real_address for p in published(*lines)] == ["2001:db8::6"]
    message = f"line {COUNT + 4} publishes this place already"
    assert warned(*lines) == [(1, 0, message), (3, 0, message)]


def test_without_interfaces() -> None:
    """A file that names no interface is believed."""
    found = published(
        "static (inside,outside) tcp interface smtp box smtp", head=OBJECTS
    )

    assert [(p.outside, p.service) for p in found] == [("outside", "")]
