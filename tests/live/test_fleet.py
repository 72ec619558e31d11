"""The supervisor and its workers, as processes; these workers relay nothing."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from mailward.audit.totals import Totals
from mailward.fleet.post import Duty, Limits
from mailward.fleet.supervisor import Fleet, FleetError
from mailward.fleet.wire import Message
from tests.live.stands import looped

TOY: Final = Path(__file__).with_name("toy_worker.py")
PATIENCE: Final = 60.0
#: On a machine with much other work an interpreter may take long to leave.
QUICK: Final = Limits(beat=0.05, settled=0.0, leave=PATIENCE)


class Crew:
    """A fleet, and what it told."""

    def __init__(
        self, workers: int, odd: str, when: tuple[int, ...], limits: Limits
    ) -> None:
        duty = Duty((sys.executable, str(TOY)), {"odd": odd, "when": list(when)}, ())
        self.told: list[str] = []
        self.when: list[float] = []  # each was told
        self.heard: list[Message] = []
        self.fleet = Fleet(
            [duty] * workers,
            "good",
            self.tell,
            self.heard.append,
            limits,
        )

    def tell(self, text: str, _: bool) -> None:
        """What became of a worker."""
        self.told.append(text)
        self.when.append(asyncio.get_running_loop().time())

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.01)

    async def told_of(self, text: str) -> None:
        """Wait until something was told."""
        await self.until(lambda: any(text in line for line in self.told))


@asynccontextmanager
async def crew(
    workers: int = 2, odd: str = "", when: tuple[int, ...] = (), limits: Limits = QUICK
) -> AsyncIterator[Crew]:
    """A fleet that stands; nobody is left afterwards."""
    made = Crew(workers, odd, when, limits)
    try:
        await made.fleet.start()
        yield made
    finally:
        made.fleet.end()
        await made.fleet.gone(0.0)
        assert [post.pid for post in made.fleet.posts] == [0] * workers


@looped
async def test_totals_add_up() -> None:
    """Of all workers together."""
    async with crew(3) as made:
        totals = await made.fleet.refresh()

        assert (totals.built, totals.most, totals.records) == (30, 6, {900012: 3})
        assert made.fleet.ready
        assert made.told == []


@looped
async def test_a_dead_worker_is_replaced() -> None:
    """It is told; what it had counted stays counted."""
    async with crew() as made:
        await made.fleet.refresh()
        os.kill(made.fleet.posts[1].pid, signal.SIGKILL)
        await made.told_of("worker 1 was replaced")
        totals = await made.fleet.refresh()

        assert made.told[0].startswith("worker 1 is dead: killed by signal 9")
        assert (totals.built, totals.most, totals.records) == (30, 4, {900012: 3})
        assert made.fleet.ready


@looped
async def test_counters_never_go_back() -> None:
    """Whenever one looks while workers die."""
    async with crew() as made:
        last = (await made.fleet.refresh()).built
        for _ in range(3):
            os.kill(made.fleet.posts[0].pid, signal.SIGKILL)
            await made.until(lambda: not made.fleet.posts[0].up)
            seen = [made.fleet.totals.built]
            await made.until(lambda: made.fleet.posts[0].up)
            seen.append(made.fleet.totals.built)
            seen.append((await made.fleet.refresh()).built)
            assert seen == sorted(seen)
            assert seen[0] >= last
            last = seen[-1]

        assert last == 50


@pytest.mark.parametrize(
    ("odd", "why", "answer"),
    [
        ("is silent", "it did not answer to TOTALS in 0.5 s", 0.5),
        ("babbles", "it said what is no message: a frame of", PATIENCE),
        ("counts wrongly", "its totals are none", PATIENCE),
    ],
)
def test_who_misbehaves_is_replaced(odd: str, why: str, answer: float) -> None:
    """Silence, broken frames and false answers are as death."""

    @looped
    async def whole() -> None:
        limits = Limits(beat=0.05, settled=0.0, answer=answer)
        async with crew(1, odd, (0,), limits) as made:
            await made.told_of("worker 0 was replaced")

            assert made.told[0].startswith(f"worker 0 is dead: {why}")

    whole()


@looped
async def test_a_worker_that_never_begins() -> None:
    """The fleet does not stand, and nobody is left."""
    with pytest.raises(FleetError, match="could not be started: exit code 3"):
        async with crew(2, "dies at birth", (1,)):
            pass


@looped
async def test_a_command_that_is_none() -> None:
    """It is told why."""
    told: list[str] = []
    duty = Duty(("/nonexistent",), {}, ())
    fleet = Fleet([duty], "", lambda text, _: told.append(text), limits=QUICK)
    try:
        with pytest.raises(FleetError):
            await fleet.start()
    finally:
        fleet.end()
        await fleet.gone(0.0)

    assert told[0].startswith("worker 0 is dead: cannot be started: No such file")


@looped
async def test_who_dies_young_waits_longer() -> None:
    """The first successor comes at once, those after it ever later."""
    limits = Limits(beat=0.05, settled=60.0, pause=0.3, longest=0.5)
    async with crew(1, "is silent", (), limits) as made:
        clock = asyncio.get_running_loop().time
        gaps = []
        for number in range(1, 5):
            os.kill(made.fleet.posts[0].pid, signal.SIGKILL)
            await made.until(lambda n=number: made.fleet.posts[0].deaths == n)  # type: ignore[misc]
            await made.until(lambda: made.fleet.posts[0].pid != 0)
            gaps.append(clock() - made.when[-1])
            await made.until(lambda: made.fleet.posts[0].up)

        assert gaps[1] >= 0.25
        assert gaps[2] >= 0.45
        assert gaps[3] >= 0.45


@looped
async def test_a_policy_reaches_all() -> None:
    """Also whoever comes later."""
    async with crew() as made:
        await made.fleet.install("better")
        await made.fleet.reopen()
        await made.until(lambda: len(made.heard) == 2)
        os.kill(made.fleet.posts[0].pid, signal.SIGKILL)
        await made.told_of("was replaced")
        await made.fleet.reopen()
        await made.until(lambda: len(made.heard) == 4)

        said = {str(message.listed("records")) for message in made.heard}
        assert said == {"[[1, 'reopened under better']]"}
        assert [post.generation for post in made.fleet.posts] == [2, 2]


@looped
async def test_a_policy_that_does_not_compile() -> None:
    """The old one stays, everywhere; nobody dies of it."""
    async with crew() as made:
        with pytest.raises(FleetError, match="worker 0: line 1: no"):
            await made.fleet.install("bad")
        await made.fleet.reopen()
        await made.until(lambda: len(made.heard) == 2)

        assert {str(m.listed("records")) for m in made.heard} == {
            "[[1, 'reopened under good']]"
        }
        assert made.told == []


@pytest.mark.parametrize(
    ("text", "why"),
    [("worse", "it is dead"), ("slow", "it did not answer to POLICY in 10 s")],
)
def test_a_policy_that_kills(text: str, why: str) -> None:
    """Only the first worker dies of it, and comes back under the old one."""

    @looped
    async def whole() -> None:
        limits = Limits(beat=0.05, settled=0.0, birth=10.0, answer=60.0)
        async with crew(2, limits=limits) as made:
            with pytest.raises(FleetError, match=why):
                await made.fleet.install(text)
            await made.told_of("worker 0 was replaced")
            await made.fleet.reopen()
            await made.until(lambda: len(made.heard) == 2)

            assert [post.deaths for post in made.fleet.posts] == [1, 0]
            assert {str(m.listed("records")) for m in made.heard} == {
                "[[1, 'reopened under good']]"
            }

    whole()


@looped
async def test_counters_are_cleared() -> None:
    """Those of the dead too."""
    async with crew() as made:
        os.kill(made.fleet.posts[0].pid, signal.SIGKILL)
        await made.told_of("was replaced")
        await made.fleet.clear("service-policy", "", lambda _: Totals())
        totals = await made.fleet.refresh()

        assert totals.built == 0


@looped
async def test_draining() -> None:
    """How many connections there are; then all leave, and nobody comes back."""
    async with crew() as made:
        live = await made.fleet.leave(PATIENCE)
        await made.fleet.gone(PATIENCE)

        assert live == 8
        assert made.told == []


@looped
async def test_who_does_not_leave_is_killed() -> None:
    """A worker that stays beyond its time."""
    async with crew(1, "stays", (0,)) as made:
        await made.fleet.leave(0.0)
        await made.fleet.gone(0.0)

        assert made.fleet.posts[0].pid == 0


@looped
async def test_workers_leave_with_the_supervisor() -> None:
    """The channel closes, and nobody is left."""
    async with crew(1) as made:
        post = made.fleet.posts[0]
        pid = post.pid
        post._close()
        await made.told_of("was replaced")

        assert made.fleet.posts[0].pid != pid
