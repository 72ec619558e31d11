#!/usr/bin/env python3
"""What a mail costs in line: mailward beside HAProxy and nginx as TCP relays.

The same traffic through each relay in alternating rounds, over loopback: small
mails of smtp-source, one a session or many over one session, and pipelined ones;
large mails; octets behind STARTTLS, which pass unread (HAProxy splices them).
Processor time is the kernel's own account of the relay's whole process tree (user
and system).  Absolute figures drift with the machine and the hour; the ratio
within one round is what counts, and less than 15 % of difference means nothing.

    bench/relay.py                     five rounds, some eight minutes
    bench/relay.py --quick             two short rounds, about a minute
    bench/relay.py --only sessions     one load: sessions, chain, pipelined, bulk, tls
    bench/relay.py --config FILE       under another policy than the factory's
    bench/relay.py --json FILE         the figures for a machine

nginx takes part where Debian's libnginx-mod-stream is installed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rig import (
    HOST,
    PATIENCE,
    Measure,
    Peer,
    cores,
    free_port,
    machine,
    memory,
    peers,
    pinned,
    program,
    sink_words,
    spent,
    spread,
    started,
)

SMALL: Final = 1024
LARGE: Final = 40_000_000
BULK: Final = Path(__file__).with_name("bulk.py")
TLS: Final = """\
policy-map type inspect esmtp TLS
 parameters
  allow-tls
class-map MAIL
 match port tcp eq 25
policy-map GLOBAL
 class MAIL
  inspect esmtp TLS
service-policy GLOBAL global
"""


@dataclass(frozen=True)
class Load:
    """One kind of traffic: so many mails of so many octets."""

    name: str
    title: str
    mails: int
    octets: int
    unit: str

    @property
    def small(self) -> bool:
        """Is a mail what is counted, and not an octet?"""
        return self.octets == SMALL

    def source(self, port: int) -> list[str]:
        """The program that sends it."""
        if self.name in ("sessions", "chain"):
            ways = ["-s", "10"] if self.name == "sessions" else ["-s", "1", "-d"]
            return [
                program("smtp-source"),
                *(*ways, "-m", str(self.mails), "-l", str(self.octets)),
                *("-f", "alice@example.org", "-t", "bob@example.com"),
                f"inet:{HOST}:{port}",
            ]
        words = [sys.executable, str(BULK), self.name, str(port)]
        return [*words, str(self.mails), str(self.octets)]

    def sink(self, port: int) -> list[str]:
        """The program that takes it."""
        if self.small:
            return sink_words(port)
        return [sys.executable, str(BULK), "sink", str(port)]

    def cost(self, seconds: float) -> float:
        """Processor seconds of one run in the load's unit."""
        if self.small:
            return seconds / self.mails * 1e6
        return seconds / (self.mails * self.octets) * 1e9

    def pace(self, seconds: float) -> str:
        """Wall seconds of one run as a speed."""
        if self.small:
            return f"{self.mails / seconds:,.0f} mails/s"
        return f"{self.mails * self.octets / seconds / 1e6:,.0f} MB/s"


@dataclass(frozen=True)
class Comparison:
    """What one load has shown, relay by relay; `ratios` are mailward's
    processor time over that of each other relay, round by round."""

    load: Load
    measures: dict[str, list[Measure]]
    ratios: dict[str, list[float]]
    memory_mb: dict[str, int]


def measure(load: Load, peer: Peer) -> Measure:
    """The load through a relay, once."""
    _, rest_core = cores()
    before = spent(peer.pid) if peer.pid else 0.0
    script = [*pinned(rest_core), *load.source(peer.port)]
    begun = time.monotonic()
    done = subprocess.run(
        script,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        sys.exit(f"bench: {load.name}: {done.stderr.decode('utf-8', 'replace')}")
    lasted = time.monotonic() - begun
    return Measure((spent(peer.pid) if peer.pid else 0.0) - before, lasted)


More = Callable[[ExitStack, Path, int], dict[str, Peer]]


def compare(
    load: Load,
    rounds: int,
    config: Path | None,
    more: More = lambda _stack, _folder, _sink: {},
) -> Comparison:
    """One load in all rounds: sink and relays are started for it, and ended.
    `more` starts further peers; one of them that fails is left out."""
    _, rest_core = cores()
    sink = free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        if load.name == "tls":
            config = folder / "tls.cfg"
            config.write_text(TLS)
        stack.enter_context(started(load.sink(sink), sink, rest_core))
        relays = peers(stack, folder, sink, config, splice=load.name == "tls")
        further = more(stack, folder, sink)
        relays |= further
        trial = replace(load, mails=min(100, load.mails) if load.small else 1)
        for relay, peer in list(relays.items()):
            try:
                measure(trial, peer)
            except (SystemExit, subprocess.TimeoutExpired, OSError) as error:
                if relay not in further:
                    raise
                del relays[relay]
                print(f"  left out: {relay}: {' '.join(str(error).split())[:160]}")
        rows: dict[str, list[Measure]] = {relay: [] for relay in relays}
        for number in range(rounds):
            for relay in list(relays)[:: 1 if number % 2 == 0 else -1]:
                try:
                    rows[relay].append(measure(load, relays[relay]))
                except (SystemExit, subprocess.TimeoutExpired, OSError) as error:
                    if relay not in further:
                        raise
                    del relays[relay], rows[relay]
                    print(f"  left out: {relay}: {' '.join(str(error).split())[:160]}")
        held = {r: round(memory(p.pid)) for r, p in relays.items() if p.pid}
    ours = rows["mailward"]
    ratios = {
        relay: [mine.cpu / its.cpu for mine, its in zip(ours, theirs, strict=True)]
        for relay, theirs in rows.items()
        if relay not in ("direct", "mailward")
    }
    return Comparison(load, rows, ratios, held)


def report(found: Comparison) -> None:
    """Print what one load has shown."""
    load = found.load
    print(f"\n{load.title}: processor time, {load.unit}, median (least-most)")
    for relay, measures in found.measures.items():
        costs = [load.cost(m.cpu) for m in measures]
        digits = 0 if load.small else 3
        cost = spread(costs, digits) if relay != "direct" else "-"
        pace = load.pace(median(m.wall for m in measures))
        held = f"{found.memory_mb[relay]} MB" if relay in found.memory_mb else ""
        print(f"  {relay:9} {cost:24} {pace:>18} {held:>8}")
    for relay, ratios in found.ratios.items():
        print(f"  mailward / {relay}, round by round: {spread(ratios, 2)}")


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="about a minute")
    parser.add_argument("--rounds", type=int, help="alternating rounds (5)")
    parser.add_argument("--sessions", type=int, help="small mails a round (4000)")
    parser.add_argument("--mails", type=int, help="40 MB mails a round (10)")
    parser.add_argument("--only", action="append", help="this load only")
    parser.add_argument("--config", type=Path, help="policy (default: factory)")
    parser.add_argument("--json", type=Path, help="write the figures here")
    typed = parser.parse_args()
    typed.rounds = typed.rounds or (2 if typed.quick else 5)
    typed.sessions = typed.sessions or (1000 if typed.quick else 4000)
    typed.mails = typed.mails or (3 if typed.quick else 10)
    return typed


def main() -> None:
    """Measure and print."""
    typed = arguments()
    small, large = (SMALL, "us a mail"), (LARGE, "ns an octet")
    loads = (
        Load("sessions", "1 KB mails, one a session", typed.sessions, *small),
        Load("chain", "1 KB mails over one session", typed.sessions, *small),
        Load("pipelined", "1 KB mails, pipelined", typed.sessions, *small),
        Load("bulk", "40 MB mails", typed.mails, *large),
        Load("tls", "40 MB behind STARTTLS", typed.mails, *large),
    )
    about = machine()
    print("; ".join(f"{key} {value}" for key, value in about.items()))
    pinning = "relay and load on a core each" if cores()[0] is not None else ""
    print(f"{typed.rounds} rounds; {pinning or 'not pinned'}")
    results = []
    for load in loads:
        if not typed.only or load.name in typed.only:
            results.append(compare(load, typed.rounds, typed.config))
            report(results[-1])
    if typed.json:
        document = {"machine": about, "results": [asdict(x) for x in results]}
        typed.json.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
