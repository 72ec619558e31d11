"""Claims about `mailward.console.flow`."""

import json

from mailward.console.session import answer
from tests.unit.console.gateways import CONFIG, gateway

FLOW = "show service-policy flow tcp host 192.0.2.1 host 10.1.1.5"


def test_each_place_and_its_class() -> None:
    """With the entry that put the connection into it; nothing is counted."""
    state = gateway()
    assert answer(f"{FLOW} eq smtp", state) == answer(FLOW, state)
    assert answer(FLOW, state) == (
        "Global policy:\n"
        "  Service-policy: global_policy\n"
        "    Class-map: inspection_default\n"
        "      Match: default-inspection-traffic\n"
        "      Action:\n"
        "        Input flow:  inspect esmtp EMPTY_MAP\n"
        "Interface outside:\n"
        "  Service-policy: L3_policy\n"
        "    Class-map: L3_email\n"
        "      Match: access-list email\n"
        "        Access rule: permit tcp any any eq smtp\n"
        "      Action:\n"
        "        Input flow:  inspect esmtp L7_MAP\n"
    )
    made = state.loaded.gate.attachments[1].traffic.access_list
    assert made is not None
    assert made.hits == [0]


def test_what_no_class_holds() -> None:
    """Nothing is said of it; a class that is not defined holds everything."""
    assert answer(f"{FLOW} eq 80", gateway()) == ""
    state = gateway(CONFIG.replace("class L3_email", "class class-default"))
    text = answer(f"{FLOW} eq 80", state)
    assert "    Class-map: class-default\n      Match: any\n      Action:\n" in text


def test_for_machines() -> None:
    """The same as data."""
    asked = "show service-policy flow tcp host 192.0.2.1 eq 4000 host 10.1.1.5 eq 25"
    told = json.loads(answer(f"{asked} | json", gateway()))["answer"]
    assert told[1] == {
        "place": "outside",
        "policy-map": "L3_policy",
        "class-map": "L3_email",
        "match": ["access-list email"],
        "access-rule": "permit tcp any any eq smtp",
        "inspect": "L7_MAP",
    }
