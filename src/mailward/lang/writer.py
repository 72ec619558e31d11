"""Writer: a row and its arguments back to the canonical line.

Knows: full words, quotes, and which optional parts the arguments ask for.
Does not know: what was typed, indentation, other lines.
Called by: config for `show running-config`; tests: read(write(x)) is x.

An optional part that leaves no value is always written (a word that may be
left out when typing and is printed all the same); any other part is written
when its values are there.
"""

from collections.abc import Mapping
from typing import Final

from mailward.lang.rows import LineRow, named
from mailward.lang.tokens import (
    Args,
    Choice,
    Leaf,
    Maybe,
    Number,
    OneOf,
    Quoted,
    Token,
    Word,
)


def write(row: LineRow, args: Args, negated: bool = False) -> str:
    """The canonical line.  Raises ValueError if the arguments are not such as
    this row leaves: a bug of the caller."""
    values = args.values
    key = (id(row), negated, *values)
    known = _PLANS.get(key)
    if known is not None and known[0] is row:
        said = _followed(known[1], values)
        if said is not None:
            return said
    words: list[str] = []
    used: list[str] = []
    plan: Plan = []
    done = _part(row.form(negated), args, words, used, plan)
    if not done or len(used) != len(values):
        raise ValueError(f"{row.kind}: no line has the values {dict(values)}")
    if negated:
        words, plan = ["no", *words], ["no", *plan]
    if len(_PLANS) >= _PLANS_MOST:
        _PLANS.clear()
    _PLANS[key] = (row, plan)
    return " ".join(words)


#: How a line of a row with certain values is written: its words, and the tokens
#: that stand for values.
Plan = list["str | Leaf"]

#: The plans of rows, by the row's identity and the names of the values: most
#: lines of a large configuration are of a few forms.
_PLANS: Final[dict[tuple[object, ...], tuple[LineRow, Plan]]] = {}
_PLANS_MOST: Final = 4096


def _followed(plan: Plan, values: Mapping[str, object]) -> str | None:
    """The line that a plan makes of these values; None if one of them is not of
    the sort that the plan was made for."""
    out: list[str] = []
    for part in plan:
        if isinstance(part, str):
            out.append(part)
            continue
        said = _spelled(part, values[part.name])
        if not said:
            return None
        out += said
    return " ".join(out)


def _part(
    tokens: tuple[Token, ...],
    args: Args,
    words: list[str],
    used: list[str],
    plan: Plan,
) -> bool:
    """Add the words of all these tokens in order, the names whose values they
    carry, and how they were written; False, with all lists as they were, if a
    value is missing."""
    said, told, planned = len(words), len(used), len(plan)
    for token in tokens:
        if isinstance(token, Maybe):
            names = _names(token.tokens)
            if not names or not names.isdisjoint(args.values):
                _part(token.tokens, args, words, used, plan)
        elif not (
            _branch(token, args, words, used, plan)
            if isinstance(token, OneOf)
            else _leaf(token, args, words, used, plan)
        ):
            del words[said:], used[told:], plan[planned:]
            return False
    return True


def _branch(
    token: OneOf, args: Args, words: list[str], used: list[str], plan: Plan
) -> bool:
    """Add the branch that uses most values, which is the one they come from; a
    value that it leaves over is found at the end of the line."""
    best: tuple[list[str], list[str], Plan] | None = None
    asked = [b for b in token.branches if not _names(b).isdisjoint(args.values)]
    for branch in asked or token.branches:
        mine: list[str] = []
        its: list[str] = []
        made: Plan = []
        done = _part(branch, args, mine, its, made)
        if done and (best is None or len(its) > len(best[1])):
            best = mine, its, made
    if best is None:
        return False
    words += best[0]
    used += best[1]
    plan += best[2]
    return True


#: The names that some tokens may leave, by the tokens' identity: they are asked
#: for some fifty times a line, and never change.
_NAMES: Final[dict[int, tuple[tuple[Token, ...], frozenset[str]]]] = {}
_NAMES_MOST: Final = 4096


def _names(tokens: tuple[Token, ...]) -> frozenset[str]:
    found = _NAMES.get(id(tokens))
    if found is None or found[0] is not tokens:
        if len(_NAMES) >= _NAMES_MOST:
            _NAMES.clear()
        found = _NAMES[id(tokens)] = (tokens, named(tokens))
    return found[1]


def _leaf(
    token: Token, args: Args, words: list[str], used: list[str], plan: Plan
) -> bool:
    assert isinstance(token, Leaf)
    if isinstance(token, Word) and not token.name:
        words.append(token.text)
        plan.append(token.text)
        return True
    value = args.values.get(token.name)
    said = [] if value is None else _spelled(token, value)
    if not said:
        return False
    words += said
    used.append(token.name)
    plan.append(token)
    return True


def _spelled(leaf: Leaf, value: object) -> list[str]:
    """The value as it is written at this token; nothing if it is not of its
    sort (two alternatives may share a name and differ in the sort of value)."""
    match leaf, value:
        case Word(), True:
            return [leaf.text]
        case Number(), int() if leaf.low <= value <= leaf.high:
            return [str(value)]
        case Choice(), tuple():
            words = [text for text, _ in leaf.words if text in value]
            return words if len(words) == len(value) else []
        case ((Word() | Number() | Choice()), _):
            return []
        case Quoted(), str():
            return [f'"{value}"']
        case _, str():
            return [value]
        case _:
            return []
