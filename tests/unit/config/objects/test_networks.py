"""Lines that name addresses, as they are printed."""

import pytest

from tests.unit.config.kit import mistakes, taken, told

TEXT = """\
names
name 10.1.1.1 mail description the server
object network a
 subnet 2001:db8::/32
object network b
 fqdn v4 mail.example.com
 description x
object-group network g
 description all of them
 network-object host 10.1.1.1
 network-object host mail
 network-object 10.0.0.0 255.0.0.0
 network-object mail 255.255.255.255
 network-object 2001:db8::/32
 network-object object a
 network-object something else
 group-object h
"""


def test_lines() -> None:
    """They are printed as the appliance prints them."""
    assert taken(TEXT).render() == TEXT


def test_an_object_is_one_thing() -> None:
    """A second definition replaces the first."""
    text = "object network a\nhost 10.0.0.1\nrange 10.0.0.1 10.0.0.2\n"

    assert taken(text).render() == "object network a\n range 10.0.0.1 10.0.0.2\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "object network a\nobject network c\nno object network a\n",
            "object network c\n",
        ),
        ("object-group network g\nno object-group network g\n", ""),
        ("name 10.1.1.1 m\nno name 10.1.1.1\n", ""),
    ],
)
def test_no(text: str, expected: str) -> None:
    """An object goes by its name, a name by its address."""
    assert taken(text).render() == expected


def test_in_use() -> None:
    """What a group or a list names cannot go."""
    text = "object network a\nobject-group network g\nnetwork-object object a\n"
    text += "access-list l permit ip object-group g any\n"

    assert told(taken(f"{text}no object network a\n").errors) == [
        (5, 19, "a is in use in line 3")
    ]
    assert told(taken(f"{text}no object-group network g\n").errors) == [
        (5, 25, "g is in use in line 4")
    ]


def test_mistakes() -> None:
    """A line of ours with a wrong value is a mistake."""
    assert told(mistakes("object network a\n host 10.1.1.256\n")) == [
        (2, 7, '"10.1.1.256" is not an IP address')
    ]
