"""The ways of cutting a segment: complete for short ones, bounded for long."""

from mailward.testing.splits import SINGLE, SMALL, cuts, every_split, singles


def test_short_segments_are_cut_everywhere() -> None:
    """Once at each position, then octet by octet."""
    assert list(every_split(b"abc")) == [
        (b"a", b"bc"),
        (b"ab", b"c"),
        (b"a", b"b", b"c"),
    ]


def test_nothing_to_cut() -> None:
    """One octet, or none, cannot be cut."""
    assert list(every_split(b"a")) == []
    assert list(every_split(b"")) == []


def test_pieces_join_to_the_segment() -> None:
    """No way of cutting loses or moves an octet."""
    segment = bytes(range(256)) * 20

    assert all(b"".join(pieces) == segment for pieces in every_split(segment))


def test_long_segments_are_cut_near_ends_of_lines() -> None:
    """Every position around a CR or LF and at both edges, few elsewhere."""
    segment = b"x" * 3000 + b"\r\n" + b"y" * 3000
    found = cuts(segment)

    assert {1, 2, 2999, 3000, 3001, 3002, 3003, len(segment) - 1} <= set(found)
    assert list(found) == sorted(set(found))
    assert len(found) < 60


def test_cuts_of_very_many_lines_are_bounded() -> None:
    """A segment of nothing but line ends does not lead to endless work."""
    assert len(cuts(b"\n" * 100_000)) < 2 * SMALL


def test_singles_of_long_segments_are_larger_pieces() -> None:
    """Octet by octet stays affordable."""
    assert singles(b"ab") == (b"a", b"b")

    pieces = singles(b"x" * (SINGLE + 1))
    assert b"".join(pieces) == b"x" * (SINGLE + 1)
    assert len(pieces) < 20
    long = list(every_split(b"x" * (SINGLE + 1)))
    assert all(len(way) == 2 for way in long)
