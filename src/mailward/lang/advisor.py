"""Advisor: what may stand next, for `?` and for the tab key.

Knows: the reader's walk, stopped before the word under the cursor.
Does not know: terminals, prompts, where the known names come from.
Called by: the console; tests, which type every offer into the reader.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, final

from mailward.lang.grammar import Grammar
from mailward.lang.graph import Place
from mailward.lang.reader import END, begin
from mailward.lang.rows import Mode
from mailward.lang.tokens import Choice, Leaf, Name, Number, Quoted, Ref, Rest, Word
from mailward.lang.walk import Arm, Walk, fork_of
from mailward.lang.words import Piece, accept, faces, lower, piece_at

_NO_HELP: Final = "Negate a command"

#: The known names of a kind of object.
Known = Callable[[str], Iterable[str]]


@final
@dataclass(frozen=True)
class Offer:
    """One line of help.  `leaf` is None for words of this house (`no`, <cr>);
    `literal`: the text may be typed as it stands."""

    text: str
    help: str
    literal: bool
    leaf: Leaf | None


@final
@dataclass(frozen=True)
class Block:
    """What one mode offers; never empty."""

    mode: Mode
    offers: tuple[Offer, ...]


def nothing_known(_: str) -> Iterable[str]:
    """No name of any kind of object."""
    return ()


def advise(
    grammar: Grammar,
    mode: Mode,
    line: str,
    known: Known = nothing_known,
    start: int = 0,
) -> tuple[Block, ...]:
    """What may stand where `line` ends, the innermost mode first.

    A line that ends within a word asks for the words that begin so.  A line
    that cannot be read so far, or only in several ways, is offered nothing.
    """
    out: list[Block] = []
    for place in mode.chain():
        offers = _offers(grammar, place, line, known, start)
        if offers:
            out.append(Block(place, offers))
    return tuple(out)


def page(blocks: tuple[Block, ...]) -> str:
    """The answer to `?`: a blank line, then each mode's block."""
    out = [""]
    for block in blocks:
        width = max(len(offer.text) for offer in block.offers)
        out.append(f"{block.mode.title} mode commands/options:")
        out += (
            f"  {offer.text:<{width}}  {offer.help}".rstrip() for offer in block.offers
        )
    return "\n".join(out) + "\n"


def complete(
    grammar: Grammar,
    mode: Mode,
    line: str,
    known: Known = nothing_known,
    start: int = 0,
) -> str:
    """The line as the tab key leaves it: the word under the cursor as far as
    all offers agree, in full with a blank behind it if there is but one."""
    offers = [
        offer
        for block in advise(grammar, mode, line, known, start)
        for offer in block.offers
    ]
    partial = _partial(line, start)
    texts = list(dict.fromkeys(offer.text for offer in offers if offer.literal))
    if not texts or (not partial and len(texts) < len(offers)):
        return line
    head = line[: len(line) - len(partial)]
    if len(texts) == 1:
        return f"{head}{texts[0]} "
    shared = _shared(texts)
    return head + shared if len(shared) > len(partial) else line


def _offers(
    grammar: Grammar, mode: Mode, line: str, known: Known, start: int
) -> tuple[Offer, ...]:
    partial = _partial(line, start)
    head = line[: len(line) - len(partial)]
    walk, at, negated = begin(grammar, mode, head, start)
    while (piece := piece_at(head, at)) is not None:
        if not walk.step(piece):
            return ()
        at = piece.end
    found: dict[str, Offer] = {}
    for arm, place in _clear(walk):
        for offer in _of_place(arm, place, partial, known):
            found.setdefault(lower(offer.text), offer)
    first = not (walk.begun or negated)
    if first and grammar.starts(mode, True) and _fits("no", partial):
        found["no"] = Offer("no", _NO_HELP, True, None)
    out = sorted(found.values(), key=lambda offer: (not offer.literal, offer.text))
    if not partial and isinstance(walk.settle(), Arm):
        out.append(Offer(END, "", False, None))
    return tuple(out)


def _clear(walk: Walk) -> list[tuple[Arm | None, Place]]:
    """What may follow, keywords first, less the arms that an ambiguous word
    has led to: the reader would refuse the line whatever came next."""
    torn = {
        arm.order
        for arm in walk.arms
        if fork_of([other for other in walk.arms if other.order == arm.order])
    }
    steps = [(a, p) for a, p in walk.follow() if a is None or a.order not in torn]
    return sorted(steps, key=lambda step: not isinstance(step[1].leaf, Word | Choice))


def _of_place(
    arm: Arm | None, place: Place, partial: str, known: Known
) -> Iterator[Offer]:
    leaf = place.leaf
    again = arm is not None and arm.place is place
    taken = arm.value if again and arm is not None else ()
    match leaf:
        case Word() | Choice():
            assert isinstance(taken, tuple)
            for text, tells in faces(leaf):
                if text not in taken and _fits(text, partial):
                    yield Offer(text, tells, True, leaf)
        case Rest() if again:
            return
        case Ref():
            names = sorted(set(known(leaf.kind)))
            for name in names:
                if name.startswith(partial) and _whole(leaf, name):
                    yield Offer(name, leaf.help, True, leaf)
            if not names:
                yield from _free(leaf, partial)
        case Name():
            # Whoever has begun to type may mean one that is there, to open it again
            # or, after `no`, to be rid of it.
            kinds = [kind for name, kind in place.row.defines if name == leaf.name]
            for text in sorted({name for kind in kinds for name in known(kind)}):
                if _opens(text, partial) and _whole(leaf, text):
                    yield Offer(text, leaf.help, True, leaf)
            yield from _free(leaf, partial)
        case _:
            yield from _free(leaf, partial)


def _opens(name: str, partial: str) -> bool:
    """Does the name go on from here?  What begins with `_` is the factory's, and
    nobody may open it."""
    return partial[:1] not in ("", "_") and name.startswith(partial)


def _whole(leaf: Leaf, text: str) -> bool:
    """Would the reader take the text, as one piece?"""
    piece = piece_at(text, 0)
    return piece is not None and piece.text == text and accept(leaf, piece) is not None


def _free(leaf: Leaf, partial: str) -> Iterator[Offer]:
    """The placeholder of an argument, unless what was typed already rules it
    out."""
    piece = Piece(partial, 0, len(partial))
    open_text = isinstance(leaf, Quoted) and partial.startswith('"')
    number = isinstance(leaf, Number) and partial.isdigit()
    if not partial or open_text or number or accept(leaf, piece) is not None:
        for text, tells in faces(leaf):
            yield Offer(text, tells, False, leaf)


def _partial(line: str, start: int) -> str:
    """The word under the cursor, which stands at the end of the line."""
    at, last = start, ""
    while (piece := piece_at(line, at)) is not None:
        at = piece.end
        last = piece.text if at == len(line) else ""
    return last


def _fits(text: str, partial: str) -> bool:
    return lower(text).startswith(lower(partial))


def _shared(texts: list[str]) -> str:
    """What all the texts begin with, letter case set aside."""
    size = min(map(len, texts))
    while len({lower(text[:size]) for text in texts}) > 1:
        size -= 1
    return texts[0][:size]
