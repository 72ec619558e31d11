#!/usr/bin/env python3
"""The whole table: every goal of the price, measured beside its peers.

    bench/table.py             seven rounds; prints, saves a history, renders the page
    bench/table.py --quick     a look: few rounds, nothing is saved
    bench/table.py --render    the page again, from the newest history

Processor time is user and system of the peer's processes.  What fails is told in
one line and left out; what was measured until then is saved after every row.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import goals, idle
from bench.access import group
from bench.relay import LARGE, SMALL, Load, compare, measure
from bench.rig import (
    COMPILED,
    HOST,
    Measure,
    Peer,
    cores,
    free_port,
    gateway,
    machine,
    peers,
    sink_words,
    started,
)
from bench.servers import SERVERS, Start, begun, nginx_mail
from mailward.config.factory import FACTORY

#: Body and MIME rules that look at every octet and stop nothing.
CONTENT: Final = """\
regex EVIL "\\.exe"
policy-map type inspect esmtp CONTENT
 match body length gt 4000000000
  log
 match MIME encoding binary others
  log
 match MIME filename length gt 255
  drop-connection log
 match MIME filetype regex EVIL
  drop-connection log
class-map MAIL
 match port tcp eq 25
policy-map GLOBAL
 class MAIL
  inspect esmtp CONTENT
service-policy GLOBAL global
"""
FAILS: Final = (SystemExit, OSError, subprocess.SubprocessError, RuntimeError)


class Table:
    """What has been measured so far, and where it is saved."""

    def __init__(self, rounds: int, saved: Path | None) -> None:
        self.saved = saved
        self.history: dict[str, Any] = {
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "machine": machine() | {"commit": commit()},
            "rounds": rounds,
            "ratios": {},
            "costs": {},
            "left out": [],
            "growth": {},
        }

    def left(self, line: str) -> None:
        """Tell what is not measured, and why."""
        print(f"  left out: {line}", flush=True)
        self.history["left out"].append(line)

    def put(self, build: str, key: str, value: float) -> None:
        """A ratio."""
        self.history["ratios"].setdefault(build, {})[key] = round(value, 4)
        print(f"  {build} {key}: {value:.2f}", flush=True)
        self.save()

    def save(self) -> None:
        """All there is."""
        if self.saved:
            self.saved.parent.mkdir(exist_ok=True)
            self.saved.write_text(json.dumps(self.history, indent=1) + "\n")


def commit() -> str:
    """Which state of mailward this is."""
    words = ["git", "-C", str(goals.ROOT), "describe", "--always", "--dirty"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def traffic(
    table: Table, load: Load, starts: dict[str, Start], config: Path | None, name: str
) -> None:
    """One load through every relay; `name` is the row's."""

    def more(stack: ExitStack, folder: Path, sink: int) -> dict[str, Peer]:
        found = {}
        for peer, what in begun(starts, stack, folder, sink):
            if isinstance(what, Peer):
                found[peer] = what
            else:
                table.left(f"{peer}: {what}")
        return found

    done = compare(load, table.history["rounds"], config, more)
    for gone in starts.keys() - done.measures.keys():
        if not any(line.startswith(gone) for line in table.history["left out"]):
            table.left(f"{gone}: it did not carry the mails")
    cpu = {n: [m.cpu for m in rows] for n, rows in done.measures.items()}
    table.history["costs"][name] = {
        n: round(load.cost(median(values)), 4) for n, values in cpu.items()
    }
    for build in goals.BUILDS:
        if build in cpu:
            ratios = {
                peer: goals.ratio(cpu[build], theirs)
                for peer, theirs in cpu.items()
                if peer not in (*goals.BUILDS, "direct")
            }
            rivals = {peer: r for peer, r in ratios.items() if peer in starts}
            if name == "servers" and rivals:
                table.put(build, "servers/best", goals.best(rivals))
            for peer, value in ratios.items():
                if name != "servers" or peer in starts:
                    table.put(build, f"{name}/{peer}", value)


def quiet(table: Table, sessions: int, held: int) -> None:
    """Latency of one idle session, memory of many."""
    sink = free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        words = [sys.executable, str(idle.HOLDER), str(sink)]
        stack.enter_context(started(words, sink, cores()[1]))
        relays = peers(stack, folder, sink, None, splice=False)
        # Before any session: what those leave behind would be used again.
        costs = {
            name: idle.tell_memory(name, peer, held)
            for name, peer in relays.items()
            if peer.pid
        }
        added = idle.tell_latency(relays, sessions)
    table.history["costs"]["latency"] = added
    table.history["costs"]["memory"] = costs
    for build in goals.BUILDS:
        if build in relays:
            table.put(build, "latency/haproxy", added[build] / added["haproxy"])
            if "nginx" in costs:
                table.put(build, "memory/nginx", costs[build] / costs["nginx"])


def patterns(count: int, members: int) -> str:
    """A policy with so many sender patterns, and two groups of so many hosts; and
    the same without, where they are nought."""
    names = [f"{random.Random(n).randrange(1 << 40):x}" for n in range(count)]
    regexes = "".join(f'regex P{n} "@{x}\\.test"\n' for n, x in enumerate(names))
    listed = "".join(f" match regex P{n}\n" for n in range(count))
    classes = f"class-map type regex match-any BAD\n{listed}" if count else ""
    rule = " match sender-address regex class BAD\n  drop-connection log\n"
    return (
        regexes
        + classes
        + "policy-map type inspect esmtp MANY\n"
        + (rule if count else "")
        + group(members).replace("192.0.2.9", HOST)
        + "class-map MAIL\n match access-list outside\n"
        + "policy-map GLOBAL\n class MAIL\n  inspect esmtp MANY\n"
        + "service-policy GLOBAL global\n"
    )


def itself(table: Table, sessions: int) -> None:
    """A large policy beside a small one."""
    load = Load("sessions", "", sessions, SMALL, "us a mail")
    sink = free_port()
    builds = [
        b for b in goals.BUILDS if b == "mailward" or (COMPILED / ".whole").exists()
    ]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        stack.enter_context(started(sink_words(sink), sink, cores()[1]))
        for build in builds:
            pair = []
            for kind, text in (
                ("small", patterns(0, 0)),
                ("large", patterns(1000, 10_000)),
            ):
                config = folder / f"{kind}.cfg"
                config.write_text(text)
                name = f"{build}-{kind}"
                pair.append(gateway(stack, folder, sink, config, name))
            found: list[list[Measure]] = [[], []]
            for peer in pair:
                measure(load, peer)
            for number in range(table.history["rounds"]):
                for at in (0, 1)[:: 1 if number % 2 == 0 else -1]:
                    found[at].append(measure(load, pair[at]))
            small, large = ([m.cpu for m in ms] for ms in found)
            table.history["costs"].setdefault("patterns", {}).update(
                {
                    f"itself {build}": load.cost(median(small)),
                    build: load.cost(median(large)),
                }
            )
            table.put(build, "patterns/itself", goals.ratio(large, small))


def main() -> None:
    """Measure, print, save, render."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a minute; not saved")
    parser.add_argument("--render", action="store_true", help="only the page")
    parser.add_argument("--rounds", type=int, help="alternating rounds (7)")
    parser.add_argument("--sessions", type=int, help="small mails a round (2000)")
    parser.add_argument("--mails", type=int, help="40 MB mails a round (6)")
    parser.add_argument("--held", type=int, help="idle connections (1000)")
    parser.add_argument("--only", action="append", help="this row only")
    parser.add_argument("--json", type=Path, help="save here, and render nothing")
    typed = parser.parse_args()
    if typed.render:
        if newest := goals.newest():
            goals.render(newest)
        return
    rounds = typed.rounds or (1 if typed.quick else 7)
    sessions = typed.sessions or (300 if typed.quick else 2000)
    mails = typed.mails or (1 if typed.quick else 6)
    held = typed.held or (200 if typed.quick else 1000)
    stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M")
    saved = typed.json or (None if typed.quick else goals.HISTORY / f"{stamp}.json")
    table = Table(rounds, saved)
    small, large = (SMALL, "us a mail"), (LARGE, "ns an octet")
    few = max(20, sessions // 5)
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        content = Path(made) / "content.cfg"
        content.write_text(CONTENT)
        default = Path(made) / "default.cfg"
        default.write_text(FACTORY)

        def row(
            name: str, count: int, kind: tuple[int, str], starts: dict[str, Start]
        ) -> Callable[[], None]:
            load = Load("sessions" if name == "servers" else name, name, count, *kind)
            config = content if name == "bulk" else None
            return partial(traffic, table, load, starts, config, name)

        rows: dict[str, Callable[[], None]] = {
            "sessions": row("sessions", sessions, small, {"nginx-mail": nginx_mail}),
            "servers": row("servers", few, small, SERVERS),
            "chain": row("chain", sessions, small, {}),
            "pipelined": row("pipelined", sessions, small, {}),
            "bulk": row("bulk", mails, large, {}),
            "tls": row("tls", mails, large, {}),
            "quiet": partial(quiet, table, few, held),
            "patterns": partial(itself, table, sessions),
            "growth": partial(grown, table, rounds),
        }
        for name, run in rows.items():
            if typed.only and name not in typed.only:
                continue
            began = time.monotonic()
            print(f"{name}:", flush=True)
            try:
                run()
            except FAILS as error:
                table.left(f"row {name}: {' '.join(str(error).split())[:200]}")
            print(f"  {time.monotonic() - began:.0f} s", flush=True)
            table.save()
    print("\n" + goals.table(table.history))
    if saved and not typed.json:
        goals.render(table.history)


def grown(table: Table, rounds: int) -> None:
    """Cost against the number of things: the engine alone."""
    from bench.growth import measured

    table.history["growth"] = measured(rounds)
    for name, points in table.history["growth"].items():
        print(f"  {name}: {points[0][1]:.0f} to {points[-1][1]:.0f} us")


if __name__ == "__main__":
    main()
