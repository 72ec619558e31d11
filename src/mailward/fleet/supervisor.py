"""Supervisor: the fleet of workers as one gateway.

Knows: all posts, the policy in force, how it is rolled out and taken back, how
totals add up, that deaths are told.
Does not know: sockets, configuration, who asks.
Called by: cli.

Theory of operation.  A policy goes to one worker first: what that one cannot
compile, or dies of, reaches no other, and the old policy stays.  Once the first
obeys, the policy is in force: the others follow one by one, and whoever fails to
is replaced by a worker that begins with it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final, final

from mailward.audit.totals import Totals, added
from mailward.errors import MailwardError
from mailward.fleet import wire
from mailward.fleet.post import Chief, Duty, Limits, Policy, Post, Unanswered
from mailward.fleet.wire import Message

#: Seconds that a worker which was told to leave has beyond its time.
_GRACE: Final = 5.0


class FleetError(MailwardError):
    """The fleet cannot do what was asked; the text says why."""


def _not_heard(_: Message) -> None:
    """No destination is the supervisor's."""


@final
class Fleet(Chief):
    """Workers, one for each duty.

    `told` takes what became of a worker (what happened, in a sentence; whether
    it is bad news), `heard` takes the records that workers send.
    """

    def __init__(
        self,
        duties: Sequence[Duty],
        text: str,
        told: Callable[[str, bool], None],
        heard: Callable[[Message], None] = _not_heard,
        limits: Limits | None = None,
        numbers: int = 0,
    ) -> None:
        self.policy = Policy(1, text)
        self.numbers = numbers
        self.disallowing = False
        self._told = told
        self._why = ""  # the last death
        self._heard = heard
        self._changing = asyncio.Lock()
        self._news = asyncio.Event()
        limits = limits or Limits()
        self.posts = [Post(i, duty, self, limits) for i, duty in enumerate(duties)]

    # --- what posts ask ---------------------------------------------------------

    def next_number(self) -> int:
        """See Chief."""
        self.numbers += 1
        return self.numbers - 1

    def lost(self, post: Post, why: str) -> None:
        """See Chief."""
        self._why = why
        self._told(f"worker {post.index} is dead: {why}; its connections with it", True)
        self._news.set()

    def begun(self, post: Post) -> None:
        """See Chief."""
        if post.deaths:
            self._told(f"worker {post.index} was replaced, process {post.pid}", False)
        self._news.set()

    def records(self, message: Message) -> None:
        """See Chief."""
        self._heard(message)

    # --- what the gateway asks --------------------------------------------------

    @property
    def ready(self) -> bool:
        """Does every post have a worker that accepts connections?"""
        return all(post.up for post in self.posts)

    @property
    def active(self) -> int:
        """How many connections stand, as the workers said last."""
        return sum(post.active for post in self.posts)

    @property
    def deaths(self) -> int:
        """How many workers have died."""
        return sum(post.deaths for post in self.posts)

    @property
    def totals(self) -> Totals:
        """What all have counted, as they said last."""
        return added(post.totals for post in self.posts)

    async def start(self) -> None:
        """Wait until every post has its worker.  Raises FleetError when one
        dies first; then nobody is left."""
        while not self.ready:
            self._news.clear()
            await self._news.wait()
            if any(post.deaths for post in self.posts):
                self.end()
                await self.gone(0.0)
                raise FleetError(f"a worker could not be started: {self._why}")

    async def refresh(self, *, whole: bool = True) -> Totals:
        """The totals as they stand now; of a worker that is being replaced, as
        it said last."""
        await asyncio.gather(*(_fresh(post, whole) for post in self.posts))
        return self.totals

    async def install(
        self, text: str, keep: Callable[[Totals], Totals] | None = None
    ) -> None:
        """Another policy for new connections; `keep` takes from the counters
        what has no meaning under it.

        Raises FleetError: the old one stays, everywhere.
        """
        async with self._changing:
            policy = Policy(self.policy.generation + 1, text)
            first = next((post for post in self.posts if post.up), None)
            if first is not None:
                try:
                    await first.install(policy)
                except Unanswered as error:
                    raise FleetError(f"worker {first.index}: {error}") from error
            self.policy = policy
            if keep is not None:
                for post in self.posts:
                    post.forget(keep)
            for post in self.posts:
                if post.up and post.generation != policy.generation:
                    try:
                        await post.install(policy)
                    except Unanswered as error:
                        post.kill(f"it does not take the policy: {error}")

    async def clear(
        self, what: str, which: str, keep: Callable[[Totals], Totals]
    ) -> None:
        """Counters back to nought; `keep` does it to what the dead have left."""
        for post in self.posts:
            post.forget(keep)
        await self._all(wire.CLEAR, what=what, which=which)

    async def story(self, number: int) -> dict[str, object]:
        """What the workers have heard of a connection, or, with nought, of which
        they have heard; see `story.recent`."""
        asked = (post.ask(wire.STORY, number=number) for post in self.posts if post.up)
        found: list[object] = []
        for message in await asyncio.gather(*asked, return_exceptions=True):
            if isinstance(message, Message):
                told = message.table("data")
                if number and told:
                    return told
                sessions = told.get("sessions")
                found += sessions if isinstance(sessions, list) else ()
        return {} if number else {"sessions": found}

    async def reopen(self) -> None:
        """Everybody opens the log file anew."""
        await self._all(wire.REOPEN)

    async def disallow(self, disallow: bool) -> None:
        """Refuse new connections everywhere, or take them again."""
        self.disallowing = disallow
        asked = (post.disallow(disallow) for post in self.posts if post.up)
        await asyncio.gather(*asked, return_exceptions=True)

    async def leave(self, seconds: float) -> int:
        """Accept no more and drain, at most so long (negative: as long as it
        takes); how many connections there are."""
        async with self._changing:
            left = await asyncio.gather(*(post.leave(seconds) for post in self.posts))
        return sum(left)

    def end(self) -> None:
        """Reset every connection and leave."""
        for post in self.posts:
            post.end()

    async def gone(self, seconds: float) -> None:
        """Wait until all have left; whoever is there after so many seconds and
        some grace is killed (negative: nobody is)."""
        limit = seconds + _GRACE if seconds >= 0 else None
        await asyncio.gather(*(post.gone(limit) for post in self.posts))

    async def _all(self, name: str, **fields: str) -> None:
        asked = (post.ask(name, **fields) for post in self.posts)
        for outcome in await asyncio.gather(*asked, return_exceptions=True):
            if isinstance(outcome, BaseException):
                with contextlib.suppress(Unanswered):
                    raise outcome


async def _fresh(post: Post, whole: bool) -> None:
    with contextlib.suppress(Unanswered):
        await post.refresh(whole=whole)
