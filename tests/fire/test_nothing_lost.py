"""Nothing is lost: what a client was told is delivered is there, once, unaltered.

While messages go through: workers are killed, the policy is reloaded every second,
the program is replaced, the log server dies and comes back, and nobody reads the log
pipe.  Clients do not retry.  A message whose acknowledgement was cut may be there
once or not at all.  Figures stand in the output (`-rA`, or `-s`).
"""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Final, final

import pytest

from tests.acceptance.postfix import Postfix, stripped, why_not
from tests.fire.clients import ACKED, CUT, REFUSED, SHUT
from tests.fire.fire import Burning
from tests.fire.mails import checksum, message
from tests.house.sources import ROOT

#: How many messages, and how many at once.
MESSAGES: Final = int(os.environ.get("MAILWARD_FIRE", "20000"))
CLIENTS: Final = 40
#: Messages of one connection.
EACH: Final = 4
#: A real server is slower by an order of magnitude.
POSTFIX_MESSAGES: Final = MESSAGES // 10
WORKERS: Final = 2
#: Seconds for all of it, on a machine that has much else to do.
LIMIT: Final = 1200

pytestmark = [pytest.mark.fire, pytest.mark.timeout(LIMIT + 60)]


@final
@dataclass
class Outcome:
    """What clients were told, and what arrived: number to checksums."""

    told: dict[int, str]
    why: Counter[str]
    arrived: dict[int, list[str]]

    def judge(self, count: int) -> str:
        """The law; and the figures."""
        acked = {n for n, outcome in self.told.items() if outcome == ACKED}
        cut = {n for n, outcome in self.told.items() if outcome == CUT}
        missing = [n for n in acked if not self.arrived.get(n)]
        twice = [n for n, sums in self.arrived.items() if len(sums) > 1]
        altered = [
            n
            for n, sums in self.arrived.items()
            if any(each != checksum(message(n)) for each in sums)
        ]
        stray = [n for n in self.arrived if n not in acked | cut]
        figures = (
            f"{count} messages: {len(acked)} acknowledged, {len(cut)} cut "
            f"({len(cut & self.arrived.keys())} of them arrived), "
            f"{len(self.arrived)} arrived; acknowledged and missing: {len(missing)}, "
            f"twice: {len(twice)}, altered: {len(altered)}"
        )
        print(figures)
        assert set(self.told) == set(range(count)), figures
        assert set(self.told.values()) <= {ACKED, CUT}, self.why
        assert (missing, twice, altered, stray) == ([], [], [], []), figures
        assert len(acked) > count * 0.9, figures
        return figures


@contextmanager
def sink(journal: Path) -> Iterator[int]:
    """The server that writes down what it accepts; its port."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.fire.sink", str(journal)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        with child.stdout:
            yield int(child.stdout.readline())
    finally:
        child.kill()
        child.wait()


def send(
    port: int, numbers: range, clients: int, report: Path, each: int = EACH
) -> None:
    """Send the messages of these numbers, so many in one connection."""
    words = (port, numbers.start, len(numbers), clients, each, report)
    subprocess.run(
        [sys.executable, "-m", "tests.fire.clients", *map(str, words)],
        cwd=ROOT,
        check=True,
        timeout=LIMIT,
    )


def told(report: Path) -> tuple[dict[int, str], Counter[str]]:
    """What the clients were told of each message, and why."""
    outcomes: dict[int, str] = {}
    why: Counter[str] = Counter()
    for line in report.read_text().splitlines():
        number, outcome, reason = line.split(" ", 2)
        assert int(number) not in outcomes
        outcomes[int(number)] = outcome
        if outcome in (REFUSED, SHUT, CUT):
            why[f"{outcome} {reason}"] += 1
    return outcomes, why


def burn(
    folder: Path,
    upstream: int,
    count: int,
    clients: int,
    enough: Callable[[Counter[str]], bool] = lambda _: True,
) -> int:
    """Send `count` messages through the fire, and as many again until enough has
    befallen the gateway, for it burns by the clock, and a machine may be fast; how
    many were sent."""
    burning = Burning(folder, upstream, WORKERS)
    began = monotonic()
    sent = 0
    try:
        burning.light()
        while not sent or not enough(burning.befell):
            assert monotonic() - began < LIMIT, burning.befell
            numbers = range(sent, sent + count)
            send(burning.port, numbers, clients, folder / "report")
            sent += count
        lasted = monotonic() - began
    finally:
        burning.put_out()
        burning.close()
    events = ", ".join(f"{count} {what}" for what, count in burning.befell.items())
    print(f"{lasted:.0f} s, {sent / lasted:.0f} messages a second; {events}")
    assert burning.befell["upgrades that failed"] == 0, burning.befell
    return sent


def enough(befell: Counter[str]) -> bool:
    """Has each befallen the gateway so often that it would have shown?"""
    return (
        min(befell[name] for name in ("workers killed", "reloads")) >= 5
        and befell["upgrades"] >= 2
        and befell["deaths of the log server"] >= 1
    )


def test_nothing_is_lost_under_fire(tmp_path: Path) -> None:
    """Against a server that writes down what it accepts, before it says so."""
    journal = tmp_path / "journal"
    with sink(journal) as port:
        sent = burn(tmp_path, port, MESSAGES, CLIENTS, enough)
    arrived: dict[int, list[str]] = {}
    for line in journal.read_text().splitlines():
        number, found = line.split(" ")
        arrived.setdefault(int(number), []).append(found)
    Outcome(*told(tmp_path / "report"), arrived).judge(sent)


@pytest.mark.postfix
@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_nothing_is_lost_before_a_postfix(tmp_path: Path) -> None:
    """A smaller share, into real mailboxes."""
    postfix = Postfix("debug_peer_list =\n")
    try:
        burn(tmp_path, postfix.port, POSTFIX_MESSAGES, 10)
        at_rest(postfix)
        arrived: dict[int, list[str]] = {}
        for file in postfix.mails():
            content = stripped(file.read_bytes())
            found = re.search(rb"^X-Number: (\d+)$", content, re.MULTILINE)
            assert found, content
            # Postfix keeps lines as Unix does.
            whole = content.replace(b"\n", b"\r\n")
            arrived.setdefault(int(found[1]), []).append(checksum(whole))
    finally:
        postfix.stop()
    Outcome(*told(tmp_path / "report"), arrived).judge(POSTFIX_MESSAGES)


def at_rest(postfix: Postfix) -> None:
    """Wait until its queue is empty."""
    end = monotonic() + 120
    queues = [
        postfix.base / "queue" / name for name in ("incoming", "active", "deferred")
    ]
    while monotonic() < end:
        with suppress(OSError):
            left = [f for queue in queues for f in queue.rglob("*") if f.is_file()]
            if not left:
                return
        sleep(0.2)
    raise AssertionError("Postfix does not come to rest")
