"""Claims about `mailward.audit.auditor`: which record, and when."""

from dataclasses import replace

import pytest

from mailward.audit.auditor import (
    CONN_TIMEOUT,
    FINS,
    INSPECTION,
    REASON_NAMES,
    RESET_APPLIANCE,
    RESET_I,
    RESET_O,
    SYN_TIMEOUT,
    TROUBLE,
    Auditor,
)
from mailward.audit.floods import FLOOD, FLOOD_APPLIANCE
from mailward.audit.records import (
    BY_KIND,
    BY_NUMBER,
    CLIENT_LIMIT,
    CONNECTION_LIMIT,
    DISALLOWING,
    INTERNAL_ERROR,
    LOG_SERVER_BACK,
    LOG_SERVER_DOWN,
    LOG_TROUBLE,
    OWN,
    UPSTREAM_UNREACHABLE,
)
from mailward.audit.routes import Outlet
from mailward.audit.rows import DEBUGGING, ERRORS, WARNINGS
from mailward.policy.findings import (
    CLIENT,
    DELAYED,
    DIVERGED,
    LOOKALIKE,
    MALICIOUS,
    MATCHED,
    PARAMETER,
    REPLACED,
    SERVER,
    SIZE_EXCEEDED,
    STRAY_REPLY,
    TLS_STARTED,
    UNEXPECTED,
    UNKNOWN_COMMAND,
    UNREADABLE,
    WOULD_END,
    Finding,
)
from mailward.policy.gate import Attachment, Traffic
from mailward.policy.inspection import Compat, build
from mailward.policy.logs import TRAP, Logging, RateLimit
from mailward.verdicts import DROP, DROPS, LOGS, MASKS, PASS, RATES, RESET, RESETS
from tests.unit.audit.cases import ATTACHED, IN, OUT, Kept, rule

AT = 1_700_000_000.0


def heard(finding: Finding, level: int = DEBUGGING) -> list[str]:
    """The lines that one finding of connection 7 leads to."""
    sink = Kept()
    Auditor([sink], level).found(7, IN, ATTACHED, finding, AT)
    return sink.lines()


def test_a_real_line_is_met_letter_by_letter() -> None:
    """The line of `reference section 6.2`, as an appliance wrote it."""
    finding = Finding(MATCHED, CLIENT, DROP, rule=rule(DROPS | LOGS))
    assert heard(finding) == [
        (
            "%ASA-4-108004: ESMTP Classification: Dropped connection for ESMTP Request "
            "from outside:75.75.75.75/35314 to DMZ:10.0.25.101/25; "
            "matched Class 4: header line length gt 998"
        )
    ]


@pytest.mark.parametrize(
    ("action", "number"),
    [
        (DROPS, None),
        (RESETS, None),
        (MASKS, None),
        (LOGS, 108005),
        (DROPS | LOGS, 108004),
        (RESETS | LOGS, 108004),
        (MASKS | LOGS, 108004),
    ],
)
def test_a_match_is_told_only_with_log(action: int, number: int | None) -> None:
    """Without `log` nothing, `log` alone 108005, with another action 108004."""
    sink = Kept()
    auditor = Auditor([sink])
    auditor.found(
        7, IN, ATTACHED, Finding(MATCHED, CLIENT, PASS, rule=rule(action)), AT
    )
    assert [record.number for record in sink.records] == ([number] if number else [])
    assert dict(auditor.counts) == ({number: 1} if number else {})


def test_a_log_alone_says_received() -> None:
    """108005, severity 6."""
    finding = Finding(
        MATCHED, SERVER, PASS, rule=rule(LOGS, 3, "body line length gt 9")
    )
    assert heard(finding) == [
        (
            "%ASA-6-108005: ESMTP Classification: Received ESMTP Response "
            "from DMZ:10.0.25.101/25 to outside:75.75.75.75/35314; "
            "matched Class 3: body line length gt 9"
        )
    ]


@pytest.mark.parametrize("action", [RATES | LOGS, MASKS | RATES | LOGS])
def test_a_command_beyond_its_rate_is_dropped_for_now(action: int) -> None:
    """108004 says `Dropped`, as of the segment that the appliance loses."""
    finding = Finding(DELAYED, CLIENT, PASS, rule=rule(action, 1, "cmd verb NOOP"))
    assert heard(finding) == [
        (
            "%ASA-4-108004: ESMTP Classification: Dropped ESMTP Request "
            "from outside:75.75.75.75/35314 to DMZ:10.0.25.101/25; "
            "matched Class 1: cmd verb NOOP"
        )
    ]


def test_a_size_beyond_the_declared_one() -> None:
    """108006 names both sizes."""
    assert heard(Finding(SIZE_EXCEEDED, CLIENT, PASS, detail=b"100", count=120)) == [
        (
            "%ASA-7-108006: Detected ESMTP size violation from "
            "outside:75.75.75.75/35314 to DMZ:10.0.25.101/25; declared size is: 100, "
            "actual size is 120"
        )
    ]


def test_a_parameter_goes_by_its_verdict() -> None:
    """Ended the connection: 108004; passed: 108005."""
    detail = b"special-character: found"
    assert heard(Finding(PARAMETER, CLIENT, DROP, detail=detail)) == [
        (
            "%ASA-4-108004: ESMTP Parameter: Dropped connection for ESMTP Request from "
            "outside:75.75.75.75/35314 to DMZ:10.0.25.101/25; special-character: found"
        )
    ]
    assert heard(Finding(PARAMETER, CLIENT, PASS, detail=detail)) == [
        (
            "%ASA-6-108005: ESMTP Parameter: Received ESMTP Request from "
            "outside:75.75.75.75/35314 to DMZ:10.0.25.101/25; special-character: found"
        )
    ]


def test_a_server_out_of_turn() -> None:
    """108004 in the direction of the server's segment."""
    assert heard(Finding(UNEXPECTED, SERVER, DROP, b"354 go")) == [
        (
            "%ASA-4-108004: ESMTP Classification: Dropped connection for ESMTP "
            "Response from DMZ:10.0.25.101/25 to outside:75.75.75.75/35314; "
            "Unexpected transition by the server"
        )
    ]


def test_replaced_and_malicious_addresses() -> None:
    """108002 and 108003 are critical and quote the address, escaped."""
    assert heard(Finding(REPLACED, CLIENT, PASS, b"a|b@c\r\n", b"|")) == [
        (
            "%ASA-2-108002: SMTP replaced |: out 75.75.75.75 in 10.0.25.101 "
            "data: a|b@c\\x0d\\x0a"
        )
    ]
    assert heard(Finding(MALICIOUS, CLIENT, DROP, b"a|b@c")) == [
        (
            "%ASA-2-108003: Terminating ESMTP connection; malicious pattern detected "
            "in the mail address from outside:75.75.75.75/35314 to DMZ:10.0.25.101/25. "
            "Mail Address:a|b@c"
        )
    ]


def test_tls_names_client_and_server() -> None:
    """108007, whoever spoke last."""
    assert heard(Finding(TLS_STARTED, SERVER, PASS)) == [
        (
            "%ASA-6-108007: TLS started on ESMTP session between client "
            "outside:75.75.75.75/35314 and server DMZ:10.0.25.101/25"
        )
    ]


def test_every_own_kind_has_a_sentence() -> None:
    """Each kind that no rule or parameter causes gives one line under its tag."""
    for kind in (*range(UNKNOWN_COMMAND, UNREADABLE + 1), SIZE_EXCEEDED):
        row = BY_KIND[kind]
        lines = heard(Finding(kind, CLIENT, PASS, b"EVID", b"DETAIL", count=9))
        assert len(lines) == 1
        whose = "MAILWARD" if row.number > OWN else "ASA"
        assert lines[0].startswith(f"%{whose}-{row.severity}-{row.number}: ")
        assert "{" not in lines[0]


def test_severity_is_filtered_but_counted() -> None:
    """What is less severe than the level is not written; it is counted."""
    sink = Kept()
    auditor = Auditor([sink], WARNINGS)
    auditor.found(7, IN, ATTACHED, Finding(UNKNOWN_COMMAND, CLIENT, PASS), AT)
    auditor.found(7, IN, ATTACHED, Finding(LOOKALIKE, CLIENT, PASS), AT)
    auditor.built(7, IN, AT)
    auditor.ended(7, IN, ATTACHED, PASS, FINS, 0, AT, AT)
    assert [record.number for record in sink.records] == [900005]
    assert dict(auditor.counts) == {900001: 1, 900005: 1, 302013: 1, 302014: 1}


def test_a_connection_from_beginning_to_end() -> None:
    """302013 and 302014 as real lines have them."""
    sink = Kept()
    auditor = Auditor([sink])
    auditor.built(11, IN, AT)
    auditor.ended(11, IN, ATTACHED, PASS, FINS, 141, AT, AT + 18.9)
    assert sink.lines() == [
        (
            "%ASA-6-302013: Built inbound TCP connection 11 for "
            "outside:75.75.75.75/35314 (75.75.75.75/35314) to "
            "DMZ:10.0.25.101/25 (10.0.25.101/25)"
        ),
        (
            "%ASA-6-302014: Teardown TCP connection 11 for outside:75.75.75.75/35314 "
            "to DMZ:10.0.25.101/25 duration 0:00:18 bytes 141 TCP FINs"
        ),
    ]


def test_an_outbound_connection_prints_the_server_first() -> None:
    """The less trusted side first in both directions; no map, no rule fields."""
    sink = Kept()
    auditor = Auditor([sink])
    auditor.built(12, OUT, AT)
    auditor.ended(12, OUT, None, PASS, CONN_TIMEOUT, 5, AT, AT + 3600)
    assert [sorted(record.fields) for record in sink.records] == [
        ["esmtp.connection"],
        [
            "esmtp.connection",
            "esmtp.verdict",
            "event.duration",
            "event.reason",
            "network.bytes",
        ],
    ]
    assert sink.lines() == [
        (
            "%ASA-6-302013: Built outbound TCP connection 12 for "
            "outside:217.76.146.62/25 (217.76.146.62/25) to "
            "inside:10.1.1.5/49536 (10.1.1.5/49536)"
        ),
        (
            "%ASA-6-302014: Teardown TCP connection 12 for outside:217.76.146.62/25 to "
            "inside:10.1.1.5/49536 duration 1:00:00 bytes 5 Conn-timeout"
        ),
    ]


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (DROP, "inspector disconnected, dropped packet"),
        (RESET, "inspector drop reset"),
    ],
)
def test_the_inspection_ends_a_connection(verdict: int, reason: str) -> None:
    """507003 before 302014, with the full stop of the real line."""
    sink = Kept()
    auditor = Auditor([sink])
    auditor.ended(7, IN, ATTACHED, verdict, INSPECTION, 9, AT, AT)
    assert [record.fields["event.reason"] for record in sink.records] == [
        reason,
        "Flow closed by inspection",
    ]
    assert sink.lines() == [
        (
            "%ASA-4-507003: tcp flow from outside:75.75.75.75/35314 to "
            f"DMZ:10.0.25.101/25 terminated by inspection engine, reason - {reason}."
        ),
        (
            "%ASA-6-302014: Teardown TCP connection 7 for outside:75.75.75.75/35314 to "
            "DMZ:10.0.25.101/25 duration 0:00:00 bytes 9 Flow closed by inspection"
        ),
    ]


def test_the_severity_of_the_guide() -> None:
    """`mailward compat severity-507003 3` writes it as an error, so that it is
    still written where warnings are not."""
    sink = Kept()
    auditor = Auditor([sink], ERRORS)
    made = build("L7_MAP", compat=Compat(guide_severity=True))
    guide = Attachment("outside", "p", "c", Traffic(((25, 25),)), made)
    auditor.ended(7, IN, guide, DROP, INSPECTION, 9, AT, AT)
    auditor.ended(8, IN, ATTACHED, DROP, INSPECTION, 9, AT, AT)
    assert [line.partition(" ")[0] for line in sink.lines()] == ["%ASA-3-507003:"]
    assert auditor.counts[507003] == 2


def test_reasons_are_the_appliances() -> None:
    """Each reason's number stands at its words."""
    assert dict(enumerate(REASON_NAMES)) == {
        FINS: "TCP FINs",
        RESET_I: "TCP Reset-I",
        RESET_O: "TCP Reset-O",
        RESET_APPLIANCE: "TCP Reset - APPLIANCE",
        INSPECTION: "Flow closed by inspection",
        CONN_TIMEOUT: "Conn-timeout",
        SYN_TIMEOUT: "SYN Timeout",
    }


def test_a_clock_that_went_back_gives_no_negative_duration() -> None:
    """The wall clock may be set while a connection lives."""
    sink = Kept()
    Auditor([sink]).ended(7, IN, None, PASS, FINS, 0, AT, AT - 50)
    assert "duration 0:00:00 " in sink.lines()[0]


def test_trouble_is_one_line() -> None:
    """What has no connection: one escaped, bounded line; the end of a traceback."""
    sink = Kept()
    auditor = Auditor([sink])
    auditor.trouble(UPSTREAM_UNREACHABLE, "10.1.1.5/25 refused", AT)
    auditor.trouble(INTERNAL_ERROR, "x" * 9000 + "\nBoom", AT)
    auditor.level = 0
    auditor.trouble(INTERNAL_ERROR, "not written", AT)
    assert sink.records[0].fields == {"error.message": "10.1.1.5/25 refused"}
    lines = sink.lines()
    assert lines[0] == ("%MAILWARD-3-900011: Upstream unreachable: 10.1.1.5/25 refused")
    kept = "x" * (TROUBLE - 5)
    assert lines[1:] == [f"%MAILWARD-2-900012: Internal error: ...{kept}\\x0aBoom"]
    assert dict(auditor.counts) == {900011: 1, 900012: 2}


def test_a_limit_that_was_reached() -> None:
    """How many there are, how many may be, who was one too many."""
    sink = Kept()
    auditor = Auditor([sink])
    auditor.limited(CONNECTION_LIMIT, 10, 10, IN, AT)
    auditor.limited(CLIENT_LIMIT, 3, 2, IN, AT)
    auditor.level = 0
    auditor.limited(CLIENT_LIMIT, 3, 2, IN, AT)
    client = f"{IN.client_address}/{IN.client_port}"
    server = f"{IN.server_address}/{IN.server_port}"
    further = f"input packet from {client} to {server} on interface outside"
    assert sink.records[0].fields == {"esmtp.count": 10}
    assert sink.records[0].ends is IN
    assert sink.lines() == [
        f"%ASA-3-201011: Connection limit exceeded 10/10 for {further}",
        f"%ASA-3-201013: Per-client connection limit exceeded 3/2 for {further}",
    ]
    assert dict(auditor.counts) == {201011: 1, 201013: 2}


def test_a_flood_of_our_own_records_is_summed_up() -> None:
    """The 201st equal record of a connection is counted; its end says how many."""
    sink = Kept()
    auditor = Auditor([sink], DEBUGGING)
    for _ in range(FLOOD + 3):
        auditor.found(7, IN, ATTACHED, Finding(UNKNOWN_COMMAND, CLIENT, PASS), AT)
    for _ in range(FLOOD):
        auditor.found(7, IN, ATTACHED, Finding(STRAY_REPLY, SERVER, PASS), AT)
        auditor.found(8, IN, ATTACHED, Finding(UNKNOWN_COMMAND, CLIENT, PASS), AT)
    assert len(sink.lines()) == 3 * FLOOD
    auditor.ended(7, IN, ATTACHED, PASS, FINS, 0, AT, AT)
    auditor.ended(8, IN, ATTACHED, PASS, FINS, 0, AT, AT)
    assert sink.records[0].fields == {"esmtp.connection": 7, "esmtp.count": 3}
    assert [line for line in sink.lines() if "-302014" not in line] == [
        (
            "%MAILWARD-4-900013: Suppressed 3 records 900001 of TCP connection 7 from "
            "outside:75.75.75.75/35314 to DMZ:10.0.25.101/25"
        )
    ]
    assert auditor.counts[OWN + 1] == 2 * FLOOD + 3


def test_a_sum_is_filtered_like_any_record() -> None:
    """With a level below warnings the sum is not written either."""
    sink = Kept()
    auditor = Auditor([sink], DEBUGGING)
    for _ in range(FLOOD + 1):
        auditor.found(7, IN, ATTACHED, Finding(LOOKALIKE, CLIENT, PASS), AT)
    sink.lines()
    auditor.level = 0
    auditor.ended(7, IN, ATTACHED, PASS, FINS, 0, AT, AT)
    assert sink.lines() == []


def test_a_connection_that_is_followed_no_further() -> None:
    """Nothing is summed up, and its number may stand for another one."""
    sink = Kept()
    auditor = Auditor([sink], DEBUGGING)
    finding = Finding(UNKNOWN_COMMAND, CLIENT, PASS)
    for _ in range(FLOOD + 3):
        auditor.found(7, IN, ATTACHED, finding, AT)
    assert len(sink.lines()) == FLOOD
    auditor.forget(7)
    auditor.forget(8)
    assert sink.lines() == []
    auditor.found(7, IN, ATTACHED, finding, AT)
    assert len(sink.lines()) == 1


def test_a_flood_of_the_appliances_records_is_summed_up_later() -> None:
    """A thousand 108002 of one connection are written, the next is counted."""
    sink = Kept()
    auditor = Auditor([sink])
    for _ in range(FLOOD_APPLIANCE + 2):
        auditor.found(7, IN, ATTACHED, Finding(REPLACED, CLIENT, PASS, b"a|b"), AT)
    assert len(sink.lines()) == FLOOD_APPLIANCE
    auditor.ended(7, IN, ATTACHED, PASS, FINS, 0, AT, AT)
    assert sink.lines()[0].startswith(
        "%MAILWARD-4-900013: Suppressed 2 records 108002 of TCP connection 7 from "
    )


def test_every_sink_hears_every_record() -> None:
    """Two sinks, the same record, with its time and its ends."""
    one, two = Kept(), Kept()
    Auditor([one, two]).built(1, IN, AT)
    assert one.records == two.records
    assert (one.records[0].time, one.records[0].ends) == (AT, IN)


def test_what_an_administrator_does_is_told() -> None:
    """111008, 111010 and 605005 as the appliance has them; what was typed is
    escaped; a severity that is not wanted is counted all the same."""
    kept = Kept()
    auditor = Auditor((kept,))
    auditor.managed(111008, {"user": "john", "command": "write\x1b mem"}, 5.0)
    words = {"user": "john", "address": "10.1.1.9", "command": "regex A b"}
    auditor.managed(111010, words, 5.0)
    words = {
        "user": "john",
        "address": "10.1.1.9",
        "port": "4000",
        "place": "console",
        "service": "ssh",
    }
    auditor.managed(605005, words, 5.0)
    assert kept.records[0].fields["process.command_line"] == "write\\x1b mem"
    assert kept.lines() == [
        "%ASA-5-111008: User 'john' executed the 'write\\x1b mem' command.",
        (
            "%ASA-5-111010: User 'john', running 'CLI' from IP 10.1.1.9, executed "
            "'regex A b'"
        ),
        (
            "%ASA-6-605005: Login permitted from 10.1.1.9/4000 to console:ssh for "
            'user "john"'
        ),
    ]
    auditor.level = 4
    auditor.managed(111008, {"user": "john", "command": "write"}, 6.0)
    assert kept.lines() == []
    assert auditor.counts[111008] == 2


def test_lost_records_are_told() -> None:
    """How many, for which place, and why; text of the world is escaped."""
    kept = Kept()
    Auditor((kept,)).lost(12, "/var/log/m\n.log", "No space left on device", AT)
    assert kept.records[0].fields == {
        "esmtp.count": 12,
        "error.message": "No space left on device",
    }
    assert kept.lines() == [
        (
            "%MAILWARD-4-900015: Lost 12 records for /var/log/m\\x0a.log: "
            "No space left on device"
        )
    ]


def test_what_befalls_the_logs_is_noted() -> None:
    """In the appliance's words where it has some."""
    kept = Kept()
    auditor = Auditor((kept,))
    where = {"interface": "inside", "address": "10.1.1.9", "port": "1470"}
    auditor.noted(LOG_SERVER_DOWN, {**where, "permitted": "permitted"}, AT)
    auditor.noted(LOG_SERVER_BACK, where, AT)
    auditor.noted(DISALLOWING, {}, AT)
    auditor.noted(LOG_TROUBLE, {"place": "a.log", "text": "no\n"}, AT)
    assert [record.fields for record in kept.records] == [
        {"destination.ip": "10.1.1.9", "destination.port": 1470},
        {"destination.ip": "10.1.1.9", "destination.port": 1470},
        {},
        {"error.message": "no\\x0a"},
    ]
    assert kept.lines() == [
        (
            "%ASA-3-414003: TCP Syslog Server inside:10.1.1.9/1470 not responding. "
            "New connections are permitted based on logging permit-hostdown policy."
        ),
        "%ASA-6-414004: TCP Syslog Server inside:10.1.1.9/1470 - Connection restored",
        "%ASA-3-201008: Disallowing new connections.",
        "%MAILWARD-3-900017: Log a.log: no\\x0a",
    ]


def test_the_level_can_be_changed() -> None:
    """From the next record on."""
    kept = Kept()
    auditor = Auditor((kept,), WARNINGS)
    auditor.built(1, IN, AT)
    assert auditor.level == WARNINGS
    auditor.level = DEBUGGING
    auditor.built(2, IN, AT)
    assert [record.fields for record in kept.records] == [{"esmtp.connection": 2}]


def test_the_configuration_says_what_goes_where() -> None:
    """`logging` lines rule the outlets, and change severities for all."""
    plain, net = Kept(), Kept()
    auditor = Auditor((plain,), WARNINGS, (Outlet(net, TRAP),))
    auditor.built(1, IN, AT)
    changed = {302013: 4}
    auditor.configure(Logging(enabled=True, levels={TRAP: 6}, changed=changed))
    auditor.built(2, IN, AT)
    auditor.ended(2, IN, None, PASS, FINS, 0, AT, AT)
    assert [line.partition(":")[0] for line in plain.lines()] == ["%ASA-4-302013"]
    assert [line.partition(":")[0] for line in net.lines()] == [
        "%ASA-4-302013",
        "%ASA-6-302014",
    ]


def test_a_rate_that_is_too_high_is_told() -> None:
    """How many were held back, of which number, under which limit."""
    kept = Kept()
    auditor = Auditor((kept,))
    auditor.configure(Logging(rate_limits=(RateLimit(1, 10, 302013),)))
    for second in range(4):
        auditor.built(second, IN, AT + second)
    auditor.built(4, IN, AT + 10)
    assert [record.number for record in kept.records] == [302013, 900016, 302013]
    assert kept.lines()[1] == (
        "%MAILWARD-4-900016: Held back 3 records 302013 under logging rate-limit 1 10"
    )
    assert auditor.held == {302013: 3}


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (
            Finding(MATCHED, CLIENT, DROP, rule=rule(DROPS | LOGS)),
            (
                "4-900025: Monitor of L7_MAP, nothing was done: 108004: ESMTP "
                "Classification: Dropped connection for ESMTP Request from "
                "outside:75.75.75.75/35314 to DMZ:10.0.25.101/25; matched Class 4: "
                "header line length gt 998"
            ),
        ),
        (
            Finding(REPLACED, CLIENT, PASS, b"a|b", b"|"),
            (
                "2-900025: Monitor of L7_MAP, nothing was done: 108002: SMTP replaced "
                "|: out 75.75.75.75 in 10.0.25.101 data: a|b"
            ),
        ),
        (
            Finding(WOULD_END, CLIENT, RESET, rule=rule(RESETS)),
            (
                "4-900026: Monitor of L7_MAP, nothing was done: the connection from "
                "outside:75.75.75.75/35314 to DMZ:10.0.25.101/25 would have been "
                "reset; matched Class 4: header line length gt 998"
            ),
        ),
        (
            Finding(DIVERGED, SERVER, PASS, detail=b"why"),
            (
                "6-900027: Monitor of L7_MAP: the rest of the connection from "
                "outside:75.75.75.75/35314 to DMZ:10.0.25.101/25 cannot be judged; why"
            ),
        ),
    ],
)
def test_monitor_mode(finding: Finding, line: str) -> None:
    """What would have been done stands under numbers of our own, at the severity of
    what it stands for; in JSON it is marked."""
    watched = Attachment(
        "outside",
        "L3",
        "L3",
        Traffic(((25, 25),)),
        replace(ATTACHED.inspection, monitor=True),
    )
    sink = Kept()
    Auditor([sink], DEBUGGING).found(7, IN, watched, finding, AT)

    assert sink.records[0].fields["esmtp.monitor"] is True
    assert sink.lines() == [f"%MAILWARD-{line}"]


def test_what_was_decided_before_a_connection_stands() -> None:
    """A record of a row with words of its own, if it is severe enough."""
    kept = Kept()
    auditor = Auditor((kept,), WARNINGS)
    words = {"source": "a", "destination": "b", "list": "L", "entry": "0x0"}
    auditor.decided(BY_NUMBER[106023], words, {"event.outcome": "failure"}, IN, 1.0)
    auditor.decided(BY_NUMBER[106100], {}, {}, IN, 1.0)

    assert [(r.fields, r.ends) for r in kept.records] == [
        ({"event.outcome": "failure"}, IN)
    ]
    assert kept.lines() == [
        '%ASA-4-106023: Deny tcp src a dst b by access-group "L" [0x0, 0x0]'
    ]
    assert auditor.counts == {106023: 1, 106100: 1}
