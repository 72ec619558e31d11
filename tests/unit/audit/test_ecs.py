"""Claims about `mailward.audit.ecs`: records as JSON."""

import json
from dataclasses import replace
from io import StringIO

from mailward import __version__
from mailward.audit.admission import admission
from mailward.audit.auditor import FINS, INSPECTION, Auditor
from mailward.audit.ecs import ECS_LEVELS, FIELDS, Ecs
from mailward.audit.records import BY_NUMBER, UPSTREAM_UNREACHABLE, Record
from mailward.audit.rows import DEBUGGING, LEVEL_NAMES
from mailward.audit.sinks import JsonSink
from mailward.policy.access import Denial
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import CLIENT, KIND_NAMES, MATCHED, Finding
from mailward.policy.gate import Attachment
from mailward.verdicts import DROP, DROPS, LOGS, PASS
from tests.unit.audit.cases import ATTACHED, IN, OUT, OfSender, rule

AT = 1_700_000_000.25


def names(tree: dict[str, object], prefix: str = "") -> list[str]:
    """The dotted names of all leaves."""
    out = []
    for name, value in tree.items():
        if isinstance(value, dict):
            out += names(value, f"{prefix}{name}.")
        else:
            out.append(prefix + name)
    return out


def test_json_is_one_nested_object_a_line() -> None:
    """All names of the interface, nested as Elastic Common Schema stores them."""
    stream = StringIO()
    finding = Finding(
        MATCHED,
        CLIENT,
        DROP,
        b"x@abc.com",
        rule=rule(DROPS | LOGS, 2, "sender-address regex class BAD", OfSender()),
    )
    Auditor([JsonSink(stream)]).found(7, IN, ATTACHED, finding, AT)
    line, rest = stream.getvalue().split("\n")
    assert rest == ""
    assert json.loads(line) == {
        "@timestamp": "2023-11-14T22:13:20.250Z",
        "ecs": {"version": "8.11.0"},
        "event": {
            "code": "108004",
            "action": "policy-action",
            "kind": "event",
            "category": ["network"],
            "severity": 4,
        },
        "log": {"level": "warning"},
        "message": "%ASA-4-108004: ESMTP Classification: Dropped connection for ESMTP "
        "Request from outside:75.75.75.75/35314 to DMZ:10.0.25.101/25; "
        "matched Class 2: sender-address regex class BAD",
        "observer": {
            "vendor": "mailward",
            "product": "mailward",
            "type": "firewall",
            "version": __version__,
            "ingress": {"interface": {"name": "outside"}},
            "egress": {"interface": {"name": "DMZ"}},
        },
        "source": {"ip": "75.75.75.75", "port": 35314},
        "destination": {"ip": "10.0.25.101", "port": 25},
        "network": {"transport": "tcp", "protocol": "smtp", "direction": "inbound"},
        "rule": {
            "name": "L7_MAP",
            "ruleset": "L3_outside_policy",
            "id": "2",
            "description": "sender-address regex class BAD",
        },
        "email": {"from": {"address": ["x@abc.com"]}},
        "esmtp": {
            "connection": 7,
            "finding": "matched",
            "speaker": "client",
            "verdict": "drop",
            "evidence": "x@abc.com",
        },
    }


def test_what_has_no_connection_has_no_addresses() -> None:
    """Trouble carries its text and nothing of a connection."""
    stream = StringIO()
    Auditor([JsonSink(stream)]).trouble(UPSTREAM_UNREACHABLE, "refused", 0.0)
    written = json.loads(stream.getvalue())
    assert written["@timestamp"] == "1970-01-01T00:00:00.000Z"
    assert written["error"] == {"message": "refused"}
    assert {"source", "destination", "network", "esmtp"}.isdisjoint(written)


def test_every_field_is_documented_and_every_documented_field_occurs() -> None:
    """FIELDS is exactly the set of names that records lead to."""
    stream = StringIO()
    auditor = Auditor([JsonSink(stream)], DEBUGGING)
    auditor.built(1, IN, AT)
    for kind in range(len(KIND_NAMES)):
        held = rule(DROPS | LOGS, 2, "s", OfSender()) if kind == MATCHED else None
        finding = Finding(kind, CLIENT, PASS, b"e", b"d", held, 2)
        auditor.found(1, IN, ATTACHED, finding, AT)
    watched = replace(ATTACHED.inspection, monitor=True)
    finding = Finding(MATCHED, CLIENT, PASS, rule=rule(LOGS))
    attached = Attachment("", "", "", ATTACHED.traffic, watched)
    auditor.found(1, IN, attached, finding, AT)
    auditor.ended(1, IN, ATTACHED, DROP, INSPECTION, 9, AT, AT + 2)
    auditor.trouble(UPSTREAM_UNREACHABLE, "refused", AT)
    auditor.managed(111008, {"user": "john", "command": "write memory"}, AT)
    admission(auditor, IN, Denial("outside"), [], AT)
    seen: set[str] = set()
    for line in stream.getvalue().splitlines():
        seen |= set(names(json.loads(line)))
    assert seen == {name for name, _ in FIELDS}


def test_outbound_keeps_the_client_as_source() -> None:
    """Source is who opened the connection, whatever its direction."""
    stream = StringIO()
    auditor = Auditor([JsonSink(stream)])
    auditor.ended(3, OUT, None, PASS, FINS, 77, AT, AT + 1.5)
    written = json.loads(stream.getvalue())
    assert written["source"] == {"ip": "10.1.1.5", "port": 49536}
    assert written["network"]["direction"] == "outbound"
    assert written["network"]["bytes"] == 77
    assert written["event"]["duration"] == 1_500_000_000


def test_each_severity_has_a_word() -> None:
    """Eight severities, eight words of each vocabulary."""
    assert (len(ECS_LEVELS), len(LEVEL_NAMES)) == (8, 8)


def test_what_the_wire_says_breaks_no_object() -> None:
    """Quotes, backslashes and letters from elsewhere are escaped as JSON has it."""
    stream = StringIO()
    ends = Endpoints('out"side\u00fc', *IN.plain[1:])
    finding = Finding(MATCHED, CLIENT, PASS, b'"\\', rule=rule(LOGS, 1, 'a "b" \u00e4'))
    Auditor([JsonSink(stream)]).found(1, ends, None, finding, AT)
    written = json.loads(stream.getvalue())
    assert stream.getvalue().isascii()
    assert written["observer"]["ingress"]["interface"]["name"] == 'out"side\u00fc'
    assert written["rule"]["description"] == 'a "b" \u00e4'
    assert written["esmtp"]["evidence"] == '"\\\\'


def test_a_record_that_adds_nothing() -> None:
    """What every record has, and no more."""
    line = Ecs().line(Record(BY_NUMBER[201008], "Disallowing.", AT, {}))
    assert json.loads(line)["message"] == "%ASA-3-201008: Disallowing."
    assert json.loads(line)["event"]["action"] == "disallowing-connections"
