"""Lists: access lists with their hits, objects, groups and names.

Knows: the commands, the appliance's layout of each answer.
Does not know: how a list decides, who asks.
Called by: `console.session`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, final

from mailward.audit.totals import Totals
from mailward.config.lines import Line
from mailward.config.objects.access import ACCESS_LIST, REMARK
from mailward.config.objects.networks import ALIAS, GROUP, OBJECT
from mailward.console.elements import Element, Elements
from mailward.console.gateway import Gateway
from mailward.console.rows import CLEAR, EXEC, SHOW, Data, ShowRow
from mailward.drivers.totals import ACCESS_LISTS
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Choice, Maybe, OneOf, Ref, Word
from mailward.policy.acl import mark_of


@final
@dataclass(frozen=True)
class Listed:
    """One line of a list: its number from 1, its hits (-1: a remark), and the
    elements that objects and groups make of it (none: it names none), each with
    its hits."""

    number: int
    text: str
    hits: int
    elements: tuple[tuple[str, int], ...] = ()


def _lists(args: Args, gateway: Gateway) -> Iterator[tuple[str, list[Listed]]]:
    """Every list, or the one that was named, with its lines."""
    totals = gateway.totals()
    wanted = args.text("access-list") if args.has("access-list") else ""
    lists: dict[str, list[Line]] = {}
    for line in gateway.loaded.running.definitions(ACCESS_LIST):
        name = line.args.text("name")
        if wanted in ("", name):
            lists.setdefault(name, []).append(line)
    elements = Elements(gateway.loaded.running)
    for name, lines in lists.items():
        yield name, _lines(name, lines, totals, elements)


def _lines(
    name: str, lines: list[Line], totals: Totals, elements: Elements
) -> list[Listed]:
    entries = [line for line in lines if line.row is not REMARK]
    hits = dict(zip(map(id, entries), totals.hits(name, len(entries)), strict=True))
    made = elements.of(name)
    return [
        Listed(
            number,
            line.text,
            hits.get(id(line), -1),
            _counted(made.get(id(line), ()), totals),
        )
        for number, line in enumerate(lines, 1)
    ]


def _counted(
    elements: tuple[Element, ...], totals: Totals
) -> tuple[tuple[str, int], ...]:
    """The text of each element, with its hits."""
    counted = {one.counted: one.size for one in elements}
    hits = {name: totals.hits(name, size) for name, size in counted.items()}
    return tuple((one.text, hits[one.counted][one.place]) for one in elements)


def _access_list(args: Args, gateway: Gateway) -> str:
    """Each line with its hits; under it the elements that its objects and groups
    stand for, with theirs."""
    out: list[str] = []
    for name, lines in _lists(args, gateway):
        count = sum(len(one.elements) or 1 for one in lines if one.hits >= 0)
        out.append(f"access-list {name}; {count} elements; name hash: {_mark(name)}")
        for one in lines:
            head = f" {name} line {one.number} "
            shown = one.text.replace(f" {name} ", head, 1).rstrip()
            if one.hits < 0:
                out.append(shown)
                continue
            out.append(f"{shown} (hitcnt={one.hits}) {_mark(one.text)} ")
            lead = f"  access-list{head}extended "
            out += (
                f"{lead}{text} (hitcnt={hits}) {_mark(text)} "
                for text, hits in one.elements
            )
    return "".join(f"{line}\n" for line in out)


def _access_list_data(args: Args, gateway: Gateway) -> Data:
    return {
        name: [_entry_data(one) for one in lines]
        for name, lines in _lists(args, gateway)
    }


def _entry_data(one: Listed) -> Data:
    entry: dict[str, Data] = {"line": one.number, "text": one.text.rstrip()}
    if one.hits >= 0:
        entry["hits"] = one.hits
    if one.elements:
        entry["elements"] = [text for text, _ in one.elements]
        entry["element-hits"] = [hits for _, hits in one.elements]
    return entry


def _clear_access_list(args: Args, gateway: Gateway) -> str:
    name = args.text("access-list") if args.has("access-list") else ""
    gateway.clear(ACCESS_LISTS, name)
    return ""


def _mark(text: str) -> str:
    return f"0x{mark_of(text):08x}"


# --- what lists name -------------------------------------------------------------


def _defined(kind: str, token: str) -> Callable[[Args, Gateway], str]:
    """The lines that define objects of a kind, with what stands under them; all,
    those of one sort, or the one that was named."""

    def answer(args: Args, gateway: Gateway) -> str:
        wanted = args.text(token) if args.has(token) else ""
        sort = args.words("sort")[0] if args.has("sort") else ""
        out: list[str] = []
        for line in gateway.loaded.running.definitions(kind):
            words = line.text.split()
            if wanted in ("", line.args.text("name")) and sort in ("", words[1]):
                out.append(line.text.rstrip())
                out += (f" {under.text.rstrip()}" for under in line.block.lines)
        return "".join(f"{text}\n" for text in out)

    return answer


def _names(_args: Args, gateway: Gateway) -> str:
    lines = gateway.loaded.running.definitions(ALIAS)
    return "".join(f"{line.text.rstrip()}\n" for line in lines)


_SORTS: Final = tuple(
    (word, f"Those of kind {word}")
    for word in ("network", "service", "protocol", "icmp-type", "user", "security")
)

LISTS: Final = (
    ShowRow(
        LineRow(
            "show-access-list",
            EXEC,
            (
                SHOW,
                Word("access-list", "Access lists and their hits"),
                Maybe((Ref("access-list", ACCESS_LIST, "Name of an access list"),)),
            ),
            "The lines of each list, with the hits of lists that select mail or "
            "filter. Under a line that names objects or groups stand its elements "
            "with their hits; of a line with more than 10,000 only the line itself is "
            "counted, and a list of more than 100,000 is shown without.",
            key=NEVER,
        ),
        _access_list,
        _access_list_data,
    ),
    ShowRow(
        LineRow(
            "clear-access-list",
            EXEC,
            (
                CLEAR,
                Word("access-list", "Access lists"),
                OneOf(
                    (
                        (Word("counters", "The hits of all"),),
                        (
                            Ref("access-list", ACCESS_LIST, "Name of an access list"),
                            Word("counters", "Its hits"),
                        ),
                    )
                ),
            ),
            "Sets the hits of every access list, or of one, to nought.",
            key=NEVER,
        ),
        _clear_access_list,
        quiet=False,
    ),
    ShowRow(
        LineRow(
            "show-object-group",
            EXEC,
            (
                SHOW,
                Word("object-group", "Groups of objects"),
                Maybe(
                    (
                        OneOf(
                            (
                                (Choice("sort", _SORTS),),
                                (
                                    Word("id", "One of them"),
                                    Ref("group", GROUP, "Name of a group"),
                                ),
                            )
                        ),
                    )
                ),
            ),
            "The groups, with their members.",
            key=NEVER,
        ),
        _defined(GROUP, "group"),
    ),
    ShowRow(
        LineRow(
            "show-object",
            EXEC,
            (
                SHOW,
                Word("object", "Objects of addresses and services"),
                Maybe(
                    (
                        OneOf(
                            (
                                (Choice("sort", _SORTS[:2]),),
                                (
                                    Word("id", "One of them"),
                                    Ref("object", OBJECT, "Name of an object"),
                                ),
                            )
                        ),
                    )
                ),
            ),
            "The objects, with what they stand for.",
            key=NEVER,
        ),
        _defined(OBJECT, "object"),
    ),
    ShowRow(
        LineRow(
            "show-names",
            EXEC,
            (
                SHOW,
                OneOf(
                    (
                        (Word("name", "Names of addresses"),),
                        (Word("names", "Names of addresses", name="names"),),
                    )
                ),
            ),
            "What the `name` lines say.",
            key=NEVER,
        ),
        _names,
    ),
)
