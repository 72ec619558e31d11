"""The crowd: counted by client, bounded, and told as a flood."""

from mailward.audit.auditor import Auditor
from mailward.audit.records import Record
from mailward.drivers.crowd import TELL, Crowd
from mailward.policy.endpoints import Endpoints
from mailward.policy.limits import Limits


class Memory:
    """A sink that remembers numbers."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def write(self, record: Record) -> None:
        """Remember the number."""
        self.numbers.append(record.number)


class Scene:
    """A crowd, and what it told."""

    def __init__(self, limits: Limits) -> None:
        self.memory = Memory()
        self.crowd = Crowd(limits, Auditor((self.memory,)))
        self.now = 100.0

    def enter(self, client: str, others: int = 0) -> bool:
        """A connection of this client."""
        ends = Endpoints("outside", client, 4711, "inside", "192.0.2.25", 25)
        return self.crowd.enter(ends, others, self.now, 1e9)


def test_who_is_one_too_many() -> None:
    """The limit of each client is its own; who leaves makes room."""
    scene = Scene(Limits(per_client=2))

    entered = [scene.enter(client) for client in ("a", "a", "b", "a")]
    scene.crowd.leave("a")
    again = scene.enter("a")

    assert (entered, again) == ([True, True, True, False], True)
    assert (scene.crowd.of("a"), scene.crowd.of("b")) == (2, 1)
    assert scene.memory.numbers == [201013]


def test_when_the_house_is_full() -> None:
    """Whoever comes then is not counted."""
    scene = Scene(Limits(connections=2))

    entered = [scene.enter("a", others) for others in (0, 1, 2)]

    assert entered == [True, True, False]
    assert (scene.crowd.of("a"), scene.crowd.full(1)) == (2, False)
    assert scene.memory.numbers == [201011]


def test_a_flood_is_told_once_in_a_while() -> None:
    """Each limit by itself."""
    scene = Scene(Limits(connections=2, per_client=1))
    scene.enter("a")
    for _ in range(3):
        scene.enter("a")
        scene.enter("b", 2)
        scene.now += TELL / 2

    assert scene.memory.numbers == [201013, 201011, 201013, 201011]


def test_nothing_is_kept_of_who_has_left() -> None:
    """A client without a connection costs no memory."""
    scene = Scene(Limits())

    for _ in range(3):
        assert scene.enter("a", 1000)
    for _ in range(3):
        scene.crowd.leave("a")

    assert scene.crowd.of("a") == 0
    assert scene.crowd._clients == {}


def test_new_limits_put_nobody_out() -> None:
    """They are for whoever comes now."""
    scene = Scene(Limits())
    scene.enter("a")
    scene.enter("a")
    scene.crowd.limits = Limits(per_client=1)

    assert not scene.enter("a")
    assert scene.crowd.of("a") == 2
