#!/usr/bin/env python3
"""What idle connections cost, and how long one session takes where all is quiet.

Memory: connections that have heard the greeting and said HELO are held, through
each relay; what its processes hold more than before, by connection (the kernel's
buffers are not in it).  Latency: sessions one after the other, each relay in
turn, against the sink itself.  With `--held 10000` mailward alone holds them, in as
many workers as the limit of descriptors wants (two for each connection), and the cost
of new sessions beside them is told.

    bench/idle.py                      1,000 held, 300 sessions; a minute
    bench/idle.py --held 10000         mailward alone, and new sessions beside them
"""

import argparse
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.bulk import DIALOGUE, GREETING, heard
from bench.relay import SMALL, Load, measure
from bench.rig import (
    HOST,
    Peer,
    cores,
    free_port,
    gateway,
    machine,
    memory,
    peers,
    started,
)

#: Beyond so many, peers are not compared.
FEW: Final = 2000
#: Descriptors that are no connection's.
SPARE: Final = 100
SESSIONS: Final = 2000
HOLDER: Final = Path(__file__).with_name("holder.py")


def hold(port: int) -> socket.socket:
    """A connection that has greeted and waits."""
    end = socket.create_connection((HOST, port), 60)
    heard(end, GREETING[:3])
    end.sendall(DIALOGUE[0])
    heard(end, b"250")
    return end


@contextmanager
def held(port: int, count: int) -> Iterator[None]:
    """So many connections, as long as the block lasts."""
    ends: list[socket.socket] = []
    try:
        while len(ends) < count:
            ends.append(hold(port))
        yield
    finally:
        for end in ends:
            end.close()


def session(port: int) -> float:
    """Seconds of one session with a mail of 1 KB."""
    body = b"Subject: quick\r\n\r\n" + b"x" * 62 + b"\r\n"
    begun = time.perf_counter()
    with socket.create_connection((HOST, port), 60) as end:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        heard(end, b"220")
        for line in DIALOGUE:
            end.sendall(line)
            heard(end, b"354" if line == DIALOGUE[-1] else b"250")
        end.sendall(body + b".\r\n")
        heard(end, b"250")
        end.sendall(b"QUIT\r\n")
        heard(end, b"221")
    return time.perf_counter() - begun


def tell_memory(name: str, peer: Peer, count: int) -> float:
    """Hold so many, and as many more; print what one of those costs in kB, and
    return it.  The first ones use what was free in the heap."""
    with held(peer.port, count):
        time.sleep(1.0)
        before = memory(peer.pid, "VmRSS")
        with held(peer.port, count):
            time.sleep(1.0)
            cost = (memory(peer.pid, "VmRSS") - before) * 1024 / count
    time.sleep(1.0)
    print(f"  {name:9} {cost:6.1f} kB a connection ({count} held)")
    return cost


def tell_latency(relays: dict[str, Peer], sessions: int) -> dict[str, float]:
    """Sessions by turns; print what each relay adds to one, and return it."""
    found: dict[str, list[float]] = {name: [] for name in relays}
    for _ in range(sessions):
        for name, peer in relays.items():
            found[name].append(session(peer.port))
    direct = median(found["direct"])
    print(f"latency of a session, median of {sessions}, by turns:")
    added = {name: median(times) - direct for name, times in found.items()}
    for name, more in added.items():
        whole = median(found[name]) * 1e3
        note = f"{more * 1e3:+.2f} ms" if name != "direct" else ""
        print(f"  {name:9} {whole:6.2f} ms  {note}")
    print(f"  mailward / haproxy: {added['mailward'] / added['haproxy']:.2f}")
    return added


def tell_crowd(peer: Peer, count: int) -> None:
    """New sessions beside so many that are held, and without them."""
    load = Load("sessions", "", SESSIONS, SMALL, "us a mail")
    measure(load, peer)
    alone = [measure(load, peer) for _ in range(3)]
    before = memory(peer.pid, "VmRSS")
    begun = time.monotonic()
    with held(peer.port, count):
        took = time.monotonic() - begun
        time.sleep(2.0)
        cost = (memory(peer.pid, "VmRSS") - before) * 1024 / count
        beside = [measure(load, peer) for _ in range(3)]
    cpu = [load.cost(median(m.cpu for m in ms)) for ms in (alone, beside)]
    wall = [median(m.wall for m in ms) for ms in (alone, beside)]
    print(f"{count} connections held, opened in {took:.1f} s: {cost:.1f} kB each")
    print(
        f"new sessions: {cpu[0]:.0f} us each alone, {cpu[1]:.0f} us beside them "
        f"({cpu[1] / cpu[0]:.2f}); {load.pace(wall[0])} and {load.pace(wall[1])}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--held", type=int, default=1000, help="connections (1000)")
    parser.add_argument("--sessions", type=int, default=300, help="by turns (300)")
    typed = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    count = min(typed.held, most - SPARE)
    # The kernel deals connections out by their addresses, not evenly.
    workers = -(-2 * count * 5 // 4 // (most - SPARE))
    print(f"{count} connections, {workers} workers, {most} descriptors in each")
    print("; ".join(f"{key} {value}" for key, value in machine().items()))
    _, rest_core = cores()
    sink = free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        words = [sys.executable, str(HOLDER), str(sink)]
        stack.enter_context(started(words, sink, rest_core))
        if count > FEW:
            ours = gateway(stack, folder, sink, None, workers=workers)
            tell_crowd(ours, count)
            return
        relays = peers(stack, folder, sink, None, splice=False)
        tell_latency(relays, typed.sessions)
        print("memory:")
        costs = {
            name: tell_memory(name, peer, count)
            for name, peer in relays.items()
            if peer.pid
        }
        if "nginx" in costs:
            print(f"  mailward / nginx: {costs['mailward'] / costs['nginx']:.2f}")


if __name__ == "__main__":
    main()
