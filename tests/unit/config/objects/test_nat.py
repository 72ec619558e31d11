"""`nat` and `static`, as they are printed."""

from mailward.config.objects import OBJECT_OF
from mailward.config.running import Counts
from tests.unit.config.kit import mistakes, taken, told

TEXT = """\
object network a
 host 10.0.0.1
object network b
 host 10.0.0.2
 description two
nat (inside,outside) source static o p service c d no-proxy-arp description why
nat (inside,outside) source static any any destination static interface ipv6 p
nat source dynamic o interface
nat (inside) 1 0.0.0.0 0.0.0.0
static (inside,outside) tcp interface smtp 10.0.0.1 smtp netmask 255.255.255.255~
static (inside,outside) 192.0.2.1 10.0.0.1 dns~
static (inside,outside) interface access-list l 0 0~
static none~
object network a
 nat (inside,outside) static interface service tcp smtp 2525~
object network b
 nat (inside,outside) dynamic interface
nat (inside,outside) after-auto source static o p inactive
""".replace("~", " ")


def test_lines() -> None:
    """Ports by their words; objects among the others, and what becomes of them
    among the translations; what is not understood as it stands."""
    running = taken(TEXT)

    assert running.render() == TEXT
    assert running.counts == Counts(active=14, kept=4, ignored=0)


def test_one_of_each_object() -> None:
    """A second replaces the first; an object that is nothing else stands there
    only."""
    text = "object network a\nnat (a,b) static 1.1.1.1\nnat dynamic interface\n"

    assert taken(text).render() == "object network a\n nat dynamic interface\n"


def test_inserted() -> None:
    """A number says before which of those by hand it goes."""
    lines = [f"nat (a,b) source static {name} x" for name in "op"]
    insert = "nat (a,b) 2 source static q x"

    assert taken("\n".join([*lines, insert])).render().splitlines() == [
        lines[0],
        insert.replace(" 2", ""),
        lines[1],
    ]


def test_interfaces_are_two() -> None:
    """Without its two interfaces a line is of no form that we read."""
    running = taken("static (inside) tcp interface 25 10.0.0.1 25")

    assert running.block.lines[0].row is OBJECT_OF["static of other forms"]


def test_names_are_in_use() -> None:
    """An object that is translated to cannot go."""
    text = "object network x\n host 1.1.1.1\nnat (a,b) source static x x\n"

    assert told(mistakes(f"{text}no object network x")) == [
        (4, 19, "x is in use in line 3")
    ]
