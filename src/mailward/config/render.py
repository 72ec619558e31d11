"""The running configuration as the appliance prints it.

Knows: the order of sections, the exclamation marks between them, indentation,
trailing blanks (reference sections 9.1 and 9.8), and what `all` adds.
Does not know: how a single line is written (`lang.writer` did that).
Called by: `config.running`.
"""

from typing import Final

from mailward.config.lines import Block, Line, rank_of
from mailward.config.modes import CONFIG, ESMTP_PARAMETERS
from mailward.config.objects import GRAMMAR, OBJECTS
from mailward.config.objects.base import (
    CLASS_MAPS,
    INTERFACES,
    MIDDLE,
    POLICY_MAPS,
    ObjectRow,
    rank_in_middle,
)
from mailward.config.objects.inspections import PARAMETERS_LINE
from mailward.config.objects.networks import NETWORK
from mailward.config.objects.policies import DEFAULT_MAP, INSPECT_ESMTP
from mailward.config.unknown import place_of
from mailward.lang.reader import read

#: How many exclamation marks follow a section.
_MARKS: Final = {CLASS_MAPS: 2, POLICY_MAPS: 1}
#: Where a line stands that nothing is known of.
_LAST: Final = (MIDDLE, rank_in_middle(""))
#: How `all` tells of a parameter that is off.
_OFF: Final = tuple(
    Line(row, f"no {row.line.kind}")
    for row in OBJECTS
    if row.line.mode == ESMTP_PARAMETERS
)
#: Where the translations of objects stand, behind those by hand.
_OBJECT_NAT: Final = (MIDDLE, rank_in_middle("nat", 5))


def _default(row: ObjectRow) -> Line:
    """What holds where nothing is typed."""
    got = read(GRAMMAR, CONFIG, row.default)
    return Line(row, row.default, got.args)


_DEFAULTS: Final = tuple(_default(row) for row in OBJECTS if row.default)


def render(block: Block, factory: Block | None, everything: bool) -> str:
    """The lines in the appliance's order, each ended by a line feed."""
    lines = [
        line
        for line in (factory.lines if factory is not None else ())
        if block.find(line.key) is None
    ]
    if everything:
        lines += (line for line in _DEFAULTS if block.find(line.key) is None)
        lines += block.lines
    else:
        lines += (line for line in block.lines if not _is_default(line))
    lines = [part for line in lines for part in _parts(line)]
    places = _places(lines)
    lines = [line for _, line in sorted(zip(places, lines, strict=True), key=_first)]
    places.sort()
    out: list[str] = []
    for at, line in enumerate(lines, 1):
        section = places[at - 1][0]
        _one(out, line, 0, everything)
        last = at == len(lines) or places[at][0] != section
        if section == INTERFACES:
            out.append("!")
        elif last:
            out += ["!"] * _MARKS.get(section, 0)
    return "".join(f"{line}\n" for line in out)


def _is_default(line: Line) -> bool:
    row = line.row
    return row is not None and line.text == row.default and not row.plain


def _parts(line: Line) -> list[Line]:
    """An object whose address is translated stands twice, as the appliance has
    it: what it is, and among the translations what it becomes."""
    nat = line.block.at_slot("nat")
    if line.row is not NETWORK or nat is None or len(line.block.lines) == 1:
        return [line]
    whole, translated = line.copy(), line.copy()
    for part, keeps in ((whole, False), (translated, True)):
        for child in part.block.lines:
            if (child.text == nat.text) != keeps:
                part.block.remove(child)
    return [whole, translated]


def _places(lines: list[Line]) -> list[tuple[int, int]]:
    """Section and rank of each line.  One whose first word nobody knows stands
    with the line before it if that is only kept as well: they may belong
    together."""
    out: list[tuple[int, int]] = []
    before: tuple[int, int] | None = None
    for line in lines:
        if line.row is NETWORK and line.block.at_slot("nat") is not None:
            out.append(_OBJECT_NAT)
            before = None
        elif line.row is not None:
            out.append((line.row.section, line.row.rank))
            before = None
        else:
            before = place_of(line.text) or before or _LAST
            out.append(before)
    return out


def _first(pair: tuple[tuple[int, int], Line]) -> tuple[int, int]:
    return pair[0]


def _one(out: list[str], line: Line, depth: int, everything: bool) -> None:
    text = line.text
    if everything and line.row is INSPECT_ESMTP and not line.args.has("map"):
        text = f"{text} {DEFAULT_MAP}"
    tail = line.row.tail if line.row is not None else ""
    out.append(" " * depth + text + tail)
    children = line.block.lines
    if everything and line.row is PARAMETERS_LINE:
        kinds = {child.kind for child in children}
        children = [*children, *(off for off in _OFF if off.kind not in kinds)]
    for child in sorted(children, key=rank_of):
        _one(out, child, depth + 1, everything)
