"""`class-map`: how each match is printed."""

import pytest

from tests.unit.config.kit import taken


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("match any", "match any"),
        ("match access-list email", "match access-list email"),
        ("match port tcp eq 25", "match port tcp eq smtp"),
        ("match port tcp range 25 2525", "match port tcp range smtp 2525"),
        ("match port udp eq syslog", "match port udp eq syslog"),
        ("match def", "match default-inspection-traffic"),
        ("match dscp ef", "match dscp ef"),
        ("match tunnel-group  vpn", "match tunnel-group vpn"),
        ("description mail  in", "description mail  in"),
    ],
)
def test_matches(typed: str, printed: str) -> None:
    """In full words, ports by name."""
    assert taken(f"class-map c\n{typed}\n").render() == (
        f"class-map c\n {printed}\n!\n!\n"
    )


def test_classes_of_other_types() -> None:
    """They are kept, with what stands in them, before classes of traffic."""
    text = """\
class-map type inspect http match-all h
 match request method get
class-map type management m
 match access-list a
class-map c
 match any
!
!
"""
    assert taken(text).render() == text
    assert taken(text).counts.kept == 4
