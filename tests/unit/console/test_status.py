"""Claims about `mailward.console.status`."""

import json

from mailward.audit.auditor import Auditor
from mailward.audit.delivery import DOWN, Delivery, Server
from mailward.audit.totals import Totals
from mailward.console.session import answer
from tests.unit.console.gateways import counting, gateway


def test_records_and_drops() -> None:
    """The ring behind its head; what inspection ended is a dropped flow."""
    state, ring = counting()
    assert "Buffer logging: level informational, 0" in answer("show logging", state)
    assert "inspect-fail" not in answer("show asp drop", state)
    state.auditor = Auditor((ring,), 4)
    totals = Totals(
        records={507003: 41},
        recent=((1.0, "%ASA-4-108004: x"),),
        written={"buffered": 3},
    )
    cleared: list[tuple[str, str]] = []
    state.totals = lambda: totals
    state.clear = lambda what, which: cleared.append((what, which))
    line = "  Inspection failure (inspect-fail)" + "41\n".rjust(46)
    assert line in answer("show asp drop", state)
    assert len(line) == 81
    shown = answer("show logging", state)
    assert "    Buffer logging: level warnings, 3 messages logged\n" in shown
    assert shown.endswith("    ASDM logging: disabled\n%ASA-4-108004: x\n")
    answer("clear logging buffer", state)
    assert cleared == [("logging", "")]


def test_where_records_go() -> None:
    """As the configuration says, with what went there."""
    state = gateway(
        "hostname gw\nlogging enable\nlogging timestamp\nlogging buffered warnings\n"
        "logging trap informational\nlogging list MAIL message 108002-108007\n"
        "logging monitor MAIL\nlogging device-id hostname\nlogging facility 21\n"
        "logging host inside 10.1.1.9\nlogging host inside 10.1.1.8 tcp/1470\n"
        "logging permit-hostdown\n"
    )
    written = {"buffered": 7}
    recent = ((1.5, "%ASA-4-108004: x"),)
    state.totals = lambda: Totals(written=written, lost=3, recent=recent)
    servers = (
        Server("inside", "10.1.1.9", "udp", 514, sent=323, dropped=1),
        Server(
            *("inside", "10.1.1.8", "tcp", 1470, True, DOWN, 4, 0, 2, 0, 3, 0),
            trouble="Connection refused",
        ),
        Server("inside", "10.1.1.7", "tcp", 514, sent=5),
    )
    state.delivery = lambda: Delivery(servers, 1, True)
    shown = answer("show logging setting", state)
    assert shown == (
        "Syslog logging: enabled\n"
        "    Facility: 21\n"
        "    Timestamp logging: enabled\n"
        "    Hide Username logging: disabled\n"
        "    Standby logging: disabled\n"
        "    Debug-trace logging: disabled\n"
        "    Console logging: disabled\n"
        "    Monitor logging: list MAIL, 0 messages logged\n"
        "    Buffer logging: level warnings, 7 messages logged\n"
        "    Trap logging: level informational, facility 21, 324 messages logged\n"
        "        Logging to inside 10.1.1.9, UDP TX:323 errors: 0  dropped: 1\n"
        "        Logging to inside 10.1.1.8 tcp/1470 SECURE down, Connection refused, "
        "TCP TX:4 errors: 0  dropped: 2\n"
        "        Logging to inside 10.1.1.7 tcp/514 up, TCP TX:5 errors: 0  "
        "dropped: 0\n"
        "    Global TCP syslog stats::\n"
        "        NOT_PUTABLE: 2, ALL_CHANNEL_DOWN: 1\n"
        "        CHANNEL_FLAP_CNT: 3, SYSLOG_PKT_LOSS: 2\n"
        "        PARTIAL_REWRITE_CNT: 0\n"
        "    Permit-hostdown logging: enabled\n"
        "    New connections are refused: every TCP log server is down\n"
        "    History logging: disabled\n"
        '    Device ID: hostname "gw"\n'
        "    Mail logging: disabled\n"
        "    ASDM logging: disabled\n"
        "    Lost: 3 messages could not be written\n"
    )
    assert answer("show logging", state) == f"{shown}%ASA-4-108004: x\n"
    told = json.loads(answer("show logging | json", state))["answer"]
    assert [one["state"] for one in told["servers"]] == ["up", "down", "up"]
    assert told["records"] == [{"time": "1.500", "line": "%ASA-4-108004: x"}]


def test_how_often_each_record_arose() -> None:
    """By number, also those that nobody wrote."""
    state = gateway()
    assert answer("show mailward records", state) == ""
    state.totals = lambda: Totals(records={900001: 12, 111008: 1})
    assert answer("show mailward records", state) == (
        "%ASA-5-111008            1  command-executed\n"
        "%MAILWARD-7-900001           12  command-masked\n"
    )
    told = json.loads(answer("show mailward records | json", state))
    assert told["answer"] == {"111008": 1, "900001": 12}
