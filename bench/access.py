#!/usr/bin/env python3
"""What it costs to decide whether a connection may pass, and which policy it gets.

Processor time of one decision (microseconds) for access lists of several kinds,
and of reading such a configuration (seconds).  The median of several rounds.

    bench/access.py            some twenty seconds
    bench/access.py --rounds 9
"""

import argparse
import gc
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator

from mailward.config.load import load
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import Gate

MANY = 10_000
DECISIONS = 5_000

_HEAD = """\
interface e0
 nameif outside
interface e1
 nameif inside
"""
_TAIL = """\
class-map mail
 match access-list email
access-list email permit tcp any any eq 25
policy-map p
 class mail
  inspect esmtp
service-policy p global
access-group outside in interface outside
"""


def hosts(count: int) -> Iterator[str]:
    """Addresses, no two of them neighbours."""
    numbers = random.Random(1).sample(range(1, 1 << 22), count)
    return (f"10.{n >> 14 & 255}.{n >> 6 & 255}.{n << 2 & 255}" for n in numbers)


def group(count: int) -> str:
    """A list of one entry, on a group of so many hosts."""
    members = "".join(f" network-object host {host}\n" for host in hosts(count))
    return (
        f"object-group network senders\n{members} network-object host 192.0.2.9\n"
        "access-list outside extended permit tcp object-group senders any eq smtp\n"
    )


def entries(count: int) -> str:
    """A list of so many entries, each on a host; the last one fits."""
    return "".join(
        f"access-list outside extended permit tcp host {host} any eq smtp\n"
        for host in (*hosts(count), "192.0.2.9")
    )


def networks(count: int) -> str:
    """A list of so many entries, each on a network, all of which are asked."""
    return "".join(
        f"access-list outside extended permit tcp {host} 255.255.255.252 any eq smtp\n"
        for host in (*hosts(count), "192.0.2.8")
    )


CASES: dict[str, Callable[[], str]] = {
    "one host": lambda: entries(0),
    f"a group of {MANY:,} hosts": lambda: group(MANY),
    f"{MANY:,} entries on a host": lambda: entries(MANY),
    f"{MANY:,} entries on a network": lambda: networks(MANY),
}


def decided(gate: Gate, count: int) -> float:
    """Seconds of one decision: may it pass, and what inspects it."""
    clients = [f"192.0.2.{9 if n % 2 else 10}" for n in range(count)]
    began = time.process_time()
    for client in clients:
        ends = Endpoints("outside", client, 40000, "inside", "10.1.1.5", 25)
        if gate.admits(ends) is None:
            gate.choose(ends)
    return (time.process_time() - began) / count


def main() -> int:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"Python {platform.python_version()}, medians of {rounds} rounds")
    print(f"{'access list':<30} {'a decision':>12} {'to read it':>12}")
    for name, make in CASES.items():
        text = _HEAD + make() + _TAIL
        reading, deciding = [], []
        for _ in range(rounds):
            gc.collect()
            began = time.process_time()
            gate = load(text).gate
            reading.append(time.process_time() - began)
            decided(gate, 10)
            few = DECISIONS if "network" not in name else 50
            deciding.append(decided(gate, few))
        print(
            f"{name:<30} {statistics.median(deciding) * 1e6:>9.2f} us"
            f" {statistics.median(reading):>10.3f} s"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
