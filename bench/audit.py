#!/usr/bin/env python3
"""What the audit trail costs: the two records of every session.

One session is a 302013 and a 302014.  Processor time of this process, in rounds;
the best and the median are printed, microseconds a session.  Sinks: none at all
(the records are made and dropped), the ring of `show logging`, text or JSON into a
log on /dev/null, text with a header, and what a worker does for log servers: records
packed and framed for the supervisor, once a turn.

    bench/audit.py                     nine rounds of 50,000 sessions
    bench/audit.py --quick             three rounds of 10,000
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Final, TextIO, cast, final

from mailward.audit.auditor import FINS, Auditor
from mailward.audit.dress import headed
from mailward.audit.sinks import JsonSink, Sink, TextSink
from mailward.audit.travel import Travellers
from mailward.drivers.log import Log, target
from mailward.drivers.totals import Ring
from mailward.fleet import wire
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import Attachment, Traffic
from mailward.policy.inspection import build
from mailward.verdicts import PASS

ENDS: Final = Endpoints("outside", "203.0.113.9", 51111, "inside", "10.1.1.5", 25)
ATTACHED: Final = Attachment(
    "outside", "outside_policy", "mail", Traffic(((25, 25),)), build("STRICT")
)
#: So many sessions end in one turn of the loop.
TURN: Final = 20


@final
class Turns:
    """The loop that the log asks: it turns when the bench says so."""

    def __init__(self) -> None:
        self.asked: list[Callable[[], None]] = []

    def soon(self, call: Callable[[], None]) -> None:
        """At the next turn."""
        self.asked.append(call)

    def later(self, _seconds: float, call: Callable[[], None]) -> None:
        """At the next turn too."""
        self.asked.append(call)

    def turn(self) -> None:
        """All that was asked for."""
        asked, self.asked = self.asked, []
        for callback in asked:
            callback()


def once(sinks: list[Sink], turns: Turns, sessions: int) -> float:
    """Microseconds of processor time a session."""
    auditor = Auditor(sinks)
    now = 1_700_000_000.0
    began = time.process_time()
    for number in range(sessions):
        auditor.built(number, ENDS, now)
        auditor.ended(number, ENDS, ATTACHED, PASS, FINS, 812, now - 0.4, now)
        now += 0.0003
        if not number % TURN:
            turns.turn()
    return (time.process_time() - began) / sessions * 1e6


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rounds, sessions = (3, 10_000) if quick else (9, 50_000)
    turns = Turns()
    log = cast("TextIO", Log(target(os.devnull), turns.soon, turns.later))

    def travel() -> None:
        records, lost = travellers.take()
        wire.encode(wire.RECORDS, records=records, lost=lost)

    travellers = Travellers(lambda: turns.soon(travel))
    trails: dict[str, list[Sink]] = {
        "no sink": [],
        "ring": [Ring()],
        "text": [TextSink(log)],
        "text and ring": [TextSink(log), Ring()],
        "JSON": [JsonSink(log)],
        "JSON and ring": [JsonSink(log), Ring()],
        "text, headed": [TextSink(log, headed("legacy", "gate"))],
        "log servers": [travellers],
    }
    for name, sinks in trails.items():
        costs = [once(sinks, turns, sessions) for _ in range(rounds)]
        print(f"{name:14} best {min(costs):6.2f}  median {median(costs):6.2f} us")
    return 0


if __name__ == "__main__":
    sys.exit(main())
