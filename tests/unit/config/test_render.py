"""Rendering: sections, marks, indentation, what `all` adds."""

from mailward.config.factory import FACTORY
from mailward.config.load import load
from tests.unit.config.kit import EMAIL, taken

WHOLE = """\
ASA Version 9.0(3)~
hostname fw
names
interface Ethernet0/0
 description towards the world
 nameif outside
 security-level 0
 ip address dhcp setroute
!
interface Ethernet0/1
 no nameif
!
ftp mode passive
regex a "b"
object network web
 host 192.0.2.1
access-list one extended permit tcp any any eq www~
access-list one remark the rest
access-list one extended deny ip any any~
access-list two extended permit udp any any eq 53~
logging enable
class-map type regex match-any r
 match regex a
class-map type inspect http match-all h
 match request method get
class-map c
 match any
!
!
policy-map type inspect http p
 parameters
  protocol-violation action drop-connection
policy-map q
 description what we do
 class c
  inspect http p~
  set connection timeout idle 1:00:00
!
service-policy q global
prompt hostname context
""".replace("~\n", "~\n").replace("~", " ")


def test_a_saved_configuration_stays_as_it_is() -> None:
    """What the appliance printed is printed again, unknown lines included."""
    assert taken(WHOLE).render() == WHOLE.replace("9.0(3) ", "9.0(3)")


def test_sections_are_put_in_order() -> None:
    """Lines typed in any order are printed in the appliance's."""
    typed = """\
service-policy q global
prompt hostname
policy-map q
policy-map type inspect esmtp m
class-map c
class-map type regex match-any r
snmp-server location here
access-list b permit ip any any
regex x y
access-list a permit ip any any
access-list b deny ip any any
interface e0
hostname fw
"""
    assert (
        taken(typed).render()
        == """\
hostname fw
interface e0
!
regex x "y"
access-list b extended permit ip any any~
access-list b extended deny ip any any~
access-list a extended permit ip any any~
snmp-server location here
class-map type regex match-any r
class-map c
!
!
policy-map type inspect esmtp m
 parameters
policy-map q
!
service-policy q global
prompt hostname
""".replace("~", " ")
    )


def test_everything() -> None:
    """`all` prints what is off, the default map, and its name."""
    rendered = load(FACTORY).running.render(everything=True)

    assert "  inspect esmtp _default_esmtp_map \n" in rendered
    assert "policy-map type inspect esmtp _default_esmtp_map\n" in rendered
    assert (
        "  mask-banner\n  no mail-relay\n  no special-character\n  no allow-tls\n"
        in rendered
    )
    assert rendered.count("class-map inspection_default\n") == 1


def test_parameters_that_are_off_stand_at_their_places() -> None:
    """Set or not, they keep the order of the appliance."""
    text = "policy-map type inspect esmtp m\n parameters\n  special-character "
    rendered = taken(f"{text}action log\n").render(everything=True)

    assert (
        "  no mail-relay\n  special-character action log\n  no allow-tls\n" in rendered
    )


def test_switches_that_say_what_holds_anyway() -> None:
    """Only `all` shows them, typed or not; all switches stand behind what begins
    a configuration, in order."""
    text = "mailward compat direction both\nmailward compat bdat close\nhostname fw\n"
    running = taken(text)

    assert running.render() == "hostname fw\nmailward compat direction both\n"
    assert (
        running.render(everything=True)
        == """\
hostname fw
mailward compat asa-version 9.3
mailward compat banner asa
mailward compat bdat close
mailward compat chunking hidden
mailward compat direction both
mailward compat ehlo-auth-equals keyword
mailward compat ehlo-vrfy keyword
mailward compat rate-excess delay
mailward compat severity-507003 4
mailward compat show-header long
mailward compat unknown-command line
mailward limit connections 0
mailward limit line 300
mailward limit preface 10
mailward sessions 32
logging buffer-size 4096
logging facility 20
logging queue 512
timeout conn 1:00:00 half-closed 0:10:00
"""
    )
    assert taken("logging facility 20\nhostname ciscoasa\n").render() == (
        "hostname ciscoasa\n"
    )
    assert "hostname ciscoasa\n" in taken("").render(everything=True)


def test_translations_of_objects_stand_among_the_others() -> None:
    """Behind those by hand; the object itself stands where it is defined."""
    nat = " nat (inside,outside) static 192.0.2.1 \n"
    text = f"object network a\n host 10.0.0.1\n{nat}access-list x permit ip any any\n"

    assert taken(text).render() == (
        "object network a\n host 10.0.0.1\n"
        "access-list x extended permit ip any any \n"
        f"object network a\n{nat}"
    )


def test_everything_of_a_map_of_ones_own() -> None:
    """Parameters that are off are told for every map; named maps stay named."""
    rendered = load(EMAIL).running.render(everything=True)

    assert (
        "L7_EMAIL_MAP\n parameters\n  no mask-banner\n  no mail-relay\n"
        "  no special-character\n  no allow-tls\n match" in rendered
    )
    assert "  inspect esmtp L7_EMAIL_MAP \n" in rendered
    assert "class-map inspection_default\n" in rendered


def test_kept_lines_stay_together() -> None:
    """What nobody knows stands with the kept line before it, or at the end."""
    text = "tunnel-group x\ncrypto a\nenrollment b\nregex c d\nwhat\nssh e\n"

    assert taken(text).render() == (
        'regex c "d"\ncrypto a\nenrollment b\nssh e\ntunnel-group x\nwhat\n'
    )
