"""Every dialogue file under monitor mode: nobody notices, and all of it counts."""

from dataclasses import replace

import pytest
from hypothesis import given

from mailward.config.factory import FACTORY
from mailward.config.load import Loaded, load
from mailward.engine.monitor import Monitor
from mailward.policy.gate import Attachment
from mailward.policy.inspection import Inspection
from mailward.policy.tally import Tally
from mailward.testing.bench import ENDS, Bench, Outcome
from mailward.testing.dialogue import Dialogue
from mailward.testing.splits import singles
from mailward.verdicts import PASS
from tests.harness.files import each_dialogue
from tests.properties.test_laws import CLIENT, NOW, Said, dialogues, inspections


def watched(loaded: Loaded, *, monitor: bool = True) -> Loaded:
    """The same configuration, its maps in monitor mode, or in force."""
    attachments = tuple(
        Attachment(
            a.place,
            a.policy_map,
            a.class_map,
            a.traffic,
            replace(a.inspection, monitor=monitor),
        )
        for a in loaded.gate.attachments
    )
    return replace(loaded, gate=replace(loaded.gate, attachments=attachments))


def of_monitor(outcome: Outcome) -> list[tuple[object, ...]]:
    """What the monitor says of the end."""
    kinds = ("would-end", "diverged")
    return [key for key in outcome.findings if key[0] in kinds]


@pytest.mark.parametrize("singly", [False, True])
@each_dialogue
def test_nobody_notices(dialogue: Dialogue, singly: bool) -> None:
    """Whatever is said arrives, unchanged, with the segment that said it."""
    bench = Bench(watched(load(dialogue.config_text(FACTORY))))
    pieces = tuple(singles(turn.sent) for turn in dialogue.turns) if singly else None

    outcome = bench.carry_out(dialogue.turns, pieces)

    for turn, heard in zip(dialogue.turns, outcome.heard, strict=True):
        to_server = turn.sent if turn.speaker == 0 else b""
        to_client = turn.sent if turn.speaker == 1 else b""
        assert (heard.to_server, heard.to_client) == (to_server, to_client)
        assert heard.verdict == PASS
    numbers = [record.number for record in outcome.records]
    assert 507003 not in numbers
    assert not set(range(108001, 109000)) & set(numbers)
    assert len(of_monitor(outcome)) <= 1


@each_dialogue
def test_the_verdict_is_the_same(dialogue: Dialogue) -> None:
    """Where the map in force changes nothing before its verdict, the monitor comes to
    that verdict, and to the same counts."""
    loaded = load(dialogue.config_text(FACTORY))
    chosen = loaded.gate.choose(ENDS)
    if chosen is None or chosen.inspection.monitor:
        return
    turns = dialogue.turns
    last = next((n for n, t in enumerate(turns) if t.verdict != PASS), len(turns))
    plain = all(t.sent in (t.to_server, t.to_client) for t in turns[:last])
    if not plain or any(t.passes for t in turns):
        return
    enforced = Bench(loaded).carry_out(turns)
    outcome = Bench(watched(loaded)).carry_out(turns)
    ended = of_monitor(outcome)
    if ended and ended[0][0] == "diverged":
        assert enforced.findings[-1][0] in ("payload-command", "unexpected-transition")
        return

    assert [key[2] for key in ended] == [v for v in (dialogue.verdict,) if v != PASS]
    assert outcome.counts == enforced.counts
    assert [k for k in outcome.findings if k not in ended] == list(enforced.findings)


@given(inspections(), dialogues())
def test_transparent_whatever_comes(
    inspection: Inspection, said: tuple[Said, ...]
) -> None:
    """The first law of the monitor, over random policies and dialogues."""
    monitor = Monitor(inspection, Tally(inspection))
    for speaker, segment in said:
        if speaker == CLIENT:
            assert monitor.from_client(segment, NOW) is segment
        else:
            assert monitor.from_server(segment, NOW) is segment
        assert (monitor.verdict, monitor.due, monitor.waiting) == (PASS, 0.0, False)
    assert len([f for f in monitor.findings if f.verdict != PASS]) <= 3
