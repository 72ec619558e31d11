"""Class-maps and access lists, compiled."""

import pytest

from mailward.config.traffic import TrafficCompiler
from mailward.errors import ConfigError
from mailward.policy.acl import ALL_PORTS, Entry, Network
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
            "permit tcp host 192.0.2.1 range 1 9 host 2001:db8::1 eq smtp log 6",
            Entry(
                True,
                True,
                Network(4, 0xC0000201, 0xFFFFFFFF),
                ((1, 9),),
                Network(6, 0x20010DB8 << 96 | 1, (1 << 128) - 1),
                ((25, 25),),
            ),
        ),
        (
            "permit tcp 192.0.2.9 255.255.255.0 neq 25 any gt 1023 inactive",
            Entry(
                True,
                False,
                Network(4, 0xC0000200, 0xFFFFFF00),
                ((0, 24), (26, 65535)),
                ANY,
                ((1024, 65535),),
            ),
        ),
        (
            "permit udp any any eq 53",
            Entry(False, False, ANY, ALL_PORTS, ANY, ALL_PORTS),
        ),
    ],
)
def test_entries(line: str, expected: Entry) -> None:
    """Each form of an entry becomes numbers."""
    assert entry(line) == expected


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("permit tcp any object mail eq 25", 37),
        ("permit tcp any host mail", 35),
        ("permit tcp net 255.0.0.0 any", 26),
        ("permit tcp any any object-group g", 47),
        ("permit tcp any any time-range night", 45),
        ("permit object-group p any any", 0),
        ("standard permit any", 0),
    ],
)
def test_entries_that_are_only_kept(line: str, column: int) -> None:
    """An entry that is not understood may not decide what is inspected."""
    with pytest.raises(ConfigError, match="not understood") as caught:
        entry(line)

    assert (caught.value.line, caught.value.column) == (1, column)


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
