"""Claims about `mailward.audit.words`: phrases and fields."""

from dataclasses import replace

import pytest

from mailward.audit.words import (
    client_of,
    clock,
    ended_fields,
    fields_of,
    words_of,
)
from mailward.policy.findings import (
    BARE_IN_MESSAGE,
    CLIENT,
    DELAYED,
    MATCHED,
    OVERLONG,
    PARAMETER,
    REPLACED,
    SERVER,
    UNEXPECTED,
    Finding,
)
from mailward.policy.gate import Attachment
from mailward.verdicts import (
    DROP,
    DROPS,
    LOGS,
    MASKS,
    PASS,
    RATES,
    RESET,
    RESETS,
)
from tests.unit.audit.cases import ATTACHED, IN, OUT, SIX, OfSender, rule


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00:00"),
        (18, "0:00:18"),
        (60, "0:01:00"),
        (3599, "0:59:59"),
        (360061, "100:01:01"),
    ],
)
def test_durations_are_hours_minutes_seconds(seconds: int, text: str) -> None:
    """h:mm:ss, and hours go on beyond a day."""
    assert clock(seconds) == text


def test_a_client_is_named_by_interface_address_and_port() -> None:
    """An address of IPv6 needs no brackets."""
    assert client_of(SIX) == "outside:2001:db8::9/51111"


def test_from_and_to_follow_the_offending_segment() -> None:
    """Request: client to server; Response: the other way round."""
    words = words_of(IN, Finding(UNEXPECTED, CLIENT, DROP))
    assert (words["source"], words["destination"], words["speech"]) == (
        "outside:75.75.75.75/35314",
        "DMZ:10.0.25.101/25",
        "Request",
    )
    words = words_of(IN, Finding(UNEXPECTED, SERVER, DROP))
    assert (words["source"], words["destination"], words["speech"]) == (
        "DMZ:10.0.25.101/25",
        "outside:75.75.75.75/35314",
        "Response",
    )


def test_out_is_the_less_trusted_host() -> None:
    """`out … in …` of 108002 are bare addresses, by trust and not by speaker."""
    words = words_of(IN, Finding(REPLACED, CLIENT, PASS))
    assert (words["out"], words["inside"]) == ("75.75.75.75", "10.0.25.101")
    words = words_of(OUT, Finding(REPLACED, CLIENT, PASS))
    assert (words["out"], words["inside"]) == ("217.76.146.62", "10.1.1.5")


@pytest.mark.parametrize(
    ("action", "act"),
    [
        (DROPS | LOGS, "Dropped connection for"),
        (RESETS | LOGS, "Reset connection for"),
        (MASKS | LOGS, "Masked header flags for"),
        (LOGS, "Received"),
        (DROPS | RESETS | LOGS, "Reset connection for"),
    ],
)
def test_a_rule_says_what_was_done(action: int, act: str) -> None:
    """The phrases of 108004 and 108005; the verdict of the bits decides."""
    finding = Finding(MATCHED, CLIENT, PASS, rule=rule(action))
    words = words_of(IN, finding)
    assert words["act"] == act
    assert words["origin"] == "ESMTP Classification"
    assert words["further"] == "matched Class 4: header line length gt 998"


def test_what_passes_its_rate_is_dropped_in_the_appliances_words() -> None:
    """It is delayed, as the appliance's dropped packet would be sent again."""
    finding = Finding(DELAYED, CLIENT, PASS, rule=rule(RATES | LOGS))

    assert words_of(IN, finding)["act"] == "Dropped"


@pytest.mark.parametrize(
    ("verdict", "act"),
    [
        (PASS, "Received"),
        (DROP, "Dropped connection for"),
        (RESET, "Reset connection for"),
    ],
)
def test_without_a_rule_the_verdict_says_what_was_done(verdict: int, act: str) -> None:
    """A parameter's own text stands behind the semicolon, escaped."""
    finding = Finding(PARAMETER, CLIENT, verdict, detail=b"mail-relay: No\n")
    words = words_of(IN, finding)
    assert words["act"] == act
    assert words["origin"] == "ESMTP Parameter"
    assert words["further"] == "mail-relay: No\\x0a"


def test_a_server_out_of_turn_has_its_sentence() -> None:
    """`reference section 5.8`; what the server said is evidence, not sentence."""
    words = words_of(IN, Finding(UNEXPECTED, SERVER, DROP, b"354 go"))
    assert words["further"] == "Unexpected transition by the server"
    assert words["evidence"] == "354 go"


def test_fields_name_the_map_and_the_rule() -> None:
    """A match on the sender names the sender; other evidence stays evidence."""
    finding = Finding(
        MATCHED, CLIENT, DROP, b"x@abc.com", rule=rule(DROPS | LOGS, 2, "s", OfSender())
    )
    assert fields_of(7, ATTACHED, finding) == {
        "rule.name": "L7_MAP",
        "rule.ruleset": "L3_outside_policy",
        "rule.id": "2",
        "rule.description": "s",
        "email.from.address": ["x@abc.com"],
        "esmtp.connection": 7,
        "esmtp.finding": "matched",
        "esmtp.speaker": "client",
        "esmtp.verdict": "drop",
        "esmtp.evidence": "x@abc.com",
    }
    finding = Finding(MATCHED, CLIENT, DROP, b"RCPT", rule=rule(DROPS | LOGS))
    assert "email.from.address" not in fields_of(7, ATTACHED, finding)
    finding = Finding(MATCHED, CLIENT, DROP, b"", rule=rule(1, 1, "", OfSender()))
    assert "email.from.address" not in fields_of(7, ATTACHED, finding)


def test_fields_hold_only_what_is_there() -> None:
    """No map, no evidence, no detail, no count: no such fields."""
    assert fields_of(7, None, Finding(BARE_IN_MESSAGE, SERVER, PASS, count=3)) == {
        "esmtp.connection": 7,
        "esmtp.finding": "bare-in-message",
        "esmtp.speaker": "server",
        "esmtp.verdict": "pass",
        "esmtp.count": 3,
    }
    assert fields_of(7, None, Finding(OVERLONG, CLIENT, DROP, detail=b"\0")) == {
        "esmtp.connection": 7,
        "esmtp.finding": "overlong",
        "esmtp.speaker": "client",
        "esmtp.verdict": "drop",
        "esmtp.detail": "\\x00",
    }


def test_the_end_of_a_connection_has_its_fields() -> None:
    """Nanoseconds, octets, reason, verdict; the map if there is one."""
    assert ended_fields(7, None, PASS, "TCP FINs", 1.5, 77) == {
        "esmtp.connection": 7,
        "esmtp.verdict": "pass",
        "event.reason": "TCP FINs",
        "event.duration": 1_500_000_000,
        "network.bytes": 77,
    }
    assert ended_fields(7, ATTACHED, DROP, "", 0.0, 0)["rule.name"] == "L7_MAP"


@pytest.mark.parametrize(
    ("verdict", "fate"), [(PASS, "passed"), (DROP, "dropped"), (RESET, "reset")]
)
def test_what_would_have_become_of_a_connection(verdict: int, fate: str) -> None:
    """The words of monitor mode, and the mark in JSON."""
    words = words_of(IN, Finding(OVERLONG, CLIENT, verdict), ATTACHED)
    assert (words["fate"], words["map"]) == (fate, "L7_MAP")
    assert words_of(IN, Finding(OVERLONG, CLIENT, verdict))["map"] == ""
    assert "esmtp.monitor" not in fields_of(1, ATTACHED, Finding(OVERLONG, 0, PASS))
    watched = Attachment(
        "", "", "", ATTACHED.traffic, replace(ATTACHED.inspection, monitor=True)
    )
    assert fields_of(1, watched, Finding(OVERLONG, 0, PASS))["esmtp.monitor"] is True
