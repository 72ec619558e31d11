"""Comparing: a dialogue file against what came of it.

Knows: how a difference is told, with file, line and the octets around it.
Does not know: who carried the dialogue out.
Called by: tests, `mailward.testing.live`.
"""

from collections.abc import Callable
from itertools import zip_longest
from typing import Final

from mailward.audit.records import OWN, TERMINATED
from mailward.audit.rows import NOTIFICATIONS
from mailward.testing.bench import Outcome, Pieces, Written
from mailward.testing.dialogue import Dialogue, Turn
from mailward.testing.splits import every_split, singles
from mailward.verdicts import VERDICT_NAMES

#: The appliance's records of SMTP: 108001 to 108999.
_SMTP: Final = range(108001, 109000)
#: So many octets are shown on either side of a difference.
_AROUND: Final = 30

#: What carries turns out, whole or in these pieces: `Bench.carry_out`.
CarryOut = Callable[[tuple[Turn, ...], Pieces | None], Outcome]


def differences(dialogue: Dialogue, outcome: Outcome) -> list[str]:
    """Where the outcome is not what the file says; empty when it holds.

    Of the turns only the first that went wrong: the others are its children.
    """
    out: list[str] = []
    for turn, heard in zip(dialogue.turns, outcome.heard, strict=False):
        place = f"{dialogue.file}:{turn.line}"
        for listener, want, got in (
            ("server", turn.to_server, heard.to_server),
            ("client", turn.to_client, heard.to_client),
        ):
            if want != got:
                out.append(f"{place}: the {listener} {difference(want, got)}")
        if turn.verdict != heard.verdict:
            out.append(
                f"{place}: verdict {VERDICT_NAMES[heard.verdict]}"
                f" instead of {VERDICT_NAMES[turn.verdict]}"
            )
        if out:
            break
    return out + record_differences(dialogue, outcome.records)


def record_differences(dialogue: Dialogue, written: tuple[Written, ...]) -> list[str]:
    """The first record that the file does not list, or lists in vain.

    A file must list every record of SMTP and of an end by inspection, and those
    of mailward's own from notifications up; of other numbers all or none.
    """
    listed = {expected.number for expected in dialogue.records}
    heard = [r for r in written if _worth_hearing(r) or r.number in listed]
    for expected, record in zip(dialogue.records, heard, strict=False):
        if not expected.fits(record.number, record.severity, record.text):
            place = f"{dialogue.file}:{expected.line}"
            asked = "" if expected.severity is None else f"{record.severity}-"
            return [f"{place}: it is instead\n% {asked}{record.number} {record.text}"]
    for expected in dialogue.records[len(heard) :]:
        return [f"{dialogue.file}:{expected.line}: this record is missing"]
    return [
        f"{dialogue.file}: a record is not listed:\n% {record.number} {record.text}"
        for record in heard[len(dialogue.records) :]
    ]


def split_differences(dialogue: Dialogue, carry_out: CarryOut) -> list[str]:
    """The first way of cutting segments that leads elsewhere; empty if none.

    The n-th run cuts each segment in the n-th way of `every_split`, so that
    each is cut at every position once, and at last octet by octet.
    """
    turns = dialogue.turns
    plain = carry_out(turns, None)
    ways = [every_split(turn.sent) for turn in turns]
    for pieces in zip_longest(*ways):
        cut = tuple(p or (t.sent,) for p, t in zip(pieces, turns, strict=True))
        outcome = carry_out(turns, cut)
        if outcome != plain:
            return _split_report(dialogue, cut, plain, outcome)
    singly = tuple(singles(turn.sent) for turn in turns)
    outcome = carry_out(turns, singly)
    if outcome != plain:
        return _split_report(dialogue, singly, plain, outcome)
    return []


def difference(want: bytes, got: bytes) -> str:
    """Two runs of octets around the first place where they differ."""
    at = 0
    while at < min(len(want), len(got)) and want[at] == got[at]:
        at += 1
    low = max(at - _AROUND, 0)
    high = at + _AROUND
    return (
        f"received {len(got)} octets, not {len(want)}; at {at}:\n"
        f"  received {got[low:high]!r}\n"
        f"  instead of {want[low:high]!r}"
    )


def _worth_hearing(record: Written) -> bool:
    if record.number > OWN:
        return record.severity <= NOTIFICATIONS
    return record.number in _SMTP or record.number == TERMINATED


def _split_report(
    dialogue: Dialogue, pieces: Pieces, plain: Outcome, cut: Outcome
) -> list[str]:
    out = [f"{dialogue.file}: the outcome depends on how segments are cut"]
    for turn, how, one, other in zip(
        dialogue.turns, pieces, plain.heard, cut.heard, strict=True
    ):
        if one != other:
            shown = [p[-_AROUND:] for p in how[:2]]
            out.append(f"turn at line {turn.line} cut {shown}: {other} not {one}")
            break
    for name, whole, parts in (
        ("findings", plain.findings, cut.findings),
        ("records", plain.records, cut.records),
        ("counts", plain.counts, cut.counts),
    ):
        if whole != parts:
            out.append(f"{name}: {parts} not {whole}")
    return out
