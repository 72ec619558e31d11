"""What the operator hears when a fresh configuration wants more than it gets."""

from mailward.cli.changes import Changes
from mailward.cli.entrances import Asked
from mailward.config.load import load

CONFIG = """\
interface eth0
 nameif outside
 security-level 0
 ip address 192.0.2.1 255.255.255.0
interface eth1
 nameif inside
 security-level 100
 ip address 10.1.1.1 255.255.255.0
object network mail
 host 10.1.1.5
 nat (inside,outside) static interface service tcp smtp smtp
policy-map GLOBAL
 class inspection_default
  inspect esmtp
class-map inspection_default
 match default-inspection-traffic
service-policy GLOBAL global
"""


def asked(*, transparent: bool = False) -> Asked:
    """No listener by hand."""
    return Asked((), None, None, "outside", "inside", transparent=transparent)


def test_nothing_to_say() -> None:
    """The same listeners, whatever else has changed."""
    changes = Changes(asked(), load(CONFIG))

    assert changes.told(load("hostname other\n" + CONFIG)) == []


def test_other_listeners() -> None:
    """They are opened by an upgrade; said each time, for it stays so."""
    changes = Changes(asked(), load(CONFIG))
    other = load(CONFIG.replace("10.1.1.5", "10.1.1.6"))

    for _ in range(2):
        (line,) = changes.told(other)
        assert "`mailward upgrade` opens them" in line
    assert changes.told(load(CONFIG)) == []


def test_no_listener_left() -> None:
    """What is missing is told."""
    changes = Changes(asked(), load(CONFIG))
    bare = CONFIG.replace(" nat (inside,outside)", " description (inside,outside)")

    assert changes.told(load(bare))[0].startswith("nothing to listen at")


def test_other_rules() -> None:
    """The kernel's rules are put in force by another command; said once."""
    changes = Changes(asked(transparent=True), load(CONFIG))
    other = load(
        CONFIG.replace("match default-inspection-traffic", "match port tcp eq 587")
    )

    lines = changes.told(other)

    assert any("`mailward network up CONFIG`" in line for line in lines)
    assert changes.told(other) == []
