"""Lines that name services, as they are printed."""

import pytest

from tests.unit.config.kit import mistakes, taken, told

TEXT = """\
object service a
 service tcp source gt 1023 destination eq smtp~
object service b
 service icmp echo 0~
object service c
 service sctp-like something
 description d
object-group service e tcp
 description f
 port-object eq smtp
 port-object eq 514
 port-object range 1 8
 port-object of other forms
 group-object g
object-group service h
 service-object object a~
 service-object tcp destination eq smtp~
 service-object udp source range bootps bootpc~
 service-object 99~
 service-object of other forms
object-group protocol i
 protocol-object tcp
 protocol-object 99
 protocol-object object a
object-group icmp-type j
 icmp-object echo~
object-group user k
 user LOCAL\\bob
""".replace("~", " ")


def test_lines() -> None:
    """They are printed as the appliance prints them."""
    assert taken(TEXT).render() == TEXT


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("service-object tcp eq 25", "service-object tcp destination eq smtp "),
        ("service-object 6 source eq 1 eq 2", "source eq 1 destination eq 2 "),
        ("service-object 0", "service-object ip "),
        ("port-object eq http", "port-object eq www"),
    ],
)
def test_typed_otherwise(typed: str, printed: str) -> None:
    """Older forms and numbers are printed in the newer form."""
    text = taken(f"object-group service g tcp\n{typed}\n").render()

    assert text.endswith(f"{printed}\n")


def test_an_object_is_one_service() -> None:
    """A second line replaces the first."""
    text = "object service a\nservice tcp\nservice udp\n"

    assert taken(text).render() == "object service a\n service udp \n"


def test_mistakes() -> None:
    """A line of ours with a wrong value is a mistake."""
    text = "object-group service e tcp\n port-object eq 99999\n"

    assert told(mistakes(text)) == [(2, 17, '"99999" is not a number from 0 to 65535')]
