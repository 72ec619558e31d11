"""Log servers by configuration: who gets what, and what follows when they are down."""

import asyncio
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mailward.audit.auditor import Auditor
from mailward.audit.records import BY_NUMBER, Record
from mailward.drivers import syslogtcp
from mailward.drivers.syslog import Senders
from mailward.policy.logs import TRAP, Logging, LogHost
from tests.unit.audit.cases import IN, Kept
from tests.unit.drivers.logservers import (
    TcpServer,
    UdpServer,
    awaited,
    certified,
    run,
    served,
)

RECORD = Record(BY_NUMBER[302013], "Built it", 1_366_819_228.5, {})


def tcp(server: TcpServer, **more: object) -> LogHost:
    """A host of `logging host … tcp`."""
    return LogHost("inside", "127.0.0.1", "tcp", server.port, **more)  # type: ignore[arg-type]


def udp(server: UdpServer, **more: object) -> LogHost:
    """A host of `logging host`."""
    return LogHost("inside", "127.0.0.1", "udp", server.port, **more)  # type: ignore[arg-type]


def asked(*hosts: LogHost) -> Logging:
    """A configuration with these servers."""
    return Logging(enabled=True, hosts=hosts, levels={TRAP: 7}, timestamp="legacy")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests connect again sooner than a gateway."""
    monkeypatch.setattr(syslogtcp, "_PAUSE", 0.02)


def test_each_server_in_its_dress() -> None:
    """A record goes to all, as each has asked for it."""

    async def told() -> None:
        plain, emblem, stream = UdpServer(), UdpServer(), TcpServer()
        await plain.start()
        await emblem.start()
        await stream.start()
        senders = Senders(time.time)
        senders.install(
            asked(udp(plain), udp(emblem, emblem=True), tcp(stream, form="rfc5424")),
            "gate",
        )
        senders.write(RECORD)
        when = "Apr 24 2013 16:00:28"
        assert await awaited(lambda: len(plain.got) == len(emblem.got) == 1)
        assert await awaited(lambda: len(stream.got) > 0)
        assert plain.got == [f"<166>{when}: %ASA-6-302013: Built it".encode()]
        assert emblem.got == [
            f"<166>:{when} UTC: %ASA-session-6-302013: Built it".encode()
        ]
        assert stream.lines() == [
            (
                "<166>1 2013-04-24T16:00:28.500Z gate mailward - 302013 - "
                "%ASA-6-302013: Built it"
            )
        ]
        delivery = senders.delivery()
        assert [server.protocol for server in delivery.servers] == ["udp", "udp", "tcp"]
        assert [server.sent for server in delivery.servers] == [1, 1, 1]
        await senders.close(1.0)
        senders.write(RECORD)
        plain.stop()
        emblem.stop()
        await stream.stop()

    run(told)


def test_no_name_is_ever_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers have addresses: a log waits for no name server."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("somebody asked for a name")

    async def told() -> None:
        datagrams, stream = UdpServer(), TcpServer()
        await datagrams.start()
        await stream.start()
        monkeypatch.setattr(socket, "getaddrinfo", forbidden)
        senders = Senders(time.time)
        senders.install(asked(udp(datagrams), tcp(stream)), "gate")
        senders.write(RECORD)
        assert await awaited(lambda: len(datagrams.got) == len(stream.lines()) == 1)
        await senders.close(1.0)
        datagrams.stop()
        await stream.stop()

    run(told)


def test_another_configuration_keeps_the_servers_that_it_names() -> None:
    """Their connections stand; others come and go; without `logging enable` all go."""

    async def told() -> None:
        one, two = TcpServer(), TcpServer()
        await one.start()
        await two.start()
        senders = Senders(time.time)
        senders.install(asked(tcp(one)), "gate")
        assert await awaited(lambda: len(one.connections) == 1)
        senders.install(replace(asked(tcp(one), tcp(two)), timestamp=""), "gate")
        senders.write(RECORD)
        line = ["<166>%ASA-6-302013: Built it"]
        assert await awaited(lambda: one.lines() == two.lines() == line)
        assert len(one.connections) == 1
        senders.install(asked(tcp(two)), "gate")
        assert await awaited(one.connections[0].is_closing)
        senders.install(replace(asked(tcp(two)), enabled=False), "gate")
        assert senders.delivery().servers == ()
        assert await awaited(two.connections[0].is_closing)
        await senders.close(1.0)
        await one.stop()
        await two.stop()

    run(told)


def test_what_befalls_a_server_stands_in_the_log() -> None:
    """414003 when it is lost, 414004 when it is back, and how many were lost."""

    async def told() -> None:
        server, kept = TcpServer(), Kept()
        await server.start()
        await server.stop()
        senders = Senders(lambda: 5.0)
        senders.auditor = Auditor((kept,))
        senders.install(replace(asked(tcp(server)), queue=2), "gate")
        assert await awaited(lambda: kept.records != [])
        for number in range(4):
            senders.write(Record(BY_NUMBER[302013], str(number), 5.0, {}))
        await server.start(port=server.port)
        assert await awaited(lambda: len(kept.records) == 3)
        where = f"inside:127.0.0.1/{server.port}"
        assert kept.lines() == [
            (
                f"%ASA-3-414003: TCP Syslog Server {where} not responding. New "
                "connections are permitted based on logging permit-hostdown policy."
            ),
            f"%ASA-6-414004: TCP Syslog Server {where} - Connection restored",
            (
                f"%MAILWARD-4-900015: Lost 2 records for log server {where}: "
                "Connection refused"
            ),
        ]
        delivery = senders.delivery()
        assert (delivery.lost, delivery.all_down, delivery.refusing) == (2, 1, False)
        await senders.close(1.0)
        await server.stop()

    run(told)


def test_the_appliances_way_is_taken_only_if_it_is_asked_for() -> None:
    """`mailward logging stop-on-failure`: refused while every TCP server is down;
    `logging permit-hostdown` lifts it, and so does one server that comes back."""

    async def told() -> None:
        one, two, kept = TcpServer(), TcpServer(), Kept()
        for server in (one, two):
            await server.start()
        refused: list[bool] = []
        senders = Senders(lambda: 5.0)
        senders.auditor = Auditor((kept,))
        senders.refuse = refused.append
        stop = replace(asked(tcp(one), tcp(two)), stop_on_failure=True)
        senders.install(stop, "gate")
        assert await awaited(lambda: len(one.connections + two.connections) == 2)
        await one.stop()
        assert await awaited(lambda: len(kept.records) == 1)
        assert (refused, senders.refusing) == ([], False)
        await two.stop()
        assert await awaited(lambda: len(kept.records) == 3)
        assert (refused, senders.delivery().refusing) == ([True], True)
        assert [record.number for record in kept.records] == [414003, 201008, 414003]
        assert "New connections are denied" in kept.records[2].text
        senders.install(replace(stop, permit_hostdown=True), "gate")
        assert refused == [True, False]
        senders.install(stop, "gate")
        assert refused == [True, False, True]
        await two.start(port=two.port)
        assert await awaited(lambda: refused == [True, False, True, False])
        assert [r.number for r in kept.records].count(414007) == 2
        assert senders.delivery().all_down == 1
        await senders.close(1.0)
        await two.stop()

    run(told)


def test_certificates_of_a_file_of_its_own(tmp_path: Path) -> None:
    """`--log-ca`: trusted instead of the system's; a file that cannot be read leads
    to no record in the clear."""
    files = certified(tmp_path, "127.0.0.1")

    async def told() -> None:
        server, kept = TcpServer(), Kept()
        await server.start(tls=served(*files))
        senders = Senders(time.time, str(files[0]))
        senders.install(asked(tcp(server, secure=True)), "gate")
        senders.write(RECORD)
        assert await awaited(lambda: len(server.lines()) == 1)
        await senders.close(1.0)
        senders = Senders(time.time, str(tmp_path / "no"))
        senders.auditor = Auditor((kept,))
        senders.install(asked(tcp(server, secure=True)), "gate")
        senders.write(RECORD)
        assert await awaited(lambda: len(kept.records) == 2)
        assert [record.number for record in kept.records] == [900017, 414003]
        assert "No such file" in kept.records[0].text
        assert len(server.lines()) == 1
        await senders.close(0.0)
        await server.stop()

    run(told)


def test_a_burst_is_bounded_whatever_becomes_of_it() -> None:
    """100,000 records to a server that never reads, one that is not there, one by
    UDP, one that reads: none is waited for, what waits is bounded, each record is
    sent, waiting or counted as lost."""

    async def told() -> None:
        deaf, gone, reads, datagrams = (
            TcpServer(deaf=True),
            TcpServer(),
            TcpServer(),
            UdpServer(),
        )
        for server in (deaf, gone, reads):
            await server.start()
        await gone.stop()
        await datagrams.start()
        senders = Senders(time.time)
        hosts = (tcp(deaf), tcp(gone), tcp(reads), udp(datagrams))
        senders.install(replace(asked(*hosts), queue=512), "gate")
        kept = Kept()
        auditor = Auditor((senders,))
        senders.auditor = Auditor((kept,))
        assert await awaited(lambda: len(deaf.connections + reads.connections) == 2)
        assert await awaited(lambda: kept.records != [])
        for number in range(100_000):
            auditor.built(number, IN, 5.0)
            if not number % 1000:
                await asyncio.sleep(0)
        for what in senders.delivery().servers:
            assert what.sent + what.waiting + what.dropped == 100_000
            assert what.waiting <= 512 + 600
        _, absent, present, by_udp = senders.delivery().servers
        assert (absent.dropped, absent.waiting) == (100_000 - 512, 512)
        assert await awaited(lambda: senders.delivery().servers[2].waiting == 0)
        present = senders.delivery().servers[2]
        assert await awaited(lambda: len(reads.lines()) == present.sent)
        assert by_udp.sent > 0
        await senders.close(0.1)
        for server in (deaf, reads):
            await server.stop()
        datagrams.stop()

    run(told)
