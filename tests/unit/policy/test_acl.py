"""Access lists: the first entry that fits decides."""

import pytest

from mailward.policy.acl import (
    ALL_PORTS,
    AccessList,
    Entry,
    Network,
    Networks,
    Ports,
    apart,
    mark_of,
    merged,
    parse,
)
from mailward.policy.endpoints import Endpoints

ANY = Network(0)
NET_SPAN = ((0xC0000200, 0xC00002FF),)
NET = Network(4, 0xC0000200, 0xFFFFFF00)  # 192.0.2.0/24


def ends(
    client: str = "192.0.2.9",
    server: str = "10.1.1.5",
    port: int = 25,
    client_port: int = 40000,
) -> Endpoints:
    """A connection."""
    return Endpoints("outside", client, client_port, "inside", server, port)


def entry(
    permit: bool = True,
    source: Network | Networks = ANY,
    destination: Network | Networks = ANY,
    source_ports: tuple[Ports, ...] = ALL_PORTS,
    destination_ports: tuple[Ports, ...] = ALL_PORTS,
    live: bool = True,
) -> Entry:
    """An entry, permitting everything unless said otherwise."""
    return Entry(permit, live, source, source_ports, destination, destination_ports)


def host(address: int) -> Network:
    """One address."""
    return Network(4, address, 0xFFFFFFFF)


def permits(one: Entry, **typed: str | int) -> bool:
    """Does a list of this entry permit that connection?"""
    return AccessList("a", (one,)).permits(ends(**typed))  # type: ignore[arg-type]


def test_the_end_denies() -> None:
    """An empty list denies."""
    assert not AccessList("a", ()).permits(ends())


def test_first_match_decides_and_counts() -> None:
    """A deny before a permit excludes; only the entry that decided counts."""
    acl = AccessList("a", (entry(permit=False, source=NET), entry()))

    assert not acl.permits(ends())
    assert acl.permits(ends(client="198.51.100.1"))
    assert acl.permits(ends(client="198.51.100.2"))
    assert acl.hits == [1, 2]


def test_what_decides() -> None:
    """The entry itself, or none at the end; its log is off unless told."""
    first = entry(permit=False)

    assert AccessList("a", (first,)).decides(ends()) is first
    assert AccessList("a", ()).decides(ends()) is None
    assert (first.log, first.mark) == (None, 0)


def test_marks() -> None:
    """Of a text, always the same."""
    assert mark_of("a") == mark_of("a") != mark_of("b")


def test_addresses() -> None:
    """Source is the client, destination the server."""
    assert permits(entry(source=NET))
    assert not permits(entry(source=NET), client="192.0.3.1")
    assert permits(entry(destination=NET), server="192.0.2.1")
    assert not permits(entry(destination=NET))


def test_versions() -> None:
    """`any4` and `any6` hold their own version only, `any` all and none."""
    assert permits(entry(source=Network(4)))
    assert not permits(entry(source=Network(6)))
    assert permits(entry(source=Network(6)), client="2001:db8::1")
    assert not permits(entry(source=Network(4)), client="2001:db8::1")
    assert not permits(entry(source=Network(4)), client="")
    assert permits(entry(), client="")


def test_groups() -> None:
    """Ranges of either version hold their ends and nothing between them."""
    group = Networks(((0xC0000200, 0xC0000209), (0xC6336401, 0xC6336401)), ((1, 1),))

    assert permits(entry(source=group))
    assert not permits(entry(source=group), client="192.0.2.10")
    assert not permits(entry(source=group), client="192.0.1.255")
    assert permits(entry(source=group), client="198.51.100.1")
    assert permits(entry(source=group), client="::1")
    assert not permits(entry(source=group), client="::2")
    assert not permits(entry(source=group), client="")


def test_a_big_group_is_asked_by_halving() -> None:
    """Ten thousand networks are told apart."""
    group = Networks(tuple((n * 512, n * 512 + 255) for n in range(10_000)))

    assert group.holds(4, 9_999 * 512 + 255)
    assert not group.holds(4, 9_999 * 512 + 256)


def test_long_lists() -> None:
    """Of thousands of hosts only the right ones are asked; the order of entries
    is kept, whatever they hold."""
    one = Networks(((0x0A010107, 0x0A010107),))
    six = Network(6, 7, (1 << 128) - 1)
    entries = (
        entry(
            permit=False, destination=host(0x0A010105), destination_ports=((25, 25),)
        ),
        entry(permit=False, source=host(0xC0000209), destination_ports=((26, 30),)),
        entry(permit=False, destination=Networks(NET_SPAN), source=NET),
        entry(destination=one),
        entry(destination=six),
        entry(permit=False, source=Networks((), ((9, 9),))),
        entry(permit=False, live=False),
        entry(source=NET),
    )
    acl = AccessList("a", entries)

    assert acl.decides(ends()) is entries[0]
    assert acl.decides(ends(port=26)) is entries[1]
    assert acl.decides(ends(port=31)) is entries[7]
    assert acl.decides(ends(server="192.0.2.77", port=31)) is entries[2]
    assert acl.decides(ends(server="10.1.1.7", port=25)) is entries[3]
    assert acl.decides(ends(server="::7", client="::1")) is entries[4]
    assert acl.decides(ends(server="::7", client="::9")) is entries[4]
    assert acl.decides(ends(server="::8", client="::9")) is entries[5]
    assert acl.decides(ends(server="::8", client="::8")) is None
    assert acl.hits == [1, 1, 1, 1, 2, 1, 0, 1]
    for port in range(100):
        assert acl.permits(ends(port=1000 + port))


def test_elements() -> None:
    """Of an entry with groups it is counted which members fitted."""
    group = Networks(((0xC0000201, 0xC0000208), (0xC0000209, 0xC0000209)), ((1, 9),))
    wide = entry(
        source=group,
        source_ports=((1, 1), (40000, 40001)),
        destination=group,
        destination_ports=((25, 25), (26, 26)),
    )
    acl = AccessList("a", (entry(permit=False, live=False), wide))
    there = acl.elements[1]

    assert wide.elements == 36
    assert acl.permits(ends(server="192.0.2.1"))
    assert acl.permits(ends(client="192.0.2.2", client_port=1, server="::5", port=26))
    assert acl.permits(ends(client="::1", server="::5", port=26))
    # source, its port, destination, its port
    assert [at for at, hits in enumerate(there) if hits] == [5, 18, 35]
    assert acl.hits == [0, 3]
    acl.clear()
    assert (acl.hits, there) == ([0, 0], [0] * 36)


def test_what_has_no_elements() -> None:
    """An entry that is a line alone; a dead one; one that stands for too many."""
    many = Networks(tuple((n * 2, n * 2) for n in range(101)))
    wide, dead = entry(source=many, destination=many), entry(source=many, live=False)
    acl = AccessList("a", (entry(), wide, dead, entry(), entry()), (0, 1, 2, 3, 3))

    assert list(acl.elements) == [3, 4]
    assert acl.permits(ends())


def test_counters_go_on() -> None:
    """In another form of the same list."""
    first, second = (AccessList("a", (entry(), entry()), (0, 0)) for _ in range(2))
    first.permits(ends())
    second.carry(first)
    second.permits(ends())

    assert (first.hits, first.elements[0]) == ([2], [2])


def test_lines_of_several_entries() -> None:
    """The hits of all entries of a line are counted together."""
    twice = (entry(source_ports=((1, 1),)), entry(source_ports=((2, 2),)), entry())
    acl = AccessList("a", twice, (0, 0, 1))

    assert all(acl.permits(ends(client_port=port)) for port in (1, 2, 3))
    assert acl.hits == [2, 1]


def test_apart() -> None:
    """Sorted, nothing in common; those that only touch stay two."""
    assert apart([(7, 9), (1, 3), (4, 5), (8, 12), (20, 19), (8, 8)]) == (
        (1, 3),
        (4, 5),
        (7, 12),
    )
    assert apart([(5, 5), (5, 5)]) == ((5, 5),)


def test_merged() -> None:
    """Sorted, joined where they touch, less those that hold nothing."""
    assert merged([(7, 9), (1, 3), (4, 5), (8, 12), (20, 19), (30, 30), (8, 8)]) == (
        (1, 5),
        (7, 12),
        (30, 30),
    )
    assert merged([]) == ()


def test_ports() -> None:
    """Ranges include both ends, on either side."""
    smtp = ((25, 25), (587, 600))

    assert permits(entry(destination_ports=smtp))
    assert permits(entry(destination_ports=smtp), port=600)
    assert not permits(entry(destination_ports=smtp), port=601)
    assert not permits(entry(source_ports=smtp))
    assert permits(entry(source_ports=smtp), client_port=25)
    assert not permits(entry(source_ports=()))


def test_a_dead_entry_never_fits() -> None:
    """`inactive` entries, and those of other protocols, are passed over."""
    assert not permits(entry(live=False))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1.1.5", (4, 0x0A010105)),
        ("10.1.1.256", (0, 0)),
        ("10.1.1.05", (0, 0)),
        ("::1", (6, 1)),
        ("fe80::1%eth0", (6, 0xFE80 << 112 | 1)),
        ("::ffff:10.1.1.5", (4, 0x0A010105)),
        ("mail.example.com", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_parse(text: str, expected: tuple[int, int]) -> None:
    """Text to version and number; what is no address is version 0."""
    assert parse(text) == expected
