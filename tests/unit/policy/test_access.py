"""Access groups: which connections may pass at all."""

import pytest

from mailward.policy.access import EVERYWHERE, IN, OUT, Access, Denial, Hit
from mailward.policy.acl import ALL_PORTS, AccessList, Entry, EntryLog, Network
from mailward.policy.endpoints import Endpoints

LEVELS = {"outside": 0, "dmz": 50, "lab": 50, "inside": 100}
SMTP = ((25, 25),)


def listed(
    permit: bool, ports: tuple[tuple[int, int], ...] = SMTP, log: EntryLog | None = None
) -> AccessList:
    """A list of one entry."""
    anybody = Network(0)
    entry = Entry(permit, True, anybody, ALL_PORTS, anybody, ports, mark=7, log=log)
    return AccessList("permits" if permit else "denies", (entry,))


PERMITS = listed(True)
DENIES = listed(False)


def ends(client: str, server: str, port: int = 25) -> Endpoints:
    """A connection between two interfaces."""
    return Endpoints(client, "192.0.2.9", 40000, server, "10.1.1.5", port)


def denied(access: Access, client: str, server: str, port: int = 25) -> Denial | None:
    """Why such a connection may not pass."""
    return access.admits(ends(client, server, port), LEVELS)


def test_by_level() -> None:
    """Without a list: to a lower level, and not to a higher or to the same."""
    plain = Access()

    assert denied(plain, "inside", "outside") is None
    assert denied(plain, "outside", "inside") == Denial("outside")
    assert denied(plain, "dmz", "lab") == Denial("dmz")
    assert denied(plain, "dmz", "dmz") == Denial("dmz")


def test_the_same_level() -> None:
    """Each of the two leaves is for one thing."""
    between, within = Access(between=True), Access(within=True)

    assert denied(between, "dmz", "lab") is None
    assert denied(between, "dmz", "dmz") == Denial("dmz")
    assert denied(within, "dmz", "dmz") is None
    assert denied(within, "dmz", "lab") == Denial("dmz")


def test_no_list_gives_leave_within_a_level() -> None:
    """The leave is needed whatever the list permits."""
    assert denied(Access({"dmz": PERMITS}), "dmz", "lab") == Denial("dmz")


def test_entrance() -> None:
    """A list takes the place of the rule by level, either way."""
    access = Access({"outside": PERMITS, "inside": DENIES})

    assert denied(access, "outside", "inside") is None
    assert denied(access, "outside", "inside", 26) == Denial("outside", IN, "permits")
    assert denied(access, "inside", "outside") == Denial("inside", IN, "denies", 7)


def test_exit() -> None:
    """It is asked when the entrance lets pass, whatever that was."""
    access = Access({"outside": PERMITS}, {"inside": DENIES, "outside": PERMITS})

    assert denied(access, "outside", "inside") == Denial("inside", OUT, "denies", 7)
    assert denied(access, "inside", "outside") is None
    assert denied(access, "inside", "outside", 26) == Denial("outside", OUT, "permits")


def test_everywhere() -> None:
    """It is asked where the interface's own list has come to its end, and by
    interfaces that have none."""
    access = Access({"outside": DENIES}, everywhere=listed(True, ((26, 26),)))

    assert denied(access, "outside", "inside") == Denial("outside", IN, "denies", 7)
    assert denied(access, "outside", "inside", 26) is None
    assert denied(access, "inside", "outside", 26) is None
    assert denied(access, "inside", "outside") == Denial(
        "inside", EVERYWHERE, "permits"
    )


def test_by_hand() -> None:
    """Where places were given by hand only lists deny."""
    access = Access({"outside": DENIES})
    asks = ends("dmz", "inside")

    assert access.admits(asks, LEVELS, by_level=False) is None
    assert access.admits(ends("lab", "lab"), LEVELS, by_level=False) is None
    assert access.admits(ends("outside", "inside"), LEVELS, by_level=False) == (
        Denial("outside", IN, "denies", 7)
    )


@pytest.mark.parametrize("permit", [True, False])
def test_hits(permit: bool) -> None:
    """Entries with `log` are told when they decide; silent ones are not."""
    log = EntryLog(5, 60)
    logged: list[Hit] = []
    asks = ends("outside", "inside")
    denial = Access({"outside": listed(permit, log=log)}).admits(asks, LEVELS, logged)
    name = "permits" if permit else "denies"

    assert logged == [Hit(name, permit, log, 7)]
    assert denial == (None if permit else Denial("outside", IN, name, 7, log))

    silent = Access({"outside": listed(permit, log=EntryLog(silent=True))})
    assert (silent.admits(asks, LEVELS, logged) is None) is permit
    assert len(logged) == 1
    assert (Access({"outside": listed(permit)}).admits(asks, LEVELS) is None) is permit


def test_lists() -> None:
    """Each once, wherever it filters."""
    access = Access({"outside": PERMITS, "dmz": PERMITS}, {"inside": DENIES}, PERMITS)

    assert access.lists() == (PERMITS, DENIES)
    assert Access().lists() == ()
