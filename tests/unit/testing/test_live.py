"""The live harness: it hears what a relay does, and is not easily satisfied."""

import asyncio
import time
from dataclasses import replace

import pytest
import uvloop

from mailward.config.load import load
from mailward.testing.bench import Bench, Heard
from mailward.testing.dialogue import Turn, parse
from mailward.testing.ends import ScriptedEnd
from mailward.testing.live import carry_out
from mailward.verdicts import DROP, PASS, RESET
from tests.unit.testing.test_bench import MAP, SLOW


def turns(*lines: str) -> tuple[Turn, ...]:
    """The turns of a dialogue."""
    return parse("\n".join(("# A claim.", "--", *lines))).turns


GOOD = turns("S: 220 ab", "c: 220 **", "C: NOOP", "S: 250 ok", "C closes", "S closes")


def test_same_as_the_bench_on_both_loops() -> None:
    """On asyncio and on uvloop the outcome is the bench's, findings apart."""
    bench = replace(Bench.of(MAP).carry_out(GOOD), findings=())

    assert asyncio.run(carry_out(GOOD, load(MAP))) == bench
    assert uvloop.run(carry_out(GOOD, load(MAP))) == bench


def test_drop_is_a_fin_to_both() -> None:
    """DROP: both ends read to the end, without a reset."""
    talk = turns(
        *("S: 220 a", "c: 220 *"),
        *("C: EHLO 67890123456789012", "! drop", "", "C: a"),
    )

    outcome = uvloop.run(carry_out(talk, load(MAP)))

    assert [heard.verdict for heard in outcome.heard] == [PASS, DROP, DROP]


def test_reset_is_a_reset_of_both() -> None:
    """RESET: both ends are told by RST."""
    text = MAP.replace("drop-connection", "reset")
    talk = turns("S: 220 a", "c: 220 *", "C: EHLO 67890123456789012", "! reset")

    outcome = uvloop.run(carry_out(talk, load(text)))

    assert [heard.verdict for heard in outcome.heard] == [PASS, RESET]


#: Two NOOP a second: the third waits.
HURRIED = turns(
    *("S: 220 a", "c: 220 *", "C: EHLO c", "S: 250-a", "S: 250 PIPELINING"),
    *("C: NOOP", "C: NOOP", "C: NOOP", "s: -", "@ 0.5", "s: NOOP"),
)


def test_time_passes() -> None:
    """What waits for its moment goes then, and not before."""
    outcome = uvloop.run(carry_out(HURRIED, load(SLOW)))

    assert outcome.heard == Bench.of(SLOW).carry_out(HURRIED).heard


def test_no_time_passes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy in the midst of a dialogue changes nothing."""
    say = ScriptedEnd.say

    def late(end: ScriptedEnd, octets: bytes) -> None:
        time.sleep(0.3)
        say(end, octets)

    monkeypatch.setattr(ScriptedEnd, "say", late)
    outcome = uvloop.run(carry_out(HURRIED, load(SLOW)))
    bench = Bench.of(SLOW).carry_out(HURRIED)

    assert outcome.heard == bench.heard
    assert outcome.records == bench.records


def test_surplus_is_noticed() -> None:
    """Octets that ought not to arrive are heard, and the dialogue is broken off."""
    talk = turns("S: 220 a", "c: -", "C: NOOP")

    outcome = uvloop.run(carry_out(talk, load(MAP)))

    assert outcome.heard == (Heard(b"", b"220 *\r\n", PASS),)
