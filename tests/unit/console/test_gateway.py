"""Claims about `mailward.console.gateway`: changes and what they leave alone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from mailward.audit.totals import Totals
from mailward.config.load import Loaded, load
from mailward.console.gateway import AGAIN
from mailward.console.session import Session
from mailward.errors import ConfigError, ConfigErrors, MailwardError
from tests.unit.console.gateways import CONFIG, gateway


def test_a_change_leaves_the_counters_of_others_alone() -> None:
    """The attachment whose map changed begins anew, the other goes on, and so
    do the hits of an access list that stayed as it was."""
    state = gateway()
    told: list[Loaded] = []
    follow = state.told

    def hear(loaded: Loaded) -> None:
        follow(loaded)
        told.append(loaded)

    state.told = hear
    everywhere, outside = state.loaded.gate.attachments
    everywhere.tally.packets, outside.tally.packets = 5, 6
    assert outside.traffic.access_list is not None
    outside.traffic.access_list.hits[0] = 7
    session = Session(state)
    for line in ("conf t", "policy-map type inspect esmtp EMPTY_MAP", "parameters"):
        session.line(line)
    session.line("exit")
    session.line("match body length gt 5")
    assert told[-1] is state.loaded
    first, second = state.loaded.gate.attachments
    assert (first.tally.packets, second.tally) == (0, outside.tally)
    assert second.traffic.access_list is not None
    assert second.traffic.access_list.hits == [7]
    session.line("access-list email permit tcp any any eq 587")
    _, second = state.loaded.gate.attachments
    assert second.traffic.access_list is not None
    assert (second.tally.packets, second.traffic.access_list.hits) == (6, [0, 0])


def test_a_name_is_fit_for_a_prompt() -> None:
    """The appliance's name unless the configuration gives one."""
    state = gateway()
    assert state.host == "ciscoasa"
    state.install(load(f"{CONFIG}hostname {'x' * 63}\n"))
    assert state.host == "x" * 63


def test_changes_come_one_after_the_other() -> None:
    """What two administrators type at the same time is all there afterwards,
    and whoever reads meanwhile sees a whole configuration."""
    state = gateway()

    def write(who: str) -> None:
        session = Session(state)
        session.line("conf t")
        for number in range(25):
            assert session.line(f"name 10.0.{number}.{ord(who)} {who}{number}") == (
                True,
                "",
            )
            session.line(f"hostname {who}")

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, who) for who in "ab"]:
            done.result()
    names = [line.text for line in state.loaded.running.block.lines]
    for who in "ab":
        assert sum(f" {who}" in text for text in names if text[:5] == "name ") == 25
    assert state.host in "ab"


def test_a_change_that_fails_leaves_everything() -> None:
    """Also one that is not typed, but read from a file."""
    state = gateway()
    before = state.loaded

    def broken() -> Loaded:
        return load("service-policy NONE global\n")

    with pytest.raises(ConfigErrors):
        state.replace(broken)
    assert state.loaded is before
    state.await_word(1.0, before)
    fresh = state.replace(lambda: load(CONFIG))
    assert state.loaded is fresh
    assert not state.confirm()


def test_what_the_workers_refuse_is_not_in_force() -> None:
    """Neither what is typed, nor what is shown afterwards."""
    state = gateway()
    before = state.loaded

    def refuse(_: Loaded) -> None:
        raise ConfigErrors([ConfigError("worker 2 is not ready")])

    state.told = refuse
    session = Session(state)
    session.line("conf t")
    assert session.line("hostname gw") == (False, "ERROR: worker 2 is not ready\n")
    assert state.loaded is before
    assert session.prompt == "ciscoasa(config)# "
    state.await_word(60.0, before)
    with pytest.raises(ConfigErrors):
        state.replace(lambda: load(CONFIG))
    assert state.confirm()


def test_workers_that_do_not_answer() -> None:
    """Whoever asked hears of it, and may ask again."""
    state = gateway()

    def late() -> Totals:
        raise TimeoutError

    state.totals = late
    session = Session(state)
    told = session.line("show conn")
    assert told == (False, "ERROR: the workers did not answer in time\n")
    assert session.line("show version")[0]


def test_an_upgrade_waits_for_a_word() -> None:
    """And while it is under way nothing changes that the new program would not
    know."""
    state = gateway()
    session = Session(state)
    for line in ("conf t", "hostname gw", "commit confirmed 5"):
        assert session.line(line)[0]
    with pytest.raises(MailwardError, match="a change waits for `commit`"):
        state.hold("an upgrade is under way")
    session.line("commit")
    assert state.hold("an upgrade is under way") is state.loaded
    refusal = (False, "ERROR: an upgrade is under way\n")
    assert session.line("hostname gx") == refusal
    assert session.line("commit confirmed 5") == refusal
    assert state.host == "gw"
    state.held = ""
    assert session.line("hostname gx")[0]


def test_who_has_been_replaced_says_so_and_hangs_up() -> None:
    """Nobody edits, saves or reads what holds no more, not by a question either
    that was asked before."""
    state = gateway()
    session, asked = Session(state), Session(state, privileged=False)
    asked.line("enable")
    said: list[str] = []
    state.guests.talks(1, said.append)
    state.guests.talks(2, said.append)
    state.guests.hung_up(2)
    state.guests.hung_up(3)
    state.retire("process 7 has taken over: log in again")
    refusal = (False, "ERROR: process 7 has taken over: log in again\n")
    assert session.line("write memory") == refusal
    assert asked.line("sesame") == refusal
    assert session.closed
    assert asked.closed
    assert said == ["INFO: process 7 has taken over: log in again\n"]
    with pytest.raises(ConfigErrors):
        state.replace(lambda: load(CONFIG))


def test_what_cannot_be_undone_is_tried_again() -> None:
    """The workers may be busy when the time is over."""
    state = gateway()
    calls: list[tuple[float, Callable[[], None]]] = []
    state.later = lambda seconds, call: calls.append((seconds, call))
    busy = True

    def told(_: Loaded) -> None:
        if busy:
            raise TimeoutError

    before = state.loaded
    session = Session(state)
    for line in ("conf t", "hostname gw", "commit confirmed 1"):
        assert session.line(line)[0]
    state.told = told
    calls[0][1]()
    assert (state.host, [seconds for seconds, _ in calls]) == ("gw", [60.0, AGAIN])
    busy = False
    calls[1][1]()
    assert state.loaded is before
    assert not state.confirm()
