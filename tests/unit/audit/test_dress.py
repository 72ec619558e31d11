"""Claims about `mailward.audit.dress`: the headers of `reference section 6.1`."""

import json
from typing import Any

import pytest

from mailward.audit.dress import (
    BARE,
    JSON,
    LEGACY,
    NONE,
    RFC5424,
    Emblem,
    Prioritized,
    Structured,
    for_host,
    for_place,
    headed,
)
from mailward.audit.records import BY_NUMBER, Record
from mailward.policy.logs import Logging, LogHost

#: 24 April 2013, 16:00:28.5 UTC.
AT = 1_366_819_228.5
BUILT = Record(BY_NUMBER[302013], "Built it", AT, {})
LOST = Record(BY_NUMBER[900015], "Lost it", AT, {})


@pytest.mark.parametrize(
    ("timestamp", "device", "line"),
    [
        (NONE, "", "%ASA-6-302013: Built it"),
        (LEGACY, "", "Apr 24 2013 16:00:28: %ASA-6-302013: Built it"),
        (LEGACY, "INT-FW01", "Apr 24 2013 16:00:28 INT-FW01 : %ASA-6-302013: Built it"),
        (RFC5424, "", "2013-04-24T16:00:28Z: %ASA-6-302013: Built it"),
        (RFC5424, "fw", "2013-04-24T16:00:28Z fw : %ASA-6-302013: Built it"),
        (NONE, "INT-FW01", "INT-FW01 : %ASA-6-302013: Built it"),
    ],
)
def test_the_appliances_headers(timestamp: str, device: str, line: str) -> None:
    """`logging timestamp` and `logging device-id`, blank before the colon."""
    assert headed(timestamp, device).line(BUILT) == line


def test_without_settings_nothing_is_put_before_the_line() -> None:
    """The same dress for all who want none."""
    assert headed(NONE, "") is BARE


@pytest.mark.parametrize(
    ("facility", "record", "pri"),
    [(20, BUILT, "<166>"), (20, LOST, "<164>"), (16, BUILT, "<134>")],
)
def test_the_priority_is_facility_and_severity(
    facility: int, record: Record, pri: str
) -> None:
    """Facility times eight and the severity, without a blank behind it."""
    line = Prioritized(BARE, facility).line(record)
    assert line == pri + record.line()


def test_rfc5424_in_full() -> None:
    """Version, time, host, program, no process, the number as MSGID, no data."""
    assert Prioritized(Structured("fw.example")).line(BUILT) == (
        "<166>1 2013-04-24T16:00:28.500Z fw.example mailward - 302013 - "
        "%ASA-6-302013: Built it"
    )


def test_a_host_that_rfc5424_cannot_have() -> None:
    """Only printable ASCII without blanks, at most 255; nothing left: a dash."""
    assert " my-fw mailward " in Structured("my -f\u00fcw").line(BUILT)
    assert " - mailward " in Structured("").line(BUILT)
    assert f" {'x' * 255} mailward " in Structured("x" * 300).line(BUILT)


@pytest.mark.parametrize(
    ("timestamp", "line"),
    [
        (NONE, ":%ASA-session-6-302013: Built it"),
        (LEGACY, ":Apr 24 2013 16:00:28 UTC: %ASA-session-6-302013: Built it"),
        (RFC5424, ":2013-04-24T16:00:28Z: %ASA-session-6-302013: Built it"),
    ],
)
def test_emblem(timestamp: str, line: str) -> None:
    """The class stands in the tag, the zone behind the time, the device nowhere."""
    assert Emblem(timestamp).line(BUILT) == line


def test_emblem_has_the_class_of_each_record() -> None:
    """As `logging class` names them."""
    down = Record(BY_NUMBER[414003], "Down", AT, {})
    assert Emblem(NONE).line(down) == ":%ASA-sys-3-414003: Down"
    assert Emblem(NONE).line(LOST) == ":%MAILWARD-session-4-900015: Lost it"


@pytest.mark.parametrize(
    ("logging", "line"),
    [
        (Logging(), "%ASA-6-302013: Built it"),
        (
            Logging(timestamp=LEGACY, device_id="fw"),
            "Apr 24 2013 16:00:28 fw : %ASA-6-302013: Built it",
        ),
        (Logging(emblem=True, device_id="fw"), ":%ASA-session-6-302013: Built it"),
    ],
)
def test_places_that_are_no_servers(logging: Logging, line: str) -> None:
    """No priority; `logging emblem` is meant for them."""
    assert for_place(logging).line(BUILT) == line


@pytest.mark.parametrize(
    ("host", "line"),
    [
        ({}, "<134>Apr 24 2013 16:00:28 fw : %ASA-6-302013: Built it"),
        (
            {"emblem": True},
            "<134>:Apr 24 2013 16:00:28 UTC: %ASA-session-6-302013: Built it",
        ),
        (
            {"form": RFC5424},
            (
                "<134>1 2013-04-24T16:00:28.500Z gate mailward - 302013 - "
                "%ASA-6-302013: Built it"
            ),
        ),
    ],
)
def test_servers(host: dict[str, Any], line: str) -> None:
    """Each form has its priority; `logging emblem` alone is not meant for them."""
    logging = Logging(timestamp=LEGACY, device_id="fw", emblem=True, facility=16)
    made = for_host(LogHost("inside", "10.1.1.9", **host), logging, "gate")
    assert made.line(BUILT) == line


def test_a_server_of_json_gets_objects() -> None:
    """Without a priority, for what reads objects reads nothing else."""
    made = for_host(LogHost("inside", "10.1.1.9", form=JSON), Logging(), "gate")
    assert json.loads(made.line(BUILT))["event"]["code"] == "302013"
