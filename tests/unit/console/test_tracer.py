"""Claims about `mailward.console.tracer`."""

import json
from typing import Final

from mailward.console.session import answer
from tests.unit.console.gateways import CONFIG, gateway

#: A server behind the firewall, and who may reach it.
PUBLISHED: Final = """\
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.1 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.1.1.1 255.255.255.0
interface GigabitEthernet0/2
 nameif dmz
 security-level 50
 ip address 10.5.5.1 255.255.255.0
object network mail
 host 10.1.1.5
 nat (inside,outside) static 203.0.113.5 service tcp smtp smtp
access-list incoming remark mail only
access-list incoming extended deny tcp host 192.0.2.66 any
access-list incoming extended permit tcp any host 10.1.1.5 eq smtp
access-group incoming in interface outside
class-map inspection_default
 match default-inspection-traffic
policy-map type inspect esmtp L7_MAP
 parameters
 match body length gt 35000
  drop-connection log
 match cmd line length gt 100
policy-map global_policy
 class inspection_default
  inspect esmtp L7_MAP
service-policy global_policy global
"""
TRACE: Final = "packet-tracer input outside tcp 192.0.2.1 4000 203.0.113.5 25"


def test_which_policy_would_inspect() -> None:
    """And counts nothing."""
    state = gateway()
    text = answer("packet-tracer input outside tcp 192.0.2.1 4000 10.1.1.5 25", state)
    assert "Subtype: inspect-smtp\n" in text
    assert (
        "  inspect esmtp L7_MAP\nservice-policy L3_policy interface outside\n" in text
    )
    assert text.endswith("Action: allow\n")
    named = "packet-tracer input outside tcp 192.0.2.1 4000 10.1.1.5 smtp"
    assert answer(named, state) == text
    made = state.loaded.gate.attachments[1].traffic.access_list
    assert made is not None
    assert made.hits == [0]
    text = answer("packet-tracer input inside tcp 10.1.1.5 4000 192.0.2.1 25", state)
    assert "No inspection: octets would pass.\n" in text
    assert "output-interface: outside\n" in text
    state = gateway(CONFIG.replace("service-policy L3_policy interface outside\n", ""))
    text = answer("packet-tracer input outside tcp 192.0.2.1 4000 10.1.1.5 25", state)
    assert "service-policy global_policy global\n" in text


def test_every_phase_in_its_order() -> None:
    """Where the server really is, which entry lets it in, what inspects it."""
    state = gateway(PUBLISHED)
    text = answer(TRACE, state)
    assert text == (
        "\nPhase: 1\nType: UN-NAT\nSubtype: static\nResult: ALLOW\nConfig:\n"
        "object network mail\n"
        " nat (inside,outside) static 203.0.113.5 service tcp smtp smtp\n"
        "Additional Information:\n"
        "NAT divert to egress interface inside\n"
        "Untranslate 203.0.113.5/25 to 10.1.1.5/25\n"
        "\nPhase: 2\nType: ACCESS-LIST\nSubtype: log\nResult: ALLOW\nConfig:\n"
        "access-group incoming in interface outside\n"
        "access-list incoming extended permit tcp any host 10.1.1.5 eq smtp\n"
        "Additional Information:\n"
        "\nPhase: 3\nType: INSPECT\nSubtype: inspect-smtp\nResult: ALLOW\nConfig:\n"
        "class-map inspection_default\npolicy-map global_policy\n"
        " class inspection_default\n  inspect esmtp L7_MAP\n"
        "service-policy global_policy global\n"
        "Additional Information:\n"
        "\nResult:\ninput-interface: outside\ninput-status: up\n"
        "input-line-status: up\noutput-interface: inside\noutput-status: up\n"
        "output-line-status: up\nAction: allow\n"
    )
    detailed = answer(f"{TRACE} detailed", state)
    assert (
        "Additional Information:\n match body length gt 35000: drop-connection log\n"
        " match cmd line length gt 100\n" in detailed
    )


def test_who_is_denied_meets_no_more() -> None:
    """The entry that denies, the end of the list, or the level."""
    state = gateway(PUBLISHED)
    text = answer(TRACE.replace("192.0.2.1", "192.0.2.66"), state)
    assert "access-list incoming extended deny tcp host 192.0.2.66 any\n" in text
    assert "INSPECT" not in text
    assert text.endswith(
        "Action: drop\nDrop-reason: (acl-drop) Flow is denied by configured rule\n"
    )
    text = answer("packet-tracer input outside tcp 192.0.2.1 1 10.1.1.9 25", state)
    assert "access-group incoming in interface outside\nImplicit Rule\n" in text
    inward = "packet-tracer input dmz tcp 10.5.5.5 1 10.1.1.5 25"
    assert answer(inward, state).endswith("Action: allow\n")
    state.by_level = True
    text = answer(inward, state)
    assert "Result: DROP\nConfig:\nImplicit Rule\n" in text
    outward = answer("packet-tracer input inside tcp 10.1.1.5 1 10.5.5.5 25", state)
    assert "output-interface: dmz\n" in outward
    everywhere = gateway(PUBLISHED.replace("in interface outside", "global"))
    text = answer(TRACE, everywhere)
    assert "access-group incoming global\naccess-list incoming extended permit" in text
    text = answer(TRACE.replace("192.0.2.1", "192.0.2.66"), everywhere)
    assert "access-group incoming global\naccess-list incoming extended deny" in text


def test_for_machines() -> None:
    """As the appliance's XML, and as JSON."""
    state = gateway(PUBLISHED)
    text = answer(f"{TRACE} detailed xml", state)
    assert text.startswith("<Phase>\n<id>1</id>\n<type>UN-NAT</type>\n")
    assert "<config>\naccess-group incoming in interface outside\n" in text
    assert text.endswith("<action>allow</action>\n</result>\n")
    denied = answer(f"{TRACE.replace('.2.1 ', '.2.66 ')} xml", state)
    assert "<drop-reason>(acl-drop) Flow is denied" in denied
    told = json.loads(answer(f"{TRACE} | json", state))["answer"]
    assert [phase["type"] for phase in told["phases"]] == [
        "UN-NAT",
        "ACCESS-LIST",
        "INSPECT",
    ]
    assert (told["output-interface"], told["action"]) == ("inside", "allow")
