"""Class-maps and access lists, compiled."""

from dataclasses import replace

import pytest

from mailward.config.lines import Line
from mailward.config.objects import OBJECT_OF
from mailward.config.traffic import TrafficCompiler
from mailward.errors import ConfigError
from mailward.lang.tokens import Args
from mailward.policy.acl import (
    ALL_PORTS,
    Entry,
    EntryLog,
    Network,
    Networks,
    mark_of,
)
from mailward.policy.gate import DEFAULT_PORTS, Traffic
from tests.unit.config.kit import ends, taken

ANY = Network(0)


def entry(line: str) -> Entry:
    """The one entry of an access list."""
    compiler = TrafficCompiler(taken(f"access-list a {line}\n"))
    (made,) = compiler.access_list("a").entries
    return made


def traffic(*matches: str) -> Traffic:
    """A class with these matches, beside two access lists."""
    text = (
        "access-list one permit tcp any any eq 587\naccess-list two deny ip any any\n"
    )
    text += "\n".join(("class-map c", *matches))
    return TrafficCompiler(taken(text)).traffic("c")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("permit ip any any", Entry(True, True, ANY, ALL_PORTS, ANY, ALL_PORTS)),
        (
            "extended deny tcp any4 any6",
            Entry(False, True, Network(4), ALL_PORTS, Network(6), ALL_PORTS),
        ),
        (
            "permit tcp host 192.0.2.1 range 1 9 host 2001:db8::1 eq smtp log 5",
            Entry(
                True,
                True,
                Network(4, 0xC0000201, 0xFFFFFFFF),
                ((1, 9),),
                Network(6, 0x20010DB8 << 96 | 1, (1 << 128) - 1),
                ((25, 25),),
                log=EntryLog(5),
            ),
        ),
        (
            "permit 6 192.0.2.9 255.255.255.0 neq 25 any gt 1023",
            Entry(
                True,
                True,
                Network(4, 0xC0000200, 0xFFFFFF00),
                ((0, 24), (26, 65535)),
                ANY,
                ((1024, 65535),),
            ),
        ),
        (
            "permit tcp any object unknown inactive",
            Entry(False, False, ANY, ALL_PORTS, ANY, ALL_PORTS),
        ),
        (
            "permit udp any any eq 53",
            Entry(False, False, ANY, ALL_PORTS, ANY, ALL_PORTS),
        ),
    ],
)
def test_entries(line: str, expected: Entry) -> None:
    """Each form of an entry becomes numbers."""
    assert replace(entry(line), mark=0) == expected


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("permit tcp any any time-range night", 45),
        ("permit tcp user bob any any", 26),
        ("permit tcp any security-group name x any", 30),
        ("standard permit any", 0),
    ],
)
def test_entries_that_are_only_kept(line: str, column: int) -> None:
    """An entry that is not understood may not decide what is inspected."""
    with pytest.raises(ConfigError, match="not understood") as caught:
        entry(line)

    assert (caught.value.line, caught.value.column) == (1, column)


GROUPS = """\
object-group network n
 network-object host 10.1.1.5
object-group service s tcp
 port-object eq 25
 port-object eq 587
object-group service mixed
 service-object tcp destination eq 25
 service-object tcp source eq 1 destination range 1 100
object-group service never
 service-object udp destination eq 25
"""
N = Networks(((0x0A010105, 0x0A010105),))
SMTP = ((25, 25),)


def entries(line: str) -> tuple[Entry, ...]:
    """What one line makes, beside some groups."""
    running = taken(f"{GROUPS}access-list a remark r\naccess-list a {line}\n")
    return TrafficCompiler(running).access_list("a").entries


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "permit tcp any object-group n object-group s",
            (ANY, ALL_PORTS, N, ((25, 25), (587, 587))),
        ),
        (
            "permit tcp any object-group s object-group n",
            (ANY, ((25, 25), (587, 587)), N, ALL_PORTS),
        ),
        ("permit tcp any object-group n eq 25", (ANY, ALL_PORTS, N, SMTP)),
        (
            "permit tcp object-group n object-group s any",
            (N, ((25, 25), (587, 587)), ANY, ALL_PORTS),
        ),
    ],
)
def test_groups_in_entries(line: str, expected: tuple[object, ...]) -> None:
    """Two groups side by side are told apart by their sort."""
    (made,) = entries(line)

    assert (
        made.source,
        made.source_ports,
        made.destination,
        made.destination_ports,
    ) == expected


def test_both_readings_of_two_groups() -> None:
    """Whichever of the two the reader chose, the groups decide."""
    compiler = TrafficCompiler(taken(GROUPS))
    row = OBJECT_OF["access-list"]
    ports = {"source-ports-group": "n", "destination-group": "s"}
    turned = {"destination-group": "s", "destination-ports-group": "n"}
    settled = [
        compiler._settled(Line(row, "x", Args({"line": 1, **values}))).args.values
        for values in (ports, turned)
    ]

    assert settled == [
        {"line": 1, "destination-group": "n", "destination-ports-group": "s"},
        {"line": 1, "source-ports-group": "s", "destination-group": "n"},
    ]


def test_services_in_entries() -> None:
    """A group of services is an entry for each set of ports of the client; all
    of them count for one line."""
    plain, odd = entries("permit object-group mixed any any")
    (never,) = entries("permit object-group never any any")
    (both,) = entries("permit object-group mixed any range 2 9 any eq 25")

    assert (plain.source_ports, plain.destination_ports) == (ALL_PORTS, SMTP)
    assert (odd.source_ports, odd.destination_ports) == (((1, 1),), ((1, 100),))
    assert not never.live
    assert (both.source_ports, both.destination_ports) == (((2, 9),), SMTP)


def test_hits_of_a_line_of_services() -> None:
    """The remark is no line, both entries are one."""
    text = f"{GROUPS}access-list a remark r\n"
    text += "access-list a deny tcp any host 192.0.2.1\n"
    text += "access-list a permit object-group mixed any any\n"
    acl = TrafficCompiler(taken(text)).access_list("a")

    assert acl.permits(ends())
    assert acl.hits == [0, 1]


def test_remarks_are_no_entries() -> None:
    """They are left out, and the list is compiled once for all its users."""
    compiler = TrafficCompiler(taken("access-list a remark x\naccess-list b remark"))

    assert compiler.access_list("a").entries == ()
    assert compiler.access_list("a") is compiler.access_list("a")


def test_class_default_and_management() -> None:
    """`class-default` is everything, a management class nothing."""
    compiler = TrafficCompiler(taken("class-map type management m\n"))

    assert compiler.traffic("class-default") == Traffic(ALL_PORTS)
    assert compiler.traffic("m") == Traffic(())


def test_matches() -> None:
    """Each match becomes ports, perhaps with an access list."""
    assert traffic() == Traffic(())
    assert traffic("description d") == Traffic(())
    assert traffic("match any") == Traffic(ALL_PORTS)
    assert traffic("match port tcp range 25 26") == Traffic(((25, 26),))
    assert traffic("match port udp eq 25") == Traffic(())
    assert traffic("match default-inspection-traffic") == Traffic(DEFAULT_PORTS)


def test_access_lists_in_classes() -> None:
    """What the list permits belongs; beside the default ports, both must hold."""
    alone = traffic("match access-list one")
    first = traffic("match access-list one", "match default-inspection-traffic")
    last = traffic("match default-inspection-traffic", "match access-list one")

    assert alone.holds(ends(port=587))
    assert not alone.holds(ends())
    assert (first.ports, last.ports) == (DEFAULT_PORTS, DEFAULT_PORTS)
    assert first.access_list is not None
    assert last.access_list is not None
    assert not first.holds(ends(port=587))


def test_matches_that_cannot_be_told() -> None:
    """They are an error at their word."""
    with pytest.raises(ConfigError, match="cannot select mail") as caught:
        traffic("match dscp ef")

    assert (caught.value.line, caught.value.column) == (4, 7)


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("", None),
        (" log", EntryLog()),
        (" log default", None),
        (" log disable", EntryLog(silent=True)),
        (" log warnings", EntryLog(4)),
        (" log 3 interval 60", EntryLog(3, 60)),
        (" log interval 60", EntryLog(6, 60)),
    ],
)
def test_logs(log: str, expected: EntryLog | None) -> None:
    """What a `log` asks for; each line has a mark of its own."""
    made = entry(f"permit tcp any any{log}")

    assert made.log == expected
    assert made.mark == mark_of(f"access-list a extended permit tcp any any{log}")


def test_lists_that_filter() -> None:
    """One that is understood is the very list that classes ask."""
    compiler = TrafficCompiler(taken("access-list a permit ip any any\n"))
    warnings: list[ConfigError] = []

    assert compiler.filter("a", warnings) is compiler.access_list("a")
    assert compiler.filter("b", warnings) is None
    assert not warnings


def test_filters_that_are_not_understood() -> None:
    """What is not understood permits nothing, and denies everything; it is told
    once, as far as somebody typed it."""
    text = (
        "access-list a permit tcp any any time-range night\n"
        "access-list a permit tcp any host 10.0.0.1 eq 25\n"
        "access-list a deny tcp object nobody any\n"
        "access-list a standard deny any\n"
        "access-list a permit ip any any\n"
    )
    running = taken(text)
    for line in running.block.lines[3:4]:
        line.typed, line.number = None, 0
    compiler = TrafficCompiler(running)
    warnings: list[ConfigError] = []
    made = compiler.filter("a", warnings)

    assert made is not None
    assert [(e.permit, e.live) for e in made.entries] == [
        (False, False),
        (True, True),
        (False, True),
        (False, False),
        (True, True),
    ]
    assert made.permits(ends(server="10.0.0.1"))
    assert not made.permits(ends(server="10.0.0.2"))
    assert [w.line for w in warnings] == [1, 3]
    assert "denies more than it says: no object is called nobody" in warnings[1].message
    assert compiler.filter("a", warnings) is made
    assert len(warnings) == 2
