"""A real rsyslog receives every header over every transport, and reads it."""

import json
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from mailward.audit.records import BY_NUMBER, Record
from mailward.drivers.syslog import Senders
from mailward.policy.logs import Logging, LogHost
from tests.acceptance import rsyslog
from tests.acceptance.rsyslog import Parsed, Rsyslog
from tests.unit.drivers.logservers import awaited, run

SENTENCE: Final = (
    "Built inbound TCP connection 4 for outside:127.0.0.1/34118 (127.0.0.1/34118) to "
    "inside:127.0.0.1/25 (127.0.0.1/25)"
)
#: 24 April 2013, 16:00:28.5 UTC.
RECORD: Final = Record(BY_NUMBER[302013], SENTENCE, 1_366_819_228.5, {})
#: The time that a message without one has: when it was received.
RECEIVED: Final = "20"
US: Final = "127.0.0.1"

#: Form of the server, timestamp, device; what rsyslog makes of it.
STYLES: Final[dict[str, tuple[dict[str, Any], str, str, Parsed]]] = {
    "bare": ({}, "", "", Parsed(166, RECEIVED, US, "%ASA-6-302013:", f" {SENTENCE}")),
    "legacy": (
        *({}, "legacy", ""),
        Parsed(166, "2013-04-24T16:00:28", US, "%ASA-6-302013:", f" {SENTENCE}"),
    ),
    "legacy and device": (
        *({}, "legacy", "INT-FW01"),
        Parsed(
            *(166, "2013-04-24T16:00:28", "INT-FW01", ":"),
            f" %ASA-6-302013: {SENTENCE}",
        ),
    ),
    # The appliance's own form: without a device behind it rsyslog does not know
    # the time for one.
    "rfc5424 time": (
        *({}, "rfc5424", ""),
        Parsed(
            *(166, RECEIVED, US, "2013-04-24T16:"),
            f"00:28Z: %ASA-6-302013: {SENTENCE}",
        ),
    ),
    "rfc5424 time and device": (
        *({}, "rfc5424", "fw"),
        Parsed(*(166, "2013-04-24T16:00:28", "fw", ":"), f" %ASA-6-302013: {SENTENCE}"),
    ),
    "device": (
        *({}, "", "fw"),
        Parsed(166, RECEIVED, "fw", ":", f" %ASA-6-302013: {SENTENCE}"),
    ),
    "emblem": (
        *({"emblem": True}, "legacy", ""),
        Parsed(
            *(166, RECEIVED, US, ":"),
            f"Apr 24 2013 16:00:28 UTC: %ASA-session-6-302013: {SENTENCE}",
        ),
    ),
    "rfc5424": (
        *({"form": "rfc5424"}, "", ""),
        Parsed(
            *(166, "2013-04-24T16:00:28.500Z", "gate.example", "mailward"),
            f"%ASA-6-302013: {SENTENCE}",
        ),
    ),
}
WAYS: Final = ("udp", "tcp", "tcp counted", "tls counted", "tls")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rsyslog]:
    """A running rsyslog, or a skip that says why there is none."""
    if why := rsyslog.why_not():
        pytest.skip(why)
    made = Rsyslog(tmp_path_factory.mktemp("rsyslog"))
    yield made
    made.stop()


def send(server: Rsyslog, way: str, form: dict[str, Any], header: Logging) -> None:
    """One record by one way."""
    name, _, counted = way.partition(" ")
    host = LogHost(
        *("inside", US, "udp" if name == "udp" else "tcp", server.ports[name]),
        secure=name == "tls",
        counted=bool(counted),
        **form,
    )

    async def told() -> None:
        senders = Senders(time.time, str(server.certificate))
        senders.install(
            Logging(
                enabled=True,
                hosts=(host,),
                timestamp=header.timestamp,
                device_id=header.device_id,
            ),
            "gate.example",
        )
        senders.write(RECORD)
        assert await awaited(lambda: senders.delivery().servers[0].waiting == 0)
        await senders.close(10.0)

    run(told)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("style", STYLES)
def test_every_header_by_every_way(server: Rsyslog, way: str, style: str) -> None:
    """Priority, time, host, tag and text are found where they stand."""
    name = way.partition(" ")[0]
    if name not in server.ports:
        pytest.skip("rsyslog has no driver for TLS (rsyslog-gnutls)")
    form, timestamp, device, wanted = STYLES[style]
    before = len(server.received(name, 0))
    send(server, way, form, Logging(timestamp=timestamp, device_id=device))
    (got,) = server.received(name, before + 1)[before:]
    assert (got.pri, got.host, got.tag, got.text) == (
        *(wanted.pri, wanted.host, wanted.tag),
        wanted.text,
    )
    assert got.time.startswith(wanted.time)


@pytest.mark.parametrize("way", ["udp", "tcp", "tcp counted"])
def test_objects(server: Rsyslog, way: str) -> None:
    """JSON arrives as it was sent; without a priority it has rsyslog's own."""
    name = way.partition(" ")[0]
    before = len(server.received(name, 0))
    send(server, way, {"form": "json"}, Logging())
    (got,) = server.received(name, before + 1)[before:]
    assert json.loads(got.text)["message"] == f"%ASA-6-302013: {SENTENCE}"


def test_a_server_that_dies_and_comes_back(server: Rsyslog) -> None:
    """SIGTERM to rsyslog between two records: both arrive."""
    host = LogHost("inside", US, "tcp", server.ports["tcp"])
    before = len(server.received("tcp", 0))

    async def told() -> None:
        senders = Senders(time.time)
        senders.install(Logging(enabled=True, hosts=(host,)), "gate")
        senders.write(Record(BY_NUMBER[302013], "before", 0.0, {}))
        assert await awaited(lambda: senders.delivery().servers[0].sent == 1)
        assert len(server.received("tcp", before + 1)) == before + 1
        server.stop()
        assert await awaited(lambda: senders.delivery().servers[0].state == "down")
        senders.write(Record(BY_NUMBER[302013], "meanwhile", 0.0, {}))
        server.start()
        assert await awaited(lambda: senders.delivery().servers[0].sent == 2)
        await senders.close(10.0)

    run(told)
    texts = [got.text for got in server.received("tcp", before + 2)[before:]]
    assert texts == [" before", " meanwhile"]
