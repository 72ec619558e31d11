"""The crew: captures read by one process, or by several.

Knows: processes, what they say to the one that asked, the order of sessions.
Does not know: options, how anything is told to people.
Called by: the command `inspect`.

Each worker reads all captures and keeps its share of the connections: a connection
that goes on in the next file meets one reader, however many there are.  What is
told comes in the order of first packets, so it does not depend on their number.
"""

import heapq
import multiprocessing
import queue
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Final, final

from mailward.cli.sessions import Document, document, notable, stamped
from mailward.config.load import load
from mailward.drivers.capture.census import Census
from mailward.drivers.capture.conversations import BUDGET, Reader
from mailward.drivers.capture.feed import Named
from mailward.drivers.capture.hearers import Opening
from mailward.drivers.capture.replay import Policy, Replay, Wants
from mailward.drivers.capture.rewrite import Edit, edit_of
from mailward.drivers.capture.streams import Shard
from mailward.policy.gate import Gate

#: So many sessions of a worker may wait to be told.
_AHEAD: Final = 4096


@final
@dataclass(frozen=True)
class Job:
    """What is to be read, under which policy (`config` is its text), what is shown:
    `audit`, lines of audit beside sessions; `whole`, every session as a whole."""

    names: tuple[Named, ...]
    config: str
    client_interface: str = "outside"
    server_interface: str = "inside"
    port: int = 0
    level: int = 6
    budget: int = BUDGET
    chronicle: bool = True
    edits: bool = False
    audit: bool = True
    whole: bool = False
    worker: int = 0
    workers: int = 1


@final
@dataclass
class Told:
    """One session: its number, what is told of it, its audit lines with their
    times if they are shown, what `--write` must know."""

    number: int
    document: Document
    audit: list[str]
    edit: Edit | None = None


@final
@dataclass
class End:
    """All has been read: what was counted, which files could not be read to
    their ends, how many files were no captures."""

    census: Census
    troubles: list[str] = field(default_factory=list)
    passed_over: int = 0


@final
@dataclass(frozen=True)
class At:
    """So many octets of files have been read."""

    taken: int


def work(job: Job) -> Iterator[Told | At | End]:
    """Read, inspect, tell: in order."""
    policy = Policy(
        levelled(load(job.config).gate),
        job.client_interface,
        job.server_interface,
        job.port,
        job.level,
    )
    wants = Wants(chronicle=job.chronicle, patches=job.edits)
    ended: list[tuple[int, Told]] = []

    def done(replay: Replay) -> None:
        number = replay.opening.number
        edit = edit_of(replay) if job.edits else None
        one = document(replay)
        audit = stamped(replay) if job.audit and (job.whole or notable(one)) else []
        heapq.heappush(ended, (number, Told(number, one, audit, edit)))

    def opened(opening: Opening) -> Replay:
        return Replay(policy, opening, wants, done)

    shard = Shard(job.worker, job.workers) if job.workers > 1 else None
    reader = Reader(job.names, opened, job.budget // job.workers, shard)
    for _ in reader.rounds():
        yield At(reader.taken)
        horizon = reader.horizon if ended else 0
        while ended and ended[0][0] < horizon:
            yield heapq.heappop(ended)[1]
    yield End(reader.census, reader.troubles, reader.passed_over)


def levelled(gate: Gate) -> Gate:
    """The gate, with the levels that `outside` and `inside` have by habit."""
    return replace(gate, levels={"outside": 0, "inside": 100, **gate.levels})


@final
class Crew:
    """Several workers, as if they were one: iterate, then ask for `end`."""

    def __init__(self, job: Job, workers: int) -> None:
        self.taken = 0
        self.end = End(Census())
        self._ends: list[End] = []
        context = multiprocessing.get_context("spawn")
        self._queues: list[queue.Queue[Told | None]] = []
        self._processes = []
        ears: list[Connection] = []
        # Ctrl-C reaches all of a terminal; only we heed it, and end the workers.
        resource_tracker.ensure_running()  # which unblocks it, so not within
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        for number in range(workers):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=_worker,
                args=(replace(job, worker=number, workers=workers), theirs),
                daemon=True,
            )
            process.start()
            theirs.close()
            self._processes.append(process)
            ears.append(ours)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for ours in ears:
            waiting: queue.Queue[Told | None] = queue.Queue(_AHEAD)
            self._queues.append(waiting)
            threading.Thread(
                target=self._listen, args=(ours, waiting), daemon=True
            ).start()

    def __iter__(self) -> Iterator[Told]:
        yield from heapq.merge(*map(_taken, self._queues), key=lambda told: told.number)
        for process in self._processes:
            process.join()
        self.end.troubles = self._ends[0].troubles if self._ends else []
        self.end.passed_over = self._ends[0].passed_over if self._ends else 0
        for number, one in enumerate(self._ends):
            shared = one.census
            if number:
                # All have read all packets; each has its own sessions.
                shared = replace(shared, packets=0, segments=0, pieces=0, foreign=0)
            self.end.census.add(shared)
        if len(self._ends) < len(self._processes):
            self.end.troubles.append("a worker ended before its time")

    def stop(self) -> None:
        """End them now; whoever is impatient needs not ask again."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()

    def _listen(self, ours: Connection, waiting: "queue.Queue[Told | None]") -> None:
        try:
            while True:
                said = ours.recv()
                if isinstance(said, At):
                    self.taken = max(self.taken, said.taken)
                elif isinstance(said, End):
                    self._ends.append(said)
                else:
                    waiting.put(said)
        except (EOFError, OSError):
            waiting.put(None)


def _worker(job: Job, theirs: Connection) -> None:
    """What a worker does."""
    try:
        for said in work(job):
            theirs.send(said)
    except BrokenPipeError:
        pass
    finally:
        theirs.close()


def _taken(waiting: "queue.Queue[Told | None]") -> Iterator[Told]:
    while (told := waiting.get()) is not None:
        yield told
