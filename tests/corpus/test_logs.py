"""What reads the appliance's lines reads ours; real lines fit our catalogue."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailward.audit.auditor import REASON_NAMES, Auditor
from mailward.audit.dress import Headed, Prioritized, headed
from mailward.audit.records import BY_NUMBER, Record
from mailward.audit.rows import DEBUGGING
from mailward.policy.endpoints import Endpoints
from mailward.policy.findings import (
    CLIENT,
    MATCHED,
    REPLACED,
    TLS_STARTED,
    Finding,
)
from mailward.verdicts import DROP, DROPS, LOGS, PASS
from tests.corpus.patterns import compiled, grok, templates
from tests.unit.audit.cases import IN, OUT, SIX, Kept, rule

AT = 1_366_819_228.5
TIMES = r"^%ASA-|^\w\w\w \d\d \d\d\d\d \d\d:\d\d:\d\d: %ASA-"


def records() -> list[Record]:
    """A connection of each kind, ended for each reason, and findings of ESMTP."""
    kept = Kept()
    auditor = Auditor((kept,), DEBUGGING)
    for number, ends in enumerate((IN, OUT, SIX), 7):
        for reason in range(len(REASON_NAMES)):
            auditor.built(number, ends, AT)
            auditor.ended(number, ends, None, PASS, reason, 141, AT, AT + 18)
    acted = Finding(MATCHED, CLIENT, DROP, rule=rule(DROPS | LOGS))
    noted = Finding(MATCHED, CLIENT, PASS, rule=rule(LOGS))
    started = Finding(TLS_STARTED, CLIENT, PASS)
    replaced = Finding(REPLACED, CLIENT, PASS, b"a|b@c", b"|")
    for finding in (acted, noted, started, replaced):
        auditor.found(7, IN, None, finding, AT)
    return kept.records


@pytest.mark.corpus
def test_logstash_reads_the_header(corpus: Path) -> None:
    """With and without a device, the priority and the tag are found."""
    pattern = compiled(grok(corpus / "syslog"), "CISCO_TAGGED_SYSLOG")
    for device in ("", "gate"):
        dress = Prioritized(headed("legacy", device))
        for record in records():
            found = pattern.match(dress.line(record))
            assert found is not None
            assert found["syslog_pri"] == str(160 + record.severity)
            assert found["timestamp"].startswith("Apr 24 2013 16:00:")
            assert found["sysloghost"] == (device or None)
            assert found["ciscotag"] == f"ASA-{record.severity}-{record.number}"


@pytest.mark.corpus
def test_logstash_reads_every_connection(corpus: Path) -> None:
    """302013 and 302014, inbound and outbound, IPv4 and IPv6, whatever the reason."""
    name = "CISCOFW302013_302014_302015_302016"
    pattern = compiled(grok(corpus / "syslog"), name)
    seen = 0
    for record in records():
        if record.number not in (302013, 302014):
            continue
        seen += 1
        found = pattern.match(record.text)
        assert found is not None, record.text
        ends = record.ends
        assert ends is not None
        assert _sides(found) == _outer_first(ends)
        assert found["action"] == ("Built" if record.number == 302013 else "Teardown")
        if record.number == 302014:
            assert (found["duration"], found["bytes"]) == ("0:00:18", "141")
    assert seen == 3 * 2 * len(REASON_NAMES)


def _sides(found: re.Match[str]) -> list[tuple[str, ...]]:
    return [
        (found[f"{s}_interface"], found[f"{s}_ip"], found[f"{s}_port"])
        for s in ("src", "dst")
    ]


def _outer_first(ends: Endpoints) -> list[tuple[str, ...]]:
    client = (ends.client_interface, ends.client_address, str(ends.client_port))
    server = (ends.server_interface, ends.server_address, str(ends.server_port))
    return [client, server] if ends.inbound else [server, client]


@pytest.mark.corpus
def test_google_secops_reads_the_records_of_esmtp(corpus: Path) -> None:
    """Its templates for 108002, 108004, 108005 and 108007; that for 108003 is of an
    older release than ours."""
    patterns = templates(corpus / "syslog")
    seen = set()
    for record in records():
        if record.number in patterns:
            seen.add(record.number)
            assert patterns[record.number].match(record.text), record.text
    assert seen == set(patterns) - {108003}


@pytest.mark.corpus
def test_wazuh_takes_them_for_the_appliances(corpus: Path) -> None:
    """Its decoder's first look, bare and with a time."""
    (file,) = (corpus / "syslog").glob("wazuh-*")
    assert f"<prematch>{TIMES}|</prematch>" in file.read_text("utf-8")
    for dress in (headed("", ""), headed("legacy", "")):
        assert all(re.match(TIMES, dress.line(record)) for record in records())


@pytest.mark.corpus
def test_real_lines_fit_the_catalogue(corpus: Path) -> None:
    """Lines of real appliances have the sentences that we write."""
    (file,) = (corpus / "syslog").glob("elastic-*")
    fits = dict.fromkeys((302013, 302014, 507003), 0)
    for line in file.read_text("utf-8").splitlines():
        found = re.search(r"%(?:ASA|FTD)-\d-(\d+): (.*)", line)
        assert found is not None
        number = int(found[1])
        if number in fits:
            pattern = re.escape(BY_NUMBER[number].template)
            pattern = re.sub(r"\\\{\w+\\\}", ".+", pattern)
            assert re.fullmatch(pattern, found[2]), line
            fits[number] += 1
    assert all(fits.values())


@pytest.mark.corpus
def test_the_buffer_of_a_real_appliance_line_by_line(corpus: Path) -> None:
    """`show logging` of an appliance with `logging timestamp` and `device-id`: our
    header is its header, to the letter."""
    (file,) = (corpus / "syslog").glob("networktocode-*show_logging_2.raw")
    lines = [line for line in file.read_text("utf-8").splitlines() if "%ASA-" in line]
    dress = Headed("legacy", "MDF-ASA5515X")
    seen = 0
    for line in lines:
        head, _, rest = line.partition(" MDF-ASA5515X : ")
        tag, _, text = rest.partition(": ")
        number = int(tag.rpartition("-")[2])
        if number in BY_NUMBER:
            when = datetime.strptime(head, "%b %d %Y %H:%M:%S").replace(tzinfo=UTC)
            record = Record(BY_NUMBER[number], text, when.timestamp(), {})
            assert dress.line(record) == line
            seen += 1
    assert seen > 0
