"""A thousand connections at once, through several workers, between real networks."""

import socket
from collections.abc import Callable
from itertools import cycle
from typing import Final

from tests.acceptance.bed import INSIDE, OUTSIDE, Bed, host
from tests.acceptance.firewall import POLICY, Firewall
from tests.acceptance.layers import until
from tests.acceptance.sink import Sink

CONNECTIONS: Final = 1000
WORKERS: Final = 3
#: Numbers of connections that belong to one worker (`fleet.plan`).
NUMBERS: Final = 100_000_000


def test_a_thousand_at_once(bed: Bed, figure: Callable[[str], None]) -> None:
    """All stand together, each with the client's own address and port at the
    server; every worker has some of them, and the shows add up."""
    place = (host(INSIDE), 25)
    sink = Sink(bed.within(INSIDE, lambda: socket.create_server(place, backlog=1024)))
    firewall = Firewall(bed, POLICY, "--workers", str(WORKERS))
    sources = cycle((host(OUTSIDE, number), 0) for number in range(2, 10))
    clients: list[socket.socket] = []
    try:
        for source in sources:
            clients.append(bed.connect(OUTSIDE, place, source))
            if len(clients) == CONNECTIONS:
                break
        for client in clients:
            assert client.recv(4) == b"220 "
        assert sink.open == CONNECTIONS
        assert sorted(sink.callers) == sorted(c.getsockname()[:2] for c in clients)
        assert firewall.diverted()["outside"] == CONNECTIONS
        assert firewall.show("conn", "count").startswith(f"{CONNECTIONS} in use")

        for client in clients:
            client.sendall(b"EHLO client.example.org\r\nQUIT\r\n")
        for client in clients:
            with client.makefile("rb") as file:
                assert b"\r\n221 " in file.read()
            client.close()
        until(lambda: sink.open == 0, 60, "the server is left by all")
    finally:
        for client in clients:
            client.close()
        sink.stop()
    firewall.log.wait("302014:", count=CONNECTIONS, timeout=60)
    numbers = firewall.log.found(r"302013: .* connection (\d+) for")
    by_worker = [int(number) // NUMBERS for number in numbers]
    figure(f"connections by worker: {[by_worker.count(n) for n in range(WORKERS)]}")

    assert len(set(numbers)) == CONNECTIONS
    assert set(by_worker) == set(range(WORKERS))
    assert firewall.stop() == 0
