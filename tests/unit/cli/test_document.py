"""What a configuration means, as JSON."""

import json

from mailward.cli.document import document, mistakes
from mailward.config.load import load
from mailward.errors import ConfigError, ConfigErrors
from tests.unit.config.kit import EMAIL

NETWORKS = """\
interface e0
 nameif outside
 ip address 192.0.2.1 255.255.255.0
access-list a permit tcp any any eq 25
access-group a in interface outside
access-group a out interface outside
access-group a global
object network mail
 host 10.1.1.5
 nat (inside,outside) static 192.0.2.5
logging enable
logging trap 4
logging host outside 192.0.2.9
timeout half-closed 0
crypto x
regex a b
write memory
"""


def test_names_that_are_promised() -> None:
    """Errors, warnings, counts, and an object for each inspection."""
    made = json.loads(document((), load(EMAIL)))

    assert made["errors"] == made["warnings"] == made["not_honoured"] == []
    assert made["lines"] == {"active": 15, "kept": 0, "ignored": 0}
    (inspection,) = made["inspections"]
    means = inspection.pop("means")
    assert inspection == {
        "interface": "outside",
        "policy": "L3_outside_policy",
        "class": "L3_email_class_map",
        "map": "L7_EMAIL_MAP",
        "ports": [[0, 65535]],
        "access_list": "email",
        "connections": "connections to any port of TCP, on interface outside, from its "
        "less trusted side",
    }
    assert means[0] == "STARTTLS is hidden from clients"
    assert made["verdict"] == ["Mail to port 25 is inspected by L7_EMAIL_MAP."]


def test_everything_else() -> None:
    """Places, publications, records, times, and what is not honoured."""
    made = json.loads(document((), load(NETWORKS)))

    assert made["interfaces"] == [
        {
            "name": "outside",
            "hardware": "e0",
            "device": "e0",
            "level": 0,
            "addresses": ["192.0.2.1"],
            "networks": ["192.0.2.0/24"],
            "vlan": 0,
            "up": True,
        }
    ]
    assert made["access_groups"] == [
        {"interface": "outside", "way": "in", "access_list": "a"},
        {"interface": "outside", "way": "out", "access_list": "a"},
        {"global": True, "access_list": "a"},
    ]
    assert made["publications"] == []
    assert made["logging"]["levels"] == {"trap": 4}
    assert made["logging"]["hosts"][0]["address"] == "192.0.2.9"
    assert made["timeouts"]["half_closed"] is None
    assert made["asked"] == {
        "VPN and certificates": [15],
        "commands of a session": [17],
    }
    assert made["not_honoured"][1] == {
        "line": 17,
        "text": "write memory",
        "status": "ignored",
        "reason": "A command of a session, no configuration.",
    }


def test_publications() -> None:
    """Each with both its places."""
    text = NETWORKS.replace("(inside,outside)", "(lan,outside)")
    text += "interface e1\n nameif lan\n"
    (one,) = json.loads(document((), load(text)))["publications"]

    assert (one["outside"], one["address"], one["port"]) == ("outside", "192.0.2.5", 25)
    assert (one["inside"], one["real_address"]) == ("lan", "10.1.1.5")


def test_the_global_policy() -> None:
    """It is of no interface."""
    text = (
        "policy-map p\n class class-default\n  inspect esmtp\nservice-policy p global"
    )
    (one,) = json.loads(document((), load(text)))["inspections"]

    assert one["global"] is True
    assert one["access_list"] is None


def test_mistakes() -> None:
    """What could not be loaded is told, and nothing else."""
    error = ConfigError("wrong", line=3, column=5, text="what")
    made = json.loads(document((error,), None))

    assert made == {
        "errors": [{"line": 3, "column": 5, "text": "what", "message": "wrong"}],
        "warnings": [],
        "lines": {"active": 0, "kept": 0, "ignored": 0},
        "not_honoured": [],
        "inspections": [],
    }
    assert mistakes(ConfigErrors([error])) == [error]
    assert [e.message for e in mistakes(OSError(2, "No such file"))] == ["No such file"]
    assert [e.message for e in mistakes(ValueError("bad"))] == ["bad"]
